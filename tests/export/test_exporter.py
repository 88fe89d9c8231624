from pathlib import Path

import pytest

import evidex
from evidex import plugins
from evidex.errors import UsageError
from evidex.export.exporter import open_exporter


@pytest.mark.parametrize(
    ("name", "starts"), [("findings.csv", b"\xef\xbb\xbf"), ("report.html", b"<!doctype"), ("OUT.JSONL", b"{")]
)
def test_the_name_picks_the_format(tmp_path: Path, name: str, starts: bytes, make_record) -> None:
    evidex.export_records([make_record()], tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(starts)


@pytest.mark.parametrize("name", ["report.docx", "report", "csv", ".html.txt"])
def test_a_name_that_no_exporter_writes_is_refused_with_those_that_are(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_exporter(tmp_path / name)
    assert all(ending in caught.value.remedy for ending in (".csv", ".html", ".jsonl"))
    assert not (tmp_path / name).exists()


def test_every_exporter_on_offer_opens_and_takes_records(tmp_path: Path, make_record, make_failed) -> None:
    for ending in plugins.offered(plugins.EXPORTERS):
        with open_exporter(tmp_path / f"all.{ending}") as exporter:
            exporter.write(make_record())
            exporter.write(make_failed())
        assert (tmp_path / f"all.{ending}").exists()


def test_records_are_taken_one_by_one_from_a_stream(tmp_path: Path, make_record) -> None:
    evidex.export_records((make_record(file_name=f"{n}.jpg") for n in range(3)), tmp_path / "out.jsonl")
    assert len(list(evidex.load_records(tmp_path / "out.jsonl"))) == 3


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path, make_record) -> None:
    for name in ("findings.csv", "report.html", "out.jsonl"):
        with pytest.raises(UsageError):
            evidex.export_records([make_record()], tmp_path / "missing" / name)
