"""What an exporter is, and which one a file name picks. One format a file beside this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from evidex import plugins
from evidex.errors import UsageError
from evidex.export.originals import Originals
from evidex.schema import EvidenceRecord


class Exporter(Protocol):
    """Takes records one by one and leaves a file. Used as a context manager."""

    def write(self, record: EvidenceRecord) -> None:
        """Add a record."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


class Store(Exporter, Protocol):
    """An exporter that can be read back and gone on with."""

    def finished(self) -> Mapping[str, str]:
        """Record id → status (`complete`, or `failed: code`) of what need not be examined again."""
        ...

    def __iter__(self) -> Iterator[EvidenceRecord]: ...


def open_exporter(target: str | Path, originals: Originals | None = None, language: str = "en") -> Exporter:
    """The exporter that a file's name picks by its ending.

    Args:
        target: The file to write: findings.csv, report.html, out.jsonl …
        originals: Where the photographs are, for formats that show them.
        language: The reader's language, BCP 47, for formats that speak to people.

    Raises:
        UsageError: no exporter writes such a file.
    """
    path = Path(target)
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", "Make it first, or choose another.")
    for ending, point in sorted(plugins.offered(plugins.EXPORTERS).items(), key=lambda item: -len(item[0])):
        if path.name.lower().endswith(f".{ending}"):
            exporter: Exporter = point.load()(path, originals=originals or Originals(), language=language)
            return exporter
    known = ", ".join(f".{ending}" for ending in sorted(plugins.offered(plugins.EXPORTERS)))
    raise UsageError(f"no exporter writes {path.name}", f"Choose a name that ends in {known}.")


def export_records(
    records: Iterable[EvidenceRecord],
    target: str | Path,
    *,
    originals: str | Path | None = None,
    language: str = "en",
) -> None:
    """Write records to a file; its name picks the format.

    Args:
        records: From `examine_all` or `load_records`.
        target: report.html, findings.csv, out.jsonl …
        originals: Folder that holds the photographs, for formats that show them; default: beside the target, and here.
        language: The reader's language, for formats that speak to people.

    Raises:
        UsageError: no exporter writes such a file.
    """
    folders = [Path(originals)] if originals else [Path(target).parent, Path()]
    with open_exporter(target, Originals.in_folders(folders), language) as exporter:
        for record in records:
            exporter.write(record)
