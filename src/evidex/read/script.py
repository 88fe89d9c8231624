"""Which script a line is written in, told from its picture by a small network (models/script). Reads no text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from evidex.models import model_file, network
from evidex.read.engine import Picture

_HEIGHT, _WIDTH = 32, 320
_LOOKS = 3
"""Windows of a long line that are looked at."""


def scripts_of(strips: Sequence[Picture]) -> list[Mapping[str, float]]:
    """For each strip, script → probability; Vietnamese, Latin with its many marks, counts as a script of its own."""
    windows = [_windows(strip) for strip in strips]
    if not windows:
        return []
    net = network(model_file("script/script.onnx"))
    names = net.metadata["scripts"].split(",")
    chances = net(np.concatenate(windows))
    rows: list[Mapping[str, float]] = []
    at = 0
    for window in windows:
        mean = chances[at : at + len(window)].mean(axis=0)
        rows.append(dict(zip(names, (float(chance) for chance in mean), strict=True)))
        at += len(window)
    return rows


def _windows(strip: Picture) -> NDArray[np.float32]:
    """Up to three stretches of a line as the network saw lines: 32 pixels high, ink 1 on paper 0."""
    grey = strip if strip.ndim == 2 else cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
    width = max(4, round(grey.shape[1] * _HEIGHT / grey.shape[0]))
    line = cv2.resize(grey, (width, _HEIGHT), interpolation=cv2.INTER_AREA)
    looks = min(_LOOKS, max(1, round(width / _WIDTH)))
    starts = np.linspace(0, max(0, width - _WIDTH), looks).astype(int)
    batch = np.zeros((looks, 1, _HEIGHT, _WIDTH), np.float32)
    for window, start in zip(batch, starts, strict=True):
        piece = line[:, start : start + _WIDTH]
        window[0, :, : piece.shape[1]] = 1 - piece.astype(np.float32) / 255
    return batch
