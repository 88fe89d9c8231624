"""What a reading engine is. Names no engine: which one reads which language stands in routes.toml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Token:
    """A word, or a run of characters, on a line's strip."""

    text: str
    left: float
    """Pixels from the strip's left edge."""
    right: float
    confidence: float
    """0–1: the engine's own until `Reading.calibrated`, the chance that the token is right after it."""
    spaced: bool = False
    """Whether a space stands before it."""


@dataclass(frozen=True)
class Reading:
    """What an engine read on one strip, in the direction of reading."""

    tokens: tuple[Token, ...] = ()

    @property
    def text(self) -> str:
        """The tokens put together, with the spaces the engine saw."""
        return "".join(" " * token.spaced + token.text for token in self.tokens).strip()

    @property
    def confidence(self) -> float:
        """Mean confidence of the tokens, weighted by their length: the share of the text that is right; 0 for nothing read."""
        letters = sum(len(token.text) for token in self.tokens)
        return sum(token.confidence * len(token.text) for token in self.tokens) / letters if letters else 0.0

    def calibrated(self, slope: float, shift: float) -> Reading:
        """The reading with each confidence c as the measured chance that the token is right: logit⁻¹(slope · logit c + shift)."""
        odds = (slope * logit(token.confidence) + shift for token in self.tokens)
        return Reading(tuple(replace(token, confidence=1 / (1 + exp(-o))) for token, o in zip(self.tokens, odds, strict=True)))


def logit(chance: float) -> float:
    """The logarithm of the odds, of a chance held away from 0 and 1."""
    inside = min(max(chance, 0.01), 0.999)
    return log(inside / (1 - inside))


class OcrEngine(Protocol):
    """Reads lines that were cut out straight. The one verb of the extension point `evidex.engines`."""

    @property
    def name(self) -> str:
        """As it is written in the record."""
        ...

    @property
    def version(self) -> str:
        """The engine's own version."""
        ...

    def reads(self, language: str) -> bool:
        """Whether the engine and its data for a language are installed."""
        ...

    def read(self, strips: Sequence[Picture], language: str) -> Sequence[Reading]:
        """Read strips of one line each.

        Args:
            strips: Grey pictures `STRIP_HEIGHT` high, ink dark on white paper, one line each.
            language: BCP 47.

        Returns:
            One reading a strip.

        Raises:
            ToolMissing: the engine or its data for the language is not installed.
            ReadFailed: the engine crashed or ran past its time.
        """
        ...


STRIP_HEIGHT = 64
STRIP_PADDING = 0.2
"""Share of a line's height added above and below: marks of Burmese, Khmer and Thai stand high. Measured: `make bench-read`."""
