"""Where the models are, and networks loaded to run on the processor. The only file that knows onnxruntime, not what they do."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from evidex.errors import ToolMissing

_INSTALLED = Path(__file__).parent / "models"
_CHECKOUT = Path(__file__).parents[2] / "models"


class Network:
    """An ONNX network with one output."""

    def __init__(self, path: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._inputs = [place.name for place in self._session.get_inputs()]

    def __call__(self, *batch: NDArray[Any]) -> NDArray[np.float32]:
        """The output for a batch: one array an input."""
        output: NDArray[np.float32] = self._session.run(None, dict(zip(self._inputs, batch, strict=True)))[0]
        return output

    @property
    def metadata(self) -> dict[str, Any]:
        """What the file says of itself."""
        return dict(self._session.get_modelmeta().custom_metadata_map)


@cache
def network(path: Path, threads: int = 1) -> Network:
    """The network of a file, loaded once a process; on one core by default, for parallelism is the batch's."""
    return Network(path, threads)


def model_file(name: str) -> Path:
    """The path of a model, e.g. ``orientation/orientation.onnx``.

    Raises:
        ToolMissing: it is in neither place.
    """
    for folder in (_INSTALLED, _CHECKOUT):
        if (folder / name).is_file():
            return folder / name
    raise ToolMissing(f"the model {name} is missing", "Install evidex again: pip install --force-reinstall evidex")
