"""The order in which a page's lines are read: columns, rows, cells, and columns from the right in vertical Japanese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evidex.read.flatten import Corners, Points, seen_from_above
from evidex.read.lines import TextLine

PARAGRAPH_GAP = 0.9
"""A white band this many line heights high parts a page; side by side texts are then read band by band."""
COLUMN_GAP = 0.8
"""A white channel this many line heights wide parts columns."""


CELL = 8.0
"""Width, in line heights, up to which the pieces of a row are cells of a table (a payslip) and not lines of columns."""


@dataclass(frozen=True)
class _Box:
    index: int
    left: float
    top: float
    right: float
    bottom: float
    height: float


def reading_order(lines: Sequence[TextLine], corners: Corners | None = None) -> list[int]:
    """The indexes of the lines in reading order.

    Args:
        lines: As found on the page image.
        corners: The page's corners on the image, where known: perspective is taken out before rows are told apart.
    """
    if not lines:
        return []
    lines = [replace(line, middle=seen_from_above(line.middle, corners)) for line in lines]
    if lines[0].vertical:
        return [box.index for box in _from_the_right(_boxes(lines))]
    return [box.index for box in _in_order(_boxes(_levelled(lines)))]


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


def _pulled(points: Points, field: Points, origin: Points, span: Points) -> Points:
    x, y = ((points - origin) / span).T
    rise = sum(field[2 * i + j] * x ** (i + 1) / (i + 1) * y**j for i in range(3) for j in range(2)) * span[0]
    return np.stack([points[:, 0], points[:, 1] - rise], axis=1)


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
    """Recursive X-Y cut: bands first, then columns, then rows; a table of short cells is read by its rows."""
    if len(boxes) <= 1:
        return boxes
    height = float(np.median([box.height for box in boxes]))
    bands = _parted([(box.top, box.bottom, box) for box in boxes], PARAGRAPH_GAP * height)
    if len(bands) > 1:
        return [box for band in bands for box in _in_order(band)]
    columns = _parted([(box.left, box.right, box) for box in boxes], COLUMN_GAP * height)
    if len(columns) > 1 and float(np.median([box.right - box.left for box in boxes])) > CELL * height:
        return [box for column in columns for box in _in_order(column)]
    return _rows(boxes)


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
