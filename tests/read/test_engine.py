"""Confidences are chances after they are calibrated."""

import pytest

from evidex.read.engine import Reading, Token


def reading(*confidences: float) -> Reading:
    return Reading(tuple(Token("ab", 0, 1, confidence) for confidence in confidences))


def test_slope_one_and_no_shift_change_nothing() -> None:
    assert [t.confidence for t in reading(0.2, 0.9).calibrated(1, 0).tokens] == pytest.approx([0.2, 0.9])


def test_a_shy_engine_is_raised_and_the_order_kept() -> None:
    low, high = (t.confidence for t in reading(0.3, 0.6).calibrated(0.8, 2.0).tokens)
    assert 0.3 < low < high < 1


@pytest.mark.parametrize("own", [0.0, 1.0])
def test_no_chance_is_zero_or_one(own: float) -> None:
    (token,) = reading(own).calibrated(1.0, 0.0).tokens
    assert 0 < token.confidence < 1


def test_a_line_is_as_sure_as_its_words_by_their_length() -> None:
    line = Reading((Token("abcd", 0, 4, 1.0), Token("ef", 4, 6, 0.4)))
    assert line.confidence == pytest.approx(0.8)
