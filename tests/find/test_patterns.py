import pytest

from evidex.find.patterns import compile_pattern, compile_unless, normalise


def matches(pattern: str, text: str) -> bool:
    return compile_pattern(pattern).match(normalise(text)) is not None


def cancels(exception: str, pattern: str, text: str) -> bool:
    match = compile_pattern(pattern).match(normalise(text))
    assert match is not None
    return compile_unless(exception).cancels(normalise(text), match)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ＡＢＣ１２", "abc12"),
        ("tiền ký quỹ", "tien ky quy"),
        ("Đồng", "dong"),
        ("保 証 金", "保証金"),
        ("ก า ร ป รั บ", "การปรับ"),
        ("pass\u200bport", "passport"),
        ("two   words\n", "two words"),
    ],
)
def test_what_ocr_makes_of_a_word_is_the_word(a: str, b: str) -> None:
    assert normalise(a) == normalise(b)


def test_vowel_signs_of_other_scripts_are_kept() -> None:
    assert normalise("धरौटी") == "धरौटी"
    assert normalise("ប្រាក់កក់") != normalise("បរាកកក")


def test_any_of_the_terms_matches() -> None:
    assert matches("保証金|担保金", "担保金を支払う")
    assert not matches("保証金|担保金", "賃金を支払う")


def test_plus_wants_every_group_in_any_order() -> None:
    assert matches("passport|visa + keep|hold", "The company will keep the passport.")
    assert not matches("passport|visa + keep|hold", "The worker has a passport.")


def test_dots_want_the_groups_in_order() -> None:
    assert matches("deducted … from … wage", "Rent is deducted from the monthly wage.")
    assert not matches("deducted … from … wage", "From your wage rent is deducted.")


def test_groups_too_far_apart_do_not_match() -> None:
    assert not matches("deducted … wage", f"deducted {'and so on ' * 20} wage")


def test_a_term_stands_at_the_start_of_a_word_where_words_are_spaced() -> None:
    assert matches("hold", "They hold it and are holding it.")
    assert not matches("hold", "The household is large.")


def test_one_wrong_letter_in_a_long_term_still_matches_but_less() -> None:
    match = compile_pattern("身元保証金預託契約").match("身元保誕金預託契約")
    assert match is not None
    assert match.similarity < 1
    assert not matches("保証金", "保誕金")


def test_an_exception_is_never_fuzzy() -> None:
    assert not cancels("身元保証金預託契約", "支払", "身元保誕金預託契約により支払う")


def test_a_touching_exception_must_follow_the_match_at_once() -> None:
    assert cancels("*してはならない", "外泊を禁止|徴収", "保証金を徴収してはならない")
    assert not cancels("*してはならない", "徴収", "保証金を徴収する。遅刻してはならない")


def test_a_touching_exception_may_stand_before_the_match() -> None:
    assert cancels("no *|without *", "deposit", "There is no deposit.")
    assert not cancels("no *", "deposit", "There is a deposit and no rent.")


def test_an_exception_may_stand_near_after_the_match() -> None:
    assert cancels("* … ない|ません", "保証金", "保証金を受け取ることはない")
    assert not cancels("* … ない|ません", "保証金", "保証金を受け取る")


def test_a_free_exception_holds_anywhere_in_the_sentence() -> None:
    assert cancels("労働基準法", "保証金", "労働基準法により保証金は違法である")


@pytest.mark.parametrize("source", ["a + b … c", "a||b", "", "a + "])
def test_a_pattern_that_says_nothing_clear_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        compile_pattern(source)


@pytest.mark.parametrize("source", ["* … x … *", "* … a + b", "*a|b*", "*|*x", "*"])
def test_an_exception_that_says_nothing_clear_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="exception"):
        compile_unless(source)
