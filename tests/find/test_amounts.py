from decimal import Decimal

import pytest

from evidex.find.amounts import amounts_in


def read(text: str) -> list[tuple[Decimal, str | None]]:
    return [(amount.value, amount.currency) for amount in amounts_in(text)]


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("１００，０００円", 100_000, "JPY"),
        ("3,500円", 3_500, "JPY"),
        ("金80万円を支払う", 800_000, "JPY"),
        ("2.5万円", 25_000, "JPY"),
        ("3億5千万円", 350_000_000, "JPY"),
        ("¥18,000", 18_000, "JPY"),
        ("5 million yen", 5_000_000, "JPY"),
        ("20.000 យ៉េន", 20_000, "JPY"),
        ("25.000 yên", 25_000, "JPY"),
        ("100.000.000đ", 100_000_000, "VND"),
        ("10 000 000 đồng", 10_000_000, "VND"),
        ("1,5 triệu đồng", 1_500_000, "VND"),
        ("人民币42000元", 42_000, "CNY"),
        ("3万元", 30_000, "CNY"),
        ("Rp 5.000.000,-", 5_000_000, "IDR"),
        ("Rp15 juta", 15_000_000, "IDR"),
        ("₱5,000", 5_000, "PHP"),
        ("80,000 บาท", 80_000, "THB"),
        ("៛ 400.000", 400_000, "KHR"),
        ("၁၀၀၀၀၀ ကျပ်", 100_000, "MMK"),
        ("ကျပ် ၃၀ သိန်း", 3_000_000, "MMK"),
        ("ကျပ် သိန်း ၁၀၀", 10_000_000, "MMK"),
        ("900,000 төгрөг", 900_000, "MNT"),
        ("5 сая төгрөг", 5_000_000, "MNT"),
        ("৫০,০০০ টাকা", 50_000, "BDT"),
        ("500.000 ກີບ", 500_000, "LAK"),
        ("රු. 50,000", 50_000, "LKR"),
        ("USD3,600.-", 3_600, "USD"),
        ("២.០០០ ដុល្លារ", 2_000, "USD"),
    ],
)
def test_money_is_read_in_every_currency_as_it_is_written_there(text: str, value: int, currency: str) -> None:
    assert read(text) == [(value, currency)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("百万円", 1_000_000),
        ("三千円", 3_000),
        ("二十五万円", 250_000),
        ("一〇〇万円", 1_000_000),
        ("金参拾万円也", 300_000),
        ("壱百万円", 1_000_000),
    ],
)
def test_numbers_in_kanji_are_read(text: str, value: int) -> None:
    assert read(text) == [(value, "JPY")]


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("रु. ३,००,०००", 300_000, "NPR"),
        ("२,५०,००० रुपैयाँ", 250_000, "NPR"),
        ("1,00,000 টাকা", 100_000, "BDT"),
    ],
)
def test_groups_of_two_digits_as_in_nepal_and_bangladesh_are_one_number(text: str, value: int, currency: str) -> None:
    assert read(text) == [(value, currency)]


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("80,000บาทต่อเดือน", 80_000, "THB"),
        ("2.000 ដុល្លារអាមេរិក", 2_000, "USD"),
        ("500,000ကျပ်ပေးရမည်", 500_000, "MMK"),
        ("20.000 យ៉េនរៀងរាល់ខែ", 20_000, "JPY"),
    ],
)
def test_an_amount_counts_where_the_next_word_follows_without_a_space(text: str, value: int, currency: str) -> None:
    assert read(text) == [(value, currency)]


@pytest.mark.parametrize(
    ("text", "value"), [("USD 1.234.567,89", "1234567.89"), ("1,234.56 USD", "1234.56"), ("12.50 USD", "12.5")]
)
def test_the_last_separator_before_two_digits_is_the_decimal_point(text: str, value: str) -> None:
    assert read(text) == [(Decimal(value), "USD")]


def test_several_amounts_come_in_the_order_of_the_text() -> None:
    text = "家賃25,000円、水道光熱費7,000円、または 100.000.000 đồng"
    assert read(text) == [(25_000, "JPY"), (7_000, "JPY"), (100_000_000, "VND")]


def test_an_amount_quotes_the_text_letter_for_letter() -> None:
    text = "違約金として金８０万円を組合に支払います"
    assert [amount.text in text for amount in amounts_in(text)] == [True]


@pytest.mark.parametrize(
    "text", ["第3条", "3年", "午後9時", "Article 12", "N4", "5 P.M.", "100 năm", "10 đêm", "Page 5", "", "円"]
)
def test_a_number_without_a_currency_is_no_amount(text: str) -> None:
    assert read(text) == []
