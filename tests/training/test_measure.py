import numpy as np
import pytest

from evidex.training.labelled import Example
from evidex.training.measure import (
    Measured,
    Rate,
    best_thresholds,
    calibration_error,
    fit_calibration,
    measure,
    table,
    truth_of,
)

NAMES = ("penalty_fee", "phone_ban", "silence")


def example(*labels: str, lang: str | None = "ja", near: tuple[str, ...] = ()) -> Example:
    return Example("罰金を支払う。", lang, labels, "group", near=near)


def measured(examples: list[Example], *found: tuple[str, ...]) -> Measured:
    """As if the classifier had been sure of what it found, and of the rest that it is none."""
    told = np.array([[name in row for name in NAMES] for row in found], bool)
    return measure(examples, NAMES, told.astype(float), told)


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


# Rates


def test_recall_precision_and_f1_come_from_the_counts() -> None:
    rate = Rate("penalty_fee", right=6, wrong=2, missed=4)
    assert (rate.recall, rate.precision, rate.f1) == (0.6, 0.75, pytest.approx(2 / 3))


def test_where_there_is_nothing_the_rates_are_nought() -> None:
    rate = Rate("penalty_fee", 0, 0, 0)
    assert (rate.recall, rate.precision, rate.f1) == (0.0, 0.0, 0.0)


def test_the_truth_has_a_row_an_example_and_a_column_a_category() -> None:
    truth = truth_of([example("silence", "penalty_fee"), example()], NAMES)
    assert truth.tolist() == [[True, False, True], [False, False, False]]


def test_each_category_counts_what_is_right_wrong_and_missed() -> None:
    examples = [example("penalty_fee", "phone_ban"), example("penalty_fee"), example()]
    result = measured(examples, ("penalty_fee",), ("phone_ban",), ("silence",))
    assert result.categories == (Rate("penalty_fee", 1, 0, 1), Rate("phone_ban", 0, 1, 1), Rate("silence", 0, 1, 0))


def test_each_language_counts_its_own_clauses() -> None:
    examples = [example("silence", lang="vi"), example("silence"), example("silence", lang=None)]
    result = measured(examples, ("silence",), (), ("silence", "phone_ban"))
    assert result.languages == (Rate("?", 1, 1, 0), Rate("ja", 0, 0, 1), Rate("vi", 1, 0, 0))


def test_macro_f1_is_the_mean_of_the_categories_that_occur() -> None:
    result = measured([example("penalty_fee"), example("phone_ban"), example()], ("penalty_fee",), (), ("silence",))
    assert result.macro_f1 == 0.5  # of 1 and 0; no clause imposes silence


def test_all_categories_together_add_up() -> None:
    result = measured([example("penalty_fee"), example("phone_ban"), example()], ("penalty_fee",), (), ("silence",))
    assert result.micro == Rate("all", right=1, wrong=1, missed=1)


# False alarms


def test_alarms_are_told_apart_by_what_a_clause_looks_like() -> None:
    near = ("penalty_fee",)
    examples = [example(near=near), example(near=near), example(), example(), example(), example("silence")]
    result = measured(examples, ("penalty_fee",), (), ("silence",), ("silence", "phone_ban"), (), ("phone_ban",))
    assert result.near_alarms == (1, 2)
    assert result.ordinary_alarms == (2, 3)


def test_a_clause_with_a_category_is_no_hard_negative_even_if_it_looks_like_another() -> None:
    result = measured([example("silence", near=("phone_ban",))], ("phone_ban",))
    assert result.near_alarms == result.ordinary_alarms == (0, 0)


# Calibration


def test_probabilities_that_hold_have_no_calibration_error() -> None:
    chances = column(*[0.25] * 4, *[0.75] * 4)
    truth = column(1, 0, 0, 0, 1, 1, 1, 0) > 0
    assert calibration_error(chances, truth) == pytest.approx(0.0)


def test_the_calibration_error_is_how_far_off_each_bin_is_by_its_size() -> None:
    chances = column(0.25, 0.25, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95)
    truth = column(1, 0, 1, 1, 1, 0, 0, 0) > 0
    assert calibration_error(chances, truth) == pytest.approx((2 * 0.25 + 6 * 0.45) / 8)


def test_what_is_plainly_none_does_not_hide_the_rest() -> None:
    chances, truth = column(0.75, *[0.01] * 999), column(*[0] * 1000) > 0
    assert calibration_error(chances, truth) == pytest.approx(0.75)


def test_nothing_but_plain_noes_has_no_calibration_error() -> None:
    assert calibration_error(column(0.0, 0.04), column(0, 1) > 0) == 0.0


def test_certainty_falls_in_the_highest_bin() -> None:
    assert calibration_error(column(0.9, 1.0), column(1, 0) > 0) == pytest.approx(0.45)


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (0.5, -1.0), (2.0, 0.7)])
def test_the_calibration_finds_the_slope_and_shift_that_made_the_labels(slope: float, shift: float) -> None:
    random = np.random.default_rng(1)
    scores = random.normal(0, 2, (10_000, 2))
    truth = random.random(scores.shape) < 1 / (1 + np.exp(-(slope * scores + shift)))
    assert fit_calibration(scores, truth) == pytest.approx((slope, shift), abs=0.08)


def test_few_clauses_that_separate_perfectly_leave_the_calibration_moderate() -> None:
    slope, shift = fit_calibration(column(-3.0, 3.0), column(0, 1) > 0)
    assert 1.0 <= slope < 2.0
    assert abs(shift) < 0.1


# Thresholds


def test_a_threshold_parts_the_right_from_the_wrong() -> None:
    chances = np.array([[0.2, 0.58], [0.25, 0.62], [0.3, 0.66], [0.35, 0.7]])
    truth = np.array([[False, False], [False, False], [True, True], [True, True]])
    low, high = best_thresholds(chances, truth)
    assert 0.25 < low <= 0.3
    assert 0.62 < high <= 0.66


def test_where_many_values_part_equally_well_the_one_nearest_the_middle_is_taken() -> None:
    assert best_thresholds(column(0.1, 0.9), column(0, 1) > 0) == (0.4,)


def test_a_category_that_does_not_occur_gets_the_middle_threshold() -> None:
    assert best_thresholds(column(0.1, 0.2), column(0, 0) > 0) == (0.4,)


# For people


def test_the_table_has_a_line_a_category_and_language_and_the_sums() -> None:
    examples = [example("penalty_fee"), example("phone_ban", lang="vi"), example(), example(near=("silence",))]
    rows = table(measured(examples, ("penalty_fee",), (), ("silence",), ("silence",))).splitlines()
    assert [row.split()[:2] for row in rows[:5]] == [
        *(["category", name] for name in NAMES),
        *(["language", tag] for tag in ("ja", "vi")),
    ]
    assert rows[0].endswith("recall 1.00  precision 1.00  F1 1.00  n 1")
    assert rows[5:] == [
        "all: recall 0.500  precision 0.333  micro-F1 0.400  macro-F1 0.500",
        "false alarms: hard negatives 1/1, ordinary clauses 1/1",
        "expected calibration error 0.667",
    ]
