"""A trained network as a model directory: network, tokenizer, card, checksums. What evidex.find.model reads, this writes."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evidex.find.model import CARD, NETWORK, SUMS, TOKENIZER
from evidex.training.labelled import Example
from evidex.training.measure import Measured, table
from evidex.training.network import ClauseNetwork, export_onnx

README = "README.md"


@dataclass(frozen=True)
class Decision:
    """How scores become categories."""

    labels: tuple[str, ...]
    thresholds: tuple[float, ...]
    slope: float
    shift: float


def write_network(network: ClauseNetwork, encoder: Path, folder: Path) -> None:
    """The network for onnxruntime, the weights for training on, and the tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    export_onnx(network, folder / NETWORK)
    network.save(folder)
    shutil.copyfile(encoder / TOKENIZER, folder / TOKENIZER)


def write_card(folder: Path, name: str, decision: Decision) -> None:
    """``classifier.json`` and SHA256SUMS over all that inference needs."""
    count = len(decision.labels)
    row = {
        "name": name,
        "labels": decision.labels,
        "thresholds": decision.thresholds,
        "slope": [round(decision.slope, 4)] * count,
        "shift": [round(decision.shift, 4)] * count,
    }
    (folder / CARD).write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")
    sums = (f"{hashlib.sha256((folder / file).read_bytes()).hexdigest()}  {file}\n" for file in (NETWORK, TOKENIZER, CARD))
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")


def write_readme(folder: Path, name: str, taught: Sequence[Example], tested: dict[str, Measured], how: str) -> None:
    """The model card: what it was taught, how well it does beside the baselines, what it is for."""
    languages = sorted({example.lang or "?" for example in taught})
    labels = sorted({label for example in taught for label in example.labels})
    counts = {
        label: [sum(label in example.labels and (example.lang or "?") == tag for example in taught) for tag in languages]
        for label in labels
    }
    rows = "\n".join(f"| {label} | {' | '.join(map(str, counts[label]))} |" for label in labels)
    compared = "\n".join(
        f"| {who} | {m.macro_f1:.3f} | {m.micro.recall:.3f} | {m.micro.precision:.3f} | "
        f"{m.near_alarms[0]}/{m.near_alarms[1]} | {m.calibration_error:.3f} |"
        for who, m in tested.items()
    )
    text = f"""# {name}

Finds clauses that bind migrant workers, in text, a clause at a time: passages for a person to read, never a verdict.
Not legal advice.

{how}

## Taught

{len(taught)} clauses, {sum(not example.labels for example in taught)} of them with no category.

| category | {" | ".join(languages)} |
|---|{"---|" * len(languages)}
{rows}

## Measured on clauses held out

| classifier | macro-F1 | recall | precision | false alarms on hard negatives | calibration error |
|---|---|---|---|---|---|
{compared}

```
{table(tested[name])}
```
"""
    (folder / README).write_text(text, encoding="utf-8")
