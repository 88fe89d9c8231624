"""A page's text map → its lines as curves → each line cut out straight, with its way back. Knows no engine and no language.

A text map (values 0–1, from `rapidocr.TextMap`) is high along the middle of each line of text of any script. A line is
the curve through one connected stretch of it; cutting the picture along that curve straightens a curled page line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from evidex.schema import Quad

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]

TEXT = 0.3
"""A map value from which a pixel belongs to a line."""
SURE = 0.5
"""The mean map value a stretch needs to be text at all."""
RULED = 0.2
"""Width, in heights of a strip, up to which a stroke from its upper to its lower edge is a ruled line, not a letter."""
FULL_HEIGHT = 2.6
"""A line's height over the thickness of its stretch in the map (the map marks the middle 40 % or so)."""


@dataclass(frozen=True, eq=False)
class TextLine:
    """A line of text on a page image: its middle as a curve, in the direction of reading, and its height in pixels."""

    middle: Floats
    """n × 2, evenly spaced points from the first character's side to the last one's."""
    height: float
    vertical: bool = False

    @cached_property
    def length(self) -> float:
        """Length of the curve in pixels."""
        return float(np.linalg.norm(np.diff(self.middle, axis=0), axis=1).sum())

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the line."""
        x, y = self.middle[len(self.middle) // 2]
        return float(x), float(y)


@dataclass(frozen=True, eq=False)
class Strip:
    """A line cut out straight: its picture, and where each of its pixels came from."""

    picture: Picture
    line: TextLine
    scale: float
    """Strip pixels for one page pixel."""
    margin: float
    """Page pixels added before the first and after the last character."""

    def quad(self, left: float, right: float) -> Quad:
        """The corners on the page image of the stretch between two x positions of the strip, clockwise from its top left.

        A curled stretch is boxed whole: four corners cannot follow it.
        """
        count = max(2, round(2 * (right - left) / self.picture.shape[0]))
        points, _ = _sample(self.line, np.linspace(left, right, count) / self.scale - self.margin)
        along = _direction(points)
        down = np.array([-along[1], along[0]])
        x, y, half = points @ along, points @ down, self.line.height / 2
        sides = (x.min(), y.min() - half), (x.max(), y.min() - half), (x.max(), y.max() + half), (x.min(), y.max() + half)
        tl, tr, br, bl = ((float(u), float(v)) for u, v in (a * along + b * down for a, b in sides))
        return (tl, tr, br, bl)


def find_lines(text_map: NDArray[np.float32], scale: float) -> list[TextLine]:
    """All lines of a page, unordered.

    Args:
        text_map: height × width, 0–1.
        scale: Page pixels for one pixel of the map.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((text_map > TEXT).astype(np.uint8), connectivity=8)
    stretches = []
    for index in range(1, count):
        left, top, width, height, area = stats[index]
        window = np.s_[top : top + height, left : left + width]
        inside = labels[window] == index
        if area >= 6 and float(text_map[window][inside].mean()) >= SURE:
            ys, xs = np.nonzero(inside)
            stretches.append(np.stack([xs + left + 0.5, ys + top + 0.5], axis=1))
    vertical = _reads_downwards(stretches)
    lines = [_trace(points, scale, vertical) for points in stretches]
    return _without_marks(_joined([line for line in lines if line.length >= 0.3 * line.height]))


