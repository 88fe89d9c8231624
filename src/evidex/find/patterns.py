"""The pattern language of taxonomy.toml: words that mean a category, as a jurist writes them.

    "保証金|担保金"                          any of these terms
    "passport|visa + keep|hold"              every group somewhere in the sentence
    "deducted|withheld … from … wage|pay"    the groups in this order, each near the one before
    "*してはならない", "shall not … *"        only in exceptions: * is the stretch that matched

Text and terms are normalised alike, so that OCR's spaces, full-width letters and lost Latin accents do not matter. Terms of
six characters or more also match with about one wrong character in six; exceptions match exactly, for a wrong exception
would hide a finding.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz

from evidex.languages import script_of_character

ONE_IN, ONE_IN_SPELT = 8, 12
"""Letters for one wrong one, and the shortest fuzzy term; more in spelt scripts, where one letter makes another word."""
FAR = 3
"""How wide a pattern with + may spread, in NEARs: a long paragraph without full stops is no sentence."""
NEAR, NEAR_HAN = 60, 30
"""How far apart the groups of an ordered pattern may stand, in characters; less in Han script, which says more with each."""

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff"
_SPACES = re.compile(rf"(?<=[{_UNSPACED}])\s+|\s+(?=[{_UNSPACED}])")


@dataclass(frozen=True)
class Match:
    """The stretch of the normalised text that a pattern covers, and how exactly (1.0 = letter for letter)."""

    start: int
    end: int
    similarity: float

    def distance(self, other: Match) -> int:
        """Characters between the two stretches; 0 if they touch."""
        return max(0, self.start - other.end, other.start - self.end)


@dataclass(frozen=True)
class Pattern:
    """One compiled pattern: groups of alternative terms, in order or anywhere."""

    groups: tuple[tuple[str, ...], ...]
    ordered: bool

    def match(self, text: str, exactly: bool = False) -> Match | None:
        """The first match in normalised text, or None."""
        return self._ordered(text) if self.ordered else self._anywhere(text, exactly)

    def _anywhere(self, text: str, exactly: bool) -> Match | None:
        groups = [_occurrences(group, text) for group in self.groups]
        if not exactly:
            groups = [found or _fuzzy(group, text) for found, group in zip(groups, self.groups, strict=True)]
        if not all(groups):
            return None
        for first in groups[0]:
            cover = _cover([first, *(min(found, key=first.distance) for found in groups[1:])])
            if cover.end - cover.start <= FAR * _reach(text):
                return cover
        return None

    def _ordered(self, text: str) -> Match | None:
        for first in _occurrences(self.groups[0], text):
            hits = _follow(self.groups[1:], text, [first])
            if hits:
                return _cover(hits)
        return None


@dataclass(frozen=True)
class Unless:
    """A pattern that cancels a match: free of place, or bound to the matched stretch by ``*``."""

    free: Pattern | None = None
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()
    touching: bool = False

    def cancels(self, text: str, match: Match) -> bool:
        """Whether the exception holds for this match in normalised text."""
        if self.free:
            return self.free.match(text, exactly=True) is not None
        return self._holds_before(text, match.start) and self._holds_after(text, match.end)

    def _holds_before(self, text: str, start: int) -> bool:
        if not self.before:
            return True
        if self.touching:
            return text[:start].rstrip().endswith(self.before[0])
        head = text[max(0, start - _reach(text) * len(self.before)) : start]
        return any(_follow(self.before[1:], head, [hit]) for hit in _occurrences(self.before[0], head))

    def _holds_after(self, text: str, end: int) -> bool:
        if not self.after:
            return True
        tail = text[end:].lstrip()
        if self.touching:
            return tail.startswith(self.after[0])
        return bool(_follow(self.after, tail, [Match(0, 0, 1.0)]))


def normalise(text: str) -> str:
    """NFKC, lower case, Latin accents folded, no invisible characters, no spaces around scripts that write none."""
    folded = "".join(_fold(character) for character in unicodedata.normalize("NFKC", text).casefold())
    return _SPACES.sub("", " ".join(folded.split()))


def compile_pattern(source: str) -> Pattern:
    """A pattern from its text.

    Raises:
        ValueError: it mixes + and …, or has an empty term.
    """
    if " + " in source and " … " in source:
        raise ValueError(f"a pattern uses + or …, not both: {source}")
    groups = tuple(_terms(group, source) for group in re.split(r" \+ | … ", source))
    return Pattern(groups, ordered=" … " in source)


def compile_unless(source: str) -> Unless:
    """An exception from its text; ``*`` stands for what matched.

    Raises:
        ValueError: it has two ``*``, a ``+`` beside ``*``, or an empty term.
    """
    if "*" not in source:
        return Unless(free=compile_pattern(source))
    parts = [part.strip() for part in source.split(" … ")]
    if len(parts) == 1:
        return _touching(source)
    if parts.count("*") != 1 or " + " in source:
        raise ValueError(f"an exception has one * between its groups: {source}")
    star = parts.index("*")
    before = tuple(_terms(part, source) for part in parts[:star])
    after = tuple(_terms(part, source) for part in parts[star + 1 :])
    return Unless(before=before, after=after)


def _touching(source: str) -> Unless:
    terms = [term.strip() for term in source.split("|")]
    after = tuple(normalise(term[1:]) for term in terms if term.startswith("*"))
    before = tuple(normalise(term[:-1]) for term in terms if term.endswith("*"))
    if bool(after) == bool(before) or len(after or before) != len(terms) or "" in after + before:
        raise ValueError(f"every term of an exception begins with *, or every term ends with it: {source}")
    return Unless(before=(before,) if before else (), after=(after,) if after else (), touching=True)


def _terms(group: str, source: str) -> tuple[str, ...]:
    terms = tuple(normalise(term) for term in group.split("|"))
    if "" in terms:
        raise ValueError(f"a pattern has an empty term: {source}")
    return terms


@cache
def _fold(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    if character == "đ":
        return "d"
    if script_of_character(character) == "Latin":
        return unicodedata.normalize("NFD", character)[0]
    return character


@cache
def _starts_words(term: str) -> bool:
    """Whether a term must stand at the start of a word: so in scripts that write spaces between words they inflect."""
    return script_of_character(term[0]) in {"Latin", "Cyrillic"} or term[0].isdigit()


@cache
def _within_word(before: str) -> bool:
    """Whether a character before a word makes it the inside of a longer one; a kana before a Latin word does not."""
    return before.isdigit() or script_of_character(before) in {"Latin", "Cyrillic"}


@lru_cache(maxsize=8192)
def _occurrences(terms: tuple[str, ...], text: str) -> tuple[Match, ...]:
    """Exact occurrences of any of the terms, in the order of the terms. Cached: many patterns share their groups."""
    found = []
    for term in terms:
        at = text.find(term)
        while at >= 0:
            if at == 0 or not _starts_words(term) or not _within_word(text[at - 1]):
                found.append(Match(at, at + len(term), 1.0))
            at = text.find(term, at + 1)
    return tuple(found)


@lru_cache(maxsize=8192)
def _fuzzy(terms: tuple[str, ...], text: str) -> tuple[Match, ...]:
    for term in terms:
        size, share = len(term), ONE_IN_SPELT if _starts_words(term) else ONE_IN
        if size < share or size > len(text) + 1:
            continue
        found = fuzz.partial_ratio_alignment(term, text, score_cutoff=100 * (1 - (size // share) / size) - 0.1)
        if found and (not _starts_words(term) or found.dest_start == 0 or not _within_word(text[found.dest_start - 1])):
            return (Match(found.dest_start, found.dest_end, found.score / 100),)
    return ()


def _follow(groups: tuple[tuple[str, ...], ...], text: str, hits: list[Match]) -> list[Match]:
    """The hits extended by one occurrence of each group, each near after the one before; empty if there is none."""
    if not groups:
        return hits
    last = hits[-1].end
    window = text[last : last + _reach(text)]
    for found in _occurrences(groups[0], window):
        hit = Match(last + found.start, last + found.end, 1.0)
        if found.start == 0 and last > 0 and _starts_words(text[hit.start]) and _within_word(text[last - 1]):
            continue
        rest = _follow(groups[1:], text, [*hits, hit])
        if rest:
            return rest
    return []


def _cover(hits: list[Match]) -> Match:
    return Match(min(h.start for h in hits), max(h.end for h in hits), min(h.similarity for h in hits))


def _reach(text: str) -> int:
    han = sum("\u3040" <= character <= "\u9fff" for character in text)
    return NEAR_HAN if 2 * han > len(text) else NEAR
