"""Size, turn and light: the photo upright, no larger than reading needs, and its paper made white. No engine."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from evidex.read.orientation import quarter_turns
from evidex.schema import Quad

Picture = NDArray[np.uint8]

WORKING_SIDE = 2600
"""Longest side of a page image: print of 8 points on A4 is then about 25 pixels high, and more only costs time."""


@dataclass(frozen=True)
class PageImage:
    """A photo at the size it is read at, with its way back to the photograph."""

    pixels: Picture
    """height × width × 3, RGB, the right way up."""
    scale: float
    """Photo pixels for one pixel of this image."""
    turns: int
    """Quarter turns, counter-clockwise, that set the photo upright."""

    def on_photo(self, quad: Quad) -> Quad:
        """A quad of this image in the pixels of the photograph."""
        tl, tr, br, bl = (self._turned_back(x, y) for x, y in quad)
        return (tl, tr, br, bl)

    def _turned_back(self, x: float, y: float) -> tuple[float, float]:
        height, width = self.pixels.shape[:2]
        x, y = {0: (x, y), 1: (height - y, x), 2: (width - x, height - y), 3: (y, width - x)}[self.turns]
        return round(x * self.scale, 1), round(y * self.scale, 1)


def prepare(photo: Picture) -> PageImage:
    """The photo the right way up, no larger than reading needs.

    The picture itself is not warped: lines are cut out along their own curves, so edges found wrongly cost no text.
    """
    height, width = photo.shape[:2]
    scale = max(1.0, max(height, width) / WORKING_SIDE)
    if scale > 1.0:
        size = (max(1, round(width / scale)), max(1, round(height / scale)))
        photo = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    turns = quarter_turns(photo)
    upright = np.ascontiguousarray(np.rot90(photo, turns))
    return PageImage(upright, scale, turns)


def flatten_light(page: Picture) -> Picture:
    """Grey, with the paper made white: each pixel divided by the light that falls on the paper around it."""
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY) if page.ndim == 3 else page
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((15, 15), np.uint8)), 41)
    paper = cv2.blur(paper, (31, 31))
    return np.asarray(cv2.divide(grey, paper, scale=275), np.uint8)
