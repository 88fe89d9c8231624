from pathlib import Path

import pymupdf
import pytest

import evidex


def texts(record: evidex.EvidenceRecord) -> list[str]:
    return [line.text for page in record.pages for line in page.lines]


def test_a_true_text_layer_is_taken_letter_for_letter(tmp_path: Path, make_printed) -> None:
    record = evidex.examine(make_printed(tmp_path / "layer.pdf", "保証金として100万円を支払う。", "外泊は禁止する。"))
    assert texts(record) == ["保証金として100万円を支払う。", "外泊は禁止する。"]
    assert {line.engine for line in record.pages[0].lines} == {"text-layer"}


def test_a_text_layer_that_lies_is_not_believed(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        sheet = document.new_page()
        for row, (seen, said) in enumerate([("保証金として100万円を支払う。", "賃金は毎月末に払う。")] * 3):
            sheet.insert_text((50, 100 + 60 * row), seen, fontname="japan", fontsize=20)
            sheet.insert_text((50, 100 + 60 * row), said, fontname="japan", fontsize=28, render_mode=3)
        # what is seen becomes a picture, so that only the unseen text is left in the layer
        picture = sheet.get_pixmap(dpi=150)
        sheet = document.new_page()
        sheet.insert_image(sheet.rect, pixmap=picture)
        for row in range(3):
            sheet.insert_text((50, 100 + 60 * row), "賃金は毎月末に払う。", fontname="japan", fontsize=28, render_mode=3)
        document.delete_page(0)
        document.save(tmp_path / "lie.pdf")
    record = evidex.examine(tmp_path / "lie.pdf", evidex.Settings(model="keywords"))
    assert all("保証金" in text for text in texts(record))
    assert {finding.category for finding in record.findings} == {"guarantee_deposit"}


def test_boxes_of_a_text_layer_lie_on_the_drawn_letters(tmp_path: Path, make_printed) -> None:
    record = evidex.examine(make_printed(tmp_path / "layer.pdf", "外泊は禁止する。"))
    (page,) = record.pages
    (x0, y0), (x1, _), (_, y2), _ = page.lines[0].quad
    # printed from 50 points on, its base line at 80, letters of 20 points; drawn at 200 dpi
    assert (x0, x1) == pytest.approx((50 * 200 / 72, (50 + 8 * 20) * 200 / 72), abs=12)
    assert y0 < 80 * 200 / 72 < y2 + 1


def test_a_language_that_is_not_installed_is_named_before_anything_is_read(tmp_path: Path, make_blank) -> None:
    with pytest.raises(evidex.ToolMissing) as caught:
        evidex.examine(make_blank(tmp_path / "a.png"), evidex.Settings(languages=("ko",)))
    assert caught.value.remedy


def test_the_steps_say_what_read_the_page(tmp_path: Path, make_printed) -> None:
    record = evidex.examine(make_printed(tmp_path / "print.png", "外泊は禁止する。"))
    (read, find) = record.steps
    assert (read.stage, read.tool, read.settings["page"]) == ("read", "rapidocr", 1)
    assert read.version
    assert find.stage == "find"


def test_characters_that_turn_text_around_do_not_reach_a_quote() -> None:
    from evidex.read.page import _clean

    assert _clean("保証金\u202e100\u2066万\u2069円\x07") == "保証金100万円"
