import numpy as np
import pytest

from evidex.read.flatten import WORKING_SIDE, flatten_light, prepare


def test_a_large_photo_is_read_smaller_and_its_boxes_lead_back() -> None:
    image = prepare(np.full((4000, 6000, 3), 200, np.uint8))
    assert max(image.pixels.shape) == WORKING_SIDE
    height, width = image.pixels.shape[:2]
    corner = image.on_photo(((0, 0), (width, 0), (width, height), (0, height)))[2]
    assert corner == pytest.approx((6000, 4000), abs=3)


def test_a_small_photo_keeps_its_size() -> None:
    image = prepare(np.full((300, 200, 3), 200, np.uint8))
    assert (image.pixels.shape, image.scale) == ((300, 200, 3), 1.0)


def test_shadow_is_taken_out_and_ink_stays() -> None:
    light = np.linspace(70, 240, 600)[None, :].repeat(400, 0)
    page = np.repeat(light[..., None], 3, axis=2).astype(np.uint8)
    page[200:206, 50:550] //= 4
    flat = flatten_light(page)
    assert flat[50:150, 50:550].min() > 230
    assert flat[202:204, 60:540].max() < 110
