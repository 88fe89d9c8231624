"""Labelled clauses from files, told apart by their content: JSON lines, tables, doccano, Label Studio.

A row that cannot be used is named by its line or item and left out. The clauses are confidential: no problem and no error
quotes a text, and a label that is not known is quoted only where it looks like the name of a category.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evidex.errors import UsageError
from evidex.languages import LANGUAGES, languages_of
from evidex.settings import LANGUAGE_TAG

FORMATS = """Give one of these; no label means an ordinary clause:
  JSON lines     {"text": "…", "labels": ["penalty_fee"], "lang": "ja", "group": "contract 7"}
  CSV or TSV     UTF-8 or Shift-JIS, with the columns text and labels (by ; , or |), perhaps lang, group and source
  doccano        {"text": "…", "label": ["penalty_fee"]} or {"text": "…", "label": [[0, 12, "penalty_fee"]]}
  Label Studio   its export as JSON or JSON-MIN"""

_MOST_BYTES = 100 * 2**20
_MOST_CHARACTERS = 100_000
_SEPARATORS = re.compile(r"[;,|#；，、]")
"""Between labels in one cell; doccano's tables have #."""
_LIKE_A_CATEGORY = re.compile(r"[a-z]+([_-][a-z]+)*")
_LABEL_FIELDS = ("labels", "label", "entities", "cats")
"""Ours; then doccano's for classes and spans, for spans with relations, for classes beside spans."""
_OTHER_FIELDS = frozenset(
    {"text", "lang", "group", "source", "near", "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"}
)
_ANNOTATED = frozenset({"annotator", "annotation_id", "lead_time"})
"""What JSON-MIN adds to a task that somebody has annotated. A control in which nothing was chosen is left away."""
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True)
class Example:
    """A clause and what it is."""

    text: str
    """Unicode NFC, without space around it."""
    lang: str | None
    """BCP 47: as the file has it, else a guess."""
    labels: tuple[str, ...]
    """Empty for an ordinary clause."""
    group: str
    """Examples that must stay on one side of a split, such as those of one document; by itself a hash of the text."""
    source: str = ""
    near: tuple[str, ...] = ()
    """Categories it looks like but is not."""


@dataclass(frozen=True)
class Labelled:
    """What a file holds."""

    examples: tuple[Example, ...]
    problems: tuple[str, ...]
    """Each row that is left out, as "line 12: label 'deposit' is unknown". Without text."""


class _Fault(Exception):
    """Why a row cannot be used; in a table or a list of rows it is a value. Its message holds no text."""


class _UnknownLabel(_Fault):
    """A label that is no category."""


_Fields = Mapping[str, object]
_Row = tuple[str, _Fields | _Fault]
"""Where the row stands, and its fields."""


def read_labelled(path: Path, categories: Collection[str]) -> Labelled:
    """The labelled clauses of a file. The same clause twice is kept once; with other labels it is left out.

    Args:
        path: JSON lines, CSV, TSV, or an export of doccano or Label Studio; see `FORMATS`.
        categories: The labels there are.

    Raises:
        UsageError: the file cannot be read, or no row of it can be used.
    """
    known = frozenset(categories)
    rows = list(_rows(_decoded(_bytes(path)), known))
    judged = [(place, _judged(row, known)) for place, row in rows]
    kept, faults = _once(judged)
    problems = _spoken(faults, [place for place, _ in rows], known)
    if not kept:
        why = "; ".join(problems[:3]) or "it has none"
        raise UsageError(f"no row of {path.name} is a labelled clause: {why}", FORMATS)
    return Labelled(tuple(_with_languages(kept)), problems)


def _bytes(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is no file but a folder, a pipe or a device", FORMATS)
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} is larger than {_MOST_BYTES >> 20} MiB", "Split it, or leave columns out.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})", FORMATS) from error


