import numpy as np

from evidex.read.layout import reading_order
from evidex.read.lines import TextLine


def across(left: float, y: float, right: float, height: float = 30) -> TextLine:
    return TextLine(np.stack([np.linspace(left, right, 20), np.full(20, y)], axis=1), height)


def down(x: float, top: float, bottom: float, width: float = 30) -> TextLine:
    return TextLine(np.stack([np.full(20, x), np.linspace(top, bottom, 20)], axis=1), width, vertical=True)


def test_lines_are_read_from_the_top() -> None:
    assert reading_order([across(50, 500, 900), across(50, 100, 900), across(50, 300, 900)]) == [1, 2, 0]


def test_columns_are_read_one_after_the_other() -> None:
    left = [across(50, y, 450) for y in (100, 140, 180, 220)]
    right = [across(550, y, 950) for y in (100, 140, 180, 220)]
    assert reading_order([*right, *left]) == [4, 5, 6, 7, 0, 1, 2, 3]


def test_a_title_over_two_columns_comes_first() -> None:
    columns = [across(left, y, left + 400) for left in (50, 550) for y in (200, 240, 280)]
    assert reading_order([*columns, across(300, 60, 700)]) == [6, 0, 1, 2, 3, 4, 5]


def test_vertical_japanese_is_read_from_the_right() -> None:
    assert reading_order([down(100, 50, 900), down(700, 50, 900), down(400, 50, 900)]) == [1, 2, 0]


def test_pieces_of_one_vertical_column_are_read_from_the_top() -> None:
    assert reading_order([down(700, 500, 900), down(700, 50, 400), down(100, 50, 900)]) == [1, 0, 2]


def test_a_page_that_curls_keeps_its_rows() -> None:
    x = np.linspace(50, 950, 60)
    lines = [TextLine(np.stack([x, y + 60 * np.sin((x - 50) / 900 * np.pi)], axis=1), 30) for y in (300, 100, 200)]
    assert reading_order(lines) == [1, 2, 0]


def test_the_known_corners_take_perspective_out_before_columns_are_told_apart() -> None:
    corners = np.array([[200, 100], [800, 100], [1000, 1300], [0, 1300]], np.float32)
    order = reading_order([across(100, 900, 900), across(250, 300, 750), across(180, 600, 820)], corners)
    assert order == [1, 2, 0]


def test_every_line_is_read_once() -> None:
    random = np.random.default_rng(4)
    lines = [across(x, y, x + 150) for x, y in random.uniform(0, 900, (40, 2))]
    assert sorted(reading_order(lines)) == list(range(40))


def test_a_page_without_lines_has_no_order() -> None:
    assert reading_order([]) == []
