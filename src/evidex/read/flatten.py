"""Perspective and light: where the page lies on the photo, how it looks from above, and uneven light taken out. No engine."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from evidex.read.orientation import quarter_turns
from evidex.schema import Quad

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
Points = NDArray[np.float64]

WORKING_SIDE = 2600
"""Longest side of a page image: print of 8 points on A4 is then about 25 pixels high, and more only costs time."""
_SEARCH_SIDE = 500
_SMALLEST_PAGE, _LARGEST_PAGE = 0.25, 0.97
"""Share of the photo that a page found on it covers; beyond the larger it needs no finding."""


@dataclass(frozen=True)
class PageImage:
    """A photo at the size it is read at, with its way back to the photograph."""

    pixels: Picture
    """height × width × 3, RGB, the right way up."""
    scale: float
    """Photo pixels for one pixel of this image."""
    turns: int
    """Quarter turns, counter-clockwise, that set the photo upright."""
    corners: Corners | None
    """The page's corners on this image, clockwise from its top left; None where its edges do not show."""

    def on_photo(self, quad: Quad) -> Quad:
        """A quad of this image in the pixels of the photograph."""
        tl, tr, br, bl = (self._turned_back(x, y) for x, y in quad)
        return (tl, tr, br, bl)

    def _turned_back(self, x: float, y: float) -> tuple[float, float]:
        height, width = self.pixels.shape[:2]
        x, y = {0: (x, y), 1: (height - y, x), 2: (width - x, height - y), 3: (y, width - x)}[self.turns]
        return round(x * self.scale, 1), round(y * self.scale, 1)


def prepare(photo: Picture) -> PageImage:
    """The photo the right way up, no larger than reading needs, and where the page lies on it.

    The picture itself is not warped: lines are cut out along their own curves, so edges found wrongly cost no text.
    """
    height, width = photo.shape[:2]
    scale = max(1.0, max(height, width) / WORKING_SIDE)
    if scale > 1.0:
        size = (max(1, round(width / scale)), max(1, round(height / scale)))
        photo = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    turns = quarter_turns(photo)
    upright = np.ascontiguousarray(np.rot90(photo, turns))
    return PageImage(upright, scale, turns, find_page(upright))


def seen_from_above(points: Points, corners: Corners | None) -> Points:
    """Points of a page image as on the page laid flat; unchanged where the page's edges are unknown."""
    if corners is None:
        return points
    width, height = _size(corners)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0], np.float64)


def find_page(photo: Picture) -> Corners | None:
    """The page's corners on the photo, clockwise from its top left; None unless a bright four-sided sheet stands out."""
    height, width = photo.shape[:2]
    scale = _SEARCH_SIDE / max(height, width)
    small = cv2.resize(photo, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA)
    light = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB)[..., 0], (0, 0), 3)
    sheet = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    sheet = cv2.morphologyEx(sheet, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    contours, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    outline = cv2.convexHull(max(contours, key=cv2.contourArea))
    corners = _four_corners(outline)
    if corners is None or not _SMALLEST_PAGE < cv2.contourArea(corners) / small[..., 0].size < _LARGEST_PAGE:
        return None
    alike = cv2.contourArea(max(contours, key=cv2.contourArea)) / cv2.contourArea(corners)
    return _clockwise(corners) / scale if 0.85 < alike < 1.15 else None


def flatten_light(page: Picture) -> Picture:
    """Grey, with the paper made white: each pixel divided by the light that falls on the paper around it."""
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY) if page.ndim == 3 else page
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((15, 15), np.uint8)), 41)
    paper = cv2.blur(paper, (31, 31))
    return np.asarray(cv2.divide(grey, paper, scale=275), np.uint8)


def _four_corners(outline: cv2.typing.MatLike) -> Corners | None:
    length = cv2.arcLength(outline, True)
    for tolerance in (0.02, 0.03, 0.05, 0.08):
        corners = cv2.approxPolyDP(outline, tolerance * length, True)
        if len(corners) == 4:
            return corners.reshape(4, 2).astype(np.float32)
    return None


def _clockwise(corners: Corners) -> Corners:
    centre = corners.mean(axis=0)
    around = corners[np.argsort(np.arctan2(*(corners - centre).T[::-1]))]
    first = int(np.argmin(around.sum(axis=1)))
    return np.roll(around, -first, axis=0)


def _size(corners: Corners) -> tuple[int, int]:
    tl, tr, br, bl = corners
    width = max(np.linalg.norm(tr - tl), np.linalg.norm(br - bl))
    height = max(np.linalg.norm(bl - tl), np.linalg.norm(br - tr))
    return max(1, round(float(width))), max(1, round(float(height)))
