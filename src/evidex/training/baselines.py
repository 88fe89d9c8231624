"""What a trained model has to beat: the keywords, and character n-grams with a logistic regression taught the same clauses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evidex.find.keywords import KeywordClassifier
from evidex.training.labelled import Example
from evidex.training.measure import Scores, truth_of

_FEW = 200
"""Clauses up to which an n-gram that occurs once counts."""


def keyword_chances(texts: Sequence[str], categories: Sequence[str]) -> Scores:
    """Texts × categories."""
    rows = KeywordClassifier().classify(texts)
    return np.array([[row.get(category, 0.0) for category in categories] for row in rows])


def ngram_chances(taught: Sequence[Example], texts: Sequence[str], categories: Sequence[str]) -> Scores:
    """Texts × categories."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    known = [k for k, column in enumerate(truth_of(taught, categories).T) if column.any() and not column.all()]
    chances = np.zeros((len(texts), len(categories)))
    if not known:
        return chances
    model = make_pipeline(
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2 if len(taught) > _FEW else 1, max_features=100_000
        ),
        OneVsRestClassifier(
            LogisticRegression(C=10.0, class_weight="balanced", max_iter=300, solver="liblinear", random_state=1)
        ),
    )
    truth = truth_of(taught, categories)[:, known]
    model.fit([example.text for example in taught], truth if len(known) > 1 else truth[:, 0])
    found = model.predict_proba(texts)
    chances[:, known] = found if len(known) > 1 else found[:, -1:]
    return chances
