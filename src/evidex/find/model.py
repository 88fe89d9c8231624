"""A trained model directory as a classifier: onnxruntime and a tokenizer, no torch. Training it is evidex.training's business."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from evidex.errors import ToolMissing
from evidex.find.clauses import sentence_texts
from evidex.models import model_file, network

PREFIX = "query: "
"""The encoder was taught with it."""
LONGEST = 160
"""Tokens of a sentence that are looked at; training clauses have 30 on average, 120 at most."""
CARD, NETWORK, TOKENIZER, SUMS = "classifier.json", "model.onnx", "tokenizer.json", "SHA256SUMS"
DENIED = 0.05
"""Probability below which keywords alone make no finding. Chosen on the dev half of bench/clauses."""
_BATCH = 16
_WORDS = 4

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Card:
    """What a model directory says of itself: ``classifier.json``."""

    name: str
    labels: tuple[str, ...]
    thresholds: tuple[float, ...]
    slope: tuple[float, ...]
    shift: tuple[float, ...]
    """A category's logit becomes a probability as logit⁻¹(slope · logit + shift), fitted on clauses held out of training."""

    @classmethod
    def load(cls, folder: Path) -> Card:
        """Read it, and check every file of the directory against its SHA256SUMS.

        Raises:
            ToolMissing: a file is missing or is not the one that was written there.
        """
        try:
            sums = (line.split("  ", 1) for line in (folder / SUMS).read_text(encoding="utf-8").splitlines())
            for digest, name in sums:
                if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                    raise ToolMissing(f"the model's file {name} is not the one its SHA256SUMS names", _REMEDY)
            row = json.loads((folder / CARD).read_text(encoding="utf-8"))
            numbers = (tuple(map(float, row[key])) for key in ("thresholds", "slope", "shift"))
            return cls(row["name"], tuple(row["labels"]), *numbers)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ToolMissing(f"{folder.name} is not a model directory of evidex", _REMEDY) from error


_REMEDY = "Name a directory that `evidex train` wrote, or install evidex again for its own."


class ModelClassifier:
    """Category id → probability from a trained network; a text's sentences and the whole of it, whichever is surer."""

    name = "model"

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        self._folder = folder or model_file(f"clauses/{CARD}").parent
        self._threads = threads
        self.card = Card.load(self._folder)

    @property
    def version(self) -> str:
        """The card's name and the first digits of its files' checksum."""
        return f"{self.card.name} {hashlib.sha256((self._folder / SUMS).read_bytes()).hexdigest()[:12]}"

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return load_tokenizer(self._folder)

    def classify(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """For each text, the categories at or above their threshold, with their probabilities."""
        parts = [list(dict.fromkeys([text, *sentence_texts(text)])) if text.strip() else [] for text in texts]
        single = list(dict.fromkeys(part for row in parts for part in row))
        chances = dict(zip(single, self.probabilities(single), strict=True))
        return [self._named(np.max([chances[part] for part in row], axis=0)) if row else {} for row in parts]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities, texts × categories in the card's order; texts are not cut into sentences."""
        scores = np.zeros((len(texts), len(self.card.labels)))
        for chosen in batches_of(texts, _BATCH):
            rows, mask = self._token_scores([texts[index] for index in chosen])
            scores[chosen] = (rows * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        chances: NDArray[np.float64] = 1 / (1 + np.exp(-(scores * np.array(self.card.slope) + np.array(self.card.shift))))
        return chances

    def denies(self, text: str, category: str) -> bool:
        """Whether the probability is below `DENIED`."""
        return (
            bool(self.probabilities([text])[0, self.card.labels.index(category)] < DENIED)
            if category in self.card.labels
            else False
        )

    def words(self, text: str, category: str) -> tuple[str, ...]:
        """The words that carried a category, in the order of the text: those whose tokens add most to its score."""
        encoded = _encode(self._tokenizer, [PREFIX + text])[0]
        rows, _ = self._token_scores([text])
        parts: dict[tuple[int, int], float] = {}
        for score, (start, end), word in zip(
            rows[0, :, self.card.labels.index(category)], encoded.offsets, encoded.word_ids, strict=True
        ):
            if word is not None and start >= len(PREFIX):
                parts[start, end] = parts.get((start, end), 0.0) + float(score)
        mean = sum(parts.values()) / max(1, len(parts))
        chosen = sorted(sorted((place for place in parts if parts[place] > max(mean, 0.0)), key=lambda p: -parts[p])[:_WORDS])
        return tuple((PREFIX + text)[start:end].strip() for start, end in chosen)

    def _named(self, row: NDArray[np.float64]) -> dict[str, float]:
        rows = zip(self.card.labels, row, self.card.thresholds, strict=True)
        return {label: round(float(chance), 3) for label, chance, threshold in rows if chance >= threshold}

    def _token_scores(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], Ids]:
        ids, mask = tokens_of(self._tokenizer, [PREFIX + text for text in texts])
        return network(self._folder / NETWORK, self._threads)(ids, mask), mask


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model or encoder directory, cutting texts at `LONGEST` tokens."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    return tokenizer


def tokens_of(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[Ids, Ids]:
    """Token ids and mask of a batch, padded to its longest text."""
    rows = [encoded.ids for encoded in _encode(tokenizer, texts)]
    width = max(map(len, rows))
    ids, mask = np.ones((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
    for row, found in enumerate(rows):
        ids[row, : len(found)], mask[row, : len(found)] = found, 1
    return ids, mask


def batches_of(texts: Sequence[str], size: int) -> Iterator[list[int]]:
    """Indices of texts, of like length together."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index].encode()))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _encode(tokenizer: Tokenizer, texts: Sequence[str]) -> Any:
    return tokenizer.encode_batch(list(texts))
