"""Each line to the engine that reads its language: the script from its picture, the language from the script, routes.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from evidex import plugins
from evidex.errors import ToolMissing
from evidex.languages import script_of
from evidex.read.engine import OcrEngine, Picture, Reading
from evidex.read.script import scripts_of
from evidex.read.tesseract import debian_package

CLEAR = 0.6
"""Probability from which a line's own script counts; below, it takes the page's."""
MOSTLY = 0.6
"""Share of a page's Latin text from which all of it is read as Vietnamese: a line of capitals may lack every mark."""
RARE = 0.04
"""Share of a page below which a script is a stain or a stamp, not a language of the page."""

MINOR = 0.5
"""Share of a page's lines up to which a language without its data is left out, and said to be."""

_TABLES = ("routes.toml", "confidence.toml")
_COMMON = ("Latin", "Vietnamese", "Han")
_LANGUAGE_OF_SCRIPT = {
    "Han": "ja",
    "Latin": "en",
    "Vietnamese": "vi",
    "Thai": "th",
    "Lao": "lo",
    "Khmer": "km",
    "Myanmar": "my",
    "Devanagari": "ne",
    "Bengali": "bn",
    "Sinhala": "si",
    "Cyrillic": "mn",
}
"""The language whose engine reads a script; which language the text is in is told from the text."""


@dataclass(frozen=True)
class Engines:
    """The installed engines by name, and which reads what."""

    by_name: Mapping[str, OcrEngine]
    routes: Mapping[str, Sequence[str]]
    confidence: Mapping[str, Mapping[str, tuple[float, float]]]
    """Engine → language → slope and shift that make its confidence a chance; as it is where none were measured."""

    def of(self, language: str) -> OcrEngine:
        """The engine for a language.

        Raises:
            ToolMissing: none that is installed reads it.
        """
        for name in self.routes.get(language, ()):
            if self.by_name[name].reads(language):
                return self.by_name[name]
        raise ToolMissing(
            f"no installed engine reads {language!r}",
            f"Install its data: sudo apt install {debian_package(language)} (see README for macOS and Windows).",
        )


@cache
def load_engines() -> Engines:
    """The engines of all entry points, once a process.

    Raises:
        ToolMissing: an engine that the routes name is not installed: a page might go unread without a word.
    """
    routes, confidence = (tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8")) for name in _TABLES)
    by_name: dict[str, OcrEngine] = {name: point.load()() for name, point in plugins.offered(plugins.ENGINES).items()}
    for name in {name for names in routes.values() for name in names}:
        if name not in by_name or not by_name[name].version:
            raise ToolMissing(f"the reading engine {name} is not installed")
    return Engines(by_name, routes, confidence)


@dataclass(frozen=True)
class Readings:
    """What was read of a page's lines, line by line."""

    readings: tuple[Reading, ...]
    engines: tuple[str, ...]
    """The engine that read each line; empty where none could."""
    notes: tuple[str, ...] = ()
    """What could not be read, and what to install."""


def read_lines(pictures: Sequence[Picture], engines: Engines, allowed: Sequence[str]) -> Readings:
    """Read each strip by the engine of its language.

    Args:
        pictures: Grey strips of one line each.
        engines: From `load_engines`.
        allowed: The languages the user named; empty for all.

    Raises:
        ToolMissing: most of the page is in a language whose data is not installed.
        ReadFailed: an engine crashed.
    """
    languages = reading_languages(pictures, allowed)
    readings, names, notes = [Reading()] * len(pictures), [""] * len(pictures), list[str]()
    for language in sorted(set(languages)):
        chosen = [index for index, own in enumerate(languages) if own == language]
        try:
            engine = engines.of(language)
        except ToolMissing as error:
            if len(chosen) > MINOR * len(pictures):
                raise
            notes.append(f"{len(chosen)} lines were not read: {error.message}. {error.remedy}")
            continue
        found = engine.read([pictures[index] for index in chosen], language)
        line = engines.confidence.get(engine.name, {}).get(language, (1.0, 0.0))
        for index, reading in zip(chosen, found, strict=True):
            readings[index], names[index] = reading.calibrated(*line), engine.name
    return Readings(tuple(readings), tuple(names), tuple(notes))


def reading_languages(pictures: Sequence[Picture], allowed: Sequence[str] = ()) -> list[str]:
    """The language to read each line as, from the scripts of the lines and of the page as a whole."""
    chances = [_within(row, allowed) for row in scripts_of(pictures)]
    lengths = [picture.shape[1] / picture.shape[0] for picture in pictures]
    share: dict[str, float] = {}
    for row, length in zip(chances, lengths, strict=True):
        best = max(row, key=lambda script: row[script])
        if row[best] >= CLEAR:
            share[best] = share.get(best, 0.0) + length
    page = _scripts_of_page(share)
    marked = share.get("Vietnamese", 0.0) / max(share.get("Vietnamese", 0.0) + share.get("Latin", 0.0), 1e-9)
    return [_LANGUAGE_OF_SCRIPT[_script(row, page, marked)] for row in chances]


def _scripts_of_page(share: Mapping[str, float]) -> Mapping[str, float]:
    """The scripts a page may have: Latin and Han beside at most one other; two of the others never share a page."""
    total = sum(share.values())
    kept = {script: amount for script, amount in share.items() if amount >= RARE * total}
    others = sorted((script for script in kept if script not in _COMMON), key=lambda script: -kept[script])
    return {script: amount for script, amount in kept.items() if script in (*_COMMON, *others[:1])} or {"Latin": 1.0}


def _script(row: Mapping[str, float], page: Mapping[str, float], marked: float) -> str:
    """A line's script: its own if the page has it, else the likeliest of the page's."""
    script = max(page, key=lambda name: (row.get(name, 0.0), page[name]))
    if script in {"Latin", "Vietnamese"} and marked >= MOSTLY:
        return "Vietnamese"
    return script


def _within(row: Mapping[str, float], allowed: Sequence[str]) -> Mapping[str, float]:
    """The scripts that the named languages are written in; Latin and Han stay, for names and figures."""
    if not allowed:
        return row
    scripts = {"Latin", "Han", *map(script_of, allowed), *(["Vietnamese"] if "vi" in allowed else [])}
    return {name: chance for name, chance in row.items() if name in scripts}
