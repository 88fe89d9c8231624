"""The command line: one verb a public function. Prints, and turns errors into exit codes; decides nothing.

Exit codes: 0 all complete · 1 some failed · 2 usage · 3 a tool or model is missing · 4 nothing readable · 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, CycloptsError, Group, Parameter
from pydantic import ValidationError

from evidex import __version__
from evidex.errors import EvidexError, UsageError
from evidex.schema import EvidenceRecord
from evidex.settings import Settings
from evidex.terminal import print_check, print_counts, print_problems, print_table, progress_shown, say_why, training_shown

if TYPE_CHECKING:
    from concurrent.futures import Executor


_limits = Group("How documents are read")
app = App(
    name="evidex",
    suppress_keyboard_interrupt=False,
    version=__version__,
    help="Read photographed contracts, pledges, house rules and payslips, and find the clauses that bind people.\n\n"
    "Offline: nothing is sent anywhere. Start with: evidex batch PHOTOS -o EVIDENCE",
)

Chosen = Annotated[Settings | None, Parameter(name="*", group=_limits)]
Jobs = Annotated[int | None, Parameter(help="Documents examined at the same time. Default: one a processor core.")]
Timeout = Annotated[float, Parameter(help="Seconds a document may take before it is given up.")]
Dask = Annotated[str | None, Parameter(help="Address of a dask.distributed scheduler, e.g. tcp://host:8786.")]
Quiet = Annotated[bool, Parameter(help="Print nothing but errors.", negative="")]
Json = Annotated[bool, Parameter(name="--json", help="Progress as JSON lines on stderr, for host tools.", negative="")]
_Text = Parameter(help="Text, one clause a line, or JSONL with a `text` key; - is standard input.", allow_leading_hyphen=True)
Language = Annotated[str, Parameter(help="Language of the report: en, ja, vi, zh, id; category names in every language read.")]


@app.command
def examine(
    paths: Annotated[list[Path], Parameter(help="Photos, PDFs and folders of them.", negative="")],
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="The JSONL file of records; goes on where it stopped.")],
    settings: Chosen = None,
    jobs: Jobs = None,
    timeout: Timeout = 600.0,
    dask: Dask = None,
    quiet: Quiet = False,
    json_progress: Json = False,
) -> int:
    """Read documents and write one evidence record each, one JSON line a record.

    A second run with the same output goes on where the first stopped.
    """
    from evidex.batch import examine_to, write_manifest
    from evidex.export.jsonl import JsonlStore

    with _executor(dask) as executor, progress_shown(quiet, json_progress) as progress, JsonlStore(output) as store:
        summary = examine_to(
            store, paths, settings or Settings(), jobs=_jobs(jobs), timeout=timeout, executor=executor, progress=progress
        )
    write_manifest(summary, output.with_name(f"{output.stem}.manifest.csv"))
    if not quiet:
        print_table(JsonlStore(output))
        print_counts(summary)
    say_why(summary, quiet)
    return summary.exit_code


@app.command
def batch(
    folder: Annotated[Path, Parameter(help="Folder with photos and PDFs, searched recursively.")],
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="The evidence folder to make or to go on with.")],
    settings: Chosen = None,
    jobs: Jobs = None,
    timeout: Timeout = 600.0,
    dask: Dask = None,
    report_language: Language = "en",
    quiet: Quiet = False,
    json_progress: Json = False,
) -> int:
    """A folder of photos in, an evidence folder out: records.jsonl, manifest.csv, findings.csv, report.html.

    Run again, it reads only what is new.
    """
    from evidex.batch import examine_folder
    from evidex.export.jsonl import JsonlStore

    with _executor(dask) as executor, progress_shown(quiet, json_progress) as progress:
        summary = examine_folder(
            folder,
            output,
            settings,
            jobs=_jobs(jobs),
            timeout=timeout,
            executor=executor,
            report_language=report_language,
            progress=progress,
        )
    if not quiet:
        print_table(JsonlStore(output / "records.jsonl"))
        print_counts(summary)
        print(f"Report: {(output / 'report.html').resolve()}")
    say_why(summary, quiet)
    return summary.exit_code


@app.command
def classify(
    file: Annotated[
        str,
        _Text,
    ] = "-",
    /,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Where to write; default: standard output.")] = None,
    model: Annotated[str | None, Parameter(help="A model directory, or the word keywords. Default: evidex's own model.")] = None,
) -> int:
    """Judge text without a photo: one clause a line in, one JSON line out with its categories and their probabilities."""
    from evidex.pipeline import classify as judge

    lines = (sys.stdin.read() if file == "-" else _read_text(Path(file))).splitlines()
    texts = [_clause_text(line, number) for number, line in enumerate(lines, start=1) if line.strip()]
    rows = [
        json.dumps({"text": text, "labels": labels}, ensure_ascii=False)
        for text, labels in zip(texts, judge(texts, Settings(model=model)), strict=True)
    ]
    if output:
        output.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    else:
        print("\n".join(rows))
    return 0


@app.command
def export(
    records: Annotated[Path, Parameter(help="The JSONL file that `evidex examine` or `evidex batch` wrote.")],
    target: Annotated[Path, Parameter(help="The file to write; its name picks the format: report.html, findings.csv.")],
    /,
    *,
    originals: Annotated[Path | None, Parameter(help="Folder with the photographs. Default: here.")] = None,
    report_language: Language = "en",
) -> int:
    """Turn records into a report or a table."""
    from evidex.export.exporter import open_exporter
    from evidex.export.jsonl import load_records
    from evidex.export.originals import Originals

    places = Originals.in_folders([originals] if originals else [records.parent, Path()])
    with open_exporter(target, places, report_language) as exporter:
        for record in load_records(records):
            exporter.write(record)
    print(f"Wrote {target}")
    return 0


@app.command
def categories(
    *,
    lang: Annotated[str, Parameter(help="Language of the names, BCP 47.")] = "en",
    json_output: Annotated[bool, Parameter(name="--json", help="As JSON, with definitions and law.", negative="")] = False,
) -> int:
    """List the categories of clauses that evidex looks for."""
    from rich.console import Console
    from rich.table import Table

    from evidex import law

    rows = law.categories().values()
    if json_output:
        listed = [row.model_dump(mode="json", exclude={"keywords", "exceptions", "payslip_labels"}) for row in rows]
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return 0
    table = Table("category", "name", "what the text imposes", show_lines=True)
    for row in rows:
        table.add_row(row.id, row.name(lang), row.definition)
    Console().print(table)
    return 0


@app.command
def schema() -> int:
    """Print the JSON Schema of an evidence record."""
    print(json.dumps(EvidenceRecord.model_json_schema(mode="serialization"), ensure_ascii=False, indent=1))
    return 0


@app.command
def train(
    data: Annotated[Path, Parameter(help="Labelled clauses: JSON lines, CSV, or an export of doccano or Label Studio.")],
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="The model directory to write.")],
    base: Annotated[Path | None, Parameter(help="Model or encoder directory to begin from. Default: evidex's own model.")] = None,
    held_out: Annotated[Path | None, Parameter(help="Labelled clauses to measure on. Default: a part of the data.")] = None,
    epochs: Annotated[int | None, Parameter(help="How often each clause is seen. Default: 2, or 3 from an encoder.")] = None,
    replace_better: Annotated[bool, Parameter(help="Accept a model that does no better than its base.", negative="")] = False,
) -> int:
    """Teach the clause classifier your own labelled clauses, and say whether it got better.

    Needs pip install 'evidex[train]'. Use the model with: evidex examine PHOTOS -o out.jsonl --model MODEL
    """
    from evidex.training.measure import table
    from evidex.training.train import train as teach

    with training_shown() as done:
        trained = teach(data, output, base=base, held_out=held_out, epochs=epochs, replace_better=replace_better, done=done)
    print_problems(trained.problems)
    print(table(trained.measured))
    for name, measured in trained.baselines.items():
        print(f"beside it, {name}: macro-F1 {measured.macro_f1:.3f}")
    return 0


@app.command
def evaluate(
    model: Annotated[Path, Parameter(help="The model directory.")],
    data: Annotated[Path, Parameter(help="Labelled clauses it was not taught.")],
    /,
) -> int:
    """Say how well a model does on labelled clauses, by category and by language."""
    from evidex.training.measure import table
    from evidex.training.train import evaluate as measure

    print(table(measure(model, data)))
    return 0


@app.command
def doctor() -> int:
    """Say what is installed, and the command that installs what is not."""
    from evidex.doctor import checks

    missing = [check for check in checks() if not print_check(check.name, check.found, check.remedy)]
    return 3 if any(check.needed for check in missing) else 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show Khmer must not stop the work
    sys.exit(
        _guarded(
            lambda: app(
                arguments,
                exit_on_error=False,
                print_error=False,
                result_action="return_value",
            )
        )
    )


def batch_main() -> None:
    """`evidex-batch`: the verb `batch` as a command of its own."""
    main(["batch", *sys.argv[1:]])


def _guarded(run: Callable[[], int | None]) -> int:
    try:
        return run() or 0
    except EvidexError as error:
        print(f"evidex: {error.message}\n  {error.remedy}", file=sys.stderr)
        return error.exit_code
    except CycloptsError as error:
        print(f"evidex: {_in_short(error)}\n  See `evidex --help`.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("evidex: interrupted; what is done is kept, run the same command to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _in_short(error: CycloptsError) -> str:
    """What is wrong with the command line, without the validator's own commentary."""
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, row['loc']))}: {row['msg'].removeprefix('Value error, ')}" for row in cause.errors()
        )
    return str(error)


def _jobs(jobs: int | None) -> int:
    return max(1, jobs if jobs is not None else min(8, os.cpu_count() or 1))


def _clause_text(line: str, number: int) -> str:
    """A clause as it stands, or the text of a JSON line."""
    if not line.lstrip().startswith("{"):
        return line
    try:
        return str(json.loads(line)["text"])
    except (json.JSONDecodeError, KeyError) as error:
        raise UsageError(f"line {number} is no JSON object with a text key", "Write plain text, or JSONL with `text`.") from error


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path} as UTF-8 text ({type(error).__name__})") from error


@contextmanager
def _executor(address: str | None) -> Iterator[Executor | None]:
    """A dask cluster as an executor, or None for own worker processes."""
    if address is None:
        yield None
        return
    try:
        from dask.distributed import Client
    except ImportError as error:
        raise UsageError("dask is not installed", "Install it: pip install 'evidex[dask]'") from error
    with Client(address) as client:
        yield client.get_executor(pure=False)
