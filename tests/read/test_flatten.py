import cv2
import numpy as np
import pytest

from evidex.read.flatten import WORKING_SIDE, find_page, flatten_light, prepare, seen_from_above

SHEET = np.array([[200, 120], [820, 180], [760, 1180], [140, 1100]], np.float32)


def photo_of_sheet(size: tuple[int, int] = (1300, 1000)) -> np.ndarray:
    """White paper on a dark table."""
    picture = np.full((*size, 3), 60, np.uint8)
    cv2.fillConvexPoly(picture, SHEET.astype(np.int32), (245, 245, 245))
    return picture


def test_a_sheet_on_a_table_is_found_by_its_corners() -> None:
    corners = find_page(photo_of_sheet())
    assert corners is not None
    assert np.abs(corners - SHEET).max() < 20


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_without_edges_has_no_corners(grey: int) -> None:
    assert find_page(np.full((600, 400, 3), grey, np.uint8)) is None


def test_a_small_bright_thing_is_not_the_page() -> None:
    picture = np.full((1000, 800, 3), 60, np.uint8)
    picture[100:200, 100:250] = 250
    assert find_page(picture) is None


def test_seen_from_above_the_page_is_a_rectangle() -> None:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = seen_from_above(SHEET.astype(float), SHEET)
    assert (x0, y0) == pytest.approx((0, 0), abs=0.1)
    assert y1 == pytest.approx(0, abs=0.1)
    assert x2 == pytest.approx(x1)
    assert y3 == pytest.approx(y2)
    assert x3 == pytest.approx(0, abs=0.1)


def test_without_corners_points_stay_where_they_are() -> None:
    points = np.array([[3.0, 4.0], [5.0, 6.0]])
    assert (seen_from_above(points, None) == points).all()


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
