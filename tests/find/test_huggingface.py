"""Models trained elsewhere with transformers; run where evidex[train] is installed."""

from pathlib import Path

import pytest

from evidex.errors import ToolMissing
from evidex.find.huggingface import TransformersClassifier

transformers = pytest.importorskip("transformers")
tokenizers = pytest.importorskip("tokenizers")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    words = {word: k for k, word in enumerate(["[PAD]", "[UNK]", "passport", "kept", "office"])}
    own = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    own.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=own, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(tmp_path)
    config = transformers.BertConfig(
        vocab_size=5, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        id2label={0: "document_retention", 1: "something_else"}, label2id={"document_retention": 0, "something_else": 1},
        problem_type="multi_label_classification",
    )  # fmt: skip
    network = transformers.BertForSequenceClassification(config)
    network.classifier.bias.data.fill_(5.0)
    network.save_pretrained(tmp_path)
    return tmp_path


def test_labels_of_the_taxonomy_are_given_and_others_left_out(folder: Path) -> None:
    rows = TransformersClassifier(folder).classify(["passport kept", "office"])
    assert [set(row) for row in rows] == [{"document_retention"}, {"document_retention"}]
    assert all(0.9 < row["document_retention"] <= 1 for row in rows)


def test_a_text_of_nothing_gets_nothing(folder: Path) -> None:
    assert TransformersClassifier(folder).classify([" "]) == [{}]


def test_a_folder_without_weights_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(ToolMissing, match="not a transformers"):
        TransformersClassifier(folder)
