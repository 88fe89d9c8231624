"""A PDF's own text: used where it says what the picture shows. It may lie, be invisible, or be another's."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz

from evidex.languages import languages_of
from evidex.photo import TextLayerLine
from evidex.read.engine import STRIP_HEIGHT, STRIP_PADDING
from evidex.read.flatten import PageImage, flatten_light
from evidex.read.lines import TextLine, cut, without_neighbours
from evidex.read.routing import Engines
from evidex.schema import Quad

SAMPLE = 5
"""Lines that are read from the picture to compare."""
ALIKE = 70
"""Mean likeness (0–100) from which layer and picture agree: the reading itself errs a little."""
COVERED = 0.8
"""Share of the lines seen on the picture that the layer must have."""


def layer_lines(layer: Sequence[TextLayerLine]) -> list[TextLine]:
    """The layer's lines as lines on the page."""
    return [_straight(row.quad) for row in layer]


def layer_is_true(layer: Sequence[TextLayerLine], image: PageImage, lines: Sequence[TextLine], engines: Engines) -> bool:
    """Whether the text layer says what the picture shows: it covers the lines seen, and a sample reads alike."""
    covered = sum(any(_within(line.centre, row.quad) for row in layer) for line in lines)
    if image.turns or not lines or covered < COVERED * len(lines):
        return False
    rows = sorted(layer, key=lambda row: -len(row.text))[: 2 * SAMPLE : 2]
    paper = flatten_light(image.pixels)
    likeness = []
    for row, language in zip(rows, languages_of([row.text for row in rows]), strict=True):
        strip = cut(paper, _straight(row.quad), STRIP_HEIGHT, STRIP_PADDING).picture
        read = engines.of(language or "en").read([without_neighbours(strip)], language or "en")[0].text
        likeness.append(fuzz.ratio(_bare(read), _bare(row.text)))
    return sum(likeness) / len(likeness) >= ALIKE


def _straight(quad: Quad) -> TextLine:
    (x0, y0), (x1, y1), (_, y2), (_, y3) = quad
    return TextLine(np.array([[x0, (y0 + y3) / 2], [x1, (y1 + y2) / 2]]), max(1.0, (y3 - y0) * 0.85))


def _within(point: tuple[float, float], quad: Quad) -> bool:
    (x0, y0), _, (x1, y1), _ = quad
    return x0 <= point[0] <= x1 and y0 - 2 <= point[1] <= y1 + 2


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