def _decoded(raw: bytes) -> str:
    """UTF-8, else the Shift-JIS of Excel in Japan; U+FFFD where a byte fits neither."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    beyond = [_is_utf8(line) for line in raw.splitlines() if not line.isascii()]
    if sum(beyond) >= len(beyond) / 2:  # one bad byte must not turn the rest into other letters
        return raw.decode("utf-8-sig", "replace")
    text = raw.decode("cp932", "replace")
    if len(_KANA.findall(text)) < len(_BEYOND_ASCII.findall(text)) / 20:  # GBK, TIS-620, Windows-1258: hardly ever kana
        raise UsageError("the file is neither UTF-8 nor Shift-JIS", "In Excel, save it as “CSV UTF-8”.")
    return text


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _rows(text: str, known: frozenset[str]) -> Iterator[_Row]:
    delimiter = _delimiter(text)
    if delimiter:
        return _table_rows(text, delimiter)
    start = text.lstrip()[:1]
    if start == "[":
        return _json_rows(_json_items(text), known)
    if start == "{" or re.search(r"^\s*\{", text, re.MULTILINE):
        return _json_rows(_json_lines(text), known)
    raise UsageError("the file is no JSON and has no columns text and labels in its first line", FORMATS)


# Tables


def _delimiter(text: str) -> str | None:
    """That which makes columns `text` and `labels` of the first line."""
    first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    return next((sign for sign in ",\t;" if _columns_there(_header(next(csv.reader([first[:10_000]], delimiter=sign))))), None)


def _header(cells: Iterable[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    return ["labels" if name == "label" else name for name in names]


def _columns_there(header: list[str]) -> bool:
    return header.count("text") == header.count("labels") == 1


def _table_rows(text: str, delimiter: str) -> Iterator[_Row]:
    placed = _cells(text, delimiter)
    _, first = next(placed)
    header = [] if isinstance(first, _Fault) else _header(first)
    if not _columns_there(header):
        raise UsageError("a quotation mark in the first line is out of place", FORMATS)
    for place, cells in placed:
        yield place, cells if isinstance(cells, _Fault) else _cells_by_name(header, cells)


def _cells(text: str, delimiter: str) -> Iterator[tuple[str, list[str] | _Fault]]:
    """Each row that is not blank, with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begin = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            place = f"line {begin}" if reader.line_num <= begin else f"lines {begin} to {reader.line_num}"
            yield place, _Fault("a quotation mark is out of place, or a cell is too long")
            continue
        if any(cell.strip() for cell in cells):
            yield f"line {begin}", cells


def _cells_by_name(header: list[str], cells: list[str]) -> _Fields | _Fault:
    needed = 1 + max(header.index("text"), header.index("labels"))
    if len(cells) < needed or any(cell.strip() for cell in cells[len(header) :]):
        return _Fault(f"has {len(cells)} cells where the first line has {len(header)}; perhaps a quotation mark is missing")
    return dict(zip(header, cells, strict=False))


# JSON


def _json_lines(text: str) -> Iterator[tuple[str, object]]:
    lines = [line.strip().lstrip("\ufeff") for line in io.StringIO(text, newline=None)]
    whole = _json(text) if isinstance(_json(next(filter(None, lines))), _Fault) else None
    if isinstance(whole, dict):
        yield "item 1", whole  # one object, printed over many lines
        return
    for number, line in enumerate(lines, 1):
        if line:
            yield f"line {number}", _json(line)


def _json_items(text: str) -> Iterator[tuple[str, object]]:
    items = _json(text)
    if not isinstance(items, list):
        raise UsageError(f"the file {items}", "Export it again; perhaps it was cut off.")
    for number, item in enumerate(items, 1):
        yield f"item {number}", item


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return _Fault("is not valid JSON" if error.lineno == 1 else f"is not valid JSON at its line {error.lineno}")
    except (ValueError, RecursionError):
        return _Fault("is not valid JSON")


def _json_rows(placed: Iterable[tuple[str, object]], known: frozenset[str]) -> Iterator[_Row]:
    values = list(placed)
    controls = {key for _, value in values if isinstance(value, dict) for key in _controls(value, known)}
    for place, value in values:
        try:
            yield place, _fields(value, controls)
        except _Fault as fault:
            yield place, fault


