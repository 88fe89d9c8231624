from pathlib import Path

import numpy as np
import pymupdf
import pytest

from evidex.read.rapidocr import RapidOcrEngine, TextMap, model_path


def page(*texts: str, font: str = "japan") -> np.ndarray:
    with pymupdf.open() as document:
        sheet = document.new_page(width=500, height=300)
        for number, text in enumerate(texts):
            sheet.insert_text((40, 60 + 60 * number), text, fontname=font, fontsize=20)
        pixmap = sheet.get_pixmap(dpi=144)
        return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3).copy()


def strip(text: str, font: str = "japan") -> np.ndarray:
    return page(text, font=font)[70:135, 60 : 100 + 40 * len(text)]


def test_the_map_is_high_where_text_stands_and_low_elsewhere() -> None:
    found, scale = TextMap()(page("保証金として百万円"))
    ys, xs = np.nonzero(found > 0.5)
    assert 80 < ys.mean() * scale < 130
    assert 60 < xs.min() * scale < 110
    assert found[round(300 / scale) :].max() < 0.3


def test_a_blank_page_has_no_text() -> None:
    found, _ = TextMap()(np.full((400, 300, 3), 255, np.uint8))
    assert found.max() < 0.3


@pytest.mark.parametrize(("text", "font"), [("保証金を支払う", "japan"), ("违约金三万元", "china-s"), ("Penalty fee", "helv")])
def test_print_is_read_letter_for_letter(text: str, font: str) -> None:
    (reading,) = RapidOcrEngine().read([strip(text, font)], "ja")
    assert reading.text == text
    assert reading.confidence > 0.85


def test_strips_of_all_lengths_come_back_in_their_order() -> None:
    texts = ["違約金", "携帯電話の所有を禁止する", "門限", "外泊禁止", "旅券を預ける", "罰金", "貯金する", "恋愛"]
    readings = RapidOcrEngine().read([strip(text) for text in texts], "ja")
    assert [reading.text for reading in readings] == texts


def test_tokens_follow_each_other_along_the_strip() -> None:
    picture = strip("携帯電話の所有")
    (reading,) = RapidOcrEngine().read([picture], "ja")
    edges = [edge for token in reading.tokens for edge in (token.left, token.right)]
    assert edges == sorted(edges)
    assert 0 <= edges[0] < edges[-1] <= picture.shape[1]
    middles = [(token.left + token.right) / 2 for token in reading.tokens]
    assert middles[0] == pytest.approx(40, abs=15)  # letters of 40 pixels, the first from 20 on
    assert np.diff(middles) == pytest.approx(40, abs=12)


def test_nothing_is_read_on_white_paper_and_of_no_strips() -> None:
    (reading,) = RapidOcrEngine().read([np.full((48, 300), 255, np.uint8)], "ja")
    assert (reading.text, reading.confidence) == ("", 0.0)
    assert list(RapidOcrEngine().read([], "ja")) == []


def test_it_claims_only_the_letters_it_has() -> None:
    engine = RapidOcrEngine()
    assert engine.reads("ja")
    assert engine.reads("zh")
    assert not any(engine.reads(language) for language in ("th", "km", "my", "ne", "vi", "xx"))


def test_the_networks_lie_on_the_disk() -> None:
    assert all(Path(model_path(part)).stat().st_size > 1_000_000 for part in ("det", "rec"))
