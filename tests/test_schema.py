import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from evidex.schema import Amount, EvidenceRecord, Failure, LegalBasis, PayItem, Payslip, Span, Step

PAYSLIP_FIELDS = (
    "pay_period", "pay_date", "employer", "region", "work_days", "work_hours", "overtime_hours", "night_hours", "holiday_hours",
    "hourly_rate", "base_pay", "overtime_pay", "gross_pay", "total_deductions", "net_pay",
)  # fmt: skip


def test_the_committed_schema_is_that_of_the_code(root: Path) -> None:
    committed = json.loads((root / "docs" / "evidence-record-1.0.json").read_text(encoding="utf-8"))
    assert committed == EvidenceRecord.model_json_schema(mode="serialization")


def test_the_keys_are_those_of_the_contract() -> None:
    assert set(EvidenceRecord.model_fields) == {
        "schema_version", "record_id", "status", "error", "source", "kind", "languages", "pages", "clauses", "findings",
        "payslip", "steps",
    }  # fmt: skip
    assert set(Payslip.model_fields) == {*PAYSLIP_FIELDS, "deductions", "spans"}


def test_a_record_comes_back_from_json_as_it_was(make_record, make_box) -> None:
    span = Span(page=1, quote="寮費", quads=(make_box(1, 2, 3, 4),))
    slip = Payslip(
        **dict.fromkeys(PAYSLIP_FIELDS)
        | {"pay_period": "2024-09", "pay_date": "2024-10-15", "net_pay": Decimal("132381"), "work_hours": Decimal("176.50")},
        deductions=(PayItem(name="寮費", kind="rent", amount=Decimal("28000"), span=span),),
        spans={"net_pay": span},
    )
    step = Step(stage="read", tool="t", version="1", settings={"page": 1}, started_at=datetime.now(UTC), seconds=0.1)
    record = make_record(payslip=slip, steps=(step,), kind="payslip", languages=("ja", "vi"))
    assert EvidenceRecord.model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("value", ["1000000", "42.5", "0.10", "12345678901234567890.12", "1E+6"])
def test_no_digit_of_money_is_lost_in_json(value: str) -> None:
    written = json.loads(Amount(value=Decimal(value), currency="JPY", text="x").model_dump_json())["value"]
    assert isinstance(written, str)
    assert "E" not in written
    assert Decimal(written) == Decimal(value)


def test_a_record_cannot_be_changed(make_record) -> None:
    record = make_record()
    with pytest.raises(ValidationError):
        record.kind = "pledge"
    with pytest.raises(ValidationError):
        record.findings[0].score = 0.1


def test_a_key_that_is_not_in_the_schema_is_refused(make_record) -> None:
    fields = json.loads(make_record().model_dump_json())
    with pytest.raises(ValidationError, match="extra"):
        EvidenceRecord.model_validate({**fields, "note": "x"})
    fields["findings"][0]["note"] = "x"
    with pytest.raises(ValidationError, match="extra"):
        EvidenceRecord.model_validate(fields)


def test_a_failed_record_has_an_error_and_a_complete_one_has_none(make_record) -> None:
    error = Failure(code="c", message="m", remedy="r")
    with pytest.raises(ValidationError, match="failed"):
        make_record(status="failed")
    with pytest.raises(ValidationError, match="failed"):
        make_record(error=error)
    assert make_record(status="failed", error=error).error == error


@pytest.mark.parametrize(
    "change", [{"schema_version": "2.0"}, {"kind": "letter"}, {"status": "done"}, {"pages": [{"number": 0}]}, {"source": None}]
)
def test_a_value_outside_the_schema_is_refused(change: dict[str, object], make_record) -> None:
    with pytest.raises(ValidationError):
        EvidenceRecord.model_validate({**json.loads(make_record().model_dump_json()), **change})


def test_a_finding_without_a_place_is_refused(make_record) -> None:
    fields = json.loads(make_record().model_dump_json())
    fields["findings"][0]["spans"] = []
    with pytest.raises(ValidationError, match="spans"):
        EvidenceRecord.model_validate(fields)


@pytest.mark.parametrize("missing", ["source", "checked"])
def test_law_without_its_source_is_refused(missing: str) -> None:
    fields = {"country": "JP", "instrument": "i", "article": "1", "summary": "s", "url": None, "source": "s", "checked": True}
    with pytest.raises(ValidationError, match=missing):
        LegalBasis.model_validate({key: value for key, value in fields.items() if key != missing})
