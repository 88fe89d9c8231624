"""The clause model that evidex brings along, and model directories that are not whole."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from evidex import law
from evidex.errors import ToolMissing
from evidex.find.model import CARD, NETWORK, SUMS, TOKENIZER, ModelClassifier


@pytest.fixture(scope="module")
def model() -> ModelClassifier:
    return ModelClassifier()


@pytest.fixture
def copy(model: ModelClassifier, tmp_path: Path, root: Path) -> Path:
    for name in (CARD, NETWORK, TOKENIZER, SUMS):
        shutil.copy(root / "models" / "clauses" / name, tmp_path / name)
    return tmp_path


def test_its_labels_are_the_taxonomys(model: ModelClassifier) -> None:
    assert {*model.card.labels, "payslip_inconsistency"} == set(law.categories())


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("乙の旅券および在留カードは会社が金庫で保管する。", "document_retention"),
        ("If I run away, my father will pay the company 5,000 dollars.", "penalty_fee"),
        ("Thực tập sinh không được sử dụng điện thoại di động trong năm đầu.", "phone_ban"),
        ("Peserta dilarang hamil selama kontrak.", "private_life_ban"),
    ],
)
def test_it_finds_what_a_clause_imposes(model: ModelClassifier, text: str, category: str) -> None:
    (row,) = model.classify([text])
    assert category in row


@pytest.mark.parametrize(
    "text",
    [
        "始業時刻は午前8時とし、終業時刻は午後5時とする。",
        "Wages are paid into the worker's own bank account on the 25th.",
        "2024年4月1日",
    ],
)
def test_an_ordinary_clause_gets_nothing(model: ModelClassifier, text: str) -> None:
    assert model.classify([text]) == [{}]


def test_batches_and_their_order_change_nothing(model: ModelClassifier) -> None:
    texts = [
        "外出は許可を要する。",
        "Hộ chiếu do công ty giữ.",
        "The dormitory closes at nine in the evening and nobody may leave.",
        "はい。",
    ] * 9
    alone = np.concatenate([model.probabilities([text]) for text in texts[:4]])
    assert np.abs(model.probabilities(texts)[:4] - alone).max() < 0.05


def test_the_words_that_carried_it_stand_in_the_text(model: ModelClassifier) -> None:
    text = "Paspor dan kartu bank disimpan oleh perusahaan sampai kontrak selesai."
    words = model.words(text, "document_retention")
    assert words
    assert all(word in text for word in words)


@pytest.mark.parametrize("text", ["", " ", "。", "\u200b", "x" * 20_000])
def test_odd_texts_are_judged_without_an_error(model: ModelClassifier, text: str) -> None:
    assert len(model.classify([text])) == 1


def test_a_changed_file_is_refused(copy: Path) -> None:
    card = json.loads((copy / CARD).read_text())
    card["thresholds"] = [0.99] * len(card["labels"])
    (copy / CARD).write_text(json.dumps(card))
    with pytest.raises(ToolMissing, match=r"classifier\.json"):
        ModelClassifier(copy)


@pytest.mark.parametrize("missing", [CARD, NETWORK, TOKENIZER, SUMS])
def test_a_directory_that_is_not_whole_is_refused(copy: Path, missing: str) -> None:
    (copy / missing).unlink()
    with pytest.raises(ToolMissing):
        ModelClassifier(copy)


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="not a model directory"):
        ModelClassifier(tmp_path)
