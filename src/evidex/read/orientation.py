"""Which way up a page lies, from a small network that looks at the whole picture. Tells only; turns nothing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from evidex.models import model_file, network

SURE = 0.7
"""Probability from which a page is turned; below, it is read as it lies."""
_SIDE, _CROP = 256, 224
_MEAN, _SPREAD = np.array([0.406, 0.456, 0.485], np.float32), np.array([0.225, 0.224, 0.229], np.float32)
"""ImageNet's, in the order blue, green, red."""


def quarter_turns(page: NDArray[np.uint8]) -> int:
    """How many quarter turns, counter-clockwise, set the page upright (`numpy.rot90`'s k): 0, 1, 2 or 3.

    Args:
        page: height × width × 3, RGB.
    """
    height, width = page.shape[:2]
    scale = _SIDE / min(height, width)
    small = cv2.resize(page, (max(_CROP, round(width * scale)), max(_CROP, round(height * scale))), interpolation=cv2.INTER_AREA)
    top, left = (small.shape[0] - _CROP) // 2, (small.shape[1] - _CROP) // 2
    middle = small[top : top + _CROP, left : left + _CROP, ::-1].astype(np.float32) / 255
    picture = np.asarray((middle - _MEAN) / _SPREAD, np.float32).transpose(2, 0, 1)[None]
    chances = network(model_file("orientation/orientation.onnx"))(picture)[0]
    best = int(chances.argmax())
    return best if chances[best] >= SURE else 0
