"""Records as one self-contained report that opens offline by a double click: each finding on its photo, with quote and law.

No script, no outside address, a strict content security policy; all text of documents is escaped by Jinja.
"""

from __future__ import annotations

import base64
import io
import os
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import jinja2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evidex import law
from evidex.errors import DocumentError
from evidex.export.originals import Originals
from evidex.photo import open_photo
from evidex.schema import EvidenceRecord, Finding, Quad, Span
from evidex.settings import Settings

_PAGE_SIDE, _CROP_WIDTH = 1100, 900
"""Pixels of the pictures in the report: enough to read, small enough that 200 pages stay under 40 MB."""
_CROP_MARGIN = 0.6
"""Paper shown around a quote, in heights of its lines."""


class HtmlReport:
    """Writes report.html."""

    def __init__(self, path: Path, originals: Originals, language: str = "en") -> None:
        self._path, self._originals, self._language = path, originals, language
        self._items: list[Mapping[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def write(self, record: EvidenceRecord) -> None:
        """Add a document to the report."""
        self._items.append(_item(record, self._originals, self._language))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error:
            return
        environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
        template = environment.from_string(files(__package__).joinpath("report.html.jinja").read_text(encoding="utf-8"))
        page = template.render(items=self._items, say=wording(self._language), language=self._language, version=version("evidex"))
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(page)


def wording(language: str) -> Mapping[str, Any]:
    """The report's words in a language, in English where it has none."""
    words = tomllib.loads(files(__package__).joinpath("report.toml").read_text(encoding="utf-8"))
    return {**words["en"], **words.get(language.split("-")[0], {})}


def _item(record: EvidenceRecord, originals: Originals, language: str) -> Mapping[str, Any]:
    if record.error:
        return {"name": record.source.file_name, "error": record.error}
    pictures = _pictures(record, originals)
    names = Counter(law.categories()[finding.category].name(language) for finding in record.findings)
    grades = ("unreadable", "poor", "fair", "good")
    return {
        "name": record.source.file_name,
        "error": None,
        "kind": record.kind.value,
        "languages": ", ".join(record.languages),
        "grade": min((page.quality.grade for page in record.pages), key=grades.index, default="unreadable"),
        "advice": sorted({advice for page in record.pages for advice in page.quality.advice}),
        "digest": record.source.sha256,
        "categories": names.most_common(),
        "pages": [_page(record, number, picture) for number, picture in pictures.items()],
        "findings": [_finding(finding, number, pictures, language) for number, finding in enumerate(record.findings, start=1)],
    }


def _pictures(record: EvidenceRecord, originals: Originals) -> Mapping[int, NDArray[np.uint8]]:
    """The pages of the original that have a finding, or all of a short document; none if it is not there any more."""
    path = originals.find(record.source)
    wanted = {span.page for finding in record.findings for span in finding.spans} or {1}
    pictures: dict[int, NDArray[np.uint8]] = {}
    if path:
        with suppress(DocumentError):
            for photo in open_photo(path, record.source, Settings(max_megapixels=200)):
                if photo.number in wanted:
                    pictures[photo.number] = photo.pixels
    return pictures


def _page(record: EvidenceRecord, number: int, picture: NDArray[np.uint8]) -> Mapping[str, Any]:
    height, width = picture.shape[:2]
    return {
        "number": number,
        "width": width,
        "height": height,
        "image": _data(picture, _PAGE_SIDE),
        "boxes": list(_boxes(record, number)),
    }


def _boxes(record: EvidenceRecord, page: int) -> Iterator[Mapping[str, Any]]:
    for number, finding in enumerate(record.findings, start=1):
        first = True
        for span in finding.spans:
            for quad in span.quads if span.page == page else ():
                (x, y), _, _, (_, bottom) = quad
                points = " ".join(f"{a:.0f},{b:.0f}" for a, b in quad)
                yield {"points": points, "first": first, "number": number, "x": f"{x - 22:.0f}", "y": f"{(y + bottom) / 2:.0f}"}
                first = False


def _finding(finding: Finding, number: int, pictures: Mapping[int, NDArray[np.uint8]], language: str) -> Mapping[str, Any]:
    category = law.categories()[finding.category]
    compared = [f"{finding.stated} → {finding.lawful}"] if finding.stated and finding.lawful else []
    return {
        "number": number,
        "name": category.name(language),
        "score": f"{finding.score:.0%}",
        "page": ", ".join(str(page) for page in sorted({span.page for span in finding.spans})),
        "spans": [{"quote": span.quote, "crop": _crop(span, pictures.get(span.page))} for span in finding.spans],
        "words": finding.words,
        "witnesses": finding.witnesses,
        "amounts": finding.amounts,
        "comparison": "".join(compared),
        "explanation": finding.explanation,
        "question": category.question,
        "indicator": category.indicator,
        "bases": finding.bases,
    }


def _crop(span: Span, picture: NDArray[np.uint8] | None) -> str | None:
    """The piece of the photo that the quote stands on."""
    if picture is None or not span.quads:
        return None
    points = np.array(span.quads).reshape(-1, 2)
    margin = _CROP_MARGIN * float(np.median([_height(quad) for quad in span.quads]))
    left, top = np.maximum(points.min(axis=0) - margin, 0).astype(int)
    right, bottom = (points.max(axis=0) + margin).astype(int)
    piece = picture[top:bottom, left:right]
    return _data(piece, _CROP_WIDTH) if piece.size else None


def _height(quad: Quad) -> float:
    return float(np.hypot(quad[3][0] - quad[0][0], quad[3][1] - quad[0][1]))


def _data(picture: NDArray[np.uint8], longest: int) -> str:
    image = Image.fromarray(picture)
    image.thumbnail((longest, longest))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=72)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()
