"""The order in which a page's lines are read: columns, rows, cells, and columns from the right in vertical Japanese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from evidex.read.lines import Floats, TextLine

PARAGRAPH_GAP = 0.9
"""A white band this many line heights high parts a page; side by side texts are then read band by band."""
COLUMN_GAP = 0.5
"""A white channel this many line heights wide parts columns."""


CELL = 7.0
"""Width, in line heights, up to which the pieces of a row are cells of a table (a payslip) and not lines of columns."""
HEAD = 1.15
"""Distances between lines from which the lower one begins a paragraph."""
LEVEL = 0.45
"""Distances between lines within which two cells begin at the same height."""
SIDE = 0.2
"""Share of a page's lines that stand on either side of a gutter between columns."""
_SLANTS = tuple(float(slant) for slant in np.linspace(-0.4, 0.4, 81))
"""How far a gutter may lean on a photograph, sideways for each pixel down."""
TABLE = 0.6
"""Share of paragraphs that begin beside another one from which columns are cells of a table."""


@dataclass(frozen=True)
class _Box:
    index: int
    left: float
    top: float
    right: float
    bottom: float
    height: float


def reading_order(lines: Sequence[TextLine]) -> list[int]:
    """The indexes of lines, as found on a page image, in reading order."""
    if not lines:
        return []
    if lines[0].vertical:
        return [box.index for box in _from_the_right(_boxes(lines))]
    return [box.index for box in _in_order(_upright(_boxes(_levelled(lines))))]


