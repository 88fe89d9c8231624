"""Many documents through worker processes into a stream of records, and a folder into an evidence folder. Knows no stage.

Accounts for every file it finds; how the documents get to the workers is in workers.py.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from evidex.errors import EvidexError, UsageError
from evidex.export.cells import safe_cell
from evidex.export.exporter import open_exporter
from evidex.export.jsonl import JsonlStore
from evidex.export.originals import Originals
from evidex.photo import describe_source, is_document, speakable
from evidex.pipeline import failed_record, record_id
from evidex.schema import EvidenceRecord
from evidex.settings import Settings
from evidex.workers import run

SECONDS_A_DOCUMENT = 600.0
"""Default time limit of one document; Tesseract has its own, shorter one for each page."""

Progress = Callable[[int, int, EvidenceRecord | None], None]
"""Called with (documents done, documents in all, the record just finished)."""


@dataclass
class Summary:
    """How a run ended: counts that add up to the files found."""

    found: int = 0
    skipped: int = 0
    resumed: int = 0
    complete: int = 0
    failed: int = 0
    tool_missing: bool = False
    rows: list[tuple[str, str | None, str | None, str]] = field(default_factory=list)
    """Path, sha256, record id and status of every file found: the manifest."""

    @property
    def exit_code(self) -> int:
        """0 all complete, 1 some failed, 3 a tool is missing, 4 nothing could be read."""
        if self.tool_missing:
            return 3
        if self.complete == 0:
            return 4
        return 1 if self.failed else 0


def find_files(paths: Iterable[str | Path], leave_out: Path | None = None) -> Iterator[tuple[Path, str]]:
    """Every file under the paths, and why it is not examined; empty for a document. Files named outright always are examined.

    Links and special files in folders are not followed; hidden files and the folder `leave_out` are not even listed.

    Raises:
        UsageError: a path does not exist.
    """
    for path in map(Path, paths):
        if path.is_dir():
            closed: list[OSError] = []
            for folder, folders, names in os.walk(path, onerror=closed.append):
                folders[:] = sorted(
                    name for name in folders if not name.startswith(".") and not _same(Path(folder, name), leave_out)
                )
                for name in sorted(names):
                    if not name.startswith("."):
                        yield Path(folder, name), _why_not(Path(folder, name))
            yield from ((Path(error.filename), "a folder that may not be read") for error in closed)
        elif path.exists() or path.is_symlink():
            yield path, ""
        else:
            raise UsageError(f"there is no file or folder {path}", "Check the spelling of the path.")


def _same(path: Path, other: Path | None) -> bool:
    return other is not None and path.resolve() == other.resolve()


def _why_not(file: Path) -> str:
    if file.is_symlink():
        return "a link, not followed"
    if not file.is_file():
        return "not a regular file"
    return "" if is_document(file) else "not a photo or PDF"


def examine_all(
    paths: Iterable[str | Path],
    settings: Settings | None = None,
    *,
    jobs: int = 1,
    timeout: float = SECONDS_A_DOCUMENT,
    executor: Executor | None = None,
) -> Iterator[EvidenceRecord]:
    """Examine many documents in worker processes.

    Args:
        paths: Files; folders are searched.
        settings: As for `examine`.
        jobs: Worker processes.
        timeout: Seconds a document may take before its worker is killed.
        executor: Any `concurrent.futures.Executor` instead of own workers; the time limit is then its owner's business.

    Yields:
        One record a document, as they finish. A bad document is a failed record, never an exception.
    """
    chosen = settings or Settings()
    documents = (path for path, why_not in find_files(paths) if not why_not)
    for _, record in run(documents, chosen, jobs, timeout, executor):
        yield record


def examine_to(
    store: JsonlStore,
    paths: Sequence[str | Path],
    settings: Settings,
    *,
    jobs: int = 1,
    timeout: float = SECONDS_A_DOCUMENT,
    executor: Executor | None = None,
    leave_out: Path | None = None,
    progress: Progress | None = None,
    also: Callable[[EvidenceRecord], None] | None = None,
) -> Summary:
    """Examine into a store, passing over what it already holds, and account for every file found.

    Args:
        store: An open store; finished documents in it are not examined again.
        paths: Files and folders.
        settings: As for `examine`.
        jobs: Worker processes.
        timeout: Seconds a document may take.
        executor: As for `examine_all`.
        leave_out: A folder not to search: the output's own.
        progress: Called after each document.
        also: Called with each new record after it is stored.

    Returns:
        The counts and the manifest's rows.
    """
    summary, done = Summary(), store.finished()
    pending: list[Path] = []
    seen: set[str] = set()
    for path, why_not in find_files(paths, leave_out):
        summary.found += 1
        if why_not:
            summary.skipped += 1
            summary.rows.append((str(path), None, None, f"skipped: {why_not}"))
            continue
        identity, digest = _identify(path, settings)
        if identity in seen:
            summary.rows.append((str(path), digest, identity, "duplicate of another file"))
            summary.skipped += 1
        elif identity in done:
            summary.resumed += 1
            _count(summary, path, digest, identity, done[identity])
        else:
            pending.append(path)
        seen.add(identity)
    total = len(pending)
    for number, (path, record) in enumerate(run(iter(pending), settings, jobs, timeout, executor), start=1):
        store.write(record)
        if also:
            also(record)
        status = "complete" if record.error is None else f"failed: {record.error.code}"
        _count(summary, path, record.source.sha256, record.record_id, status)
        if progress:
            progress(number, total, record)
    return summary


def examine_folder(
    folder: str | Path,
    output: str | Path,
    settings: Settings | None = None,
    *,
    jobs: int = 1,
    timeout: float = SECONDS_A_DOCUMENT,
    executor: Executor | None = None,
    report_language: str = "en",
    progress: Progress | None = None,
) -> Summary:
    """A folder of photographs in, an evidence folder out: records.jsonl, manifest.csv, findings.csv, report.html.

    Raises:
        UsageError: the folder does not exist, or the output cannot be written.
    """
    target = Path(output)
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UsageError(f"cannot write to {target} ({error.strerror})", "Choose another output folder.") from error
    with JsonlStore(target / "records.jsonl") as store:
        summary = examine_to(
            store,
            [folder],
            settings or Settings(),
            jobs=jobs,
            timeout=timeout,
            executor=executor,
            leave_out=target,
            progress=progress,
        )
    write_manifest(summary, target / "manifest.csv")
    originals = Originals.from_manifest(target / "manifest.csv")
    for name in ("findings.csv", "report.html"):
        with open_exporter(target / name, originals=originals, language=report_language) as exporter:
            for record in JsonlStore(target / "records.jsonl"):
                exporter.write(record)
    return summary


def write_manifest(summary: Summary, path: Path) -> None:
    """Every file found, with its sha256, record and status: nothing is lost without a word."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["path", "sha256", "record_id", "status"])
        rows.writerows([safe_cell(speakable(cell or "")) for cell in row] for row in sorted(summary.rows))
    path.chmod(0o600)


def _identify(path: Path, settings: Settings) -> tuple[str, str | None]:
    try:
        source = describe_source(path)
        return record_id(source, settings), source.sha256
    except EvidexError as error:
        return failed_record(path, settings, error).record_id, None


def _count(summary: Summary, path: Path, digest: str | None, identity: str, status: str) -> None:
    summary.rows.append((str(path), digest, identity, status))
    if status == "complete":
        summary.complete += 1
    else:
        summary.failed += 1
        summary.tool_missing = summary.tool_missing or status.endswith("tool_missing")
