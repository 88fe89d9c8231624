"""Records as JSON lines: the store. Each line is flushed; a torn last line is dropped when the run goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pydantic import ValidationError

from evidex.errors import UsageError
from evidex.export.originals import Originals
from evidex.schema import EvidenceRecord

_TRY_AGAIN = "tool_missing"
"""Documents that failed only because a tool was missing are examined again: by now it may be installed."""


class JsonlStore:
    """One record a line, appended; readable by anything that reads JSON lines."""

    def __init__(self, path: str | Path, originals: Originals | None = None, language: str = "en") -> None:
        """A store at a path; a file that is there is gone on with. The other arguments are those of every exporter."""
        self.path = Path(path)
        self._stream: IO[str] | None = None

    def __enter__(self) -> Self:
        try:
            self._drop_unfinished()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise UsageError(f"cannot write {self.path} ({error.strerror})", "Choose another output.") from error
        self._stream = os.fdopen(descriptor, "a", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._stream:
            self._stream.close()
            self._stream = None

    def write(self, record: EvidenceRecord) -> None:
        """Append a record; it is on the disk's way when this returns."""
        if self._stream is None:
            raise UsageError("the store is not open", "Use it in a with block.")
        self._stream.write(record.model_dump_json() + "\n")
        self._stream.flush()

    def finished(self) -> Mapping[str, str]:
        """See `Store.finished`."""
        return {
            record.record_id: "complete" if record.error is None else f"failed: {record.error.code}"
            for record in self
            if record.error is None or record.error.code != _TRY_AGAIN
        }

    def __iter__(self) -> Iterator[EvidenceRecord]:
        if self.path.exists():
            yield from load_records(self.path)

    def _drop_unfinished(self) -> None:
        """Rewrite the file without a torn last line and without documents to try again; leave it alone if there are none."""
        if not self.path.exists():
            return
        lines = self.path.read_bytes().split(b"\n")
        lines = [line + b"\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
        if lines and lines[0].endswith(b"\n"):
            _record(lines[0], 1, self.path)  # a file that is no store must not be written to
        elif lines and not lines[0].startswith(b'{"schema_version"'):
            raise UsageError(f"{self.path} holds no evidence records", "Choose another output: this file is left as it is.")
        kept = [line for line in lines if line.endswith(b"\n") and f'"code":"{_TRY_AGAIN}"'.encode() not in line]
        if len(kept) != len(lines):
            fresh = self.path.with_name(self.path.name + ".part")
            fresh.write_bytes(b"".join(kept))
            fresh.chmod(0o600)
            fresh.replace(self.path)


def load_records(path: str | Path) -> Iterator[EvidenceRecord]:
    """The records of a JSON lines file, one at a time.

    Raises:
        UsageError: there is no such file, or a line of it is not a record.
    """
    try:
        stream = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})", "Give the JSONL file that `evidex examine` wrote.") from error
    with stream:
        for number, line in enumerate(stream, start=1):
            yield _record(line, number, path)


def _record(line: bytes, number: int, path: str | Path) -> EvidenceRecord:
    try:
        return EvidenceRecord.model_validate_json(line)
    except ValidationError as error:
        raise UsageError(
            f"line {number} of {path} is not an evidence record",
            "Was the file edited, or cut off? Examine again into a new file.",
        ) from error
