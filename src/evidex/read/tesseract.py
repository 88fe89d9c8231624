"""Tesseract through pytesseract. The only file that knows Tesseract, its codes and its packages."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytesseract

from evidex.errors import ReadFailed, ToolMissing
from evidex.languages import UNSPACED, script_of_character
from evidex.models import model_file
from evidex.read.engine import STRIP_HEIGHT, Picture, Reading, Token

CODES = {
    "ja": "jpn",
    "ja-vertical": "jpn_vert",
    "zh": "chi_sim",
    "zh-TW": "chi_tra",
    "vi": "vie",
    "id": "ind",
    "tl": "fil",
    "en": "eng",
    "th": "tha",
    "km": "khm",
    "my": "mya",
    "ne": "nep",
    "mn": "mon",
    "bn": "ben",
    "lo": "lao",
    "si": "sin",
}
_GAP = 24
"""White pixels around each strip on the sheet that Tesseract sees: less, and it joins lines."""
_OURS = ("lao", "mya")
"""Codes whose data evidex brings along (models/tesseract), for it reads better than the packages' own."""
_LOWER = {"my": 40}
"""Strip heights at which a language is read better: Tesseract takes larger Burmese for two lines. Measured: `make bench-read`."""
_ONE_BY_ONE = frozenset({"mya"})
"""Codes whose lines are read singly (--psm 13), all in one call: on a sheet Tesseract tears tall lines. Measured likewise."""
_STRIPS_A_SHEET = 60
_COLUMNS = ("page_num", "text", "left", "top", "width", "height", "conf")
_SECONDS = 120


def debian_package(language: str) -> str:
    """The Debian package of a language's data."""
    return f"tesseract-ocr-{CODES.get(language, language).replace('_', '-')}"


class TesseractEngine:
    """Reads all strips of a language in one call: they are put below each other on one clean sheet."""

    name = "tesseract"

    @property
    def version(self) -> str:
        """Tesseract's version, and which data is evidex's own; an empty string where Tesseract is not installed."""
        return _version() and f"{_version()} (own data: {', '.join(_OURS)})"

    def reads(self, language: str) -> bool:
        """Whether the language's data is installed."""
        return CODES.get(language) in {*_installed(), *_OURS}

    def read(self, strips: Sequence[Picture], language: str) -> Sequence[Reading]:
        """See `OcrEngine.read`."""
        _demand(language)
        scale = strip_height(language) / STRIP_HEIGHT
        if CODES[language].endswith("_vert"):
            return _read_columns(strips, CODES[language])
        readings: list[Reading] = []
        for start in range(0, len(strips), _STRIPS_A_SHEET):
            chosen = [_scaled(strip, scale) for strip in strips[start : start + _STRIPS_A_SHEET]]
            read = _read_singly if CODES[language] in _ONE_BY_ONE else _read_sheet
            readings += read(chosen, CODES[language], scale)
        return readings


def strip_height(language: str) -> int:
    """The height in pixels at which strips of a language are read."""
    return _LOWER.get(language, STRIP_HEIGHT)


def _demand(language: str) -> None:
    if not shutil.which(pytesseract.pytesseract.tesseract_cmd):
        raise ToolMissing("Tesseract is not installed", "Install it: sudo apt install tesseract-ocr (see README for others).")
    if CODES.get(language) not in {*_installed(), *_OURS}:
        raise ToolMissing(
            f"Tesseract has no language data for {language!r}",
            f"Install it: sudo apt install {debian_package(language)} (see README for macOS and Windows).",
        )


