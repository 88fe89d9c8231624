"""Red seals are kept from the text below them; text in red stays."""

import numpy as np

from evidex.read.seals import is_seal, red_ink, red_share

WHITE = (250, 248, 245)


def page_with(colour: tuple[int, int, int]) -> np.ndarray:
    page = np.full((200, 300, 3), WHITE, np.uint8)
    page[80:120, 100:140] = colour
    return page


def test_a_seal_is_red_ink() -> None:
    red = red_ink(page_with((200, 60, 50)))
    assert red is not None
    assert red[100, 120] == 255
    assert red[10, 10] == 0


def test_black_brown_and_blue_are_not() -> None:
    for colour in ((20, 20, 20), (140, 110, 80), (40, 60, 180)):
        assert red_ink(page_with(colour)) is None


def test_the_share_counts_ink_only() -> None:
    strip = np.full((64, 200), 255, np.uint8)
    strip[20:44, 20:60] = 30
    strip[20:44, 100:140] = 90
    red = np.zeros_like(strip)
    red[20:44, 100:140] = 255
    assert abs(red_share(strip, red) - 0.5) < 0.02


def test_a_blank_strip_has_no_share() -> None:
    assert red_share(np.full((64, 100), 255, np.uint8), np.zeros((64, 100), np.uint8)) < 0.01


def test_only_short_red_lines_are_seals() -> None:
    assert is_seal(length=60, height=50, share=0.9)
    assert not is_seal(length=400, height=50, share=0.9)
    assert not is_seal(length=60, height=50, share=0.3)
