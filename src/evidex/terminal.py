"""What a person sees on the terminal: progress, the table of findings, counts. Prints; decides nothing.

Text of documents and file names is printed without control characters.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from evidex.schema import EvidenceRecord

if TYPE_CHECKING:
    from evidex.batch import Summary


@contextmanager
def progress_shown(quiet: bool, as_json: bool) -> Iterator[Callable[[int, int, EvidenceRecord | None], None] | None]:
    """A bar on a terminal, JSON lines for host tools, nothing else."""
    if as_json:

        def tell(done: int, total: int, record: EvidenceRecord | None) -> None:
            status = {"record_id": record.record_id, "status": record.status} if record else {}
            print(json.dumps({"event": "document", "done": done, "total": total, **status}), file=sys.stderr, flush=True)

        yield tell
        return
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("Reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task, failed = bar.add_task("reading", total=None, failed=""), 0

        def advance(done: int, total: int, record: EvidenceRecord | None) -> None:
            nonlocal failed
            failed += record is not None and record.error is not None
            bar.update(task, completed=done, total=total, failed=f"{failed} failed" if failed else "")

        yield advance


@contextmanager
def training_shown() -> Iterator[Callable[[int, int, float], None]]:
    """A bar with the loss on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda step, steps, loss: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("Training"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[loss]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("training", total=None, loss="")

        def advance(step: int, steps: int, loss: float) -> None:
            bar.update(task, completed=step, total=steps, loss=f"loss {loss:.3f}")

        yield advance


def print_table(records: Iterable[EvidenceRecord]) -> None:
    """One row a document: what it is, and the categories found in it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from evidex import law

    table = Table("document", "kind", "languages", "findings")
    for record in records:
        if record.error:
            found = Text(f"failed: {record.error.message}", style="red")
        else:
            names = sorted({law.categories()[finding.category].name("en") for finding in record.findings})
            found = Text(", ".join(names) or "none", style="" if names else "dim")
        table.add_row(Text(_printable(record.source.file_name)), record.kind.value, ", ".join(record.languages), found)
    Console().print(table)


def print_counts(s: Summary) -> None:
    """Counts that add up to the files found."""
    print(
        f"{s.found} {'file' if s.found == 1 else 'files'}: {s.complete} complete, {s.failed} failed, {s.skipped} skipped"
        + (f"; {s.resumed} of them were done before" if s.resumed else "")
    )


def say_why(summary: Summary, quiet: bool) -> None:
    """The reason of an exit code that needs one."""
    if summary.tool_missing:
        print("evidex: a tool is missing; run `evidex doctor`", file=sys.stderr)
    elif summary.exit_code == 4 and not quiet:
        print("evidex: nothing could be read", file=sys.stderr)


def print_problems(problems: Iterable[str]) -> None:
    """Rows of a file that were left out, and why."""
    for problem in problems:
        print(f"evidex: left out, {problem}", file=sys.stderr)


def print_check(name: str, found: str, remedy: str) -> bool:
    """One line of `evidex doctor`; whether the thing is there."""
    print(f"{'✓' if found else '✗'} {name}: {found or 'missing'}" + (f"\n    {remedy}" if not found else ""))
    return bool(found)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in text)
