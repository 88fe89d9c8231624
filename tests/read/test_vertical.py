"""Vertical Japanese: the marks that a second reading saw are put in, and nothing else of it."""

from pathlib import Path

import evidex
from evidex.read.engine import Reading, Token
from evidex.read.vertical import with_marks


def reading(*texts: str) -> Reading:
    return Reading(tuple(Token(text, 10.0 * n, 10.0 * n + 9, 0.9) for n, text in enumerate(texts)))


def test_marks_are_put_where_the_second_reading_has_them() -> None:
    marked = with_marks(reading("私は", "この度", "誓います"), "私は、この度、誓います。")
    assert [token.text for token in marked.tokens] == ["私は、", "この度、", "誓います。"]


def test_a_mark_before_everything_is_kept() -> None:
    assert with_marks(reading("甲は"), "「甲は」").text == "「甲は」"


def test_other_characters_of_the_second_reading_are_left_alone() -> None:
    assert with_marks(reading("誓約書"), "暫約書国").text == "誓約書"


def test_a_reading_of_nothing_stays_nothing() -> None:
    assert with_marks(Reading(), "、。").tokens == ()


def test_places_and_confidences_stay() -> None:
    before = reading("私は", "この度")
    after = with_marks(before, "私は、この度")
    assert [(t.left, t.right, t.confidence) for t in after.tokens] == [(t.left, t.right, t.confidence) for t in before.tokens]


def test_a_vertical_page_has_its_marks_and_both_readings(samples: Path) -> None:
    lines = evidex.examine(samples / "ja_pledge_vertical.jpg").pages[0].lines
    text = "".join(line.text for line in lines)
    assert "私は、この度、" in text
    assert text.count("。") >= 10
    assert {line.second_reading.engine for line in lines if line.second_reading} == {"tesseract"}
