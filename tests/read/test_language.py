import pytest

from evidex.languages import COUNTRY_OF, LANGUAGES, SCRIPT_OF, languages_of, latin_language, most_first, scripts_in

CLAUSES = {
    "ja": "乙は、保証金として金100万円を甲に支払うものとする。",
    "zh": "乙方须于出国前向甲方一次性缴纳服务费人民币42000元。",
    "vi": "Tôi nộp cho Công ty số tiền đặt cọc chống trốn là 60.000.000 đồng.",
    "id": "Peserta magang wajib membayar denda kepada perusahaan apabila pulang sebelum kontrak selesai.",
    "tl": "Bawal makipagrelasyon at bawal mabuntis habang may bisa ang kontrata ng manggagawa.",
    "en": "The trainee shall pay liquidated damages to the company if he leaves before the end of the term.",
    "th": "ผู้ฝึกต้องวางเงินประกันการทำงาน 80,000 บาท",
    "km": "ភាគី ខ មិនត្រូវរៀបការ ឬមានផ្ទៃពោះក្នុងអំឡុងពេលកម្មសិក្សាឡើយ។",
    "my": "ပထမနှစ်အတွင်း လက်ကိုင်ဖုန်း မကိုင်ဆောင်ပါ။",
    "ne": "कामदारको राहदानी रोजगारदाताले आफ्नो कार्यालयमा राख्नेछ।",
    "mn": "Ажилтан гэрээний хугацаа дуусахаас өмнө ажлаас гарч болохгүй.",
    "bn": "শ্রমিক কোম্পানির কাছে জামানত জমা রাখবেন।",
    "lo": "ຜູ້ຝຶກງານຕ້ອງວາງເງິນມັດຈຳໃຫ້ບໍລິສັດ",
    "si": "පුහුණුවන්නා සමාගමට තැන්පතු මුදලක් ගෙවිය යුතුය.",
}


@pytest.mark.parametrize(("language", "text"), CLAUSES.items())
def test_a_clause_tells_its_language(language: str, text: str) -> None:
    assert languages_of([text]) == [language]


def test_every_language_but_taiwans_has_a_clause_here() -> None:
    assert set(CLAUSES) == set(LANGUAGES) - {"zh-TW"}


def test_a_short_line_takes_the_language_of_its_page() -> None:
    assert languages_of([CLAUSES["vi"], "Anh A"])[1] == "vi"


@pytest.mark.parametrize("text", ["", "12,345", "— / —", "2024-01-01"])
def test_a_line_without_letters_has_no_language(text: str) -> None:
    assert languages_of([CLAUSES["ja"], text])[1] is None


def test_han_beside_kana_is_japanese_and_simplified_letters_are_chinese() -> None:
    assert languages_of([CLAUSES["ja"], "雇用契約書"]) == ["ja", "ja"]
    assert languages_of([CLAUSES["zh"], "劳动合同"]) == ["zh", "zh"]


def test_a_user_who_names_the_languages_is_believed() -> None:
    assert languages_of(["雇用契約書"], ["zh-TW"]) == ["zh-TW"]
    assert languages_of(["雇用契約書"], ["ja", "vi"]) == ["ja"]
    assert latin_language("Tanda tangan", ["id"]) == "id"


def test_the_same_text_gives_the_same_language_each_time() -> None:
    assert len({latin_language(CLAUSES["tl"]) for _ in range(10)}) == 1


def test_scripts_are_counted_in_letters() -> None:
    assert scripts_in("Điều 4: 保証金を払う") == {"Latin": 4, "Japanese": 6}


def test_the_language_with_most_text_comes_first_and_traces_are_left_out() -> None:
    lines = [("vi", "a" * 300), ("ja", "日" * 600), ("en", "a" * 20), (None, "x" * 900)]
    assert most_first(lines) == ("ja", "vi")
    assert most_first([]) == ()


def test_every_language_has_a_script_and_every_sending_country_a_language() -> None:
    assert set(COUNTRY_OF) <= set(LANGUAGES) == set(SCRIPT_OF)
    assert all(len(country) == 2 and country.isupper() for country in COUNTRY_OF.values())
