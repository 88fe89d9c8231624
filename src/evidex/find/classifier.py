"""What a classifier is, and how its scores become findings. No model, no keyword."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from evidex import law
from evidex.find.amounts import amounts_in
from evidex.find.clauses import Passage
from evidex.schema import Finding, Span

ALONE = 0.5
"""Score of what the witness found and the classifier did not: about every second one is right (`make bench-clauses`)."""


class Classifier(Protocol):
    """Text in, probabilities out. The extension point `evidex.classifiers`."""

    @property
    def name(self) -> str:
        """As it is written in the record."""
        ...

    @property
    def version(self) -> str:
        """Which one of that name it is, for the record."""
        ...

    def classify(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """For each text, category id → probability, of the categories that count: each classifier knows its own threshold."""
        ...

    def denies(self, text: str, category: str) -> bool:
        """Whether it is sure that a text does not have a category, whatever a witness says."""
        ...

    def words(self, text: str, category: str) -> Sequence[str]:
        """The words of a text that carried a category; empty where it cannot say."""
        ...


@dataclass(frozen=True)
class _Hit:
    score: float
    spans: tuple[Span, ...]
    by: tuple[str, ...]


def judge(
    passages: Sequence[Passage], classifier: Classifier, countries: Sequence[str], witness: Classifier | None = None
) -> tuple[Finding, ...]:
    """Findings of all passages: one for each category of a clause, its spans the sentences that impose it.

    The classifier sees each sentence and the whole clause, since some sentences say what they impose only together. What a
    second classifier, the witness, finds counts too; what only one of them finds counts unless the other denies it.
    """
    spans = [(index, span) for index, passage in enumerate(passages) for span in (*passage.sentences, passage.clause.span)]
    quotes = [span.quote for _, span in spans]
    rows = classifier.classify(quotes)
    others = witness.classify(quotes) if witness else [{}] * len(spans)
    findings: list[Finding] = []
    for index, passage in enumerate(passages):
        own = [(span, rows[k], others[k]) for k, (place, span) in enumerate(spans) if place == index]
        for category, hit in _hits(own, classifier.name, witness.name if witness else "").items():
            doubters = [judge for judge in (classifier, witness) if judge and judge.name not in hit.by]
            if any(all(judge.denies(span.quote, category) for span in hit.spans) for judge in doubters):
                continue
            method: Literal["model", "rule"] = "model" if "model" in hit.by else "rule"
            found = finding(f"f{len(findings) + 1}", category, hit.score, method, hit.spans, countries, passage.doubtful)
            words = (
                [word for span in hit.spans for word in classifier.words(span.quote, category)]
                if classifier.name in hit.by
                else []
            )
            findings.append(found.model_copy(update={"witnesses": hit.by, "words": tuple(dict.fromkeys(words))}))
    return tuple(findings)


def _hits(
    rows: Sequence[tuple[Span, Mapping[str, float], Mapping[str, float]]], name: str, other_name: str
) -> Mapping[str, _Hit]:
    """Category → where it is found in one clause; the clause itself comes last, and is quoted whole only if no sentence is."""
    hits = {}
    for category in dict.fromkeys(category for _, scores, others in rows for category in (*scores, *others)):
        own = [span for span, scores, _ in rows[:-1] if category in scores]
        seen = [span for span, _, others in rows[:-1] if category in others]
        score = max((scores.get(category, 0.0) for _, scores, _ in rows), default=0.0)
        by = (*([name] if score else []), *([other_name] if any(category in others for _, _, others in rows) else []))
        hits[category] = _Hit(score or ALONE, tuple(own or seen or [rows[-1][0]]), by)
    return hits


def finding(
    identity: str,
    category_id: str,
    score: float,
    method: Literal["model", "rule"],
    spans: Sequence[Span],
    countries: Sequence[str],
    doubtful: Collection[str] = (),
) -> Finding:
    """A finding with the amounts its quotes name and the law that speaks to it."""
    category = law.categories()[category_id]
    return Finding(
        id=identity,
        category=category_id,
        score=score,
        method=method,
        spans=tuple(spans),
        amounts=tuple(amount for span in spans for amount in amounts_in(span.quote, doubtful)),
        bases=category.bases_in_force(countries),
        explanation=category.definition,
    )
