"""Labelled clauses → model directory, and how good it is. The verbs `evidex train` and `evidex evaluate`."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from evidex import law
from evidex.errors import ToolMissing, UsageError
from evidex.find.model import ModelClassifier, load_tokenizer
from evidex.models import model_file
from evidex.training.baselines import keyword_chances, ngram_chances
from evidex.training.labelled import Example, Labelled, read_labelled
from evidex.training.measure import Measured, best_thresholds, fit_calibration, measure, truth_of

HELD_OUT = 15
"""Of a hundred groups, how many are held out to choose thresholds and to measure, if no other file is given for it."""
_FEWEST = 3
_REPLAYED = 1500
"""Clauses of the base's own training that are mixed in, so that what few examples do not show is not forgotten."""
_OWN_TIMES = 4
_LAYERS_KEPT = 6


@dataclass(frozen=True)
class Trained:
    """What came of training."""

    folder: Path
    measured: Measured
    baselines: dict[str, Measured]
    problems: tuple[str, ...]


def train(
    data: str | Path,
    output: str | Path,
    *,
    base: str | Path | None = None,
    held_out: str | Path | None = None,
    epochs: int | None = None,
    replace_better: bool = False,
    done: Callable[[int, int, float], None] = lambda step, steps, loss: None,
) -> Trained:
    """Teach a classifier labelled clauses, measure it on clauses held out, and write it.

    Args:
        data: Labelled clauses: JSON lines, CSV, a doccano or a Label Studio export.
        output: The model directory to write.
        base: The model directory to go on from, or an encoder directory to begin anew. Default: evidex's own model.
        held_out: Labelled clauses to choose thresholds and to measure on; by default some groups of `data`.
        epochs: How often each clause is seen; by default 2 from a model, 3 from an encoder.
        replace_better: Write even where the base does better on the clauses held out.
        done: Called after each step with its number, the number of steps and the loss.

    Raises:
        UsageError: no usable row, or the base does better.
        ToolMissing: torch and transformers (``pip install evidex[train]``) or the base are not installed.
    """
    if epochs is not None and epochs < 1:
        raise UsageError("each clause must be seen at least once", "Give --epochs 1 or more.")
    network_of, fit_of, directory = _torch_parts()
    categories = tuple(category for category in law.categories() if category != "payslip_inconsistency")
    read = read_labelled(Path(data), categories)
    taught, tested, problems = _split(read, held_out, categories)
    folder, encoder = _base(Path(base) if base else None)
    network = network_of.ClauseNetwork(encoder, len(categories))
    lessons, plan = list(taught), fit_of.Plan(epochs=epochs or 3)
    if folder:
        known = ModelClassifier(folder).card.labels
        network.load(folder, [known.index(c) if c in known else None for c in categories])
        network.freeze_below(_LAYERS_KEPT)
        lessons = lessons * _OWN_TIMES + _replayed(taught, tested)
        plan = fit_of.Plan(epochs=epochs or 2, rate=5e-5)
    fit_of.fit(network, load_tokenizer(encoder), lessons, categories, plan, done)
    target = Path(output).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=target.parent, prefix=".evidex-"
    ) as room:  # the old model stays until the new one is judged
        written = Path(room)
        directory.write_network(network, encoder, written)
        measured, others = _judged(directory, written, target.name, folder, taught, tested, categories)
        best = max(others, key=lambda who: others[who].macro_f1)
        if others[best].macro_f1 >= measured.macro_f1 and not replace_better:
            raise UsageError(
                f"{best} does no worse than the new model: macro-F1 {others[best].macro_f1:.3f} against {measured.macro_f1:.3f}",
                "Nothing was written. Label more clauses, or take the new model all the same with --replace-better.",
            )
        target.mkdir(exist_ok=True)
        for file in written.iterdir():
            file.replace(target / file.name)
    return Trained(target, measured, others, problems)


def evaluate(model: str | Path | None, data: str | Path) -> Measured:
    """How a model directory (default: evidex's own) does on labelled clauses.

    Raises:
        UsageError: no usable row.
        ToolMissing: not a model directory.
    """
    classifier = ModelClassifier(Path(model) if model else None)
    labels = classifier.card.labels
    examples = read_labelled(Path(data), labels).examples
    chances = _chances(classifier, examples)
    return measure(examples, labels, chances, chances >= np.array(classifier.card.thresholds))