def cut(picture: Picture, line: TextLine, height: int, padding: float = 0.18) -> Strip:
    """Cut a line out of its page, straightened, so that its strip is `height` pixels high.

    Args:
        picture: The page image, grey or colour.
        line: Where the line runs.
        height: Height of the strip.
        padding: Share of the line's height added above, below, before and after.
    """
    full = line.height * (1 + 2 * padding)
    scale, margin = height / full, line.height * (padding + 0.15)
    width = max(8, round((line.length + 2 * margin) * scale))
    points, normals = _sample(line, np.asarray((np.arange(width) + 0.5) / scale - margin, np.float64))
    across = ((np.arange(height) + 0.5) / height - 0.5) * full
    grid = (points[None, :, :] + normals[None, :, :] * across[:, None, None]).astype(np.float32)
    shrink = max(1.0, 1 / scale)
    source = cv2.GaussianBlur(picture, (0, 0), 0.4 * shrink) if shrink > 1.5 else picture
    strip = cv2.remap(source, grid[..., 0], grid[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Strip(np.asarray(strip, np.uint8), line, scale, margin)


def without_neighbours(strip: Picture, core: float = 0.5) -> Picture:
    """A grey, flattened strip without the bits of the lines above and below that reach into it, and without ruled lines.

    Bits are ink that touches the strip's upper or lower edge and stays out of the middle `core` of its height. Ink from edge
    to edge that is thin is a ruled line of a table.
    """
    height = strip.shape[0]
    ink = cv2.threshold(strip, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(ink, np.uint8), connectivity=8)
    upper, lower = height * (1 - core) / 2, height * (1 + core) / 2
    foreign = np.zeros(count, bool)
    for index in range(1, count):
        top, bottom = stats[index][1], stats[index][1] + stats[index][3]
        ruled = top <= 1 and bottom >= height - 1 and stats[index][2] < RULED * height
        foreign[index] = ruled or (top <= 1 and bottom < upper) or (bottom >= height - 1 and top > lower)
    if not foreign.any():
        return strip
    mask = cv2.dilate(foreign[labels].astype(np.uint8), np.ones((5, 5), np.uint8))
    cleaned = strip.copy()
    cleaned[mask > 0] = 255
    return cleaned


def _reads_downwards(stretches: Sequence[Floats]) -> bool:
    """Whether the page's long stretches run downwards: vertical Japanese."""
    across = down = 0.0
    for points in stretches:
        width, height = np.ptp(points, axis=0) + 1
        if width > 3 * height:
            across += width
        elif height > 3 * width:
            down += height
    return down > across


def _trace(points: Floats, scale: float, vertical: bool) -> TextLine:
    """The curve through one stretch of the map."""
    u, v = (points[:, 1], points[:, 0]) if vertical else (points[:, 0], points[:, 1])
    bins = np.floor(u).astype(int) - int(np.floor(u.min()))
    weight = np.bincount(bins).astype(float)
    filled = weight > 0
    middle = np.bincount(bins, v)[filled] / weight[filled]
    along = np.nonzero(filled)[0] + np.floor(u.min()) + 0.5
    thickness = float(np.median(weight[filled]))
    curve = _curve(along, middle, thickness, np.sqrt(weight[filled]))
    reach = 0.8 * thickness
    ends = np.linspace(along[0] - 0.5 - reach, along[-1] + 0.5 + reach, max(2, int(np.ptp(along) / 8)))
    inner = np.clip(ends, along[0], along[-1])
    across = curve(inner) + (ends - inner) * curve.deriv()(inner)
    pair = (across, ends) if vertical else (ends, across)
    return TextLine(np.stack(pair, axis=1) * scale, FULL_HEIGHT * thickness * scale, vertical)


def _curve(along: Floats, across: Floats, thickness: float, weight: Floats | None = None) -> np.polynomial.Polynomial:
    """The polynomial through points of a line; the longer the line, the more it may bend."""
    length = np.ptp(along)
    degree = 1 if length < 8 * thickness else 2 if length < 20 * thickness else 4
    if len(along) <= degree + 1 or length < 2 * thickness:
        degree = 0
    return np.polynomial.Polynomial.fit(along, across, degree, w=weight)


def _without_marks(lines: list[TextLine]) -> list[TextLine]:
    """Lines without the stray marks of tall scripts (Burmese, Khmer, Thai) that the map shows as stretches of their own."""
    return [line for line in lines if not any(_is_mark_of(line, other) for other in lines)]


def _is_mark_of(mark: TextLine, line: TextLine) -> bool:
    """Whether a stretch lies on a much longer line: two true lines stand a line's height apart."""
    if line.length < 1.5 * mark.length:
        return False
    along = 1 if line.vertical else 0
    first, last = mark.middle[0][along], mark.middle[-1][along]
    places = line.middle[:, along]
    inside = min(last, places[-1]) - max(first, places[0])
    if inside < 0.7 * (last - first):
        return False
    middle = np.interp((first + last) / 2, places, line.middle[:, 1 - along])
    small = mark.height < 0.6 * line.height and mark.length < 0.35 * line.length  # marks and furigana stand further off
    return bool(abs(mark.centre[1 - along] - middle) < (0.8 if small else 0.55) * line.height)


def _joined(lines: list[TextLine]) -> list[TextLine]:
    """Lines with neighbours on the same row, no further apart than a wide space, put together."""
    axis = 1 if lines and lines[0].vertical else 0
    pending = sorted(lines, key=lambda line: line.middle[0][axis])
    done: list[TextLine] = []
    for line in pending:
        host = next((other for other in done if _continues(other, line, axis)), None)
        if host is None:
            done.append(line)
        else:
            done[done.index(host)] = _join(host, line)
    return done


def _continues(first: TextLine, second: TextLine, axis: int) -> bool:
    if not 0.6 < first.height / second.height < 1.7:
        return False
    height = (first.height + second.height) / 2
    gap = second.middle[0][axis] - first.middle[-1][axis]
    offset = abs(second.middle[0][1 - axis] - first.middle[-1][1 - axis])
    return bool(-1.2 * height < gap < 0.7 * height and offset < 0.35 * height)


def _join(first: TextLine, second: TextLine) -> TextLine:
    """One curve through both: where they meet, their ends need not, and a jog there would tear the letters."""
    weight = first.length / (first.length + second.length)
    height = first.height * weight + second.height * (1 - weight)
    axis = 1 if first.vertical else 0
    points = np.concatenate([first.middle, second.middle])
    along, across = points[:, axis], points[:, 1 - axis]
    places = np.linspace(along.min(), along.max(), len(points))
    curve = _curve(along, across, height / FULL_HEIGHT)(places)
    return TextLine(np.stack((curve, places) if first.vertical else (places, curve), axis=1), height, first.vertical)


def _sample(line: TextLine, distances: Floats) -> tuple[Floats, Floats]:
    """Points at distances along the curve (straight on beyond its ends) and their normals, pointing down or, vertical, left."""
    steps = np.linalg.norm(np.diff(line.middle, axis=0), axis=1)
    places = np.concatenate([[0.0], np.cumsum(steps)])
    inside = np.clip(distances, 0, places[-1])
    points = np.stack([np.interp(inside, places, line.middle[:, axis]) for axis in (0, 1)], axis=1)
    tangents = np.gradient(line.middle, places, axis=0) if len(places) > 2 else np.diff(line.middle, axis=0).repeat(2, 0)
    along = np.stack([np.interp(inside, places, tangents[:, axis]) for axis in (0, 1)], axis=1)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    points = points + along * (distances - inside)[:, None]
    return points, np.stack([-along[:, 1], along[:, 0]], axis=1)


def _direction(points: Floats) -> Floats:
    """The unit vector along which points of a curve run, first to last."""
    chord = points[-1] - points[0]
    spread = points - points.mean(axis=0)
    direction = np.linalg.svd(spread, full_matrices=False)[2][0] if len(points) > 2 else chord / max(np.linalg.norm(chord), 1e-9)
    return np.asarray(direction if direction @ chord >= 0 else -direction, np.float64)
