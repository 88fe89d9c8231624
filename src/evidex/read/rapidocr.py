"""RapidOCR's networks (PP-OCRv6, inside its wheel) run as they are. The only file that knows them; nothing is downloaded.

The detector marks text of every script. The recogniser reads Japanese, Chinese and plain Latin; of other scripts it has no
letters, and its low confidence on them is how they are told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from evidex.errors import ToolMissing
from evidex.languages import script_of_character
from evidex.models import network
from evidex.read.engine import Picture, Reading, Token

MAP_SIDE = 1280
"""Longest side of the picture the detector sees."""
_LANGUAGES = frozenset({"ja", "zh", "zh-TW", "en", "id", "tl"})
_HEIGHT, _NARROWEST, _BATCH = 48, 320, 6
_DOWNSAMPLING = 8
"""The recogniser looks at every eighth pixel column."""


class TextMap:
    """The detector: where on a page text stands."""

    def __call__(self, page: Picture, side: int = MAP_SIDE) -> tuple[NDArray[np.float32], float]:
        """The text map of an RGB page (values 0–1) and how many page pixels one of its pixels spans."""
        height, width = page.shape[:2]
        scale = min(1.0, side / max(height, width))
        size = (max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32))
        small = cv2.resize(page, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
        found = network(model_path("det"))(small[..., ::-1].transpose(2, 0, 1)[None])[0, 0]
        if found.shape != (size[1], size[0]):
            found = cv2.resize(found, size)
        square = cv2.resize(found, (size[0], max(1, round(height * size[0] / width))))
        return np.asarray(square, np.float32), width / size[0]


class RapidOcrEngine:
    """The recogniser as an `OcrEngine`."""

    name = "rapidocr"

    @property
    def version(self) -> str:
        """RapidOCR's version."""
        return version("rapidocr")

    def reads(self, language: str) -> bool:
        """Whether the recogniser has the language's letters."""
        return language in _LANGUAGES

    def read(self, strips: Sequence[Picture], language: str = "ja") -> Sequence[Reading]:
        """See `OcrEngine.read`. Colour strips (RGB) are read as well as grey ones; the language changes nothing."""
        readings: list[Reading] = [Reading()] * len(strips)
        order = sorted(range(len(strips)), key=lambda index: strips[index].shape[1])
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            for index, reading in zip(batch, _recognise([strips[index] for index in batch]), strict=True):
                readings[index] = reading
        return readings


def _recognise(strips: Sequence[Picture]) -> list[Reading]:
    scaled = [_as_input(strip) for strip in strips]
    width = max(_NARROWEST, *(picture.shape[2] for picture in scaled))
    batch = np.zeros((len(scaled), 3, _HEIGHT, width), np.float32)
    for row, picture in zip(batch, scaled, strict=True):
        row[..., : picture.shape[2]] = picture
    steps = network(model_path("rec"))(batch)
    pixels = width / steps.shape[1]
    return [_decode(table, pixels * strip.shape[0] / _HEIGHT) for table, strip in zip(steps, strips, strict=True)]


def _as_input(strip: Picture) -> NDArray[np.float32]:
    colour = strip if strip.ndim == 3 else np.repeat(strip[..., None], 3, axis=2)
    width = max(8, round(colour.shape[1] * _HEIGHT / colour.shape[0]))
    resized = colour if colour.shape[0] == _HEIGHT else cv2.resize(colour, (width, _HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(resized[..., ::-1].transpose(2, 0, 1).astype(np.float32) / 127.5 - 1, np.float32)


def _decode(table: NDArray[np.float32], pixels: float) -> Reading:
    """Connectionist temporal classification, greedy: one token a character, cut at the middle between neighbours.

    Args:
        table: Steps × characters, probabilities; character 0 is the blank.
        pixels: Strip pixels a step.
    """
    best, sure = table.argmax(axis=1), table.max(axis=1)
    starts = [i for i in range(len(best)) if best[i] and (i == 0 or best[i] != best[i - 1])]
    if not starts:
        return Reading()
    middles = [(start + _run(best, start) / 2) * pixels for start in starts]
    typical = float(np.median(np.diff(middles))) if len(middles) > 1 else pixels * 4
    edges = [middles[0] - typical / 2, *((a + b) / 2 for a, b in pairwise(middles)), middles[-1] + typical / 2]
    alphabet = _alphabet()
    characters = [
        Token(alphabet[best[start]], max(0.0, left), right, float(min(1.0, sure[start])))
        for start, (left, right) in zip(starts, pairwise(edges), strict=True)
    ]
    return Reading(_words(characters))


def _words(characters: list[Token]) -> tuple[Token, ...]:
    """Characters put together to words where the script writes spaces; Japanese and Chinese stay single."""
    words: list[Token] = []
    spaced = whole = False
    for token in characters:
        if not token.text.strip():
            spaced, whole = True, False
            continue
        joins = script_of_character(token.text) == "Latin" or token.text.isdigit() or not token.text.isalnum()
        if whole and joins:
            last = words[-1]
            share = 1 / (len(last.text) + 1)
            confidence = last.confidence * (1 - share) + token.confidence * share
            words[-1] = Token(last.text + token.text, last.left, token.right, confidence, last.spaced)
        else:
            words.append(Token(token.text, token.left, token.right, token.confidence, spaced))
        spaced, whole = False, joins
    return tuple(words)


def _run(best: NDArray[np.int64], start: int) -> int:
    end = start
    while end < len(best) and best[end] == best[start]:
        end += 1
    return end - start


@cache
def _alphabet() -> tuple[str, ...]:
    listed = network(model_path("rec")).metadata["character"].splitlines()
    return ("", *listed, " ")


@cache
def model_path(part: str) -> Path:
    """The file of a network: ``det`` or ``rec``.

    Raises:
        ToolMissing: RapidOCR is not installed, or came without its networks.
    """
    package = find_spec("rapidocr")
    folder = Path(package.origin).parent / "models" if package and package.origin else Path()
    found = sorted(folder.glob(f"*{part}*.onnx"))
    if not found:
        raise ToolMissing("the RapidOCR networks are not installed", "Install them: pip install --force-reinstall rapidocr")
    return found[0]
