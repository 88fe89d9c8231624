import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

import evidex
from evidex.export.html import wording

EVIL = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'{{ 7*7 }}"


class Elements(HTMLParser):
    """All elements of a page with their attributes, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.new("RGB", (300, 200), "white").save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.html"


def test_a_finding_is_shown_with_quote_law_and_question(report: Path, photo: Path, make_record) -> None:
    evidex.export_records([make_record(file_name=photo.name, content=photo.read_bytes())], report)
    text = Elements(report).text
    category = evidex.categories()["guarantee_deposit"]
    assert "保証金として100万円を支払う。" in text
    assert category.question in text
    assert category.indicator in text
    assert all(basis.summary in text for basis in category.bases_in_force(("JP",)))


def test_its_box_is_drawn_on_the_photo_in_the_photos_pixels(report: Path, photo: Path, make_record) -> None:
    evidex.export_records([make_record(file_name=photo.name, content=photo.read_bytes())], report)
    elements = Elements(report)
    assert [polygon["points"] for polygon in elements.of("polygon")] == ["30,40 230,40 230,60 30,60"]
    assert [svg["viewbox"] for svg in elements.of("svg")] == ["0 0 300 200"]
    assert len(elements.of("img")) == 2  # the page, and the piece that the quote stands on


def test_law_noted_from_memory_is_marked_as_such(report: Path, make_record) -> None:
    evidex.export_records([make_record()], report)
    unchecked = [basis for basis in make_record().findings[0].bases if not basis.checked]
    assert unchecked
    assert Elements(report).text.count(wording("en")["unchecked"]) == len(unchecked)


def test_text_of_documents_and_file_names_is_escaped(report: Path, photo: Path, make_record, make_failed) -> None:
    evil = make_record(EVIL, file_name=f"{EVIL}.png", content=photo.read_bytes())
    evidex.export_records([evil, make_failed(file_name=f"{EVIL}.jpg")], report)
    elements = Elements(report)
    assert elements.of("script") == []
    assert all(not name.startswith("on") for _, attributes in elements.found for name in attributes)
    assert all((image["src"] or "").startswith("data:image/jpeg;base64,") for image in elements.of("img"))
    assert EVIL in elements.text


def test_nothing_comes_from_outside(report: Path, photo: Path, make_record) -> None:
    evidex.export_records([make_record(file_name=photo.name, content=photo.read_bytes())], report)
    elements = Elements(report)
    policy = next(meta["content"] for meta in elements.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in (policy or "")
    assert "script-src" not in (policy or "")
    assert elements.of("link") == elements.of("iframe") == elements.of("base") == []
    loaded = [attributes[key] for _, attributes in elements.found for key in ("src", "srcset", "href") if attributes.get(key)]
    assert all(re.match(r"data:|#", address) for address in loaded)
    assert not re.search(r"url\(|@import", report.read_text(encoding="utf-8"))


def test_a_photo_that_is_gone_is_told(report: Path, make_record) -> None:
    evidex.export_records([make_record()], report)
    assert wording("en")["no_photo"] in Elements(report).text
    assert Elements(report).of("img") == []


def test_a_photo_that_was_changed_is_not_shown(report: Path, photo: Path, make_record) -> None:
    record = make_record(file_name=photo.name, content=photo.read_bytes())
    changed = bytearray(photo.read_bytes())
    changed[-1] ^= 1
    photo.write_bytes(changed)
    evidex.export_records([record], report)
    assert wording("en")["no_photo"] in Elements(report).text
    assert Elements(report).of("img") == []


def test_a_failed_document_is_listed_with_what_to_do(report: Path, make_failed) -> None:
    evidex.export_records([make_failed()], report)
    text = Elements(report).text
    assert "broken.jpg" in text
    assert "Fetch the file again." in text


def test_it_says_that_it_is_no_legal_advice(report: Path) -> None:
    evidex.export_records([], report)
    assert wording("en")["disclaimer"] in Elements(report).text


@pytest.mark.parametrize("language", ["en", "ja", "vi", "zh", "id", "km"])
def test_it_speaks_the_readers_language_and_english_where_it_cannot(report: Path, language: str, make_record) -> None:
    evidex.export_records([make_record()], report, language=language)
    elements = Elements(report)
    assert elements.of("html")[0]["lang"] == language
    assert wording(language)["title"] in elements.text
    assert wording(language)["disclaimer"] in elements.text
    assert set(wording(language)) == set(wording("en"))


def test_a_run_that_breaks_leaves_no_half_report(report: Path, make_record) -> None:
    def broken():
        yield make_record()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evidex.export_records(broken(), report)
    assert not report.exists()


def test_nobody_else_may_read_the_report(report: Path, make_record) -> None:
    evidex.export_records([make_record()], report)
    assert report.stat().st_mode & 0o077 == 0


def test_the_same_records_give_the_same_bytes(report: Path, photo: Path, make_record) -> None:
    record = make_record(file_name=photo.name, content=photo.read_bytes())
    evidex.export_records([record], report)
    first = report.read_bytes()
    evidex.export_records([record], report)
    assert report.read_bytes() == first
