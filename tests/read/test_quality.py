from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import evidex
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
    line = make_line("text").model_copy(update={"quad": ((50, 50), (90, 50), (90, 80), (50, 80))})
    assert any("small" in advice for advice in grade_page(SHARP, [line], [9]).advice)
    assert grade_page(SHARP, [line], [30]).advice == ()


def test_a_hard_page_gets_advice_and_other_stages_notes_are_kept(make_line) -> None:
    quality = grade_page(SHARP, [make_line("text", confidence=0.6)], [30], ("Drawn small.",))
    assert quality.advice[0] == "Drawn small."
    assert len(quality.advice) > 1


def photo_of(samples: Path, change) -> evidex.EvidenceRecord:
    with Image.open(samples / "ja_pledge.jpg") as picture:
        pixels = np.asarray(picture.convert("RGB"))
    file = samples.parent / "changed.png"
    Image.fromarray(change(pixels).astype(np.uint8)).save(file)
    try:
        return evidex.examine(file)
    finally:
        file.unlink()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda pixels: pixels[:, 330:], "left edge"),
        (lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 6), "blurred"),
        (lambda pixels: cv2.resize(pixels, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA), "small"),
        (lambda pixels: pixels * 0.0, "too dark"),
    ],
)
def test_advice_names_what_is_wrong_with_the_photo(samples: Path, change, word: str) -> None:
    assert any(word in advice for advice in photo_of(samples, change).pages[0].quality.advice)


@pytest.mark.parametrize("shade", [0, 255])
def test_a_picture_of_nothing_yields_no_text(samples: Path, shade: int) -> None:
    record = photo_of(samples, lambda pixels: pixels * 0 + shade)
    assert (record.status, record.pages[0].lines, record.findings) == ("complete", (), ())
    assert record.pages[0].quality.grade == "unreadable"


def test_noise_yields_no_text(samples: Path) -> None:
    record = photo_of(samples, lambda pixels: np.random.default_rng(1).integers(0, 255, pixels.shape))
    assert record.pages[0].lines == ()