def _levelled(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines on the page pulled straight: what is one row stays one row, however the paper curls.

    The slope of the paper is a smooth field, fitted to the directions of all lines: a quadratic across the page whose terms
    change linearly down it. Each point is then moved up or down by the field's integral along its row.
    """
    steps = np.concatenate([np.diff(line.middle, axis=0) for line in lines])
    places = np.concatenate([(line.middle[1:] + line.middle[:-1]) / 2 for line in lines])
    origin, span = places.mean(axis=0), np.maximum(np.ptp(places, axis=0), 1.0)
    x, y = ((places - origin) / span).T
    weight = np.maximum(steps[:, 0], 0.0)
    slopes = steps[:, 1] / np.maximum(steps[:, 0], 1e-6)
    if weight.sum() < 4 * np.median([line.height for line in lines]):
        return list(lines)
    terms = np.stack([x**i * y**j for i in range(3) for j in range(2)], axis=1)
    damping = 1e-2 * weight.sum() * np.diag([0.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    field = np.linalg.solve(terms.T @ (terms * weight[:, None]) + damping, terms.T @ (slopes * weight))
    return [replace(line, middle=_pulled(line.middle, field, origin, span)) for line in lines]


def _pulled(points: Floats, field: Floats, origin: Floats, span: Floats) -> Floats:
    x, y = ((points - origin) / span).T
    rise = sum(field[2 * i + j] * x ** (i + 1) / (i + 1) * y**j for i in range(3) for j in range(2)) * span[0]
    return np.stack([points[:, 0], points[:, 1] - rise], axis=1)


def _upright(boxes: list[_Box]) -> list[_Box]:
    """The boxes moved sideways so that a gutter between columns stands upright: of all slants, the one with the widest gutter."""
    height = float(np.median([box.height for box in boxes]))

    def slanted(slant: float) -> list[_Box]:
        shifts = [slant * (box.top + box.bottom) / 2 for box in boxes]
        return [replace(box, left=box.left + s, right=box.right + s) for box, s in zip(boxes, shifts, strict=True)]

    def gutter(slant: float) -> float:
        groups, reach, widest = slanted(slant), float("-inf"), 0.0
        for before, box in enumerate(sorted(groups, key=lambda box: box.left)):
            if min(before, len(boxes) - before) >= SIDE * len(boxes):
                widest = max(widest, box.left - reach)
            reach = max(reach, box.right)
        return widest - 2 * height * abs(slant)

    best = max(_SLANTS, key=gutter)
    return slanted(best) if gutter(best) > COLUMN_GAP * height else boxes


def _boxes(lines: Sequence[TextLine]) -> list[_Box]:
    """Upright boxes of the lines: a line counts with its mean place, not its whole sweep."""
    boxes = []
    for index, line in enumerate(lines):
        half = line.height / 2
        (left, top), (right, bottom) = line.middle.min(axis=0), line.middle.max(axis=0)
        x, y = line.middle.mean(axis=0)
        if line.vertical:
            boxes.append(_Box(index, x - half, top, x + half, bottom, line.height))
        else:
            boxes.append(_Box(index, left, y - half, right, y + half, line.height))
    return boxes


def _in_order(boxes: list[_Box]) -> list[_Box]:
    """Recursive X-Y cut: bands, in them columns, in them bands again; tables, and rows of short cells, are read by rows."""
    if len(boxes) <= 1:
        return boxes
    height = float(np.median([box.height for box in boxes]))
    bands = _parted([(box.top, box.bottom, box) for box in boxes], PARAGRAPH_GAP * height)
    ordered = []
    for group in _with_one_gutter(bands, height):
        together = [box for band in group for box in band]
        columns = _columns(together, height)
        wide = float(np.percentile([box.right - box.left for box in together], 75)) > CELL * height
        if len(columns) > 1 and wide:
            for row in _table_rows(columns) or [columns]:
                ordered += [box for column in row for box in _in_order(column)]
        else:
            ordered += [box for band in group for box in (_in_order(band) if len(bands) > 1 else _rows(band))]
    return ordered


def _columns(boxes: list[_Box], height: float) -> list[list[_Box]]:
    return _parted([(box.left, box.right, box) for box in boxes], COLUMN_GAP * height)


def _with_one_gutter(bands: list[list[_Box]], height: float) -> list[list[list[_Box]]]:
    """Bands in groups: white gaps in two columns may fall side by side, and do not end the columns."""
    groups: list[list[list[_Box]]] = []
    for band in bands:
        if groups and len(_columns([box for known in (*groups[-1], band) for box in known], height)) > 1:
            groups[-1].append(band)
        else:
            groups.append([band])
    return groups


def _table_rows(columns: list[list[_Box]]) -> list[list[list[_Box]]]:
    """The rows of a table, each a list of its cells; empty where the columns are columns of text.

    Cells of a row begin at the same height. Paragraphs of columns do so by chance only.
    """
    lines = [_line_places(column) for column in columns]
    pitch = (
        min(float(np.percentile(np.diff(places), 30)) for places in lines if len(places) > 1) if max(map(len, lines)) > 1 else 0.0
    )
    heads = [[places[0], *(y for before, y in pairwise(places) if y - before > HEAD * pitch)] for places in lines]
    most = max(range(len(columns)), key=lambda k: len(heads[k]))
    others = [y for k, starts in enumerate(heads) if k != most for y in starts]
    shared = [y for y in heads[most] if any(abs(y - other) < LEVEL * pitch for other in others)]
    if len(heads[most]) < 3 or len(shared) - 1 < TABLE * (len(heads[most]) - 1):
        return []
    edges = [float("-inf"), *(y - LEVEL * pitch for y in shared[1:]), float("inf")]
    rows = []
    for top, bottom in pairwise(edges):
        cells = [[box for box in column if top <= (box.top + box.bottom) / 2 < bottom] for column in columns]
        rows.append([cell for cell in cells if cell])
    return rows


def _line_places(column: list[_Box]) -> list[float]:
    """The heights of a column's lines; pieces of one line count once."""
    middles = sorted((box.top + box.bottom) / 2 for box in column)
    height = float(np.median([box.height for box in column]))
    return [middles[0], *(y for before, y in pairwise(middles) if y - before > 0.4 * height)]


def _parted(spans: list[tuple[float, float, _Box]], gap: float) -> list[list[_Box]]:
    """Boxes in groups with at least `gap` of nothing between them."""
    groups: list[list[_Box]] = []
    reach = float("-inf")
    for start, end, box in sorted(spans, key=lambda span: span[0]):
        if start - reach >= gap or not groups:
            groups.append([])
        groups[-1].append(box)
        reach = max(reach, end)
    return groups


def _rows(boxes: list[_Box]) -> list[_Box]:
    """Top to bottom; boxes that overlap in height by half form a row, read from the left."""
    rows: list[list[_Box]] = []
    for box in sorted(boxes, key=lambda box: box.top + box.bottom):
        if rows and _overlap(rows[-1][-1], box) > 0.5:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box for row in rows for box in sorted(row, key=lambda box: box.left)]


def _overlap(a: _Box, b: _Box) -> float:
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared / min(a.bottom - a.top, b.bottom - b.top)


def _from_the_right(boxes: list[_Box]) -> list[_Box]:
    """Vertical Japanese: columns from the right, in each from the top."""
    columns: list[list[_Box]] = []
    for box in sorted(boxes, key=lambda box: -(box.left + box.right)):
        if columns and columns[-1][-1].left - (box.left + box.right) / 2 < 0:
            columns[-1].append(box)
        else:
            columns.append([box])
    return [box for column in columns for box in sorted(column, key=lambda box: box.top)]
