import pytest

from evidex.find.keywords import KeywordClassifier


@pytest.fixture(scope="module")
def classifier() -> KeywordClassifier:
    return KeywordClassifier()


def found(classifier: KeywordClassifier, text: str) -> set[str]:
    (row,) = classifier.classify([text])
    return set(row)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("guarantee_deposit", "乙は保証金として100万円を甲に預託する。"),
        ("penalty_fee", "失踪したときは、違約金として80万円を支払う。"),
        ("phone_ban", "携帯電話の所有を禁止する。"),
        ("document_retention", "旅券及び通帳は会社が保管する。"),
        ("movement_restriction", "外泊は禁止する。"),
        ("forced_repatriation", "会社の指示に従わないときは、自己の費用で強制帰国させる。"),
        ("transfer_ban", "契約期間の途中で退職することはできない。"),
        ("wage_deduction", "家賃25,000円を毎月の賃金から差し引く。"),
        ("substandard_wage", "時間外労働は1時間400円とする。"),
        ("compulsory_savings", "毎月3万円を強制的に貯金し、会社が通帳を管理する。"),
        ("recruitment_debt", "Người lao động phải vay ngân hàng để trả phí môi giới 150.000.000 đồng cho công ty."),
        ("silence", "労働組合に加入し、又は労働基準監督署に相談してはならない。"),
        ("private_life_ban", "実習期間中は恋愛、結婚及び妊娠をしてはならない。"),
        ("guarantee_deposit", "Tôi nộp cho Công ty tiền đặt cọc chống trốn 60.000.000 đồng."),
        ("guarantee_deposit", "乙方须缴纳履约保证金人民币30000元。"),
        ("penalty_fee", "หากผู้ฝึกหลบหนี ผู้ฝึกต้องชำระค่าปรับเป็นเงิน 300,000 บาท"),
        ("document_retention", "The company keeps the passport of the trainee."),
        ("private_life_ban", "Bawal makipagrelasyon at bawal mabuntis habang may bisa ang kontrata."),
        ("guarantee_deposit", "कामदारले कम्पनीमा रु. ३,००,००० धरौटी राख्नुपर्नेछ।"),
    ],
)
def test_a_clause_that_imposes_the_thing_is_found(classifier: KeywordClassifier, category: str, text: str) -> None:
    assert category in found(classifier, text)


@pytest.mark.parametrize(
    "text",
    [
        "甲は、乙から保証金を徴収してはならない。",
        "保証金その他いかなる名目の金銭も徴収しない。",
        "違約金を定める契約をしてはならない。",
        "旅券は実習生本人が保管する。",
        "休日の外出は自由とする。",
        "携帯電話は自由に使用することができる。",
        "Không thu tiền đặt cọc dưới bất kỳ hình thức nào.",
        "No deposit may be collected from the trainee.",
        "The passport is kept by the trainee.",
        "不得向乙方收取保证金。",
        "所得税及び社会保険料を控除する。",
    ],
)
def test_a_clause_that_forbids_the_thing_is_no_finding(classifier: KeywordClassifier, text: str) -> None:
    assert found(classifier, text) == set()


@pytest.mark.parametrize(
    "text", ["始業時刻は午前8時とする。", "ごみは分別する。", "Working hours are 8:00 to 17:00.", "", "123", "SAMPLE / 見本"]
)
def test_an_ordinary_sentence_is_no_finding(classifier: KeywordClassifier, text: str) -> None:
    assert found(classifier, text) == set()


def test_a_deposit_that_may_not_be_collected_does_not_hide_the_penalty_beside_it(classifier: KeywordClassifier) -> None:
    text = "保証金は徴収しない。失踪したときは、違約金として80万円を支払う。"
    assert found(classifier, text) == {"penalty_fee"}


def test_every_text_gets_a_row_of_probabilities(classifier: KeywordClassifier) -> None:
    rows = classifier.classify(["保証金として100万円を預託する。", "", "外泊は禁止する。"])
    assert len(rows) == 3
    assert all(0 < score <= 1 for row in rows for score in row.values())


def test_spaces_and_full_width_letters_of_ocr_change_nothing(classifier: KeywordClassifier) -> None:
    assert found(classifier, "保 証 金 として １００ 万円 を 預 託 す る。") == {"guarantee_deposit"}
