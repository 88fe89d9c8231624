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


def leaning(lines: list[TextLine], lean: float) -> list[TextLine]:
    """The lines on a page whose sides lean, as perspective and a turned camera make them."""
    return [TextLine(line.middle + np.stack([lean * line.middle[:, 1], np.zeros(20)], axis=1), line.height) for line in lines]


def columns(*starts: tuple[int, ...]) -> list[TextLine]:
    return [across(50 + 500 * k, y, 500 + 500 * k) for k, ys in enumerate(starts) for y in ys]


def test_columns_are_told_on_a_leaning_page() -> None:
    lines = leaning(columns(tuple(range(100, 1300, 40)), tuple(range(100, 1300, 40))), 0.12)
    assert reading_order(lines) == list(range(60))


def test_gaps_between_paragraphs_that_lie_side_by_side_do_not_end_the_columns() -> None:
    left, right = (100, 140, 180, 260, 300, 340, 380), (100, 140, 180, 260, 300, 380, 420)
    assert reading_order(columns(left, right)) == list(range(14))


def test_a_table_of_two_languages_is_read_by_its_rows() -> None:
    left, right = (100, 140, 180, 240, 280, 380), (100, 140, 240, 280, 320, 380)
    order = reading_order(columns(left, right))
    assert order == [0, 1, 2, 6, 7, 3, 4, 8, 9, 10, 5, 11]


def test_every_line_is_read_once() -> None:
    random = np.random.default_rng(4)
    lines = [across(x, y, x + 150) for x, y in random.uniform(0, 900, (40, 2))]
    assert sorted(reading_order(lines)) == list(range(40))


def test_a_page_without_lines_has_no_order() -> None:
    assert reading_order([]) == []
