import numpy as np
import pytest

from evidex.read.flatten import prepare
from evidex.read.quality import grade_page

SHARP = prepare(np.full((600, 400, 3), 200, np.uint8))


@pytest.mark.parametrize(("confidence", "grade"), [(0.97, "good"), (0.85, "fair"), (0.6, "poor"), (0.3, "unreadable")])
def test_the_grade_follows_the_confidence(confidence: float, grade: str, make_line) -> None:
    assert grade_page(SHARP, [make_line("text", confidence=confidence)], [30]).grade == grade


def test_a_page_without_text_is_unreadable_and_says_what_to_do() -> None:
    quality = grade_page(SHARP, [], [])
    assert quality.grade == "unreadable"
    assert quality.advice


def test_small_print_is_told(make_line) -> None:
    assert grade_page(SHARP, [make_line("text")], [9]).advice != ()
    assert grade_page(SHARP, [make_line("text")], [30]).advice == ()


def test_a_hard_page_gets_advice_and_other_stages_notes_are_kept(make_line) -> None:
    quality = grade_page(SHARP, [make_line("text", confidence=0.6)], [30], ("Drawn small.",))
    assert quality.advice[0] == "Drawn small."
    assert len(quality.advice) > 1
