"""Every value that flows through evidex and into the record, frozen. No I/O, no pixels.

The JSON Schema of `EvidenceRecord` is committed as docs/evidence-record-1.0.json and tested against these types.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, model_validator

SCHEMA_VERSION: Literal["1.0"] = "1.0"

Point = tuple[float, float]
Quad = Annotated[
    tuple[Point, Point, Point, Point],
    Field(
        description="Four corners [[x, y] × 4] in pixels of the photograph as a person sees it (after its EXIF orientation), "
        "clockwise from the text's top left."
    ),
]
Probability = Annotated[float, Field(ge=0, le=1)]
Exact = Annotated[Decimal, PlainSerializer(lambda value: format(value, "f"), return_type=str)]
"""A decimal number, written as a plain string in JSON so that no digit is lost."""


class Value(BaseModel):
    """Base of all values: immutable, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    """What sort of paper a document is."""

    contract = "contract"
    pledge = "pledge"
    rules = "rules"
    payslip = "payslip"
    unknown = "unknown"


class Word(Value):
    """One word (in Japanese or Chinese: one run of characters) as the engine read it."""

    text: str
    quad: Quad
    confidence: Probability = Field(description="The engine's own confidence, 0–1.")


class SecondReading(Value):
    """What a second reading of a line says, where it does not confirm the first's amounts, or gave a vertical line its marks."""

    text: str
    engine: str


class Line(Value):
    """One line of text as read (Unicode NFC), never corrected."""

    text: str
    quad: Quad
    confidence: Probability = Field(description="Mean confidence of the line's words, weighted by their length.")
    language: str | None = Field(description="BCP 47 tag; null where the script and the words do not tell.")
    engine: str = Field(description="What read the line: the name of the engine, or text-layer.")
    words: tuple[Word, ...] = ()
    doubtful: tuple[str, ...] = Field(default=(), description="Numbers that a second reading does not confirm, as digits 0–9.")
    second_reading: SecondReading | None = Field(default=None, description="Null where the readings agree or no amount stands.")


class Quality(Value):
    """How well the page could be read, and what to do about it."""

    grade: Literal["good", "fair", "poor", "unreadable"]
    advice: tuple[str, ...] = Field(default=(), description="What to do for a better photo, in plain English.")


class PageText(Value):
    """A page: its size, its quality and its lines in reading order."""

    number: int = Field(ge=1)
    width: int = Field(gt=0, description="Pixels of the photograph as a person sees it.")
    height: int = Field(gt=0)
    quality: Quality
    lines: tuple[Line, ...] = ()


class Span(Value):
    """Where something stands: the page, the quote exactly as read, and its boxes on the photograph."""

    page: int = Field(ge=1)
    quote: str
    quads: tuple[Quad, ...]


class Clause(Value):
    """One clause: an article, a numbered item, a bullet or a paragraph."""

    number: str | None = Field(description="The numbering as printed (第3条, Điều 4, (1), •), null for a paragraph without.")
    text: str
    span: Span


class Amount(Value):
    """Money named in a finding."""

    value: Exact
    currency: str | None = Field(description="ISO 4217; null where the paper does not say.")
    text: str = Field(description="As read.")
    doubtful: bool = Field(default=False, description="Its digits were read differently a second time: look at the photo.")


class LegalBasis(Value):
    """A provision that speaks to a finding. Not legal advice."""

    country: str = Field(description="ISO 3166, or ILO, UN for international instruments.")
    instrument: str
    article: str
    summary: str
    url: str | None
    source: str = Field(description="Where the wording of this row was taken from.")
    checked: bool = Field(description="False: noted from memory, a lawyer has still to check it.")
    binds: str | None = Field(default=None, description="Whom the provision binds.")
    in_force_from: date | None = None


class Finding(Value):
    """Something that binds the worker, where it stands, and which law speaks to it."""

    id: str
    category: str
    score: Probability
    method: Literal["model", "rule"]
    witnesses: tuple[str, ...] = Field(default=(), description="The classifiers that found it, each by itself: model, keywords.")
    words: tuple[str, ...] = Field(default=(), description="The words that carried it most, in the model's reckoning.")
    spans: tuple[Span, ...] = Field(min_length=1)
    amounts: tuple[Amount, ...] = ()
    bases: tuple[LegalBasis, ...] = ()
    stated: str | None = None
    lawful: str | None = None
    explanation: str


class PayItem(Value):
    """One deduction line of a payslip."""

    name: str
    kind: Literal["tax", "social_insurance", "rent", "utilities", "food", "savings", "management_fee", "other"]
    amount: Exact | None
    span: Span


class Payslip(Value):
    """What a payslip states; what it does not state is null."""

    pay_period: str | None = Field(pattern=r"^\d{4}-\d{2}$")
    pay_date: date | None
    employer: str | None
    region: str | None
    work_days: Exact | None
    work_hours: Exact | None
    overtime_hours: Exact | None
    night_hours: Exact | None
    holiday_hours: Exact | None
    hourly_rate: Exact | None
    base_pay: Exact | None
    overtime_pay: Exact | None
    gross_pay: Exact | None
    deductions: tuple[PayItem, ...] = ()
    total_deductions: Exact | None
    net_pay: Exact | None
    spans: dict[str, Span] = Field(default_factory=dict)


class Source(Value):
    """The file a record was made from."""

    file_name: str
    sha256: str | None = Field(pattern=r"^[0-9a-f]{64}$", description="Null only when the file could not be read at all.")
    size_bytes: int = Field(ge=0)
    media_type: str


class Step(Value):
    """Provenance: one stage of the work, with the tool, its version and its settings."""

    stage: str
    tool: str
    version: str
    settings: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    started_at: datetime
    seconds: float = Field(ge=0)


class Failure(Value):
    """Why a document could not be examined. Holds no text of the document."""

    code: str
    message: str
    remedy: str


class EvidenceRecord(Value):
    """All that evidex says of one document."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    record_id: str = Field(description="sha256 of the file's bytes and the settings: the key of resume.")
    status: Literal["complete", "failed"]
    error: Failure | None = None
    source: Source
    kind: Kind = Kind.unknown
    languages: tuple[str, ...] = Field(default=(), description="BCP 47, most text first.")
    pages: tuple[PageText, ...] = ()
    clauses: tuple[Clause, ...] = ()
    findings: tuple[Finding, ...] = ()
    payslip: Payslip | None = None
    steps: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _error_means_failed(self) -> Self:
        if (self.status == "failed") != (self.error is not None):
            raise ValueError("a record has an error exactly when it failed")
        return self
