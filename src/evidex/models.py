"""Where the models are: in the installed package, or in a checkout's models/ folder. Knows nothing of what they do."""

from __future__ import annotations

from pathlib import Path

from evidex.errors import ToolMissing

_INSTALLED = Path(__file__).parent / "models"
_CHECKOUT = Path(__file__).parents[2] / "models"


def model_file(name: str) -> Path:
    """The path of a model, e.g. ``orientation/orientation.onnx``.

    Raises:
        ToolMissing: it is in neither place.
    """
    for folder in (_INSTALLED, _CHECKOUT):
        if (folder / name).is_file():
            return folder / name
    raise ToolMissing(f"the model {name} is missing", "Install evidex again: pip install --force-reinstall evidex")