def _scaled(strip: Picture, scale: float) -> Picture:
    if scale == 1.0:
        return strip
    return np.asarray(cv2.resize(strip, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _read_sheet(strips: Sequence[Picture], code: str, scale: float) -> list[Reading]:
    sheet, tops = sheet_of(strips)
    found: list[list[Token]] = [[] for _ in strips]
    for _, text, left, top, width, height, confidence in _boxes(sheet, code, _config(code, 6)):
        row = int(np.searchsorted(tops, top + height / 2, side="right")) - 1
        place = (left - _GAP) / scale, (left + width - _GAP) / scale
        found[max(row, 0)].append(Token(text, *place, confidence))
    return [Reading(_spaced(sorted(tokens, key=lambda token: token.left))) for tokens in found]


def _read_singly(strips: Sequence[Picture], code: str, scale: float) -> list[Reading]:
    found: list[list[Token]] = [[] for _ in strips]
    with tempfile.TemporaryDirectory(prefix="evidex-") as folder:
        lefts = []
        for number, strip in enumerate(strips):
            piece, left = _tight(strip)
            lefts.append(left)
            cv2.imwrite(str(Path(folder, f"{number}.png")), piece)
        names = "\n".join(str(Path(folder, f"{number}.png")) for number in range(len(strips)))
        pages = Path(folder, "strips.txt")
        pages.write_text(names, encoding="utf-8")
        for page, text, left, _, width, _, confidence in _boxes(str(pages), code, _config(code, 13)):
            row = int(page) - 1
            place = (left + lefts[row]) / scale, (left + lefts[row] + width) / scale
            found[row].append(Token(text, *place, confidence))
    return [Reading(_spaced(sorted(tokens, key=lambda token: token.left))) for tokens in found]


def _tight(strip: Picture, margin: int = 2) -> tuple[Picture, int]:
    """A strip cut close around its ink, as the network was taught, and where its left edge was."""
    ink = cv2.threshold(strip, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1] > 0
    rows, columns = (np.nonzero(ink.any(axis=axis))[0] for axis in (1, 0))
    if not len(rows):
        return strip, 0
    top, left = max(0, int(rows[0]) - margin), max(0, int(columns[0]) - margin)
    return strip[top : rows[-1] + 1 + margin, left : columns[-1] + 1 + margin], left


def _read_columns(strips: Sequence[Picture], code: str) -> list[Reading]:
    """Strips of vertical lines, lying on their side, are set upright again side by side, the first one to the right."""
    lying, tops = sheet_of(strips)
    sheet = np.ascontiguousarray(np.rot90(lying, -1))
    found: list[list[Token]] = [[] for _ in strips]
    for _, text, left, top, width, height, confidence in _boxes(sheet, code, _config(code, 5)):
        across = sheet.shape[1] - (left + width / 2)
        row = int(np.searchsorted(tops, across, side="right")) - 1
        found[max(row, 0)].append(Token(text, top - _GAP, top + height - _GAP, confidence))
    return [Reading(tuple(sorted(tokens, key=lambda token: token.left))) for tokens in found]


def _boxes(picture: Picture | str, code: str, config: str) -> list[tuple[int, str, int, int, int, int, float]]:
    """Page, text, left, top, width, height and confidence (0–1) of each word on a picture, or on those that a file lists."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # parallelism is the batch's alone
    try:
        table = pytesseract.image_to_data(
            picture, lang=code, config=config, timeout=_SECONDS, output_type=pytesseract.Output.DICT
        )
    except (pytesseract.TesseractError, RuntimeError, OSError) as error:
        raise ReadFailed("Tesseract crashed or ran past its time on a page") from error
    rows = zip(*(table[key] for key in _COLUMNS), strict=True)
    return [
        (page, text.strip(), *place, float(sure) / 100) for page, text, *place, sure in rows if text.strip() and float(sure) >= 0
    ]


def _config(code: str, layout: int) -> str:
    own = f' --tessdata-dir "{model_file(f"tesseract/{code}.traineddata").parent}"' if code in _OURS else ""
    return f"--psm {layout}{own}"


def _spaced(tokens: list[Token]) -> tuple[Token, ...]:
    """Tesseract cuts scripts that write no spaces into words; only a visible gap between two of those is a space."""
    return tuple(
        replace(token, spaced=before is not None and _space_between(before, token))
        for before, token in zip([None, *tokens], tokens, strict=False)
    )


def _space_between(before: Token, token: Token) -> bool:
    scripts = script_of_character(before.text[-1]), script_of_character(token.text[0])
    if not set(scripts) & (UNSPACED | {"Kana"}):
        return True
    wide = 0.6 if set(scripts) & {"Han", "Kana"} else 0.22
    return token.left - before.right > wide * STRIP_HEIGHT


def sheet_of(strips: Sequence[Picture]) -> tuple[Picture, list[float]]:
    """The strips below each other, and where the band of each begins."""
    width = max(strip.shape[1] for strip in strips) + 2 * _GAP
    sheet = np.full((sum(strip.shape[0] + _GAP for strip in strips) + _GAP, width), 255, np.uint8)
    tops, y = [], _GAP
    for strip in strips:
        sheet[y : y + strip.shape[0], _GAP : _GAP + strip.shape[1]] = strip
        tops.append(y - _GAP / 2)
        y += strip.shape[0] + _GAP
    return sheet, tops


@cache
def _installed() -> frozenset[str]:
    try:
        return frozenset(pytesseract.get_languages())
    except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, OSError):
        return frozenset()


@cache
def _version() -> str:
    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, OSError, SystemExit):
        return ""
