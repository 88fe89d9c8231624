"""Extension points: what other packages offer under an entry-point group. The built-ins come through the same door."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

ENGINES = "evidex.engines"
CLASSIFIERS = "evidex.classifiers"
EXPORTERS = "evidex.exporters"


def offered(group: str) -> Mapping[str, Any]:
    """Name → entry point of all installed plugins of a group; ``.load()`` gives the object."""
    return {point.name: point for point in entry_points(group=group)}
