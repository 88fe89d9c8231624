"""evidex: photographed contracts, pledges, house rules and payslips → evidence records.

    record = evidex.examine("photo.jpg", evidex.Settings(languages=("ja", "vi")))
    for finding in record.findings: print(finding.category, finding.spans[0].quote)

All names are loaded when first used, so that importing evidex stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evidex.batch import examine_all, examine_folder
    from evidex.errors import DocumentError, EvidexError, ToolMissing, UsageError
    from evidex.export.exporter import export_records
    from evidex.export.jsonl import JsonlStore, load_records
    from evidex.law import categories
    from evidex.pipeline import classify, examine
    from evidex.schema import EvidenceRecord, Finding
    from evidex.settings import Settings
    from evidex.training.train import evaluate, train

__version__ = "0.1.0"

__all__ = [
    "DocumentError",
    "EvidenceRecord",
    "EvidexError",
    "Finding",
    "JsonlStore",
    "Settings",
    "ToolMissing",
    "UsageError",
    "categories",
    "classify",
    "evaluate",
    "examine",
    "examine_all",
    "examine_folder",
    "export_records",
    "load_records",
    "train",
]

_HOME = {
    "DocumentError": "errors",
    "EvidenceRecord": "schema",
    "EvidexError": "errors",
    "Finding": "schema",
    "JsonlStore": "export.jsonl",
    "Settings": "settings",
    "ToolMissing": "errors",
    "UsageError": "errors",
    "categories": "law",
    "classify": "pipeline",
    "evaluate": "training.train",
    "examine": "pipeline",
    "examine_all": "batch",
    "examine_folder": "batch",
    "export_records": "export.exporter",
    "load_records": "export.jsonl",
    "train": "training.train",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"evidex.{_HOME[name]}"), name)
    raise AttributeError(f"module 'evidex' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
