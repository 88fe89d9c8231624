import pytest

from evidex.find.clauses import sentence_texts, split_clauses
from evidex.schema import Kind


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("第3条 乙は保証金を支払う。", "第3条"),
        ("第十二條 乙方不得離開。", "第十二條"),
        ("Điều 4. Tiền ký quỹ", "Điều 4"),
        ("Pasal 12 Denda", "Pasal 12"),
        ("Article 7 Penalty", "Article 7"),
        ("ข้อ ๓ ผู้ฝึกต้องวางเงินประกัน", "ข้อ ๓"),
        ("ប្រការ ៥ ប្រាក់កក់", "ប្រការ ៥"),
        ("दफा ४ धरौटी", "दफा ४"),
        ("(1) 乙は帰国する。", "(1)"),
        ("①携帯電話は禁止する。", "①"),
        ("一、乙方须交保证金", "一、"),
        ("2) No phones.", "2)"),
        ("・外泊は禁止する。", "・"),
    ],
)
def test_the_numbering_of_each_country_opens_a_clause(text: str, number: str, make_page) -> None:
    passages = split_clauses([make_page("前文である。", text)])
    assert [passage.clause.number for passage in passages] == [None, number]


def test_a_clause_runs_on_over_its_lines_until_the_next_number(make_page) -> None:
    passages = split_clauses([make_page("第1条 乙は、期間中", "帰国しない。", "第2条 乙は働く。")])
    assert [passage.clause.text for passage in passages] == ["第1条 乙は、期間中帰国しない。", "第2条 乙は働く。"]


def test_lines_of_a_script_with_spaces_are_joined_by_one(make_page) -> None:
    (passage,) = split_clauses([make_page("1. The trainee shall", "pay a deposit.")])
    assert passage.clause.text == "1. The trainee shall pay a deposit."


def test_a_white_band_parts_paragraphs_without_numbers(make_line, make_page) -> None:
    passages = split_clauses([make_page(make_line("乙は働く。", 0), make_line("甲は払う。", 200))])
    assert [passage.clause.text for passage in passages] == ["乙は働く。", "甲は払う。"]


def test_the_second_language_of_a_bilingual_page_opens_a_clause(make_line, make_page) -> None:
    lines = make_line("通帳は会社が保管", 0, language="ja"), make_line("Sổ ngân hàng do Công ty giữ", 40, language="vi")
    assert len(split_clauses([make_page(*lines)])) == 2


def test_a_clause_is_cut_at_the_end_of_its_page(make_page) -> None:
    passages = split_clauses([make_page("第1条 乙は、"), make_page("帰国しない。", number=2)])
    assert [passage.clause.span.page for passage in passages] == [1, 2]


def test_each_line_of_a_payslip_stands_alone(make_page) -> None:
    passages = split_clauses([make_page("基本給", "寮費", "控除合計")], Kind.payslip)
    assert [passage.clause.text for passage in passages] == ["基本給", "寮費", "控除合計"]


def test_a_page_without_lines_has_no_clauses(make_page) -> None:
    assert split_clauses([make_page()]) == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("外泊は禁止する。違反者は帰国する。", 2),
        ("The worker pays. He may not leave!", 2),
        ("धरौटी राख्नुपर्नेछ। जरिवाना तिर्नुपर्नेछ।", 2),
        ("စပေါ်ငွေ ပေးရမည်။ ထွက်ပြေးပါက လျော်ကြေးပေးရမည်။", 2),
        ("ភាគី ខ ត្រូវដាក់ប្រាក់កក់។ មិនត្រូវរៀបការ។", 2),
        ("The deposit is Rs. 3,000 a year.", 1),
        ("Phí là 1.500.000 đồng mỗi tháng", 1),
    ],
)
def test_sentences_end_at_the_full_stop_of_their_script(text: str, count: int) -> None:
    assert len(sentence_texts(text)) == count


def test_sentences_are_verbatim_pieces_of_the_clause(make_page) -> None:
    (passage,) = split_clauses([make_page("第1条 外泊は禁止する。違反者は直ちに", "帰国する。")])
    assert [span.quote for span in passage.sentences] == ["第1条 外泊は禁止する。", "違反者は直ちに帰国する。"]
    assert all(span.quote in passage.clause.text for span in passage.sentences)


def test_a_sentence_has_one_box_for_each_line_it_stands_on(make_page) -> None:
    (passage,) = split_clauses([make_page("第1条 外泊は禁止する。違反者は直ちに", "帰国する。")])
    assert [len(span.quads) for span in passage.sentences] == [1, 2]


def test_the_box_of_a_sentence_is_that_of_its_own_words(make_line, make_page, make_word) -> None:
    words = make_word("No", 0, 90), make_word("phones.", 100, 400), make_word("No", 420, 500), make_word("visitors.", 520, 900)
    (passage,) = split_clauses([make_page(make_line("No phones. No visitors.", words=words))])
    first, second = (span.quads[0] for span in passage.sentences)
    assert (first[0][0], first[1][0]) == (0, 400)
    assert (second[0][0], second[1][0]) == (420, 900)


def test_without_words_the_box_of_a_sentence_is_its_share_of_the_line(make_page) -> None:
    (passage,) = split_clauses([make_page("外泊禁止。帰国する。")])
    first, second = (span.quads[0] for span in passage.sentences)
    assert (first[0][0], first[1][0], second[0][0], second[1][0]) == (0, 500, 500, 1000)


def test_items_that_lost_the_mark_after_their_numeral_still_count_on(make_page, make_line) -> None:
    texts = ["誓約書", "一就業規則を守ります", "二遅刻をするときは届け出ます", "二階の部屋を使います"]
    rows = [((0, 40 * n), (900, 40 * n), (900, 40 * n + 30), (0, 40 * n + 30)) for n in range(len(texts))]
    lines = [make_line(text).model_copy(update={"quad": quad}) for text, quad in zip(texts, rows, strict=True)]
    numbers = [passage.clause.number for passage in split_clauses([make_page(*lines)])]
    assert [number for number in numbers if number] == ["一", "二"]
