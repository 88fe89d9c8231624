"""A photo of a page → its text with places: its lines cut out along their curves, each read by the engine of its language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from evidex.languages import languages_of
from evidex.photo import Photo
from evidex.read.engine import STRIP_HEIGHT, STRIP_PADDING, Picture, Reading
from evidex.read.figures import Doubt, read_again
from evidex.read.flatten import PageImage, flatten_light, prepare
from evidex.read.layout import reading_order
from evidex.read.lines import Strip, TextLine, cut, find_lines, without_neighbours
from evidex.read.quality import grade_page
from evidex.read.rapidocr import MAP_SIDE, TextMap
from evidex.read.routing import Engines, read_lines
from evidex.read.seals import ALONE, OVER, is_seal, red_ink, red_share
from evidex.read.textlayer import layer_is_true, layer_lines
from evidex.read.vertical import Columns, read_columns
from evidex.schema import Line, PageText, SecondReading, Word
from evidex.settings import Settings

NOISE = 0.3
STAIN = 5
"""Confidence below which a line of fewer characters than this is a stain; longer ones are kept, and said to be unsure."""
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that turn the direction of text around: they make a quote look like another."""
_SMALL_ON_MAP = 9.0
"""Line height in map pixels below which the map is drawn again, larger."""
_CRUMBS = 0.35
"""Share of short stretches from which it is, too."""


@dataclass(frozen=True)
class PageReading:
    """A page's text, and how it was come by, for the record's steps."""

    page: PageText
    tools: Mapping[str, str]
    """What read it: name → version."""
    how: Mapping[str, str | int | float | bool | None]


def read_page(photo: Photo, engines: Engines, settings: Settings) -> PageReading:
    """Read one page.

    Raises:
        ToolMissing: an engine or a language pack the page or the settings need is not installed.
        ReadFailed: an engine crashed.
    """
    for language in settings.languages:
        engines.of(language)
    image = prepare(photo.pixels)
    lines = page_lines(image)
    if photo.text_layer and layer_is_true(photo.text_layer, image, lines, engines):
        return _from_text_layer(photo, image)
    strips = cut_lines(image, lines)
    pictures = [strip.picture for strip in strips]
    columns = Columns(read_lines(pictures, engines, settings.languages))
    if lines and lines[0].vertical:
        columns = read_columns(pictures, columns.read, engines)
    return _assemble(photo, image, strips, columns, engines, settings.languages)


def page_lines(image: PageImage) -> list[TextLine]:
    """The page's lines in reading order; small print, and marks taken for lines, are looked at again on a larger map."""
    draw = TextMap()
    lines = find_lines(*draw(image.pixels))
    scale = max(image.pixels.shape[:2]) / MAP_SIDE
    finer = 2.0 if _small(lines, scale) else 1.5 if _in_crumbs(lines) else 1.0
    if min(finer, scale) > 1.1:
        lines = find_lines(*draw(image.pixels, side=round(min(finer, scale) * MAP_SIDE)))
    return [lines[index] for index in reading_order(lines)]


def _small(lines: Sequence[TextLine], scale: float) -> bool:
    return bool(lines) and float(np.median([line.height for line in lines])) / scale < 2.2 * _SMALL_ON_MAP


def _in_crumbs(lines: Sequence[TextLine]) -> bool:
    """Whether many stretches are short: cells of a grid, or marks of a tall script that came apart from their lines."""
    return sum(line.length < 4 * line.height for line in lines) > _CRUMBS * len(lines)


def cut_lines(image: PageImage, lines: Sequence[TextLine]) -> list[Strip]:
    """The lines' strips: grey, evenly lit, and free of their neighbours and of red seals; seals by themselves are left out."""
    paper = flatten_light(image.pixels)
    red = red_ink(image.pixels)
    without_red: Picture | None = None
    strips = []
    for line in lines:
        strip = cut(paper, line, STRIP_HEIGHT, STRIP_PADDING)
        if red is not None:
            share = red_share(strip.picture, cut(red, line, STRIP_HEIGHT, STRIP_PADDING).picture)
            if is_seal(line.length, line.height, share):
                continue
            if OVER < share < ALONE:
                if without_red is None:
                    without_red = flatten_light(np.ascontiguousarray(image.pixels[..., 0]))
                strip = cut(without_red, line, STRIP_HEIGHT, STRIP_PADDING)
        strips.append(replace(strip, picture=without_neighbours(strip.picture)))
    return strips


def _assemble(
    photo: Photo,
    image: PageImage,
    strips: Sequence[Strip],
    columns: Columns,
    engines: Engines,
    allowed: Sequence[str],
) -> PageReading:
    read = columns.read
    kept = [index for index, reading in enumerate(read.readings) if _is_text(reading)]
    languages = languages_of([read.readings[index].text for index in kept], allowed)
    language_of = dict(zip(kept, languages, strict=True))
    tags = [language_of.get(index) for index in range(len(strips))]
    doubts = read_again(image.pixels, [strip.line for strip in strips], read, tags, engines)
    lines = [
        _line(image, strips[index], read.readings[index], read.engines[index], language, doubts.get(index), columns.second(index))
        for index, language in zip(kept, languages, strict=True)
    ]
    heights = [strips[index].line.height for index in kept]
    height, width = photo.pixels.shape[:2]
    quality = grade_page(image, lines, heights, (*photo.advice, *read.notes))
    page = PageText(number=photo.number, width=width, height=height, quality=quality, lines=tuple(lines))
    used = {line.engine for line in lines} | {line.second_reading.engine for line in lines if line.second_reading}
    tools = {name: engines.by_name[name].version for name in sorted(used)}
    return PageReading(page, tools or {"none": "no text found"}, _how(photo, image))


def _is_text(reading: Reading) -> bool:
    letters = sum(unicodedata.category(character)[0] in "LMN" for character in reading.text)
    return letters >= STAIN if reading.confidence < NOISE else letters > 0 or len(reading.text) > 1


def _line(
    image: PageImage,
    strip: Strip,
    reading: Reading,
    engine: str,
    language: str | None,
    doubt: Doubt | None,
    second: SecondReading | None,
) -> Line:
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
        doubtful=doubt.numbers if doubt else (),
        second_reading=SecondReading(text=_clean(doubt.text), engine=doubt.engine) if doubt else second,
    )


def _clean(text: str) -> str:
    """NFC, without control characters that an engine or a PDF might slip in."""
    kept = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs", "Co"} and c not in _TURNS)
    return unicodedata.normalize("NFC", kept)


def _how(photo: Photo, image: PageImage) -> Mapping[str, str | int | float | bool | None]:
    return {"page": photo.number, "turned": 90 * image.turns}


def _from_text_layer(photo: Photo, image: PageImage) -> PageReading:
    rows = layer_lines(photo.text_layer)
    ordered = [photo.text_layer[index] for index in reading_order(rows)]
    languages = languages_of([row.text for row in ordered])
    lines = tuple(
        Line(text=_clean(row.text), quad=row.quad, confidence=1.0, language=language, engine="text-layer")
        for row, language in zip(ordered, languages, strict=True)
    )
    height, width = photo.pixels.shape[:2]
    quality = grade_page(image, lines, [row.height for row in rows], photo.advice)
    page = PageText(number=photo.number, width=width, height=height, quality=quality, lines=lines)
    return PageReading(page, {"text-layer": version("pymupdf")}, _how(photo, image))
