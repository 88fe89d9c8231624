"""How well a page could be read, and what would make a better photo. Looks at what was read, and at the page's sharpness."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from evidex.read.flatten import PageImage
from evidex.schema import Line, Quality

GOOD, FAIR, POOR = 0.9, 0.8, 0.5
"""Grades by mean confidence, as docling draws them."""
SMALL_TEXT = 16
"""Pixels of line height below which letters blur together."""
GLARE = 250
"""Grey level of burnt-out paper."""


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
        return Quality(
            grade="unreadable", advice=(*notes, "No text was found: photograph the whole page, upright, in good light.")
        )
    confidence = sum(line.confidence * len(line.text) for line in lines) / letters
    grade = "good" if confidence >= GOOD else "fair" if confidence >= FAIR else "poor" if confidence >= POOR else "unreadable"
    advice = list(notes)
    if float(np.median(heights)) < SMALL_TEXT:
        advice.append("The letters are small: go closer, or photograph the page in two halves.")
    if grade != "good" and _burnt_out(image) > 0.15:
        advice.append("Part of the page is burnt out by light: avoid the flash and tilt the page away from the lamp.")
    if grade in {"poor", "unreadable"}:
        advice.append("Hard to read: lay the page flat, hold the phone still above it, and photograph it again.")
    return Quality(grade=grade, advice=tuple(advice))


def _burnt_out(image: PageImage) -> float:
    """Share of the page where light has wiped out everything, paper's grain too."""
    grey = cv2.cvtColor(image.pixels, cv2.COLOR_RGB2GRAY)
    bright = float((grey >= GLARE).mean())
    return 0.0 if bright > 0.6 else bright  # a clean scan is white all over
