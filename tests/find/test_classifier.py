from collections.abc import Mapping, Sequence

from evidex import law
from evidex.find.classifier import ALONE, judge
from evidex.find.clauses import split_clauses


class ByWord:
    """Scores a text by the words it holds."""

    name = "model"
    version = "1"

    def __init__(self, **scores: tuple[str, float]) -> None:
        self.scores = scores

    def denies(self, text: str, category: str) -> bool:
        return "撤回" in text

    def words(self, text: str, category: str) -> Sequence[str]:
        return (self.scores[category][0],) if self.scores[category][0] in text else ()

    def classify(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
        return [{key: score for key, (word, score) in self.scores.items() if word in text} for text in texts]


def test_a_clause_gets_one_finding_a_category_with_all_its_sentences(make_page) -> None:
    passages = split_clauses([make_page("第1条 外泊は禁止する。外出は許可制とする。", "第2条 乙は働く。")])
    (found,) = judge(passages, ByWord(movement_restriction=("外", 0.9)), ["JP"])
    assert [span.quote for span in found.spans] == ["第1条 外泊は禁止する。", "外出は許可制とする。"]


def test_a_sentence_may_impose_two_things(make_page) -> None:
    passages = split_clauses([make_page("妊娠したときは帰国する。")])
    found = judge(passages, ByWord(private_life_ban=("妊娠", 0.9), forced_repatriation=("帰国", 0.7)), ["JP"])
    assert {finding.category for finding in found} == {"private_life_ban", "forced_repatriation"}
    assert len({finding.id for finding in found}) == 2


def test_what_only_the_whole_clause_says_is_quoted_whole(make_page) -> None:
    class OnlyTogether(ByWord):
        def classify(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
            return [{"penalty_fee": 0.8} if "罰金" in text and "一万円" in text else {} for text in texts]

    passages = split_clauses([make_page("第1条 罰金。 一回につき一万円。")])
    (found,) = judge(passages, OnlyTogether(penalty_fee=("罰金", 0.8)), ["JP"])
    assert [span.quote for span in found.spans] == [passages[0].clause.span.quote]


def test_a_witness_that_agrees_is_named(make_page) -> None:
    passages = split_clauses([make_page("外泊は禁止する。")])
    model, keywords = ByWord(movement_restriction=("外泊", 0.9)), ByWord(movement_restriction=("禁止", 0.82))
    keywords.name = "keywords"
    (found,) = judge(passages, model, ["JP"], keywords)
    assert (found.witnesses, found.method, found.score, found.words) == (("model", "keywords"), "model", 0.9, ("外泊",))


def test_what_only_the_witness_finds_is_kept_and_less_sure(make_page) -> None:
    passages = split_clauses([make_page("外泊は禁止する。")])
    keywords = ByWord(movement_restriction=("外泊", 0.82))
    keywords.name = "keywords"
    (found,) = judge(passages, ByWord(), ["JP"], keywords)
    assert (found.witnesses, found.method, found.score, found.words) == (("keywords",), "rule", ALONE, ())


def test_what_the_classifier_denies_a_witness_alone_cannot_find(make_page) -> None:
    keywords = ByWord(movement_restriction=("外泊", 0.82))
    keywords.name = "keywords"
    assert judge(split_clauses([make_page("外泊の禁止は撤回する。")]), ByWord(), ["JP"], keywords) == ()


def test_a_finding_has_the_best_score_of_its_sentences(make_page) -> None:
    class ByLength(ByWord):
        def words(self, text: str, category: str) -> Sequence[str]:
            return ()

        def classify(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
            return [{"phone_ban": 0.6 if len(text) < 8 else 0.8} for text in texts]

    (found,) = judge(split_clauses([make_page("電話は不可。携帯電話は会社に預ける。")]), ByLength(), ["JP"])
    assert found.score == 0.8


def test_a_finding_names_its_amounts_and_the_law_of_the_countries(make_page) -> None:
    passages = split_clauses([make_page("保証金として100万円を預託する。")])
    (found,) = judge(passages, ByWord(guarantee_deposit=("保証金", 0.9)), ["JP", "VN"])
    assert [(amount.value, amount.currency) for amount in found.amounts] == [(1_000_000, "JPY")]
    assert {basis.country for basis in found.bases} == {"JP", "VN", "ILO"}
    assert found.explanation == law.categories()["guarantee_deposit"].definition


def test_the_method_tells_a_model_from_a_rule(make_page) -> None:
    passages = split_clauses([make_page("保証金を預託する。")])
    (found,) = judge(passages, ByWord(guarantee_deposit=("保証金", 0.9)), ["JP"])
    assert found.method == "model"


def test_nothing_read_is_nothing_found() -> None:
    assert judge((), ByWord(guarantee_deposit=("保証金", 0.9)), ["JP"]) == ()
