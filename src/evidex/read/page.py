"""A photo of a page → its text with places: its lines cut out along their curves, each read by the engine of its language.

One engine surveys all lines. Where it is sure, its text tells the script and so the language; where it is not, the line is
in a script it has no letters of, and a sample tells which installed language reads it. Then each line goes to the first
engine that routes.toml names for its language.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import numpy as np
from rapidfuzz import fuzz

from evidex import plugins
from evidex.errors import ToolMissing
from evidex.languages import LANGUAGES, languages_of, most_first, script_of, scripts_in
from evidex.photo import Photo, TextLayerLine
from evidex.read.engine import STRIP_HEIGHT, STRIP_PADDING, OcrEngine, Picture, Reading
from evidex.read.flatten import PageImage, flatten_light, prepare
from evidex.read.layout import reading_order
from evidex.read.lines import Strip, TextLine, cut, find_lines, without_neighbours
from evidex.read.quality import grade_page
from evidex.read.rapidocr import MAP_SIDE, TextMap
from evidex.schema import Line, PageText, Quad, Word
from evidex.settings import Settings

SURE = 0.85
"""Confidence of the survey from which a line is in one of its scripts. Lines in other scripts stay under 0.75."""
READS, PLAIN = 0.45, 0.96
"""Score of a trial reading, against what is usual for the language, from which it may be the page's, or plainly is."""
SPARSE = 0.45
"""Fewest characters for a stretch of line as long as the line is high; Japanese has about 0.9, Latin twice that."""
NOISE = 0.3
STAIN = 10
"""Confidence below which a line of fewer letters than a stain yields is no text; longer ones are kept, and said to be unsure."""
FEW = 0.15
"""Share of unsure text up to which it is blur, not another script."""
SAMPLE = 5
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that turn the direction of text around: they make a quote look like another."""
_SMALL_ON_MAP = 9.0
"""Line height in map pixels below which the map is drawn again, larger."""


@dataclass(frozen=True)
class PageReading:
    """A page's text, and how it was come by, for the record's steps."""

    page: PageText
    tools: Mapping[str, str]
    """What read it: name → version."""
    how: Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True)
class Engines:
    """The installed engines by name, and which reads what."""

    by_name: Mapping[str, OcrEngine]
    routes: Mapping[str, Sequence[str]]
    usual: Mapping[str, float]
    """The confidence with which a language is usually read."""
    survey: OcrEngine

    def of(self, language: str) -> OcrEngine:
        """The engine for a language.

        Raises:
            ToolMissing: none that is installed reads it.
        """
        for name in self.routes.get(language, ()):
            if self.by_name[name].reads(language):
                return self.by_name[name]
        raise ToolMissing(f"no installed engine reads {language!r}", _remedy([language]))

    def readable(self) -> list[str]:
        """The languages that can be read on this machine."""
        return [tag for tag in LANGUAGES if any(self.by_name[name].reads(tag) for name in self.routes.get(tag, ()))]


@cache
def load_engines() -> Engines:
    """The engines of all entry points, once a process.

    Raises:
        ToolMissing: an engine that the routes name is not installed: a page might go unread without a word.
    """
    data = tomllib.loads(files(__package__).joinpath("routes.toml").read_text(encoding="utf-8"))
    routes = data["engines"]
    by_name: dict[str, OcrEngine] = {name: point.load()() for name, point in plugins.offered(plugins.ENGINES).items()}
    for name in {name for names in routes.values() for name in names}:
        if name not in by_name or not by_name[name].version:
            raise ToolMissing(f"the reading engine {name} is not installed")
    return Engines(by_name, routes, data["usual_confidence"], by_name[data["survey"]])


def read_page(photo: Photo, engines: Engines, settings: Settings) -> PageReading:
    """Read one page.

    Raises:
        ToolMissing: an engine or a language pack the page or the settings need is not installed.
        ReadFailed: an engine crashed.
    """
    for language in settings.languages:
        engines.of(language)
    image = prepare(photo.pixels)
    lines = _lines_of(image)
    if photo.text_layer and _layer_is_true(photo.text_layer, image, lines, engines):
        return _from_text_layer(photo, image)
    strips = _strips(image, lines)
    readings, readers, notes = _read(strips, engines, settings.languages)
    return _assemble(photo, image, strips, readings, readers, settings.languages, notes, engines)


def _lines_of(image: PageImage) -> list[TextLine]:
    """The page's lines in reading order; small print is looked for again on a larger map."""
    draw = TextMap()
    lines = find_lines(*draw(image.pixels))
    scale = max(image.pixels.shape[:2]) / MAP_SIDE
    if scale > 1.1 and lines and float(np.median([line.height for line in lines])) / scale < 2.2 * _SMALL_ON_MAP:
        lines = find_lines(*draw(image.pixels, side=min(2 * MAP_SIDE, max(image.pixels.shape[:2]))))
    return [lines[index] for index in reading_order(lines, image.corners)]


