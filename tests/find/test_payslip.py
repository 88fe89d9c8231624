from evidex.find.payslip import listed_deductions


def test_a_label_of_rent_is_a_wage_deduction_with_its_place(make_page) -> None:
    sheet = make_page("給与明細書", "基本給 176,000", "寮費", "28,000")
    (found,) = listed_deductions([sheet], (), ["JP"])
    assert (found.category, found.method) == ("wage_deduction", "rule")
    assert [(span.quote, span.quads) for span in found.spans] == [("寮費", (sheet.lines[2].quad,))]


def test_tax_and_social_insurance_alone_are_no_deduction(make_page) -> None:
    assert (
        listed_deductions([make_page("所得税 3,910", "健康保険 10,980", "厚生年金 20,130", "雇用保険 1,274")], (), ["JP"]) == ()
    )


def test_labels_in_two_languages_are_one_finding(make_page) -> None:
    found = listed_deductions([make_page("寮費 28,000", "sewa apartemen 28,000")], (), ["JP"])
    assert [finding.category for finding in found] == ["wage_deduction"]


def test_a_sentence_is_no_label(make_page) -> None:
    text = "寮費については会社が全額を負担し、実習生の賃金から控除することは一切ないものとします。"
    assert listed_deductions([make_page(text)], (), ["JP"]) == ()


def test_what_was_found_before_stays_and_ids_stay_apart(make_page, make_record) -> None:
    (before,) = make_record().findings
    found = listed_deductions([make_page("寮費 28,000")], (before,), ["JP"])
    assert found[0] == before
    assert len({finding.id for finding in found}) == len(found) == 2
