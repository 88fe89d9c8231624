"""Train evidex's own clause model anew, and write it beside this file: `make model`. About an hour on two cores.

Taught: labelled.jsonl beside this file, from models/encoder. Thresholds and calibration are chosen on the dev half of
bench/clauses, which other hands wrote; its test half is left to `make bench-clauses`. The model that is here was first taught
without the 80 plain clauses (groups …-plain-…), then one more epoch of them and 4,200 others.
"""

import hashlib
import json
import tempfile
from pathlib import Path

from evidex.training.measure import table
from evidex.training.train import train

HERE = Path(__file__).parent
BENCH = HERE.parents[1] / "bench" / "clauses"


def is_dev(group: str) -> bool:
    return bool(hashlib.sha256(group.encode()).digest()[0] % 2)


def show(step: int, steps: int, loss: float) -> None:
    if step % 50 == 0 or step == steps:
        print(f"step {step} of {steps}, loss {loss:.3f}", flush=True)


def main() -> None:
    rows = [json.loads(line) for path in sorted(BENCH.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    with tempfile.TemporaryDirectory() as folder:
        dev = Path(folder, "dev.jsonl")
        dev.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows if is_dev(row["group"])), encoding="utf-8"
        )
        trained = train(HERE / "labelled.jsonl", HERE, base=HERE.parent / "encoder", held_out=dev, done=show)
    print(table(trained.measured))
    for name, measured in trained.baselines.items():
        print(f"{name}: macro-F1 {measured.macro_f1:.3f}")


if __name__ == "__main__":
    main()
