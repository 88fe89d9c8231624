"""A file → upright page pictures, safely decoded. Originals are only read; nothing is trusted, not even the suffix.

Sizes are checked in the header before any pixel is decoded. EPS, SVG, PSD and other formats that run code are never opened.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pymupdf
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from evidex.errors import DamagedFile, EmptyFile, EncryptedFile, LimitExceeded, UnreadableFile, UnsupportedFile
from evidex.schema import Quad, Source
from evidex.settings import Settings

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".gif", ".bmp", ".pdf"})
"""What a folder is searched for. What a file is, its bytes decide."""

_PILLOW_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "HEIF")
_MAX_SIDE = 30_000
_UNKNOWN = "application/octet-stream"
_PDF_DPI = 200
_POINTS_PER_INCH = 72


@dataclass(frozen=True)
class TextLayerLine:
    """A line of a PDF's own text with its box on the rendered page. It may lie: it is checked against the picture."""

    text: str
    quad: Quad


@dataclass(frozen=True)
class Photo:
    """One page as a picture, upright by its EXIF. Lives in memory only."""

    number: int
    pixels: NDArray[np.uint8]
    """height × width × 3, RGB."""
    text_layer: tuple[TextLayerLine, ...] = ()
    advice: tuple[str, ...] = ()


def describe_source(path: Path) -> Source:
    """What identifies a file: its name, size, sha256 and media type by its first bytes. Nothing is decoded.

    Raises:
        UnreadableFile: the file is gone, or may not be read.
    """
    if path.exists() and not path.is_file():
        raise UnreadableFile("this is no file but a folder, a pipe or a device")
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.tell()
    except OSError as error:
        raise UnreadableFile(f"the file cannot be read ({type(error).__name__})") from error
    return Source(file_name=speakable(path.name), sha256=digest, size_bytes=size, media_type=_media_type(head))


def speakable(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 become question marks."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def open_photo(path: Path, source: Source, settings: Settings) -> Iterator[Photo]:
    """The pages of a file, one at a time, so that a long PDF never fills the memory.

    Raises:
        DocumentError: of the kind that fits; the pages before a broken one have been given already.
    """
    if source.size_bytes == 0:
        raise EmptyFile("the file is empty (0 bytes)")
    if source.size_bytes > settings.max_megabytes * 2**20:
        size = source.size_bytes / 2**20
        raise LimitExceeded(f"the file has {size:.0f} MiB; the limit max_megabytes is {settings.max_megabytes}")
    if source.media_type == _UNKNOWN:
        raise UnsupportedFile("the file is neither a photograph nor a PDF")
    pages = _pdf_pages if source.media_type == "application/pdf" else _picture_pages
    with _typed_errors():
        yield from pages(path.read_bytes(), settings)


def is_document(path: Path) -> bool:
    """Whether a file found in a folder is one of ours: by its suffix, or by its first bytes where the suffix says nothing."""
    if path.suffix.lower() in PHOTO_SUFFIXES:
        return True
    try:
        with path.open("rb") as stream:
            return _media_type(stream.read(64)) != _UNKNOWN
    except OSError:
        return False


def _media_type(head: bytes) -> str:
    for prefix, media_type in {
        b"\xff\xd8\xff": "image/jpeg",
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"II*\x00": "image/tiff",
        b"MM\x00*": "image/tiff",
        b"GIF8": "image/gif",
        b"BM": "image/bmp",
    }.items():
        if head.startswith(prefix):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"}:
        return "image/heic"
    return "application/pdf" if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"%PDF-") else _UNKNOWN


