import pytest

from evidex.find.kind import guess_kind
from evidex.schema import Kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("誓 約 書", Kind.pledge),
        ("雇用契約書", Kind.contract),
        ("寮規則", Kind.rules),
        ("給 与 支 払 明 細 書", Kind.payslip),
        ("BẢN CAM KẾT", Kind.pledge),
        ("派遣合同", Kind.contract),
        ("SURAT PERJANJIAN PEMAGANGAN", Kind.contract),
        ("สัญญาจ้างแรงงาน", Kind.contract),
        ("ဝန်ခံကတိ", Kind.pledge),
        ("करारनामा", Kind.contract),
        ("SLIP GAJI", Kind.payslip),
    ],
)
def test_the_title_tells_the_kind(title: str, kind: Kind, make_page) -> None:
    assert guess_kind([make_page(title, "令和6年4月15日")]) is kind


def test_a_payslip_without_a_title_is_known_by_its_labels(make_page) -> None:
    assert guess_kind([make_page("基本給 176,000", "健康保険 10,980", "控除合計 79,994", "差引支給額 132,381")]) is Kind.payslip


def test_a_pledge_that_mentions_a_contract_stays_a_pledge(make_page) -> None:
    assert guess_kind([make_page("誓約書", "私は雇用契約書の内容を守り、下記を誓約します。")]) is Kind.pledge


@pytest.mark.parametrize("lines", [(), ("令和6年4月15日", "山田太郎"), ("1234",)])
def test_a_paper_that_says_nothing_of_its_kind_is_unknown(lines: tuple[str, ...], make_page) -> None:
    assert guess_kind([make_page(*lines)]) is Kind.unknown


def test_no_pages_are_of_no_kind() -> None:
    assert guess_kind([]) is Kind.unknown
