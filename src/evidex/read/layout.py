"""The order in which a page's lines are read: columns, rows, cells, and columns from the right in vertical Japanese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evidex.read.lines import TextLine

PARAGRAPH_GAP = 0.9
"""A white band this many line heights high parts a page; side by side texts are then read band by band."""
COLUMN_GAP = 0.8
"""A white channel this many line heights wide parts columns."""


@dataclass(frozen=True)
class _Box:
    index: int
    left: float
    top: float
    right: float
    bottom: float
    height: float


def reading_order(lines: Sequence[TextLine]) -> list[int]:
    """The indexes of the lines in reading order."""
    if not lines:
        return []
    if lines[0].vertical:
        return [box.index for box in _from_the_right(_boxes(lines, turned=0.0))]
    return [box.index for box in _in_order(_boxes(lines, turned=_slant(lines)))]


def _slant(lines: Sequence[TextLine]) -> float:
    """The page's own slant in radians, from its long lines."""
    long = sorted(lines, key=lambda line: -line.length)[: max(3, len(lines) // 2)]
    ends = [(line.middle[-1] - line.middle[0]) for line in long]
    return float(np.median([np.arctan2(y, x) for x, y in ends]))


def _boxes(lines: Sequence[TextLine], turned: float) -> list[_Box]:
    """Upright boxes of the lines on the page turned straight; a curled line counts with its mean place, not its whole sweep."""
    cosine, sine = np.cos(-turned), np.sin(-turned)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    boxes = []
    for index, line in enumerate(lines):
        points = line.middle @ turn.T
        half = line.height / 2
        if line.vertical:
            x, (top, bottom) = points[:, 0].mean(), (points[:, 1].min(), points[:, 1].max())
            boxes.append(_Box(index, x - half, top, x + half, bottom, line.height))
        else:
            y, (left, right) = points[:, 1].mean(), (points[:, 0].min(), points[:, 0].max())
            boxes.append(_Box(index, left, y - half, right, y + half, line.height))
    return boxes


def _in_order(boxes: list[_Box]) -> list[_Box]:
    """Recursive X-Y cut: bands first, then columns, then rows."""
    if len(boxes) <= 1:
        return boxes
    height = float(np.median([box.height for box in boxes]))
    for parts in (
        _parted([(box.top, box.bottom, box) for box in boxes], PARAGRAPH_GAP * height),
        _parted([(box.left, box.right, box) for box in boxes], COLUMN_GAP * height),
    ):
        if len(parts) > 1:
            return [box for part in parts for box in _in_order(part)]
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
