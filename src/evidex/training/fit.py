"""Labelled clauses teach the network: batches, noise, the learning rate's way. Knows torch, writes no file."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from evidex.training.disturb import disturbed
from evidex.training.labelled import Example
from evidex.training.network import ClauseNetwork, pooled, tensors

JOINED = 0.12
"""Share of training clauses that get another one of their language beside them."""
_POOL = 20
_AIMED, _AIMS = 3000, 400


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train."""

    epochs: int = 3
    batch: int = 32
    rate: float = 1e-4
    """Highest learning rate of the encoder's layers."""
    head_rate: float = 2e-3
    seed: int = 1


def fit(
    network: ClauseNetwork,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    categories: Sequence[str],
    plan: Plan,
    done: Callable[[int, int, float], None],
) -> None:
    """Train in place; `done(step, steps, loss)` is called after every step."""
    torch.manual_seed(plan.seed)
    random = Random(plan.seed)
    steps = plan.epochs * math.ceil(len(examples) / plan.batch)
    layers = [weight for weight in network.encoder.parameters() if weight.requires_grad]
    groups = [{"params": layers, "lr": plan.rate}, {"params": list(network.head.parameters()), "lr": plan.head_rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (0.08 * steps), max(0.02, 1 - step / steps))
    )
    _aim(network, tokenizer, examples, categories)
    network.train()
    half = torch.ops.mkldnn._is_mkldnn_bf16_supported()  # nearly twice as fast where the processor has it
    step, loss = 0, 0.0
    for _ in range(plan.epochs):
        for texts, labels in _batches(examples, categories, plan.batch, random):
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                scores = network.clause_scores(*tensors(tokenizer, texts))
            error = nn.functional.binary_cross_entropy_with_logits(scores.float(), torch.from_numpy(labels))
            optimiser.zero_grad()
            error.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            pace.step()
            step += 1
            loss = error.item() if step == 1 else 0.97 * loss + 0.03 * error.item()
            done(step, steps, loss)


def _aim(network: ClauseNetwork, tokenizer: Tokenizer, examples: Sequence[Example], categories: Sequence[str]) -> None:
    """Teach the head alone what it can be taught on the encoder as it is: otherwise both wander for the first thousand steps."""
    chosen = Random(0).sample(list(examples), min(_AIMED, len(examples)))
    inputs = torch.from_numpy(pooled(network, tokenizer, [example.text for example in chosen])).float()
    labels = torch.tensor([[float(category in example.labels) for category in categories] for example in chosen])
    optimiser = torch.optim.AdamW(network.head.parameters(), lr=0.05, weight_decay=0.01)
    for _ in range(_AIMS):
        error = nn.functional.binary_cross_entropy_with_logits(network.head(inputs), labels)
        optimiser.zero_grad()
        error.backward()
        optimiser.step()


def _batches(
    examples: Sequence[Example], categories: Sequence[str], size: int, random: Random
) -> Iterator[tuple[list[str], np.ndarray]]:
    """Every example once, disturbed anew; texts of like length together, for speed."""
    fellows: dict[str | None, list[Example]] = {}
    for example in examples:
        fellows.setdefault(example.lang, []).append(example)
    drawn = [_sample(example, fellows[example.lang], random) for example in examples]
    random.shuffle(drawn)
    for start in range(0, len(drawn), size * _POOL):
        pool = sorted(drawn[start : start + size * _POOL], key=lambda sample: len(sample[0].encode()))
        batches = [pool[k : k + size] for k in range(0, len(pool), size)]
        random.shuffle(batches)
        for batch in batches:
            labels = [[float(category in names) for category in categories] for _, names in batch]
            yield [text for text, _ in batch], np.array(labels, np.float32)


def _sample(example: Example, fellows: Sequence[Example], random: Random) -> tuple[str, frozenset[str]]:
    text, labels = example.text, frozenset(example.labels)
    if random.random() < JOINED:
        other = random.choice(fellows)
        text = f"{text} {other.text}" if random.random() < 0.5 else f"{other.text} {text}"
        labels |= frozenset(other.labels)
    return disturbed(text, random), labels