def _strips(image: PageImage, lines: Sequence[TextLine]) -> list[Strip]:
    paper = flatten_light(image.pixels)
    strips = [cut(paper, line, STRIP_HEIGHT, STRIP_PADDING) for line in lines]
    return [Strip(without_neighbours(s.picture), s.line, s.scale, s.margin) for s in strips]


def _read(strips: Sequence[Strip], engines: Engines, allowed: Sequence[str]) -> tuple[list[Reading], list[str], list[str]]:
    """For each strip its reading and the engine that gave it; and advice."""
    pictures = [strip.picture for strip in strips]
    readings = list(engines.survey.read(pictures, "ja")) if pictures else []
    readers = [engines.survey.name] * len(strips)
    trust = [_trust(reading, strip.line) for reading, strip in zip(readings, strips, strict=True)]
    languages, notes = _languages(pictures, readings, trust, engines, allowed)
    for language in sorted({language for language in languages if language}):
        engine = engines.of(language)
        chosen = [index for index, own in enumerate(languages) if own == language]
        if engine is engines.survey:
            continue
        found = engine.read([pictures[index] for index in chosen], language)
        for index, reading in zip(chosen, (reading.scaled(engines.usual[language]) for reading in found), strict=True):
            if reading.confidence >= trust[index] or script_of(language) in scripts_in(reading.text):
                readings[index], readers[index] = reading, engine.name
    return readings, readers, notes


def _trust(reading: Reading, line: TextLine) -> float:
    """How far a survey's reading may be trusted: of a script it has no letters of, it reads the figures and skips the rest."""
    expected = SPARSE * line.length / line.height
    found = sum(1.0 if character.isalpha() else 0.5 for character in reading.text if not character.isspace())
    return reading.confidence * min(1.0, found / max(1.0, expected))


def _languages(
    pictures: Sequence[Picture],
    survey: Sequence[Reading],
    trust: Sequence[float],
    engines: Engines,
    allowed: Sequence[str],
) -> tuple[list[str | None], list[str]]:
    """The language to read each line in, from the survey and, for what it cannot read, from trials."""
    sure = [value >= SURE for value in trust]
    told = languages_of([reading.text if yes else "" for reading, yes in zip(survey, sure, strict=True)], allowed)
    unsure = [index for index, yes in enumerate(sure) if not yes]
    length = sum(picture.shape[1] for picture in pictures)
    share = sum(pictures[index].shape[1] for index in unsure) / length if length else 0.0
    if share <= FEW and not allowed:
        return told, []
    clear = most_first(zip(told, (reading.text for reading in survey), strict=True))
    slow = [tag for tag in clear if engines.of(tag) is not engines.survey]
    other, notes = _other_language(pictures, unsure, share, slow, engines, allowed)
    return [language if yes else other for language, yes in zip(told, sure, strict=True)], notes


def _other_language(
    pictures: Sequence[Picture],
    unsure: Sequence[int],
    share: float,
    told: Sequence[str],
    engines: Engines,
    allowed: Sequence[str],
) -> tuple[str | None, list[str]]:
    """The language of the lines the survey cannot read: the one whose trial reading is best.

    Raises:
        ToolMissing: most of the page is in none of the installed languages, and some are not installed.
    """
    readable = engines.readable()
    known = {script_of(tag) for tag in LANGUAGES if engines.survey.reads(tag)} - {script_of(tag) for tag in told}
    candidates = [tag for tag in allowed or (*told, *readable) if tag in told or script_of(tag) not in known]
    if allowed and len(candidates) == 1:
        return candidates[0], []
    longest = sorted(unsure, key=lambda index: -pictures[index].shape[1])[:SAMPLE]
    sample, best, score = [pictures[index] for index in longest], None, READS
    for language in candidates if sample else ():
        trial = _trial(engines.of(language).read(sample, language), language) / engines.usual[language]
        if trial > score:
            best, score = language, trial
        if trial > PLAIN:
            break
    missing = [tag for tag in LANGUAGES if tag not in readable]
    if best is None and share > 0.5 and missing and not allowed:
        raise ToolMissing("most of the page is in a script that no installed language pack reads", _remedy(missing))
    return best, []


def _trial(readings: Sequence[Reading], language: str) -> float:
    """How well a sample reads in a language: confidence times the share of letters in the language's own script."""
    script, scores = script_of(language), []
    for reading in readings:
        counts = scripts_in(reading.text)
        scores.append(reading.confidence * counts[script] / max(1, counts.total()))
    return sum(scores) / len(scores)


