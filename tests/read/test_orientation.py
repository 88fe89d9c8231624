from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import evidex
from evidex.read.orientation import quarter_turns


@pytest.fixture(scope="module")
def pledge(samples: Path) -> np.ndarray:
    with Image.open(samples / "ja_pledge.jpg") as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_that_lies_on_its_side_or_head_is_told(pledge: np.ndarray, turns: int) -> None:
    assert quarter_turns(np.ascontiguousarray(np.rot90(pledge, -turns))) == turns


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (700, 500, 3)])
def test_a_picture_of_nothing_has_no_way_up(shape: tuple[int, ...]) -> None:
    assert quarter_turns(np.full(shape, 255, np.uint8)) in range(4)


def test_boxes_of_a_turned_page_lie_on_the_photo_as_it_was_taken(samples: Path, pledge: np.ndarray, tmp_path: Path) -> None:
    upright = evidex.examine(samples / "ja_pledge.jpg")
    Image.fromarray(np.rot90(pledge)).save(tmp_path / "turned.png")
    turned = evidex.examine(tmp_path / "turned.png")
    height, width = pledge.shape[:2]
    assert (turned.pages[0].width, turned.pages[0].height) == (height, width)
    assert {finding.category for finding in turned.findings} == {finding.category for finding in upright.findings}
    places = {finding.category: finding.spans[0].quads[0][0] for finding in upright.findings}
    for finding in turned.findings:
        x, y = finding.spans[0].quads[0][0]
        # a point of the upright page at (a, b) lies at (b, width - a) once turned to the left
        assert (width - y, x) == pytest.approx(places[finding.category], abs=25)
