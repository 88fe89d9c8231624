import re

import pytest

from evidex import law
from evidex.find.patterns import compile_pattern, compile_unless
from evidex.languages import LANGUAGES

CATEGORIES = [
    "guarantee_deposit",
    "penalty_fee",
    "phone_ban",
    "document_retention",
    "movement_restriction",
    "forced_repatriation",
    "transfer_ban",
    "wage_deduction",
    "substandard_wage",
    "compulsory_savings",
    "recruitment_debt",
    "silence",
    "private_life_ban",
    "payslip_inconsistency",
]
OF_CLAUSES = CATEGORIES[:-1]
READ = [language for language in LANGUAGES if language != "zh-TW"]
INDICATORS = {
    "Abuse of vulnerability",
    "Deception",
    "Restriction of movement",
    "Isolation",
    "Physical and sexual violence",
    "Intimidation and threats",
    "Retention of identity documents",
    "Withholding of wages",
    "Debt bondage",
    "Abusive working and living conditions",
    "Excessive overtime",
}


@pytest.fixture(params=CATEGORIES)
def category(request: pytest.FixtureRequest) -> law.Category:
    return law.categories()[request.param]


def test_the_categories_are_those_of_the_contract_in_its_order() -> None:
    assert list(law.categories()) == CATEGORIES


def test_every_category_is_defined_and_asks_the_worker_a_question(category: law.Category) -> None:
    assert len(category.definition) > 40
    assert category.question.endswith("?")
    assert category.polarity in {"takes", "bans"}


@pytest.mark.parametrize("language", READ)
def test_every_category_has_a_name_in_every_language(category: law.Category, language: str) -> None:
    assert category.names.get(language, "").strip()


def test_names_are_in_the_script_of_their_language(category: law.Category) -> None:
    from evidex.languages import script_of, scripts_in

    wrong = [
        language
        for language, name in category.names.items()
        if language != "zh-TW" and script_of(language) not in {"Japanese", "Han"} and not scripts_in(name)[script_of(language)]
    ]
    assert wrong == []


def test_an_unknown_language_gets_the_english_name(category: law.Category) -> None:
    assert category.name("xx") == category.name("en")


@pytest.mark.parametrize("identity", OF_CLAUSES)
@pytest.mark.parametrize("language", READ)
def test_every_category_of_clauses_has_keywords_in_every_language(identity: str, language: str) -> None:
    assert law.categories()[identity].keywords[language]


@pytest.mark.parametrize("identity", OF_CLAUSES)
def test_every_category_of_clauses_is_an_ilo_indicator(identity: str) -> None:
    assert law.categories()[identity].indicator in INDICATORS


def test_every_provision_says_where_it_stands_and_where_its_wording_is_from(category: law.Category) -> None:
    assert category.bases
    for basis in category.bases:
        assert re.fullmatch(r"[A-Z]{2}|ILO", basis.country)
        assert all(text.strip() for text in (basis.instrument, basis.article, basis.summary, basis.source))
        assert basis.url is None or basis.url.startswith("https://")


def test_law_from_memory_is_never_called_checked(category: law.Category) -> None:
    assert [basis for basis in category.bases if basis.checked and "memory" in basis.source] == []


@pytest.mark.parametrize("identity", OF_CLAUSES)
def test_japans_law_and_a_convention_speak_to_every_category(identity: str) -> None:
    countries = {basis.country for basis in law.categories()[identity].bases_in_force(["JP"])}
    assert "JP" in countries
    assert countries & {"ILO", "UN"}


def test_only_the_law_of_the_countries_asked_for_and_of_all_is_given(category: law.Category) -> None:
    assert {basis.country for basis in category.bases_in_force([])} <= {"ILO", "UN"}
    assert {basis.country for basis in category.bases_in_force(["VN"])} <= {"VN", "ILO", "UN"}


def test_what_a_lawyer_has_not_checked_reaches_the_record(make_page) -> None:
    from evidex.find.classifier import finding
    from evidex.schema import Span

    span = Span(page=1, quote="x", quads=())
    for row in law.categories().values():
        countries = {basis.country for basis in row.bases}
        found = finding("f1", row.id, 0.9, "rule", [span], sorted(countries))
        assert found.bases == row.bases
        assert f'"checked":{str(row.bases[0].checked).lower()}' in found.model_dump_json()


@pytest.mark.parametrize("field", ["keywords", "exceptions", "payslip_labels"])
def test_every_pattern_compiles_in_a_language_that_is_read(category: law.Category, field: str) -> None:
    patterns = getattr(category, field)
    assert set(patterns) <= set(READ)
    for sources in patterns.values():
        for source in sources:
            (compile_unless if field == "exceptions" else compile_pattern)(source)


@pytest.mark.parametrize("polarity", ["takes", "bans"])
def test_every_language_has_shared_exceptions_and_they_compile(polarity: str) -> None:
    shared = law.shared_exceptions(polarity)
    assert set(shared) == set(READ)
    for sources in shared.values():
        for source in sources:
            compile_unless(source)


def test_no_name_in_pointed_brackets_is_left_unfilled(category: law.Category) -> None:
    left = [
        source
        for field in (category.keywords, category.exceptions, category.payslip_labels)
        for sources in field.values()
        for source in sources
        if re.search(r"<[^<>]+>", source)
    ]
    assert left == []
