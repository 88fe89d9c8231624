"""Findings as a table for spreadsheets: one row a finding. UTF-8 with a byte order mark, so that Excel in Japan reads it."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from evidex import law
from evidex.export.cells import safe_cell
from evidex.export.originals import Originals
from evidex.schema import EvidenceRecord, Finding

COLUMNS = (
    "file", "sha256", "record_id", "finding_id", "kind", "category", "category_name", "score", "method", "page", "quote",
    "amounts", "law", "stated", "lawful", "explanation",
)  # fmt: skip


class FindingsCsv:
    """Writes findings.csv."""

    def __init__(self, path: Path, originals: Originals, language: str = "en") -> None:
        self._path, self._language = path, language

    def __enter__(self) -> Self:
        self._stream = os.fdopen(
            os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8-sig", newline=""
        )
        self._rows = csv.writer(self._stream)
        self._rows.writerow(COLUMNS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stream.close()

    def write(self, record: EvidenceRecord) -> None:
        """One row for each finding of the record."""
        for finding in record.findings:
            self._rows.writerow([safe_cell(cell) for cell in self._cells(record, finding)])

    def _cells(self, record: EvidenceRecord, finding: Finding) -> tuple[str, ...]:
        return (
            record.source.file_name,
            record.source.sha256 or "",
            record.record_id,
            finding.id,
            record.kind,
            finding.category,
            law.categories()[finding.category].name(self._language),
            f"{finding.score:.2f}",
            finding.method,
            " ".join(str(page) for page in sorted({span.page for span in finding.spans})),
            "\n".join(span.quote for span in finding.spans),
            "; ".join(f"{amount.value:f} {amount.currency or ''}".strip() for amount in finding.amounts),
            "; ".join(f"{basis.instrument} {basis.article}" for basis in finding.bases),
            finding.stated or "",
            finding.lawful or "",
            finding.explanation,
        )
