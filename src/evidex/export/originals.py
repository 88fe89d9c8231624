"""Where the photographs of records are. Records hold no paths: a folder's name can betray a person."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evidex.export.cells import cell_text
from evidex.schema import Source


@dataclass(frozen=True)
class Originals:
    """Finds the photograph of a record, and only hands it out if its bytes are still those that were examined."""

    by_digest: Mapping[str, Path] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()

    @classmethod
    def from_manifest(cls, manifest: Path) -> Originals:
        """From the manifest that a batch writes."""
        with manifest.open(encoding="utf-8-sig", newline="") as stream:
            return cls({row["sha256"]: Path(cell_text(row["path"])) for row in csv.DictReader(stream) if row["sha256"]})

    @classmethod
    def in_folders(cls, folders: Iterable[Path]) -> Originals:
        """By name in folders and the folders in them; a manifest.csv found there is taken too."""
        chosen = tuple(folders)
        known: dict[str, Path] = {}
        for folder in chosen:
            for manifest in (folder / "manifest.csv",):
                if manifest.is_file():
                    known |= cls.from_manifest(manifest).by_digest
        return cls(known, chosen)

    def find(self, source: Source) -> Path | None:
        """The photograph of a source, or None if it is not there or was changed."""
        for path in self._candidates(source):
            if path.is_file() and path.stat().st_size == source.size_bytes and _digest(path) == source.sha256:
                return path
        return None

    def _candidates(self, source: Source) -> Iterable[Path]:
        if source.sha256 and source.sha256 in self.by_digest:
            yield self.by_digest[source.sha256]
        for folder in self.folders:
            yield folder / source.file_name
        for folder in self.folders:
            yield from (path for path in folder.rglob("*") if path.name == source.file_name)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
