import numpy as np
import pytest

from evidex.read.lines import TextLine, cut, find_lines, without_neighbours

Rectangle = tuple[int, int, int, int]


def text_map(*bars: Rectangle, size: tuple[int, int] = (200, 300), value: float = 0.9) -> np.ndarray:
    """A map with text along bars: left, top, right, bottom."""
    drawn = np.zeros(size, np.float32)
    for left, top, right, bottom in bars:
        drawn[top:bottom, left:right] = value
    return drawn


def curved(amplitude: float) -> tuple[np.ndarray, TextLine]:
    """A white page with one black line that sags, and the line that was found on its map."""
    page, drawn = np.full((300, 800), 255, np.uint8), np.zeros((300, 800), np.float32)
    for x in range(50, 750):
        y = round(150 + amplitude * np.sin((x - 50) / 700 * np.pi))
        page[y - 4 : y + 4, x] = 0
        drawn[y - 5 : y + 5, x] = 0.9
    (line,) = find_lines(drawn, 1.0)
    return page, line


def test_each_stretch_of_text_is_a_line_where_it_stands() -> None:
    lines = find_lines(text_map((20, 30, 280, 40), (20, 90, 280, 100)), 1.0)
    assert sorted(round(line.centre[1]) for line in lines) == [35, 95]


def test_places_are_in_pixels_of_the_page_not_of_the_map() -> None:
    (line,) = find_lines(text_map((20, 30, 280, 40)), 3.0)
    assert line.centre == pytest.approx((450, 105), abs=15)


@pytest.mark.parametrize("value", [0.0, 0.2, 0.4])
def test_what_the_map_is_unsure_of_is_no_line(value: float) -> None:
    assert find_lines(text_map((20, 30, 280, 40), value=value), 1.0) == []


def test_specks_are_no_lines() -> None:
    assert find_lines(text_map((20, 30, 22, 32), (100, 100, 101, 103)), 1.0) == []


def test_neighbours_on_a_row_are_one_line_and_distant_ones_two() -> None:
    assert len(find_lines(text_map((20, 30, 140, 40), (155, 30, 280, 40)), 1.0)) == 1
    assert len(find_lines(text_map((20, 30, 100, 40), (220, 30, 280, 40)), 1.0)) == 2


def test_a_page_of_columns_reads_downwards() -> None:
    lines = find_lines(text_map((40, 10, 50, 190), (120, 10, 130, 190)), 1.0)
    assert [line.vertical for line in lines] == [True, True]
    assert all(line.middle[0][1] < line.middle[-1][1] for line in lines)


@pytest.mark.parametrize("amplitude", [0.0, 20.0, 50.0])
def test_a_curled_line_is_cut_out_straight(amplitude: float) -> None:
    page, line = curved(amplitude)
    picture = cut(page, line, 48).picture
    assert picture.shape[0] == 48
    rows, columns = np.nonzero(picture < 128)
    middles = [rows[columns == column].mean() for column in range(100, picture.shape[1] - 100)]
    assert max(middles) - min(middles) < 6


def test_the_way_back_from_a_strip_leads_to_the_same_place_on_the_page() -> None:
    page, line = curved(50.0)
    strip = cut(page, line, 48)
    middle = strip.picture.shape[1] / 2
    quad = strip.quad(middle - 10, middle + 10)
    x, y = np.mean(quad, axis=0)
    assert (x, y) == pytest.approx((400, 200), abs=6)


def test_a_quad_goes_clockwise_from_the_texts_top_left() -> None:
    page, line = curved(0.0)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = cut(page, line, 48).quad(20, 60)
    assert x0 < x1
    assert y1 < y2
    assert x2 > x3
    assert y3 > y0


def test_ink_of_the_lines_above_and_below_is_taken_away() -> None:
    strip = np.full((48, 200), 255, np.uint8)
    strip[18:30, 20:180] = 0
    strip[0:5, 50:60] = strip[44:48, 90:100] = 0
    cleaned = without_neighbours(strip)
    assert cleaned[0:5].min() == cleaned[44:].min() == 255
    assert (cleaned[18:30, 20:180] == 0).all()


def test_the_box_of_a_curled_line_holds_all_of_it() -> None:
    page, line = curved(40)
    strip = cut(page, line, 64)
    corners = np.array(strip.quad(0, strip.picture.shape[1]))
    ys, xs = np.nonzero(page == 0)
    ink = np.stack([xs, ys], axis=1)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        edge = end - start
        assert ((edge[0] * (ink - start)[:, 1] - edge[1] * (ink - start)[:, 0]) >= -1).all()


def test_the_box_of_a_tilted_line_is_tilted() -> None:
    tilted = TextLine(np.stack([np.linspace(0, 400, 50), np.linspace(0, 40, 50)], axis=1), 20)
    strip = cut(np.full((200, 500), 255, np.uint8), tilted, 64)
    left, right, _, bottom = (np.array(corner) for corner in strip.quad(0, strip.picture.shape[1]))
    assert (right - left)[1] / (right - left)[0] == pytest.approx(0.1, abs=0.01)
    assert np.linalg.norm(bottom - left) == pytest.approx(20, abs=0.5)


def test_a_ruled_line_of_a_table_is_taken_off_and_letters_stay() -> None:
    strip = np.full((64, 300), 255, np.uint8)
    strip[:, 280:283] = 0
    strip[15:50, 100:104] = 0
    cleaned = without_neighbours(strip)
    assert cleaned[:, 275:290].min() == 255
    assert cleaned[20:45, 101].max() == 0
