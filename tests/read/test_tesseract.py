import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from evidex.errors import ToolMissing
from evidex.languages import LANGUAGES
from evidex.read.engine import STRIP_HEIGHT
from evidex.read.tesseract import CODES, TesseractEngine, debian_package


def strip(text: str) -> np.ndarray:
    font = ImageFont.load_default(size=26)
    image = Image.new("L", (round(font.getlength(text)) + 40, STRIP_HEIGHT), 255)
    ImageDraw.Draw(image).text((20, 8), text, 0, font)
    return np.asarray(image)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return ["The trainee shall pay a penalty", "No phones", "Passports are kept by the company"]


def test_each_strip_gets_its_own_reading_in_order(texts: list[str]) -> None:
    readings = TesseractEngine().read([strip(text) for text in texts], "en")
    assert [reading.text for reading in readings] == texts
    assert all(0.5 < reading.confidence <= 1 for reading in readings)


def test_tokens_tell_where_on_the_strip_they_stand() -> None:
    picture = strip("penalty fee")
    (reading,) = TesseractEngine().read([picture], "en")
    first, second = reading.tokens
    assert 0 <= first.left < first.right < second.left < second.right <= picture.shape[1]
    assert first.left == pytest.approx(20, abs=6)


def test_more_strips_than_fit_a_sheet_are_all_read() -> None:
    readings = TesseractEngine().read([strip(f"Clause number {number}") for number in range(10, 80)], "en")
    assert [reading.text.split()[-1] for reading in readings] == [str(number) for number in range(10, 80)]


def test_a_blank_strip_is_read_as_nothing() -> None:
    blank = np.full((STRIP_HEIGHT, 400), 255, np.uint8)
    readings = TesseractEngine().read([blank, strip("No phones")], "en")
    assert [reading.text for reading in readings] == ["", "No phones"]


def test_no_strips_give_no_readings() -> None:
    assert list(TesseractEngine().read([], "en")) == []


def test_a_language_without_data_names_the_package_that_brings_it() -> None:
    with pytest.raises(ToolMissing) as caught:
        TesseractEngine().read([strip("x")], "xx")
    assert "apt install" in caught.value.remedy
    assert not TesseractEngine().reads("xx")


def test_every_language_has_its_tesseract_code_and_package() -> None:
    assert set(CODES) == {*LANGUAGES, "ja-vertical"}
    assert (debian_package("ja"), debian_package("zh-TW")) == ("tesseract-ocr-jpn", "tesseract-ocr-chi-tra")


def test_the_version_goes_on_record() -> None:
    assert TesseractEngine().version[0].isdigit()
