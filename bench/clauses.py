"""How well clauses are judged: recall, precision and F1 by language and by category, on clauses written apart from the keywords.

    python bench/clauses.py [dev|test]      # default: test, which nobody tunes on

The clauses of bench/clauses/*.jsonl were written without sight of the keywords. A clause's group
decides whether it is dev or test.
"""

import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path

import evidex

HERE = Path(__file__).parent


def split_of(group: str) -> str:
    return "dev" if hashlib.sha256(group.encode()).digest()[0] % 2 else "test"


def load(split: str) -> list[dict]:
    rows = [json.loads(line) for path in sorted((HERE / "clauses").glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    return [row for row in rows if split_of(row["group"]) == split]


def report(name: str, counts: dict) -> None:
    for key, (tp, fp, fn) in sorted(counts.items()):
        recall, precision = tp / max(1, tp + fn), tp / max(1, tp + fp)
        f1 = 2 * tp / max(1, 2 * tp + fp + fn)
        print(f"{name} {key:22s} recall {recall:.2f}  precision {precision:.2f}  F1 {f1:.2f}  n {tp + fn}")


def main(split: str = "test") -> None:
    rows = load(split)
    judged = evidex.classify([row["text"] for row in rows])
    by_category, by_language = defaultdict(lambda: [0, 0, 0]), defaultdict(lambda: [0, 0, 0])
    alarms = defaultdict(lambda: [0, 0])
    for row, labels in zip(rows, judged, strict=True):
        want, got = set(row["labels"]), set(labels)
        for category in want | got:
            place = 0 if category in want & got else 1 if category in got else 2
            by_category[category][place] += 1
            by_language[row["lang"]][place] += 1
        if not want:
            sort = "hard negatives" if row["hard_negative"] else "ordinary clauses"
            alarms[sort][0] += bool(got)
            alarms[sort][1] += 1
    report("category", by_category)
    report("language", by_language)
    report("all", {split: [sum(column) for column in zip(*by_language.values(), strict=True)]})
    macro = sum(2 * tp / max(1, 2 * tp + fp + fn) for tp, fp, fn in by_category.values()) / len(by_category)
    print(f"macro-F1 {macro:.3f}  " + "  ".join(f"false alarms on {sort} {a}/{n}" for sort, (a, n) in sorted(alarms.items())))


if __name__ == "__main__":
    main(*sys.argv[1:])
