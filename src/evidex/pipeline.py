"""One document through all stages, in order: read, find, judge, record. The function to read first."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import perf_counter

from evidex import plugins
from evidex.errors import DocumentError, EvidexError
from evidex.find.classifier import Classifier, judge
from evidex.find.clauses import split_clauses
from evidex.find.kind import guess_kind
from evidex.find.model import SUMS
from evidex.find.payslip import listed_deductions
from evidex.languages import COUNTRY_OF, most_first
from evidex.photo import describe_source, open_photo, speakable
from evidex.read.page import PageReading, read_page
from evidex.read.routing import Engines, load_engines
from evidex.schema import EvidenceRecord, Failure, Kind, Source, Step
from evidex.settings import Settings

KEYWORDS, MODEL = "keywords", "model"


@dataclass(frozen=True)
class Tools:
    """What is heavy to build: engines and the classifier, once a process."""

    engines: Engines
    classifier: Classifier
    keywords: Classifier


_building = threading.Lock()


def build_tools(model: str | None = None) -> Tools:
    """The tools of this process, built at the first call.

    Args:
        model: As in `Settings`.

    Raises:
        ToolMissing: one of them is not installed.
    """
    with _building:
        return Tools(load_engines(), load_classifier(model), load_classifier(KEYWORDS))


def examine(path: str | Path, settings: Settings | None = None) -> EvidenceRecord:
    """Read one document and judge what it says.

    Args:
        path: A photograph (JPEG, PNG, TIFF, WebP, HEIC, GIF, BMP) or a PDF. It is only read, never changed.
        settings: Languages, country, limits; by default all languages are tried and Japan's law applies.

    Returns:
        The evidence record, complete. Boxes are in pixels of the photograph as shown upright.

    Raises:
        DocumentError: the file is empty, damaged, encrypted, unsupported or over a limit.
        ToolMissing: Tesseract or a language pack is not installed; the remedy names the command.
    """
    settings = settings or Settings()
    source = describe_source(Path(path))
    tools = build_tools(settings.model)
    steps: list[Step] = []
    pages = list(_read(Path(path), source, tools, settings, steps))
    started, clock = datetime.now(UTC), perf_counter()
    texts = tuple(reading.page for reading in pages)
    languages = most_first((line.language, line.text) for page in texts for line in page.lines)
    countries = (settings.country, *(COUNTRY_OF[tag] for tag in languages if tag in COUNTRY_OF))
    kind = guess_kind(texts)
    passages = split_clauses(texts, kind)
    if kind is Kind.payslip:  # a grid of labels and figures: no clauses for a model
        judges = [tools.keywords]
        findings = listed_deductions(texts, judge(passages, tools.keywords, countries), countries)
    else:
        judges = list(dict.fromkeys((tools.classifier, tools.keywords)))
        findings = judge(passages, tools.classifier, countries, tools.keywords if len(judges) > 1 else None)
    names = ", ".join(one.name for one in judges)
    versions = ", ".join(one.version for one in judges)
    steps.append(_step("find", names, versions, {"country": settings.country}, started, clock))
    return EvidenceRecord(
        record_id=record_id(source, settings),
        status="complete",
        source=source,
        kind=kind,
        languages=languages,
        pages=texts,
        clauses=tuple(passage.clause for passage in passages),
        findings=findings,
        steps=tuple(steps),
    )


def examine_safely(path: Path, settings: Settings) -> EvidenceRecord:
    """Like `examine`, but every failure is a record: the worker's task of a batch."""
    try:
        return examine(path, settings)
    except EvidexError as error:
        return failed_record(path, settings, error)
    except Exception as error:  # a batch must account for every file, whatever a library throws
        return failed_record(path, settings, DocumentError(f"unexpected {type(error).__name__} while examining"))


def classify(texts: Sequence[str], settings: Settings | None = None) -> list[dict[str, float]]:
    """Judge plain text, one clause each.

    Returns:
        For each text, category id → probability; only those at or above the classifier's threshold.
    """
    return [dict(row) for row in load_classifier((settings or Settings()).model).classify(list(texts))]


def failed_record(path: Path, settings: Settings, error: EvidexError) -> EvidenceRecord:
    """The record of a document that could not be examined."""
    try:
        source = describe_source(path)
    except EvidexError:
        source = Source(file_name=speakable(path.name), sha256=None, size_bytes=0, media_type="application/octet-stream")
    failure = Failure(code=error.code, message=error.message, remedy=error.remedy)
    return EvidenceRecord(record_id=record_id(source, settings), status="failed", error=failure, source=source)


def record_id(source: Source, settings: Settings) -> str:
    """The key of resume: the same bytes and settings give the same id, whatever the file is called."""
    identity = source.sha256 or source.file_name
    sums = Path(settings.model, SUMS) if settings.model else None
    model = sums.read_text(encoding="utf-8") if sums and sums.is_file() else ""  # a model trained again judges anew
    return hashlib.sha256(f"{identity}\n{settings.model_dump_json()}{model}".encode()).hexdigest()


def _read(path: Path, source: Source, tools: Tools, settings: Settings, steps: list[Step]) -> Iterator[PageReading]:
    for photo in open_photo(path, source, settings):
        started, clock = datetime.now(UTC), perf_counter()
        reading = read_page(photo, tools.engines, settings)
        names, versions = ", ".join(reading.tools), ", ".join(reading.tools.values())
        steps.append(_step("read", names, versions, reading.how, started, clock))
        yield reading


def _step(
    stage: str, tool: str, tool_version: str, how: Mapping[str, str | int | float | bool | None], started: datetime, clock: float
) -> Step:
    seconds = round(perf_counter() - clock, 3)
    return Step(stage=stage, tool=tool, version=tool_version, settings=dict(how), started_at=started, seconds=seconds)


@cache
def load_classifier(model: str | None = None) -> Classifier:
    """The classifier of a name (``keywords``, or another package's) or of a model directory; evidex's own model by default.

    Raises:
        ToolMissing: not a model directory of evidex or of transformers, or transformers is not installed.
    """
    from evidex.find.huggingface import TransformersClassifier
    from evidex.find.model import ModelClassifier

    points = plugins.offered(plugins.CLASSIFIERS)
    if model is None or model in points:
        built: Callable[[], Classifier] = points[model or MODEL].load()
        return built()
    folder = Path(model)
    return TransformersClassifier(folder) if (folder / "config.json").is_file() else ModelClassifier(folder)
