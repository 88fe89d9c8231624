"""Draw and photograph the sample documents.

    python samples/make.py [NAME…]        # all of them, or the named ones

A document is one HTML file in samples/documents: each <section class="page"> is a sheet, each
<mark class="CATEGORY [CATEGORY…]"> is a sentence that imposes it, the <meta> elements say what the document is
and how it is photographed, and an id such as gross_pay marks a printed amount of a payslip. From it come
samples/NAME.jpg (or .png, .webp, .heic, .pdf) and samples/NAME.expected.json.
"""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import dataclass, field, fields, replace
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pillow_heif
import pymupdf
from photograph import LOOKS, Look, draw_page, photograph, print_page
from PIL import Image

HERE = Path(__file__).resolve().parent
BLOCKS = frozenset({"p", "div", "h1", "h2", "li", "tr", "br", "section", "table", "ul", "ol"})
VOID = frozenset({"br", "meta", "link", "hr", "img", "col"})
SILENT = frozenset({"svg", "style", "title"})
ORIENTATION_TAG = 0x0112
TURNED_LEFT = 6


@dataclass(frozen=True)
class Document:
    """One document: its head, its pages as HTML, and what a reader should find in it."""

    name: str
    meta: dict[str, str]
    pages: tuple[str, ...]
    text: tuple[str, ...]
    findings: tuple[dict[str, object], ...]
    amounts: dict[str, int]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pages: A4, on its side where the page is wide."""
        return (1754, 1240) if 'class="page wide' in self.pages[0] else (1240, 1754)


@dataclass
class _Reader(HTMLParser):
    """Collects the printed lines of one page, its marked sentences and its marked amounts."""

    lines: list[str] = field(default_factory=lambda: [""])
    quotes: list[tuple[str, list[str]]] = field(default_factory=list)
    amounts: dict[str, str] = field(default_factory=dict)
    stack: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.stack.append((tag, {key: value or "" for key, value in attrs}))
        if tag in BLOCKS:
            self.lines.append("")
        if tag in {"td", "th"} and self.lines[-1]:
            self.lines[-1] += " "
        if tag == "mark":
            self.quotes.append(("", self.stack[-1][1]["class"].split()))

    def handle_endtag(self, tag: str) -> None:
        self.stack.pop()
        if tag in BLOCKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if any(tag in SILENT or "stamp" in attrs.get("class", "").split() for tag, attrs in self.stack):
            return
        data = re.sub(r"\s+", " ", data)
        self.lines[-1] += data
        for tag, attrs in self.stack:
            if tag == "mark":
                quote, categories = self.quotes[-1]
                self.quotes[-1] = (quote + data, categories)
            if "id" in attrs:
                self.amounts[attrs["id"]] = self.amounts.get(attrs["id"], "") + data

    def text(self) -> str:
        """The printed lines, without empty ones."""
        return "\n".join(line for line in (" ".join(line.split()) for line in self.lines) if line)


def read_document(path: Path) -> Document:
    """Read one document file."""
    source = path.read_text(encoding="utf-8")
    head, body = source.split("<body", 1)
    pages = tuple(re.findall(r"<section.*?</section>", body, re.DOTALL))
    readers = []
    for page in pages:
        readers.append(_Reader())
        readers[-1].feed(page)
    findings = tuple(
        {"category": category, "page": number, "quote": quote.strip()}
        for number, reader in enumerate(readers, 1)
        for quote, categories in reader.quotes
        for category in categories
    )
    amounts = {name: int(re.sub(r"\D", "", value)) for reader in readers for name, value in reader.amounts.items()}
    meta = dict(re.findall(r'<meta name="(\w+)" content="([^"]*)"', head))
    return Document(path.stem, meta, pages, tuple(reader.text() for reader in readers), findings, amounts)


def look_of(words: str) -> Look:
    """Read a look such as "photo table=cloth curl=0.05"."""
    name, *changes = words.split()
    kinds = {entry.name: type(getattr(LOOKS[name], entry.name)) for entry in fields(Look)}
    values = dict(change.split("=") for change in changes)
    return replace(LOOKS[name], **{key: kinds[key](value) for key, value in values.items()})


def sheet(page: str) -> str:
    """A whole HTML document of one page."""
    base = (HERE / "documents").as_uri()
    return f'<!doctype html><meta charset="utf-8"><base href="{base}/"><link rel="stylesheet" href="style.css"><body>{page}'


def expected(document: Document) -> dict[str, object]:
    """What a reader should find in the document."""
    record = {
        "kind": document.meta["kind"],
        "languages": document.meta["languages"].split(),
        "pages": len(document.pages),
        "text": list(document.text),
        "findings": list(document.findings),
        "synthetic": True,
    }
    return record | ({"payslip": document.amounts} if document.amounts else {})


def photographs(document: Document) -> list[Image.Image]:
    """Photograph every page that is not kept as text."""
    rng = np.random.default_rng(int(document.meta["seed"]))
    look = look_of(document.meta["look"])
    return [
        Image.fromarray(photograph(draw_page(sheet(page), document.size), rng, look))
        for page in document.pages
        if "data-text" not in page
    ]


def save_jpeg(photo: Image.Image, target: Path, document: Document) -> None:
    """Save within 600 KB, at the quality that allows it; turned on its side when the document says so."""
    exif = Image.Exif()
    if document.meta.get("turned"):
        exif[ORIENTATION_TAG] = TURNED_LEFT
        photo = photo.transpose(Image.Transpose.ROTATE_90)
    for quality in range(82, 30, -4):
        photo.save(target, quality=quality, exif=exif)
        if target.stat().st_size <= 560_000:
            return


def save_png(photo: Image.Image, target: Path, document: Document) -> None:
    """Save as a scanning app does, in few shades."""
    photo.quantize(24, dither=Image.Dither.NONE).save(target, optimize=True)


def save_webp(photo: Image.Image, target: Path, document: Document) -> None:
    """Save as a messenger app does."""
    photo.save(target, quality=76, method=5)


def save_heic(photo: Image.Image, target: Path, document: Document) -> None:
    """Save as an iPhone does."""
    pillow_heif.from_pillow(photo).save(target, quality=50)


def save_pdf(photo: Image.Image, target: Path, document: Document) -> None:
    """Save photographed pages as pictures and the others as text."""
    remaining, book = photographs(document), pymupdf.open()
    for page in document.pages:
        if "data-text" in page:
            printed = target.with_suffix(".page.pdf")
            print_page(sheet(page), printed)
            book.insert_pdf(pymupdf.open(printed), to_page=0)
            printed.unlink()
        else:
            packed = io.BytesIO()
            remaining.pop(0).save(packed, "JPEG", quality=72)
            paper = book.new_page(width=595, height=793)
            paper.insert_image(paper.rect, stream=packed.getvalue())
    book.subset_fonts()
    book.save(target, garbage=4, deflate=True)


SAVERS = MappingProxyType({".jpg": save_jpeg, ".png": save_png, ".webp": save_webp, ".heic": save_heic, ".pdf": save_pdf})


def make(path: Path) -> Path:
    """Make one sample and what is expected of it."""
    document = read_document(path)
    suffix = document.meta.get("format", ".jpg")
    target = HERE / (document.name + suffix)
    photo = None if suffix == ".pdf" else photographs(document)[0]
    SAVERS[suffix](photo, target, document)
    record = json.dumps(expected(document), ensure_ascii=False, indent=1)
    (HERE / f"{document.name}.expected.json").write_text(record + "\n", encoding="utf-8")
    return target


def main(names: list[str]) -> None:
    """Make the named samples, or all of them."""
    for path in sorted((HERE / "documents").glob("*.html")):
        if not names or path.stem in names:
            target = make(path)
            sys.stdout.write(f"{target.name}  {target.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
