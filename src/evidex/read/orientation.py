"""Which way up a page lies, from a small network that looks at the whole picture. Tells only; turns nothing."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from evidex.models import model_file

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
    network = _network()
    picture = ((middle - _MEAN) / _SPREAD).transpose(2, 0, 1)[None]
    chances = network.run(None, {network.get_inputs()[0].name: picture})[0][0]
    best = int(chances.argmax())
    return best if chances[best] >= SURE else 0


@cache
def _network() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # parallelism is the batch's alone
    options.log_severity_level = 3
    path = str(model_file("orientation/orientation.onnx"))
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
