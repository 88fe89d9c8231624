"""Lines → what sort of paper it is, from title words near the top and tell-tale words below."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz

from evidex.find.patterns import normalise
from evidex.schema import Kind, Line, PageText

TITLE_LINES = 8
TITLE_WEIGHT = 5.0
"""A title counts as much as five words of the body."""
SIMILAR = 85
"""How alike (0–100) a title as read must be to one of the list: photographed titles lose a letter."""


def guess_kind(pages: Sequence[PageText]) -> Kind:
    """The likeliest kind of the document; unknown when no word speaks for one."""
    lines = [line for page in pages for line in page.lines]
    tall = _typical_height(lines)
    votes = {
        kind: _title_votes(lines[:TITLE_LINES], words["title"], tall) + _body_votes(lines, words["body"])
        for kind, words in _words().items()
    }
    best = max(votes, key=lambda kind: votes[kind])
    return best if votes[best] >= 1 else Kind.unknown


def _title_votes(lines: Sequence[Line], titles: Sequence[str], tall: float) -> float:
    """The best title among the first lines: earlier, taller and shorter lines weigh more, longer titles too."""
    best = 0.0
    for place, line in enumerate(lines):
        text = normalise(line.text)
        for title in titles:
            if len(title) > len(text) or fuzz.partial_ratio(title, text) < SIMILAR:
                continue
            share = len(title) / len(text)
            size = min(2.0, max(0.5, _height(line) / tall))
            best = max(best, TITLE_WEIGHT * size * (0.3 + 0.7 * share) * (1 - 0.05 * place) + 0.1 * len(title))
    return best


def _body_votes(lines: Sequence[Line], words: Sequence[str]) -> float:
    text = "\n".join(normalise(line.text) for line in lines)
    return float(sum(word in text for word in words))


def _height(line: Line) -> float:
    (x0, y0), _, _, (x3, y3) = line.quad
    return max(1.0, float(((x3 - x0) ** 2 + (y3 - y0) ** 2) ** 0.5))


def _typical_height(lines: Sequence[Line]) -> float:
    heights = sorted(_height(line) for line in lines) or [1.0]
    return heights[len(heights) // 2]


@cache
def _words() -> Mapping[Kind, Mapping[str, tuple[str, ...]]]:
    raw = tomllib.loads(files(__package__).joinpath("kinds.toml").read_text(encoding="utf-8"))
    return {Kind(kind): {place: tuple(map(normalise, words)) for place, words in row.items()} for kind, row in raw.items()}
