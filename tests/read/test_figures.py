from pathlib import Path

import pytest

import evidex
from evidex.read.figures import long_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("違約金50万円、または 100.000.000 đồng", ["100000000"]),
        ("月額１５，０００円", ["15000"]),
        ("៥០.០០០ រៀល និង ၃၀၀၀ ကျပ်", ["50000", "3000"]),
        ("第3条 8:30から17:30まで", []),
        ("no figures", []),
    ],
)
def test_numbers_long_enough_for_an_amount_are_found_in_any_script(text: str, numbers: list[str]) -> None:
    assert long_numbers(text) == numbers


def test_an_amount_that_was_misread_is_marked_and_its_other_reading_kept(samples: Path) -> None:
    record = evidex.examine(samples / "tl_en_rules.jpg")
    (doubtful,) = [line for line in record.pages[0].lines if line.doubtful]
    assert doubtful.second_reading is not None
    assert "18,000" in doubtful.second_reading.text or "18,000" in doubtful.text
    amounts = [amount for finding in record.findings for amount in finding.amounts]
    assert any(amount.doubtful for amount in amounts)
    assert not all(amount.doubtful for amount in amounts)


def test_a_page_that_reads_alike_twice_has_no_doubts(samples: Path) -> None:
    record = evidex.examine(samples / "ja_pledge.jpg")
    assert all(line.second_reading is None for line in record.pages[0].lines)
    assert [str(amount.value) for finding in record.findings for amount in finding.amounts] == ["800000"]
