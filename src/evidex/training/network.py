"""The network that is trained: an encoder, and for each token a score a category; a clause's is their mean. Knows torch."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from evidex.find.model import PREFIX, batches_of, tokens_of

WEIGHTS = "weights.safetensors"


class ClauseNetwork(nn.Module):  # type: ignore[misc]
    """Scores (logits) of every token; the mean over a clause is the clause's, so each word's part in it can be told."""

    def __init__(self, encoder_folder: Path, categories: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            encoder_folder, dtype=torch.float32, add_pooling_layer=False, local_files_only=True
        )
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(self.encoder.config.hidden_size, categories)
        for weight in self.encoder.embeddings.parameters():
            weight.requires_grad = False  # the words of languages with few clauses stay where the encoder has them

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Batch × tokens × categories."""
        scores: torch.Tensor = self.head(self.dropout(self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state))
        return scores

    def clause_scores(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Batch × categories."""
        weights = mask[..., None].float()
        return (self(ids, mask) * weights).sum(1) / weights.sum(1)

    def freeze_below(self, layer: int) -> None:
        """Keep the layers below one as they are."""
        for block in self.encoder.encoder.layer[:layer]:
            for weight in block.parameters():
                weight.requires_grad = False

    def save(self, folder: Path) -> None:
        """Write what training changed, in half precision: the frozen embeddings stay with the encoder."""
        changed = {name: weight.half().contiguous() for name, weight in self.state_dict().items() if "embeddings" not in name}
        save_file(changed, folder / WEIGHTS)

    def load(self, folder: Path, rows: Sequence[int | None]) -> None:
        """Take weights that `save` wrote; `rows` says which of their categories each of ours was, if any."""
        stored = load_file(folder / WEIGHTS)
        head, bias = stored.pop("head.weight").float(), stored.pop("head.bias").float()
        self.load_state_dict({name: weight.float() for name, weight in stored.items()}, strict=False)
        with torch.no_grad():
            for row, source in enumerate(rows):
                if source is not None:
                    self.head.weight[row], self.head.bias[row] = head[source], bias[source]


def tensors(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask of a batch."""
    ids, mask = tokens_of(tokenizer, [PREFIX + text for text in texts])
    return torch.from_numpy(ids), torch.from_numpy(mask)


def predict(network: ClauseNetwork, tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.float64]:
    """Clause scores (logits) of texts: texts × categories."""
    training = network.training
    network.eval()
    scores = np.zeros((len(texts), network.head.out_features))
    for chosen in batches_of(texts, 32):
        with torch.no_grad():
            scores[chosen] = network.clause_scores(*tensors(tokenizer, [texts[index] for index in chosen])).numpy()
    network.train(training)
    return scores


def pooled(network: ClauseNetwork, tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.float64]:
    """The encoder's mean over each text's tokens: texts × width."""
    network.eval()
    rows = np.zeros((len(texts), network.head.in_features))
    for chosen in batches_of(texts, 32):
        ids, mask = tensors(tokenizer, [texts[index] for index in chosen])
        weights = mask[..., None].float()
        with torch.no_grad():
            hidden = network.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        rows[chosen] = ((hidden * weights).sum(1) / weights.sum(1)).numpy()
    return rows


def export_onnx(network: ClauseNetwork, target: Path) -> None:
    """Write the network for onnxruntime with weights of eight bits.

    Weights only, in blocks: where activations are rounded too, by batch, a clause's score hangs on the clauses beside it.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    network.eval()
    example: Any = (torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64))
    axes = {0: "batch", 1: "tokens"}
    with tempfile.TemporaryDirectory() as folder:
        plain, blocks = Path(folder, "plain.onnx"), Path(folder, "blocks.onnx")
        torch.onnx.export(
            network,
            example,
            plain,
            input_names=["ids", "mask"],
            output_names=["scores"],
            dynamic_axes={"ids": axes, "mask": axes, "scores": axes},
            opset_version=21,
            dynamo=False,
        )
        quantizer = MatMulNBitsQuantizer(onnx.load(plain), bits=8, block_size=32, is_symmetric=True, accuracy_level=4)
        quantizer.process()
        quantizer.model.save_model_to_file(str(blocks))
        quantize_dynamic(blocks, target, weight_type=QuantType.QInt8, op_types_to_quantize=["Gather"], per_channel=True)