def _judged(
    directory: Any,
    written: Path,
    name: str,
    folder: Path | None,
    taught: Sequence[Example],
    tested: Sequence[Example],
    categories: tuple[str, ...],
) -> tuple[Measured, dict[str, Measured]]:
    """Thresholds chosen, measured beside the baselines and the base, card written."""
    directory.write_card(written, name, directory.Decision(categories, (0.0,) * len(categories), 1.0, 0.0))
    plain = np.clip(_chances(ModelClassifier(written), tested), 1e-6, 1 - 1e-6)
    logits, truth = np.log(plain / (1 - plain)), truth_of(tested, categories)
    slope, shift = fit_calibration(logits, truth)
    chances = 1 / (1 + np.exp(-(slope * logits + shift)))
    decision = directory.Decision(categories, best_thresholds(chances, truth), slope, shift)
    directory.write_card(written, name, decision)
    texts = [example.text for example in tested]
    measured = measure(tested, categories, chances, chances >= np.array(decision.thresholds))
    baselines = {"keywords": keyword_chances(texts, categories), "character n-grams": ngram_chances(taught, texts, categories)}
    others = {who: measure(tested, categories, scores, scores >= 0.5) for who, scores in baselines.items()}
    if folder:
        own = ModelClassifier(folder)
        places = {label: k for k, label in enumerate(own.card.labels)}
        told = _chances(own, tested)
        scores = np.stack([told[:, places[c]] if c in places else np.zeros(len(tested)) for c in categories], axis=1)
        bars = np.array([own.card.thresholds[places[c]] if c in places else 1.1 for c in categories])
        others["the base"] = measure(tested, categories, scores, scores >= bars)
    how = f"Trained by `evidex train` on {len(taught)} clauses; thresholds and calibration chosen on the {len(tested)} held out."
    directory.write_readme(written, name, taught, {name: measured, **others}, how)
    return measured, others


def _chances(classifier: ModelClassifier, examples: Sequence[Example]) -> Any:
    return classifier.probabilities([example.text for example in examples])


def _split(
    read: Labelled, held_out: str | Path | None, categories: Sequence[str]
) -> tuple[list[Example], list[Example], tuple[str, ...]]:
    """What is taught, what is held out, and the rows of both that could not be used. No text stands on both sides."""
    problems = read.problems
    if held_out:
        other = read_labelled(Path(held_out), categories)
        tested = list(other.examples)
        seen = {example.text for example in tested}
        taught = [example for example in read.examples if example.text not in seen]
        problems += tuple(f"held out: {problem}" for problem in other.problems)
    else:
        taught = [example for example in read.examples if not _is_held_out(example.group)]
        tested = [example for example in read.examples if _is_held_out(example.group)]
    if len(taught) < _FEWEST or len(tested) < _FEWEST or not any(example.labels for example in tested):
        raise UsageError(
            "too few clauses, or too few groups of them, to train and to measure", "Label more, from more documents."
        )
    return taught, tested, problems


def _is_held_out(group: str) -> bool:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % 100 < HELD_OUT


def _replayed(taught: Sequence[Example], tested: Sequence[Example]) -> list[Example]:
    """Clauses of the base's own training, where they are at hand; none that stand in the new data."""
    try:
        known = read_labelled(model_file("clauses/labelled.jsonl"), tuple(law.categories())).examples
    except ToolMissing:
        return []
    seen = {example.text for example in (*taught, *tested)}
    chosen = Random(1).sample(known, min(len(known), _REPLAYED))
    return [replace(example, group=f"replayed {example.group}") for example in chosen if example.text not in seen]


def _base(named: Path | None) -> tuple[Path | None, Path]:
    """The model directory to go on from, if any, and the encoder."""
    if named and (named / "config.json").is_file():
        return None, named
    try:
        encoder = model_file("encoder/config.json").parent
        folder = named or model_file("clauses/weights.safetensors").parent
    except ToolMissing as error:
        remedy = (
            "They come with evidex's source, not with the installed package: train in a checkout, or name an encoder with --base."
        )
        raise ToolMissing("the encoder or the model's weights are missing", remedy) from error
    if not (folder / "weights.safetensors").is_file():
        raise UsageError(f"{folder.name} is neither a model directory with weights nor an encoder", "Name another --base.")
    return folder, encoder


def _torch_parts() -> tuple[Any, Any, Any]:
    try:
        import onnx  # noqa: F401 - needed at the end: better missed now
        import sklearn  # noqa: F401

        from evidex.training import directory, fit, network
    except ImportError as error:
        raise ToolMissing(f"training needs {error.name}", "pip install 'evidex[train]'") from error
    return network, fit, directory
