"""Red seals: kept from the text they are stamped over, and not taken for text themselves. Lines printed in red stay."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_REDDER = 40
"""How much more red than green a pixel of red ink is, of 255."""
_ON_PAGE = 0.00005
"""Share of a page's pixels from which it has red ink."""
OVER = 0.04
"""Share of a line's ink from which a seal lies over it."""
ALONE = 0.6
"""Share of a line's ink from which the line itself is red."""
_SEAL_LENGTH = 2.5
"""Length over height up to which a red line may be a seal: names on seals are short."""


def red_ink(page: Picture) -> Picture | None:
    """Where a page (RGB) has red ink: 255 there, 0 elsewhere; None where there is none."""
    red, green, blue = (page[..., channel].astype(np.int16) for channel in range(3))
    mask = (red - np.maximum(green, blue) > _REDDER).astype(np.uint8) * 255
    return mask if mask.mean() / 255 > _ON_PAGE else None


def red_share(strip: Picture, red: Picture) -> float:
    """The share of a strip's ink that is red; both pictures are cut alike, the strip grey on white."""
    ink = cv2.threshold(strip, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1] > 0
    return float((red[ink] > 127).mean()) if ink.any() else 0.0


def is_seal(length: float, height: float, share: float) -> bool:
    """Whether a line of that length, height and share of red is a seal."""
    return share > ALONE and length < _SEAL_LENGTH * height