@contextmanager
def _typed_errors() -> Iterator[None]:
    """Whatever a decoder throws becomes one of ours; their messages may quote the document, so they are not repeated."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise LimitExceeded("the picture is far larger than max_megapixels allows: it may be a decompression bomb") from error
    except (UnidentifiedImageError, pymupdf.FileDataError, pymupdf.mupdf.FzErrorBase) as error:
        raise DamagedFile("the file is corrupt: its contents do not decode") from error
    except (OSError, SyntaxError, EOFError, ValueError, RuntimeError, MemoryError, IndexError, TypeError, KeyError) as error:
        raise DamagedFile(f"the file is cut off or corrupt ({type(error).__name__} while decoding)") from error


def _picture_pages(content: bytes, settings: Settings) -> Iterator[Photo]:
    pillow_heif.register_heif_opener()
    Image.init()
    with Image.open(io.BytesIO(content), formats=_PILLOW_FORMATS) as image:
        frames = 1 if image.format in {"GIF", "WEBP", "MPO", "PNG"} else getattr(image, "n_frames", 1)
        if frames > settings.max_pages:
            raise LimitExceeded(f"the file has {frames} pages; the limit max_pages is {settings.max_pages}")
        for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
            if number > frames:
                break
            _check_size(*frame.size, settings)
            yield Photo(number, _rgb(frame))


def _check_size(width: int, height: int, settings: Settings) -> None:
    if width * height > settings.max_megapixels * 10**6:
        raise LimitExceeded(
            f"the picture has {width * height / 10**6:.0f} megapixels; the limit max_megapixels is {settings.max_megapixels}"
        )
    if max(width, height) > _MAX_SIDE:
        raise LimitExceeded(f"the picture has a side of {max(width, height)} pixels; {_MAX_SIDE} is the most that is read")


def _rgb(frame: Image.Image) -> NDArray[np.uint8]:
    """Upright, eight bits, no transparency: see-through paper is white."""
    upright = ImageOps.exif_transpose(frame)
    if upright.mode.startswith(("I", "F")):
        values = np.asarray(upright, np.float32)
        low, high = float(values.min()), float(values.max())
        upright = Image.fromarray(((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8))
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        upright = Image.alpha_composite(paper, layer)
    return np.asarray(upright.convert("RGB"), np.uint8)


def _pdf_pages(content: bytes, settings: Settings) -> Iterator[Photo]:
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with pymupdf.open(stream=content, filetype="pdf") as document:
        if document.needs_pass:
            raise EncryptedFile("the PDF asks for a password")
        if document.page_count == 0:
            raise EmptyFile("the PDF has no pages")
        if document.page_count > settings.max_pages:
            raise LimitExceeded(f"the PDF has {document.page_count} pages; the limit max_pages is {settings.max_pages}")
        for index in range(document.page_count):
            yield _render(document[index], index + 1, settings)


def _render(page: Any, number: int, settings: Settings) -> Photo:
    """A PDF page as a picture, with a lower resolution where the page is huge, and its text layer."""
    inches = max(page.rect.width * page.rect.height, 1) / _POINTS_PER_INCH**2
    dpi = min(_PDF_DPI, int((settings.max_megapixels * 10**6 / inches) ** 0.5), int(_MAX_SIDE * 72 / max(*page.rect.br, 1)))
    if dpi < 20:
        raise LimitExceeded(f"page {number} is too large to be drawn within max_megapixels = {settings.max_megapixels}")
    pixmap = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csRGB, alpha=False)
    pixels = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3)
    advice = (f"This page is very large; it was drawn at {dpi} dpi.",) if dpi < _PDF_DPI else ()
    return Photo(number, pixels, _text_layer(page, dpi / _POINTS_PER_INCH), advice)


def _text_layer(page: Any, scale: float) -> tuple[TextLayerLine, ...]:
    lines = []
    for block in page.get_text("dict")["blocks"]:
        for line in block.get("lines", []):
            text = "".join(span["text"] for span in line["spans"]).strip()
            box = pymupdf.Rect(line["bbox"]) * page.rotation_matrix
            if text and not box.is_empty:
                x0, y0, x1, y1 = (round(value * scale, 1) for value in box)
                lines.append(TextLayerLine(text, ((x0, y0), (x1, y0), (x1, y1), (x0, y1))))
    return tuple(lines)
