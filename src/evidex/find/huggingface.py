"""A transformers sequence-classification directory as a classifier: for models trained elsewhere. Needs evidex[train]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from evidex import law
from evidex.errors import ToolMissing
from evidex.find.model import LONGEST, batches_of

THRESHOLD = 0.5
"""Such a directory brings no thresholds of its own."""
_BATCH = 16


class TransformersClassifier:
    """Category id → probability; labels of the model that are no category of the taxonomy are left out."""

    name = "model"

    def __init__(self, folder: Path) -> None:
        try:
            import torch
            from transformers import AutoModelForSequenceClassification, AutoTokenizer
        except ImportError as error:
            raise ToolMissing(f"a transformers model needs {error.name}", "pip install 'evidex[train]'") from error
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            self._model = AutoModelForSequenceClassification.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, use_safetensors=True
            ).eval()
        except (OSError, ValueError) as error:
            remedy = "Save it with save_pretrained(…, safe_serialization=True), its tokenizer beside it."
            raise ToolMissing(f"{folder.name} is not a transformers sequence-classification model", remedy) from error
        self._torch = torch
        self.version = folder.name
        names = self._model.config.id2label
        self._labels = {names[k]: k for k in range(len(names)) if names[k] in law.categories()}
        if not self._labels:
            raise ToolMissing(f"{folder.name} has no label that is a category", "`evidex categories` lists them: set id2label.")

    def classify(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """For each text, the categories with a probability of at least one half."""
        chances = np.zeros((len(texts), len(self._model.config.id2label)))
        for chosen in batches_of(texts, _BATCH):
            rows = [texts[index] for index in chosen]
            inputs = self._tokenizer(rows, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
            with self._torch.no_grad():
                logits = self._model(**inputs).logits
            single = self._model.config.problem_type == "single_label_classification"
            chances[chosen] = (logits.softmax(-1) if single else logits.sigmoid()).numpy()
        return [
            {label: round(float(row[k]), 3) for label, k in self._labels.items() if row[k] >= THRESHOLD and text.strip()}
            for text, row in zip(texts, chances, strict=True)
        ]

    def denies(self, text: str, category: str) -> bool:
        """Never: nothing is known of how sure it is."""
        return False

    def words(self, text: str, category: str) -> Sequence[str]:
        """None: such a model does not say."""
        return ()
