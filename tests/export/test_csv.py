import csv
import io
from pathlib import Path

import pytest

import evidex
from evidex.export.cells import safe_cell


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "findings.csv"


def test_a_finding_is_a_row_that_says_where_it_stands(path: Path, make_record) -> None:
    evidex.export_records([make_record()], path)
    (row,) = rows(path)
    assert (row["file"], row["category"], row["page"]) == ("photo.jpg", "guarantee_deposit", "1")
    assert row["quote"] == "保証金として100万円を支払う。"
    assert row["sha256"] == make_record().source.sha256
    assert "Labour Standards Act" in row["law"]


def test_documents_without_findings_have_no_row(path: Path, make_record, make_failed) -> None:
    evidex.export_records([make_record(findings=()), make_failed()], path)
    assert rows(path) == []


def test_it_begins_with_a_byte_order_mark_for_excel(path: Path, make_record) -> None:
    evidex.export_records([make_record()], path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbffile,")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\x00=", "\u200b=", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(path: Path, sign: str, make_record) -> None:
    text = f'{sign}HYPERLINK("http://evil","x")'
    evidex.export_records([make_record(text, file_name=f"{sign}cmd.jpg")], path)
    (row,) = rows(path)
    assert row["quote"].startswith("'")
    assert row["file"].startswith("'")


def test_harmless_text_stays_as_it_is() -> None:
    assert safe_cell("保証金 100-200 = 2") == "保証金 100-200 = 2"
    assert safe_cell("") == ""


def test_control_characters_are_taken_out_and_lines_kept() -> None:
    assert safe_cell("a\x1b[31mb\x07\nc\u202e") == "a[31mb\nc"


def test_quotes_commas_and_lines_come_back_whole(path: Path, make_record) -> None:
    text = '"罰金", 100,000円\n二行目'
    evidex.export_records([make_record(text)], path)
    assert rows(path)[0]["quote"] == text


def test_names_of_categories_are_in_the_readers_language(path: Path, make_record) -> None:
    evidex.export_records([make_record()], path, language="th")
    assert rows(path)[0]["category_name"] == evidex.categories()["guarantee_deposit"].name("th")


def test_nobody_else_may_read_the_table(path: Path, make_record) -> None:
    evidex.export_records([make_record()], path)
    assert path.stat().st_mode & 0o077 == 0
