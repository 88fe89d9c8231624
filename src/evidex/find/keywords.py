"""The taxonomy's keywords as a classifier: the baseline, with no model and no training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from evidex import law
from evidex.find.clauses import sentence_texts
from evidex.find.patterns import Pattern, Unless, compile_pattern, compile_unless, normalise
from evidex.languages import LANGUAGES, latin_language, script_of, scripts_in

EXACT = 0.82
"""Score of a letter-for-letter match: about the share of right ones on the held-out clauses (`make bench-clauses`)."""

_Rules = tuple[tuple[Pattern, ...], tuple[Unless, ...]]


class KeywordClassifier:
    """Category id → probability from patterns, with exceptions that cancel ("no deposit may be collected")."""

    name = "keywords"
    version = version("evidex")

    def __init__(self) -> None:
        self._rules = {
            category.id: {language: _rules(category, language) for language in LANGUAGES}
            for category in law.categories().values()
        }

    def classify(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """Score each text by its best sentence; categories without a match are left out."""
        return [_best(self._sentence(sentence) for sentence in sentence_texts(text)) for text in texts]

    def denies(self, text: str, category: str) -> bool:
        """Whether patterns match and an exception cancels every one: "the trainee keeps the passport, the company does not"."""
        verdicts = [
            _verdict(normalise(sentence), self._rules[category][language])
            for sentence in sentence_texts(text)
            for language in _languages_of(sentence)
        ]
        return False in verdicts and True not in verdicts

    def words(self, text: str, category: str) -> Sequence[str]:
        """None: the patterns are in the taxonomy's files to read."""
        return ()

    def _sentence(self, sentence: str) -> Mapping[str, float]:
        text, languages = normalise(sentence), _languages_of(sentence)
        scores = {}
        for category, rules in self._rules.items():
            similarity = max((_similarity(text, rules[language]) for language in languages), default=0.0)
            if similarity:
                scores[category] = round(EXACT * similarity, 3)
        return scores


def _rules(category: law.Category, language: str) -> _Rules:
    base = language.split("-")[0]
    shared = law.shared_exceptions(category.polarity).get(base, ())
    own = category.exceptions.get(base, ())
    patterns = category.keywords.get(base, ()) if language == base else ()
    return (
        tuple(compile_pattern(source) for source in patterns),
        tuple(compile_unless(source) for source in (*shared, *own)),
    )


def _verdict(text: str, rules: _Rules) -> bool | None:
    """True where a pattern matches that no exception cancels, False where all that match are cancelled, None where none does."""
    patterns, exceptions = rules
    matches = [match for pattern in patterns if (match := pattern.match(text))]
    if not matches:
        return None
    return any(not any(exception.cancels(text, match) for exception in exceptions) for match in matches)


def _similarity(text: str, rules: _Rules) -> float:
    """How well the best pattern matches that no exception cancels; 0 if none does."""
    patterns, exceptions = rules
    best = 0.0
    for pattern in patterns:
        match = pattern.match(text)
        if match and match.similarity > best and not any(exception.cancels(text, match) for exception in exceptions):
            best = match.similarity
        if best == 1.0:
            break
    return best


def _languages_of(text: str) -> list[str]:
    """The languages to try on a text: all of its scripts; of the Latin ones, only its own where its words tell."""
    scripts = set(scripts_in(text))
    if scripts & {"Japanese", "Han"}:
        scripts |= {"Japanese", "Han"}
    own = latin_language(text)
    others = {"id", "tl", "en", "vi"} - {own, *({"en"} if own != "vi" else set())} if own else set()
    return [language for language in LANGUAGES if script_of(language) in scripts and language not in others]


def _best(scores: Iterable[Mapping[str, float]]) -> dict[str, float]:
    best: dict[str, float] = {}
    for row in scores:
        for category, score in row.items():
            best[category] = max(score, best.get(category, 0.0))
    return best
