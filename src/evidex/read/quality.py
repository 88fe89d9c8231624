"""How well a page could be read, and what would make a better photo. Looks at what was read, and at the page's sharpness."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from evidex.read.flatten import PageImage, Picture
from evidex.schema import Line, Quality

GOOD, FAIR, POOR = 0.9, 0.8, 0.5
"""Grades by mean confidence, as docling draws them."""
SMALL_TEXT = 16
"""Pixels of line height below which letters blur together."""
GLARE, GLARED = 250, 0.15
"""Grey level of burnt-out paper, and the share of the page from which it is said."""
SHARP = 0.36
"""Strongest curvature over strongest slope of the grey levels, below which letters are blurred: sharp photos have 0.5–0.7."""
DARK = 90
"""Median grey level below which a page was taken in too little light."""
_FLAT = 2.0
"""Strongest slope of a picture that shows nothing."""
_NEAR_EDGE = 0.35
"""Distance from the photo's edge, in line heights, at which text is probably cut off."""


def grade_page(image: PageImage, lines: Sequence[Line], heights: Sequence[float], notes: Sequence[str] = ()) -> Quality:
    """The page's grade and advice.

    Args:
        image: The page as it was read.
        lines: What was read.
        heights: The lines' heights in pixels of the page image.
        notes: Advice from other stages.
    """
    letters = sum(len(line.text) for line in lines)
    if not letters:
        nothing = "No text was found: photograph the whole page, upright, in good light."
        return Quality(grade="unreadable", advice=(*notes, *_about_the_photo(image), nothing))
    confidence = sum(line.confidence * len(line.text) for line in lines) / letters
    grade = "good" if confidence >= GOOD else "fair" if confidence >= FAIR else "poor" if confidence >= POOR else "unreadable"
    advice = [
        *notes,
        *(f"Text runs into the {side} edge of the photo: take in the whole page." for side in _cut_off(image, lines, heights)),
    ]
    if float(np.median(heights)) < SMALL_TEXT:
        advice.append("The letters are small: go closer, or photograph the page in two halves.")
    if grade != "good":
        advice += _about_the_photo(image)
    if grade in {"poor", "unreadable"}:
        advice.append("Hard to read: lay the page flat, hold the phone still above it, and photograph it again.")
    return Quality(grade=grade, advice=tuple(advice))


def _about_the_photo(image: PageImage) -> list[str]:
    """What is wrong with the photo itself. Said only of photos that read badly: many that look bad read well."""
    grey = np.asarray(cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    advice = []
    if float(np.median(grey)) < DARK:
        advice.append("The photo is too dark: take it by a window or under a lamp, without your shadow on the page.")
    if _burnt_out(grey) > GLARED:
        advice.append("Part of the page is burnt out by light: avoid the flash and tilt the page away from the lamp.")
    if _sharpness(grey) < SHARP:
        advice.append("The photo is blurred: hold the phone still, tap on the page to focus, and take it again.")
    return advice


def _cut_off(image: PageImage, lines: Sequence[Line], heights: Sequence[float]) -> list[str]:
    """The edges of the photo that text runs into: two lines at a side, or one at top or bottom."""
    height, width = (round(side * image.scale) for side in image.pixels.shape[:2])
    if image.turns % 2:
        height, width = width, height
    near = _NEAR_EDGE * float(np.median(heights)) * image.scale
    xs = [[x for x, _ in line.quad] for line in lines]
    ys = [[y for _, y in line.quad] for line in lines]
    touching = {
        "left": sum(min(x) < near for x in xs) >= 2,
        "right": sum(max(x) > width - near for x in xs) >= 2,
        "upper": any(min(y) < near for y in ys),
        "lower": any(max(y) > height - near for y in ys),
    }
    return [side for side, touches in touching.items() if touches]


def _sharpness(grey: Picture) -> float:
    """How suddenly grey levels change where they change most; the same for large and small letters, dark and light photos."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.7)
    curvature = np.percentile(np.abs(cv2.Laplacian(smooth, cv2.CV_32F)), 99)
    slope = np.percentile(np.abs(cv2.Sobel(smooth, cv2.CV_32F, 1, 0)), 99) / 4
    return float(curvature / slope) if slope > _FLAT else 1.0


def _burnt_out(grey: Picture) -> float:
    """Share of the page where light has wiped out everything, paper's grain too."""
    bright = float((grey >= GLARE).mean())
    return 0.0 if bright > 0.6 else bright  # a clean scan is white all over
