"""Columns of vertical Japanese: an engine that reads them lying down drops their small marks, one made for columns sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from evidex.errors import ToolMissing
from evidex.read.engine import Picture, Reading
from evidex.read.routing import Engines, Readings
from evidex.schema import SecondReading

COLUMNS = "ja-vertical"
"""The name under which routes.toml has the engine for columns."""
_MARKS = frozenset("、。・「」『』（）()：ーっゃゅょッャュョ々")
"""Characters that stand small or beside the middle of a column."""


@dataclass(frozen=True)
class Columns:
    """The columns' readings with their marks, and what the engine for columns read of each by itself."""

    read: Readings
    witness: tuple[str, ...] = ()
    engine: str = ""

    def second(self, index: int) -> SecondReading | None:
        """The column's second reading, where there is one."""
        return SecondReading(text=self.witness[index], engine=self.engine) if self.witness else None


def read_columns(pictures: Sequence[Picture], read: Readings, engines: Engines) -> Columns:
    """Put the marks that the engine for columns saw into what was read first; only marks, all else stays as read.

    Args:
        pictures: Strips of the columns, lying on their side.
        read: What was read of them.
        engines: From `load_engines`.

    Raises:
        ReadFailed: the engine crashed.
    """
    try:
        engine = engines.of(COLUMNS)
    except ToolMissing as error:
        note = f"Marks such as 、 and 。 of vertical lines may be missing. {error.remedy}"
        return Columns(replace(read, notes=(*read.notes, note)))
    seen = engine.read(pictures, COLUMNS)
    marked = tuple(with_marks(reading, other.text) for reading, other in zip(read.readings, seen, strict=True))
    return Columns(replace(read, readings=marked), tuple(other.text for other in seen), engine.name)


def with_marks(reading: Reading, witness: str) -> Reading:
    """A reading with the marks that a second one has where the first has nothing."""
    plain = "".join(token.text for token in reading.tokens)
    other = "".join(witness.split())
    parts = [""] * (len(plain) + 1)
    for step in Levenshtein.opcodes(plain, other):
        if step.tag == "insert":
            parts[step.src_start] = "".join(c for c in other[step.dest_start : step.dest_end] if c in _MARKS)
    tokens, start = [], 0
    for token in reading.tokens:
        end = start + len(token.text)
        text = "".join(plain[place] + parts[place + 1] for place in range(start, end))
        tokens.append(replace(token, text=parts[0] * (start == 0) + text))
        start = end
    return Reading(tuple(tokens))
