"""How well clauses are judged, by category and language, on clauses that nothing was taught or tuned on, beside the baselines.

    python bench/clauses.py [dev|test]      # default: test, which nobody tunes on; the table in bench/RESULTS.md is written anew

bench/clauses/*.jsonl were written apart from the keywords and from models/clauses. A clause's group decides whether
it is dev (thresholds and calibration of the model, some keywords) or test. The n-gram baseline is taught the same training
clauses; it needs scikit-learn (`pip install 'evidex[train]'`).
"""

import hashlib
import json
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import results

from evidex.find.keywords import KeywordClassifier
from evidex.find.model import DENIED, ModelClassifier
from evidex.training.baselines import keyword_chances, ngram_chances
from evidex.training.labelled import Example, read_labelled
from evidex.training.measure import Measured, measure, table

HERE = Path(__file__).parent
LABELLED = HERE.parent / "models" / "clauses" / "labelled.jsonl"


def split_of(group: str) -> str:
    return "dev" if hashlib.sha256(group.encode()).digest()[0] % 2 else "test"


def load(split: str) -> list[Example]:
    rows = [json.loads(line) for path in sorted((HERE / "clauses").glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    return [
        Example(row["text"], row["lang"], tuple(row["labels"]), row["group"], near=("?",) if row["hard_negative"] else ())
        for row in rows
        if split_of(row["group"]) == split
    ]


def line(name: str, measured: Measured) -> str:
    micro, (near, nears), (plain, plains) = measured.micro, measured.near_alarms, measured.ordinary_alarms
    return (
        f"{name:18s} macro-F1 {measured.macro_f1:.3f}  recall {micro.recall:.3f}  precision {micro.precision:.3f}  "
        f"false alarms: hard negatives {near}/{nears}, ordinary {plain}/{plains}"
    )


def main(split: str = "test") -> None:
    examples, model = load(split), ModelClassifier()
    labels, texts = model.card.labels, [example.text for example in examples]
    clock = perf_counter()
    rows = model.classify(texts)
    speed = len(texts) / (perf_counter() - clock)
    found = np.array([[label in row for label in labels] for row in rows])
    chances, keywords = model.probabilities(texts), keyword_chances(texts, labels)
    either = found | ((keywords >= 0.5) & (chances >= DENIED))
    words = KeywordClassifier()
    for row, column in zip(*np.nonzero(found & (keywords < 0.5)), strict=True):
        either[row, column] = not words.denies(texts[row], labels[column])
    ours = measure(examples, labels, chances, found)
    compared = [line("model", ours), line("as in documents", measure(examples, labels, chances, either))]
    compared.append(line("keywords", measure(examples, labels, keywords, keywords >= 0.5)))
    try:
        grams = ngram_chances(read_labelled(LABELLED, labels).examples, texts, labels)
        compared.append(line("character n-grams", measure(examples, labels, grams, grams >= 0.5)))
    except ImportError:
        compared.append("character n-grams: not measured, scikit-learn is not installed")
    text = "\n".join([*compared, "", "the model:", table(ours), f"{speed:.0f} clauses a second on one core"])
    results.write("clauses", text) if split == "test" else print(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