def _remedy(languages: Sequence[str]) -> str:
    from evidex.read.tesseract import debian_package

    packages = " ".join(debian_package(language) for language in languages)
    return f"Install the language data: sudo apt install {packages} (see README for macOS and Windows)."


def _assemble(
    photo: Photo,
    image: PageImage,
    strips: Sequence[Strip],
    readings: Sequence[Reading],
    readers: Sequence[str],
    allowed: Sequence[str],
    notes: Sequence[str],
    engines: Engines,
) -> PageReading:
    kept = [index for index, reading in enumerate(readings) if _is_text(reading)]
    languages = languages_of([readings[index].text for index in kept], allowed)
    lines = [
        _line(image, strips[index], readings[index], readers[index], language)
        for index, language in zip(kept, languages, strict=True)
    ]
    heights = [strips[index].line.height for index in kept]
    height, width = photo.pixels.shape[:2]
    quality = grade_page(image, lines, heights, (*photo.advice, *notes))
    page = PageText(number=photo.number, width=width, height=height, quality=quality, lines=tuple(lines))
    tools = {name: engines.by_name[name].version for name in sorted({line.engine for line in lines})}
    return PageReading(page, tools or {engines.survey.name: engines.survey.version}, _how(photo, image))


def _is_text(reading: Reading) -> bool:
    letters = sum(character.isalnum() for character in reading.text)
    return letters >= STAIN if reading.confidence < NOISE else letters > 0 or len(reading.text) > 1


def _line(image: PageImage, strip: Strip, reading: Reading, engine: str, language: str | None) -> Line:
    words = tuple(
        Word(
            text=_clean(token.text),
            quad=image.on_photo(strip.quad(token.left, token.right)),
            confidence=round(token.confidence, 3),
        )
        for token in reading.tokens
    )
    inset = strip.margin * strip.scale
    return Line(
        text=_clean(reading.text),
        quad=image.on_photo(strip.quad(inset, strip.picture.shape[1] - inset)),
        confidence=round(reading.confidence, 3),
        language=language,
        engine=engine,
        words=words,
    )


def _clean(text: str) -> str:
    """NFC, without control characters that an engine or a PDF might slip in."""
    kept = "".join(
        c for c in text if unicodedata.category(c) not in {"Cc", "Cs", "Co"} and c not in "\u202a\u202b\u202c\u202d\u202e"
    )
    return unicodedata.normalize("NFC", kept)


def _layer_is_true(layer: Sequence[TextLayerLine], image: PageImage, lines: Sequence[TextLine], engines: Engines) -> bool:
    """Whether a PDF's text layer says what the picture shows: it covers the lines seen, and a sample reads alike."""
    covered = sum(any(_within(line.centre, row.quad) for row in layer) for line in lines)
    if not lines or covered < 0.8 * len(lines):
        return False
    rows = sorted(layer, key=lambda row: -len(row.text))[: 2 * SAMPLE : 2]
    languages = languages_of([row.text for row in rows])
    alike = []
    for row, language in zip(rows, languages, strict=True):
        strip = _strips(image, [_straight(row.quad)])[0]
        engine = engines.of(language) if language in engines.readable() else engines.survey
        read = engine.read([strip.picture], language or "en")[0].text
        alike.append(fuzz.ratio(_bare(read), _bare(row.text)))
    return sum(alike) / len(alike) >= 70


def _from_text_layer(photo: Photo, image: PageImage) -> PageReading:
    rows = [TextLine(_straight(row.quad).middle, _straight(row.quad).height) for row in photo.text_layer]
    ordered = [photo.text_layer[index] for index in reading_order(rows)]
    languages = languages_of([row.text for row in ordered])
    lines = tuple(
        Line(text=_clean(row.text), quad=row.quad, confidence=1.0, language=language, engine="text-layer")
        for row, language in zip(ordered, languages, strict=True)
    )
    height, width = photo.pixels.shape[:2]
    quality = grade_page(image, lines, [_straight(row.quad).height for row in ordered], photo.advice)
    page = PageText(number=photo.number, width=width, height=height, quality=quality, lines=lines)
    return PageReading(page, {"text-layer": version("pymupdf")}, _how(photo, image))


def _how(photo: Photo, image: PageImage) -> Mapping[str, str | int | float | bool | None]:
    return {"page": photo.number, "turned": 90 * image.turns, "page_found": image.corners is not None}


def _straight(quad: Quad) -> TextLine:
    (x0, y0), (x1, y1), (_, y2), (_, y3) = quad
    return TextLine(np.array([[x0, (y0 + y3) / 2], [x1, (y1 + y2) / 2]]), max(1.0, (y3 - y0) * 0.85))


def _within(point: tuple[float, float], quad: Quad) -> bool:
    (x0, y0), _, (x1, y1), _ = quad
    return x0 <= point[0] <= x1 and y0 - 2 <= point[1] <= y1 + 2


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
