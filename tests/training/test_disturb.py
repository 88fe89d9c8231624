import unicodedata
from random import Random

import pytest

from evidex.training.disturb import disturbed, misread, without_marks

TEXTS = {
    "ja": "門限に遅れた者は罰金として一万円を支払う。",
    "vi": "Bên B phải nộp tiền phạt trước khi về nước.",
    "km": "កម្មករត្រូវបង់ប្រាក់ពិន័យមួយម៉ឺនយ៉េន។",
    "my": "အလုပ်သမားသည် ဒဏ်ကြေး ပေးဆောင်ရမည်။",
    "en": "Whoever breaks a rule pays a fine of 10,000 yen.",
}
SEEDS = range(200)

every_language = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())


# Misread


@every_language
def test_at_a_rate_of_nought_nothing_is_misread(text: str) -> None:
    assert all(misread(text, Random(seed), rate=0.0) == text for seed in SEEDS)


@every_language
def test_at_a_high_rate_every_text_is_misread(text: str) -> None:
    assert all(misread(text, Random(seed), rate=0.5) != text for seed in SEEDS)


def test_a_higher_rate_loses_more_letters() -> None:
    plain = "a" * 1000
    lost = [sum(len(plain) - misread(plain, Random(seed), rate).count("a") for seed in range(20)) for rate in (0.02, 0.1, 0.5)]
    assert 0 < lost[0] < lost[1] < lost[2]


def test_letters_are_swapped_for_others_of_the_text() -> None:
    assert {misread("罰金", Random(seed), rate=0.5) for seed in SEEDS} >= {"罰罰", "金金"}


def test_letters_come_from_the_text_or_are_strays() -> None:
    text = TEXTS["ja"]
    assert all(set(misread(text, Random(seed), rate=0.5)) <= {*text, *" .,'|-"} for seed in SEEDS)


@pytest.mark.parametrize("text", ["a", "罰金", "ដក"])
def test_never_is_everything_misread_away(text: str) -> None:
    assert all(misread(text, Random(seed), rate=3.0) for seed in SEEDS)


# Accents


def test_vietnamese_loses_all_accents_if_none_is_kept() -> None:
    assert without_marks(TEXTS["vi"], Random(1), kept=0.0) == "Ben B phai nop tien phat truoc khi ve nuoc."


def test_all_accents_stay_if_all_are_kept() -> None:
    assert without_marks(TEXTS["vi"], Random(1), kept=1.0) == TEXTS["vi"]


def test_a_share_of_the_accents_stays() -> None:
    stayed = sum(letter == "ề" for letter in without_marks("ề" * 1000, Random(1), kept=0.7))
    assert 600 < stayed < 800


def test_text_without_accents_stays_as_it_is() -> None:
    assert without_marks(TEXTS["en"], Random(1), kept=0.0) == TEXTS["en"]


# All together


@every_language
def test_the_same_seed_gives_the_same_text(text: str) -> None:
    def drawn(seed: int) -> list[str]:
        random = Random(seed)
        return [disturbed(text, random) for _ in range(50)]

    assert drawn(3) == drawn(3) != drawn(4)


@every_language
def test_most_texts_stay_whole_and_some_do_not(text: str) -> None:
    random = Random(1)
    whole = sum(text.casefold() in disturbed(text, random).casefold() for _ in range(1000))
    assert 650 < whole < 950


@every_language
def test_what_comes_out_still_has_letters_of_its_script(text: str) -> None:
    script = {unicodedata.name(letter).split()[0] for letter in text if letter.isalpha()}
    for seed in SEEDS:
        found = disturbed(text, Random(seed))
        assert {unicodedata.name(letter).split()[0] for letter in found if letter.isalpha()} & script
        assert len(found) > len(text) / 2


@pytest.mark.parametrize("text", ["က", "1", "x"])
def test_a_single_letter_is_never_lost(text: str) -> None:
    assert all(disturbed(text, Random(seed)).strip() for seed in SEEDS)