def _fields(value: object, controls: Collection[str]) -> _Fields:
    """A row of any of the formats as one of ours."""
    if isinstance(value, _Fault):
        raise value
    if not isinstance(value, dict):
        raise _Fault("is no JSON object")
    if isinstance(value.get("data"), dict) and "text" not in value:
        return {**value["data"], "labels": _annotated(value)}
    annotated = bool(controls and _ANNOTATED & value.keys())
    given = [value[key] for key in _LABEL_FIELDS if value.get(key) is not None]
    if annotated or not given:
        given += [value[key] for key in sorted(controls) if value.get(key) is not None]
    if not given and not annotated:
        raise _Fault("has no labels; an ordinary clause has an empty list")
    return {**value, "labels": [name for labels in given for name in _names(labels)]}


def _names(labels: object) -> list[str]:
    """Labels as each of the tools writes them: a cell, names, spans, choices."""
    if isinstance(labels, str):
        return [name.strip() for name in _SEPARATORS.split(labels) if name.strip()]
    if isinstance(labels, dict):
        return _region_names(labels)
    if not isinstance(labels, list):
        raise _Fault("labels are no list of names")
    return [name for label in labels for name in _label_names(label)]


def _label_names(label: object) -> list[str]:
    if isinstance(label, str):
        return [label.strip()]
    if isinstance(label, dict):
        return _region_names(label)
    if isinstance(label, list) and len(label) == 3 and isinstance(label[2], str):
        return [label[2].strip()]  # start, end, label
    raise _Fault("labels are no list of names")


def _region_names(region: Mapping[str, object]) -> list[str]:
    """The {start_offset, end_offset, label} of doccano; Label Studio's {choices} or {start, end, labels}."""
    lists = [value for key, value in region.items() if _holds_labels(key)] or [[region.get("label")]]
    if not all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in lists):
        raise _Fault("labels are no list of names")
    return [name.strip() for names in lists if isinstance(names, list) for name in names]


# Label Studio


def _holds_labels(key: object) -> bool:
    """Whether a result of that type says what the clause is. Taxonomies are among them: they are refused, not passed over."""
    return isinstance(key, str) and (key in {"choices", "taxonomy"} or key.endswith("labels"))


def _annotated(task: _Fields) -> list[str]:
    """What the latest annotation of a task says; an annotation in which nothing is chosen means an ordinary clause."""
    done = [annotation for annotation in _objects(task.get("annotations")) if not annotation.get("was_cancelled")]
    if not done:
        raise _Fault("nobody has annotated it, or it was skipped")
    latest = max(reversed(done), key=_date)  # without dates the last
    results = [result for result in _objects(latest.get("result")) if _holds_labels(result.get("type"))]
    return [name for result in results for name in _result_names(result)]


def _date(annotation: _Fields) -> str:
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def _result_names(result: _Fields) -> list[str]:
    kind, value = str(result["type"]), result.get("value")
    return _region_names({kind: value.get(kind) if isinstance(value, dict) else None})


def _objects(value: object) -> list[_Fields]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _Fault("is no task as Label Studio exports it")
    return value


def _controls(row: _Fields, known: frozenset[str]) -> list[str]:
    """The fields of a JSON-MIN row that hold labels. The project named them; the fields of the task stand beside them."""
    named = (key for key in row if key not in _OTHER_FIELDS and key not in _LABEL_FIELDS)
    return [key for key in named if _is_control(row[key], known)]


def _is_control(value: object, known: frozenset[str]) -> bool:
    parts = value if isinstance(value, list) else [value]
    texts = {part for part in parts if isinstance(part, str)}
    return bool(texts & known) or any(isinstance(part, dict) and any(map(_holds_labels, part)) for part in parts)


# One row


def _judged(row: _Fields | _Fault, known: frozenset[str]) -> Example | _Fault:
    if isinstance(row, _Fault):
        return row
    try:
        return _example(row, known)
    except _Fault as fault:
        return fault


