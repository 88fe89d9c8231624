"""Small values and small files that the tests share. Nothing of evidex is replaced here."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from evidex import law
from evidex.schema import (
    EvidenceRecord,
    Failure,
    Finding,
    Line,
    PageText,
    Quad,
    Quality,
    Source,
    Span,
    Word,
)

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def line(text: str, top: float = 0, *, left: float = 0, right: float = 1000, height: float = 40, **more: object) -> Line:
    fields = {"confidence": 0.95, "language": None, "engine": "test", **more}
    return Line(text=text, quad=box(left, top, right, top + height), **fields)


def page(*lines: Line | str, number: int = 1, width: int = 1000, height: int = 1400) -> PageText:
    """A page of lines; plain texts are put below each other without gaps between them."""
    placed = tuple(row if isinstance(row, Line) else line(row, 40 * at) for at, row in enumerate(lines))
    return PageText(number=number, width=width, height=height, quality=Quality(grade="good"), lines=placed)


def record(quote: str = "保証金として100万円を支払う。", file_name: str = "photo.jpg", **more: object) -> EvidenceRecord:
    """A complete record with one finding; `content` gives the bytes it claims to be made of."""
    content = more.pop("content", file_name.encode())
    category = law.categories()["guarantee_deposit"]
    span = Span(page=1, quote=quote, quads=(box(30, 40, 230, 60),))
    found = Finding(
        id="f1",
        category="guarantee_deposit",
        score=0.85,
        method="rule",
        spans=(span,),
        bases=category.bases_in_force(("JP",)),
        explanation=category.definition,
    )
    digest = hashlib.sha256(content).hexdigest()
    fields = {
        "record_id": hashlib.sha256(f"{digest} and settings".encode()).hexdigest(),
        "status": "complete",
        "source": Source(file_name=file_name, sha256=digest, size_bytes=len(content), media_type="image/jpeg"),
        "pages": (page(quote, width=300, height=200),),
        "findings": (found,),
        **more,
    }
    return EvidenceRecord(**fields)


def failed(code: str = "damaged_file", file_name: str = "broken.jpg") -> EvidenceRecord:
    error = Failure(code=code, message="the file is cut off", remedy="Fetch the file again.")
    return record(file_name=file_name, status="failed", error=error, findings=(), pages=())


def word(text: str, left: float, right: float) -> Word:
    return Word(text=text, quad=box(left, 0, right, 40), confidence=0.95)


def blank(path: Path, shade: int = 255, size: tuple[int, int] = (120, 90)) -> Path:
    """A picture with nothing on it: examined in a moment, complete, without findings."""
    Image.new("L", size, shade).save(path)
    return path


def printed(path: Path, *texts: str, size: float = 20) -> Path:
    """A page with printed lines of text: a PDF with a true text layer, or a picture of it; also Japanese."""
    with pymupdf.open() as document:
        sheet = document.new_page()
        for number, text in enumerate(texts):
            sheet.insert_text((50, 80 + 2 * size * number), text, fontname="japan", fontsize=size)
        if path.suffix == ".pdf":
            document.save(path)
        else:
            sheet.get_pixmap(dpi=150).pil_save(path)
    return path


@pytest.fixture
def make_box() -> Callable[..., Quad]:
    return box


@pytest.fixture
def make_line() -> Callable[..., Line]:
    return line


@pytest.fixture
def make_page() -> Callable[..., PageText]:
    return page


@pytest.fixture
def make_word() -> Callable[..., Word]:
    return word


@pytest.fixture
def make_record() -> Callable[..., EvidenceRecord]:
    return record


@pytest.fixture
def make_failed() -> Callable[..., EvidenceRecord]:
    return failed


@pytest.fixture
def make_blank() -> Callable[..., Path]:
    return blank


@pytest.fixture
def make_printed() -> Callable[..., Path]:
    return printed
