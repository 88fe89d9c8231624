"""Amounts are read twice: a wrong digit in a deposit or a wage is worse than a wrong letter. Tells where the two differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from evidex.read.engine import STRIP_HEIGHT, Picture
from evidex.read.lines import TextLine, cut
from evidex.read.routing import Engines, Readings

LONG = 3
"""Digits from which a number may be an amount."""
OTHER_PADDING = 0.1
"""The second picture of a line is cut closer and keeps its own light, so that a stain or a shadow does not fool both."""
_PLAIN_FIGURES = "en"
"""The language whose engine reads the figures 0–9 in lines of any script."""
_NUMBER = re.compile(r"\d(?:[\d.,，．、’' ]*\d)?")


@dataclass(frozen=True)
class Doubt:
    """A line whose amounts a second reading does not confirm."""

    numbers: tuple[str, ...]
    """The unconfirmed numbers, digits 0–9 only."""
    text: str
    engine: str
    """What the second reading says, and whose it is."""


def read_again(
    page: Picture, lines: Sequence[TextLine], read: Readings, languages: Sequence[str | None], engines: Engines
) -> Mapping[int, Doubt]:
    """Line index → doubt, for the lines with a number that is read differently the second time.

    Args:
        page: The page image, RGB.
        lines: Where the lines run.
        read: What was read of them first.
        languages: The lines' languages: figures other than 0–9 are read again by the engine of the same language.
        engines: From `load_engines`.
    """
    groups: dict[str, list[int]] = {}
    for index, reading in enumerate(read.readings):
        if long_numbers(reading.text):
            plain = any(character.isascii() and character.isdigit() for character in reading.text)
            groups.setdefault(_PLAIN_FIGURES if plain else languages[index] or _PLAIN_FIGURES, []).append(index)
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)
    doubts: dict[int, Doubt] = {}
    for language, chosen in groups.items():
        engine = engines.of(language)
        pictures = [cut(grey, lines[index], STRIP_HEIGHT, OTHER_PADDING).picture for index in chosen]
        for index, again in zip(chosen, engine.read(pictures, language), strict=True):
            confirmed = long_numbers(again.text)
            open_to_doubt = tuple(number for number in long_numbers(read.readings[index].text) if number not in confirmed)
            if open_to_doubt:
                doubts[index] = Doubt(open_to_doubt, again.text, engine.name)
    return doubts


def long_numbers(text: str) -> list[str]:
    """The numbers of a text that are long enough for an amount: digits of any script as 0–9, without separators."""
    runs = ("".join(str(unicodedata.digit(c)) for c in run if c.isdigit()) for run in _NUMBER.findall(text))
    return [run for run in runs if len(run) >= LONG]