def _example(row: _Fields, known: frozenset[str]) -> Example:
    text = _text(row.get("text"))
    labels, near = _known(row.get("labels"), known), _known(row.get("near") or [], known)
    if set(labels) & set(near):
        raise _Fault("near names a category that is among the labels")
    return Example(text, _tag(_name(row, "lang")), labels, _name(row, "group") or _digest(text), _name(row, "source"), near)


def _text(value: object) -> str:
    if value is None:
        raise _Fault("has no text")
    if not isinstance(value, str):
        raise _Fault("text is no string")
    if len(value) > _MOST_CHARACTERS:
        raise _Fault(f"text is longer than {_MOST_CHARACTERS} characters; one clause each")
    text = _clean(value, "text")
    if not any(map(str.isalnum, text)):
        raise _Fault("text is empty")
    return text


def _clean(value: str, field: str) -> str:
    if any(character in "\0\ufffd" or "\ud800" <= character <= "\udfff" for character in value):
        raise _Fault(f"{field} holds bytes that are no text")
    return unicodedata.normalize("NFC", value).strip()


def _name(row: _Fields, field: str) -> str:
    value = row.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Fault(f"{field} is no string")
    return _clean(str(value), field)


def _tag(tag: str) -> str | None:
    tag = next((language for language in LANGUAGES if language.lower() == tag.lower()), tag)
    if tag and not LANGUAGE_TAG.fullmatch(tag):
        raise _Fault("lang is no BCP 47 tag such as ja, vi or zh-TW")
    return tag or None


def _known(labels: object, known: frozenset[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_names(labels)))
    unknown = next((name for name in names if name not in known), None)
    if unknown is None:
        return names
    raise _UnknownLabel(f"label {unknown!r} is unknown" if _may_be_quoted(unknown) else "a label is unknown")


def _may_be_quoted(label: str) -> bool:
    """A text may stand where the label should: only what looks like the name of a category is repeated."""
    return len(label) <= 40 and _LIKE_A_CATEGORY.fullmatch(label) is not None


def _digest(text: str) -> str:
    """The same for texts that differ in spaces, capitals or widths only."""
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(folded.encode()).hexdigest()[:16]


# All rows


def _once(judged: Iterable[tuple[str, Example | _Fault]]) -> tuple[list[Example], dict[str, _Fault]]:
    """Each text once. Of labels that disagree nobody knows the right ones: all rows with the text are left out."""
    first: dict[str, tuple[str, Example]] = {}
    faults: dict[str, _Fault] = {}
    for place, example in judged:
        if isinstance(example, _Fault):
            faults[place] = example
            continue
        before, other = first.setdefault(_digest(example.text), (place, example))
        if set(other.labels) != set(example.labels):
            faults[place] = _Fault(f"has the text of {before} with other labels")
            faults[before] = _Fault(f"has the text of {place} with other labels")
    return [example for place, example in first.values() if place not in faults], faults


def _spoken(faults: Mapping[str, _Fault], places: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The faults in the order of the file; the first label that is unknown tells those that are known."""
    problems = {place: f"{place}: {faults[place]}" for place in places if place in faults}
    first = next((place for place in problems if isinstance(faults[place], _UnknownLabel)), None)
    if first:
        problems[first] += f"; known are {', '.join(sorted(known))}"
    return tuple(problems.values())


def _with_languages(examples: list[Example]) -> Iterator[Example]:
    """Guesses where the file says nothing. As on a page, kana elsewhere in the file make Japanese of Han characters."""
    guesses = [example.lang or languages_of([example.text])[0] for example in examples]
    pairs = list(zip(examples, guesses, strict=True))
    japanese = next((example.text for example, guess in pairs if guess == "ja" and _KANA.search(example.text)), "")
    for example, guess in pairs:
        doubtful = example.lang is None and guess == "zh"
        yield replace(example, lang=languages_of([example.text, japanese])[0] if doubtful else guess)
