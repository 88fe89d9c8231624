"""What a classifier is, and how its scores become findings. No model, no keyword."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, Protocol

from evidex import law
from evidex.find.amounts import amounts_in
from evidex.find.clauses import Passage
from evidex.schema import Finding, Span

THRESHOLD = 0.5
"""A sentence scored at or above this is a finding."""


class Classifier(Protocol):
    """Text in, probabilities out. The one verb of the extension point `evidex.classifiers`."""

    def classify(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """For each text, category id → probability; categories that do not apply may be left out."""
        ...


def judge(
    passages: Sequence[Passage], classifier: Classifier, countries: Sequence[str], method: Literal["model", "rule"] = "rule"
) -> tuple[Finding, ...]:
    """Findings of all passages: one for each category of a clause, its spans the sentences that impose it."""
    spans = [(index, span) for index, passage in enumerate(passages) for span in passage.sentences]
    scores = classifier.classify([span.quote for _, span in spans])
    hits: dict[tuple[int, str], list[tuple[float, Span]]] = {}
    for (index, span), row in zip(spans, scores, strict=True):
        for category, score in row.items():
            if score >= THRESHOLD:
                hits.setdefault((index, category), []).append((score, span))
    return tuple(
        finding(
            f"f{number}",
            category,
            max(score for score, _ in found),
            method,
            [span for _, span in found],
            countries,
            passages[index].doubtful,
        )
        for number, ((index, category), found) in enumerate(sorted(hits.items(), key=lambda hit: hit[0][0]), start=1)
    )


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
