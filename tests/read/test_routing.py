from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evidex.errors import ToolMissing
from evidex.read.engine import Reading, Token
from evidex.read.flatten import prepare
from evidex.read.page import cut_lines, page_lines
from evidex.read.routing import Engines, load_engines, read_lines, reading_languages


class Reader:
    """An engine that knows some languages and reads every strip as its own name."""

    version = "1"

    def __init__(self, name: str, *languages: str) -> None:
        self.name, self.languages = name, languages

    def reads(self, language: str) -> bool:
        return language in self.languages

    def read(self, strips, language):
        return [Reading((Token(self.name, 0, 9, 0.5),)) for _ in strips]


def strips_of(path: Path) -> list[np.ndarray]:
    with Image.open(path) as picture:
        image = prepare(np.asarray(picture.convert("RGB")))
    return [strip.picture for strip in cut_lines(image, page_lines(image))]


@pytest.fixture(scope="module")
def khmer(samples: Path) -> list[np.ndarray]:
    return strips_of(samples / "km_contract.jpg")


@pytest.mark.parametrize(
    ("name", "language"),
    [("ja_pledge", "ja"), ("zh_contract", "ja"), ("en_contract", "en"), ("vi_commitment", "vi"), ("th_contract", "th"),
     ("km_contract", "km"), ("ne_contract", "ne"), ("ja_pledge_vertical", "ja")],
)  # fmt: skip
def test_most_lines_of_a_page_go_to_the_reader_of_its_script(samples: Path, name: str, language: str) -> None:
    chosen = reading_languages(strips_of(samples / f"{name}.jpg"))
    assert chosen.count(language) >= 0.9 * len(chosen)


def test_both_sides_of_a_bilingual_page_are_told_apart(samples: Path) -> None:
    chosen = reading_languages(strips_of(samples / "ja_vi_contract.jpg"))
    assert min(chosen.count("ja"), chosen.count("vi")) >= 12


def test_named_languages_keep_others_out(khmer: list[np.ndarray]) -> None:
    assert set(reading_languages(khmer, ("km",))) <= {"km", "en", "ja"}
    assert not {"km"} & set(reading_languages(khmer, ("ja", "vi")))


def test_no_lines_need_no_language() -> None:
    assert reading_languages([]) == []


def test_the_first_installed_engine_of_a_route_reads(khmer: list[np.ndarray]) -> None:
    engines = Engines(
        {"best": Reader("best"), "second": Reader("second", "km", "en", "ja")},
        {tag: ["best", "second"] for tag in ("km", "en", "ja")},
        {"km": 1.0, "en": 1.0, "ja": 1.0},
    )
    assert set(read_lines(khmer, engines, ()).engines) == {"second"}


def test_a_page_whose_language_is_not_installed_names_the_package(khmer: list[np.ndarray]) -> None:
    engines = Engines({"latin": Reader("latin", "en", "ja")}, {"en": ["latin"], "ja": ["latin"], "km": ["latin"]}, {"en": 1.0})
    with pytest.raises(ToolMissing) as caught:
        read_lines(khmer, engines, ())
    assert "tesseract-ocr-khm" in caught.value.remedy


def test_a_minor_language_that_is_not_installed_leaves_the_rest_readable(khmer: list[np.ndarray], samples: Path) -> None:
    engines = Engines({"latin": Reader("latin", "ja")}, {"ja": ["latin"], "km": ["latin"]}, {})
    mixed = [*khmer[5:9], *strips_of(samples / "ja_pledge.jpg")[:20]]
    read = read_lines(mixed, engines, ("ja", "km"))
    assert "latin" in read.engines
    assert any("tesseract-ocr-khm" in note for note in read.notes)


def test_every_language_of_ours_has_a_route() -> None:
    from evidex.languages import LANGUAGES
    from evidex.read.vertical import COLUMNS

    engines = load_engines()
    assert set(engines.routes) == {*LANGUAGES, COLUMNS}
    measured = {language for table in engines.confidence.values() for language in table}
    assert measured | {"zh-TW"} == set(LANGUAGES)
