import csv
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from time import monotonic

import pytest

import evidex
from evidex.batch import Summary, examine_to, find_files
from evidex.export.jsonl import JsonlStore


class Here(Executor):
    """Does the work at once in this process, and remembers on what."""

    def __init__(self) -> None:
        self.examined: list[str] = []

    def submit(self, task: Callable[..., object], /, *arguments: object) -> Future:
        self.examined.append(Path(str(arguments[0])).name)
        future: Future = Future()
        try:
            future.set_result(self.work(task, *arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def work(self, task: Callable[..., object], *arguments: object) -> object:
        return task(*arguments)


class LosesAWorker(Here):
    """Its process dies on the document called killer.png."""

    def work(self, task: Callable[..., object], *arguments: object) -> object:
        if Path(str(arguments[0])).name == "killer.png":
            raise BrokenProcessPool("a process in the process pool was terminated abruptly")
        return super().work(task, *arguments)


@pytest.fixture
def folder(tmp_path: Path, make_blank) -> Path:
    """Two good photos, one of them twice, three bad files and a text file."""
    inside = tmp_path / "photos" / "deeper"
    inside.mkdir(parents=True)
    make_blank(tmp_path / "photos" / "a.png", 255)
    make_blank(inside / "b.png", 254)
    shutil.copy(inside / "b.png", inside / "copy_of_b.png")
    (tmp_path / "photos" / "cut.png").write_bytes((inside / "b.png").read_bytes()[:60])
    (tmp_path / "photos" / "empty.jpg").touch()
    (tmp_path / "photos" / "letter.pdf").write_text("no PDF at all")
    (tmp_path / "photos" / "notes.txt").write_text("bought film")
    return tmp_path / "photos"


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def wanted(*paths: Path) -> list[str]:
    """The names of the documents that would be examined."""
    return [path.name for path, why_not in find_files(paths) if not why_not]


def test_every_document_becomes_a_record_and_none_an_exception(folder: Path) -> None:
    records = {record.source.file_name: record for record in evidex.examine_all([folder], executor=Here())}
    assert {name: record.error and record.error.code for name, record in records.items()} == {
        "a.png": None,
        "b.png": None,
        "copy_of_b.png": None,
        "cut.png": "damaged_file",
        "empty.jpg": "empty_file",
        "letter.pdf": "unsupported_file",
    }
    assert all(record.error.remedy for record in records.values() if record.error)


def test_own_workers_give_the_same_records_as_any_executor(folder: Path) -> None:
    def told(records: Iterator[evidex.EvidenceRecord]) -> set[tuple[str, str, str]]:
        return {(record.source.file_name, record.status, record.record_id) for record in records}

    own = told(evidex.examine_all([folder], jobs=2))
    with ThreadPoolExecutor(2) as threads:
        assert told(evidex.examine_all([folder], executor=threads)) == own
    assert len(own) == 6


def test_files_named_outright_and_folders_may_be_mixed(folder: Path) -> None:
    records = evidex.examine_all([str(folder / "a.png"), folder / "deeper"], executor=Here())
    assert sorted(record.source.file_name for record in records) == ["a.png", "b.png", "copy_of_b.png"]


def test_records_come_while_later_documents_still_wait(tmp_path: Path, make_blank) -> None:
    photos = [make_blank(tmp_path / f"{shade}.png", shade) for shade in range(200, 240)]
    executor = Here()
    next(evidex.examine_all(photos, executor=executor))
    assert len(executor.examined) < 10


def test_a_worker_that_dies_costs_its_document_and_no_other(tmp_path: Path, make_blank) -> None:
    photos = [make_blank(tmp_path / name, shade) for shade, name in enumerate(("a.png", "killer.png", "z.png"), start=200)]
    records = {record.source.file_name: record for record in evidex.examine_all(photos, executor=LosesAWorker())}
    assert {name: record.status for name, record in records.items()} == {
        "a.png": "complete",
        "killer.png": "failed",
        "z.png": "complete",
    }
    assert records["killer.png"].error.code == "read_failed"
    assert records["killer.png"].source.sha256 is not None


def test_an_executor_that_takes_no_more_work_ends_in_failed_records(tmp_path: Path, make_blank) -> None:
    class Broken(Executor):
        def submit(self, *_: object) -> Future:
            raise BrokenProcessPool("the pool is broken")

    records = list(evidex.examine_all([make_blank(tmp_path / "a.png")], executor=Broken()))
    assert [record.status for record in records] == ["failed"]


def test_a_document_that_takes_too_long_is_given_up(samples: Path) -> None:
    start = monotonic()
    (record,) = evidex.examine_all([samples / "ja_contract_three_pages.pdf"], timeout=0.5)
    assert record.error is not None
    assert record.error.code == "read_failed"
    assert "time" in record.error.message
    assert monotonic() - start < 20


def test_a_file_that_vanishes_before_its_turn_is_a_failed_record(tmp_path: Path, make_blank) -> None:
    class Late(Here):
        def work(self, task: Callable[..., object], *arguments: object) -> object:
            Path(str(arguments[0])).unlink()
            return super().work(task, *arguments)

    (record,) = evidex.examine_all([make_blank(tmp_path / "a.png")], executor=Late())
    assert record.error.code == "unreadable_file"
    assert record.source.file_name == "a.png"


def test_a_folder_becomes_an_evidence_folder(folder: Path, tmp_path: Path) -> None:
    summary = evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
    assert {path.name for path in (tmp_path / "evidence").iterdir()} >= {
        "records.jsonl",
        "manifest.csv",
        "findings.csv",
        "report.html",
    }
    assert (summary.found, summary.complete, summary.failed, summary.skipped) == (7, 2, 3, 2)
    assert len(list(evidex.load_records(tmp_path / "evidence" / "records.jsonl"))) == 5


def test_the_manifest_lists_every_file_once_with_its_hash_and_what_became_of_it(folder: Path, tmp_path: Path) -> None:
    evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
    rows = {Path(row["path"]).name: row for row in manifest(tmp_path / "evidence")}
    assert len(rows) == len(manifest(tmp_path / "evidence")) == 7
    status = {name: row["status"] for name, row in rows.items()}
    assert status["a.png"] == "complete"
    assert status["cut.png"] == "failed: damaged_file"
    assert status["notes.txt"].startswith("skipped")
    assert sorted([status["b.png"], status["copy_of_b.png"]])[1].startswith("duplicate")
    assert rows["b.png"]["sha256"] == rows["copy_of_b.png"]["sha256"] != rows["a.png"]["sha256"]
    recorded = {record.record_id for record in evidex.load_records(tmp_path / "evidence" / "records.jsonl")}
    assert {row["record_id"] for row in rows.values() if row["record_id"]} == recorded


def test_a_second_run_reads_nothing_again(folder: Path, tmp_path: Path) -> None:
    evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
    before = (tmp_path / "evidence" / "records.jsonl").read_bytes()
    again = Here()
    summary = evidex.examine_folder(folder, tmp_path / "evidence", executor=again)
    assert again.examined == []
    assert summary.resumed > 0
    assert (tmp_path / "evidence" / "records.jsonl").read_bytes() == before


def test_a_second_run_says_the_same_of_every_file(folder: Path, tmp_path: Path) -> None:
    first = evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
    rows = manifest(tmp_path / "evidence")
    second = evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
    assert manifest(tmp_path / "evidence") == rows
    assert (second.found, second.complete, second.failed, second.skipped) == (
        first.found,
        first.complete,
        first.failed,
        first.skipped,
    )


def test_a_run_that_was_cut_off_reads_only_what_is_left(folder: Path, tmp_path: Path) -> None:
    evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
    store = tmp_path / "evidence" / "records.jsonl"
    whole = store.read_bytes()
    last = whole.splitlines()[-1]
    store.write_bytes(whole[: -len(last) // 2])
    again = Here()
    evidex.examine_folder(folder, tmp_path / "evidence", executor=again)
    assert len(again.examined) == 1
    assert [line.split(b'"status"')[0] for line in store.read_bytes().splitlines()] == [
        line.split(b'"status"')[0] for line in whole.splitlines()
    ]


def test_other_settings_are_another_examination(folder: Path, tmp_path: Path) -> None:
    store = JsonlStore(tmp_path / "out.jsonl")
    for country in ("JP", "KR"):
        executor = Here()
        with store:
            examine_to(store, [folder / "a.png"], evidex.Settings(country=country), executor=executor)
        assert executor.examined == ["a.png"]
    assert len(list(store)) == 2


def test_a_new_photo_is_the_only_one_read(folder: Path, tmp_path: Path, make_blank) -> None:
    evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
    make_blank(folder / "new.png", 128)
    again = Here()
    evidex.examine_folder(folder, tmp_path / "evidence", executor=again)
    assert again.examined == ["new.png"]


@pytest.mark.parametrize("spelling", ["{photos}/evidence", "evidence", "deeper/../evidence", "../photos/evidence"])
def test_an_evidence_folder_inside_the_photos_is_left_out(folder: Path, spelling: str, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    output = spelling.format(photos=folder)
    first = evidex.examine_folder(".", output, executor=Here())
    second = evidex.examine_folder(".", output, executor=Here())
    third = evidex.examine_folder(folder, output, executor=Here())
    assert first.found == second.found == third.found == 7


def test_counts_add_up_to_the_files_found(folder: Path, tmp_path: Path) -> None:
    for _ in range(2):
        summary = evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
        assert summary.found == summary.complete + summary.failed + summary.skipped == len(summary.rows)


def test_progress_is_told_after_each_document(folder: Path, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    evidex.examine_folder(
        folder, tmp_path / "evidence", executor=Here(), progress=lambda done, total, record: heard.append((done, total))
    )
    assert heard == [(number, 5) for number in range(1, 6)]


def test_each_new_record_is_handed_on_once_it_is_stored(folder: Path, tmp_path: Path) -> None:
    handed: list[str] = []

    def stored(record: evidex.EvidenceRecord) -> None:
        assert record in list(JsonlStore(tmp_path / "out.jsonl"))
        handed.append(record.record_id)

    with JsonlStore(tmp_path / "out.jsonl") as store:
        examine_to(store, [folder], evidex.Settings(), executor=Here(), also=stored)
    assert len(handed) == len(set(handed)) == 5


def test_links_hidden_and_special_files_in_a_folder_are_not_followed(folder: Path, tmp_path: Path, make_blank) -> None:
    (tmp_path / "outside").mkdir()
    make_blank(tmp_path / "outside" / "private.png")
    (folder / "link.png").symlink_to(tmp_path / "outside" / "private.png")
    (folder / "linked").symlink_to(tmp_path / "outside", target_is_directory=True)
    (folder / "dangling.png").symlink_to(tmp_path / "nowhere.png")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    (folder / ".hidden").mkdir()
    make_blank(folder / ".hidden" / "thumb.png")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.png")
    assert wanted(folder) == ["a.png", "cut.png", "empty.jpg", "letter.pdf", "b.png", "copy_of_b.png"]
    listed = {path.name: why_not for path, why_not in find_files([folder])}
    assert all(listed[name] for name in ("link.png", "dangling.png"))


def test_a_photo_without_a_suffix_is_known_by_its_bytes(tmp_path: Path, make_blank) -> None:
    make_blank(tmp_path / "x.png").rename(tmp_path / "IMG_0042")
    (tmp_path / "README").write_text("text")
    assert wanted(tmp_path) == ["IMG_0042"]


def test_a_file_named_outright_is_always_examined(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("text")
    (record,) = evidex.examine_all([tmp_path / "letter.txt"], executor=Here())
    assert record.error.code == "unsupported_file"


def test_files_come_in_the_same_order_each_time(folder: Path) -> None:
    found = [path.relative_to(folder).as_posix() for path, _ in find_files([folder])]
    assert found == [
        "a.png", "cut.png", "empty.jpg", "letter.pdf", "notes.txt", "deeper/b.png", "deeper/copy_of_b.png",
    ]  # fmt: skip


def test_an_empty_folder_gives_an_empty_evidence_folder(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    summary = evidex.examine_folder(tmp_path / "photos", tmp_path / "evidence", executor=Here())
    assert (summary.found, summary.exit_code) == (0, 4)
    assert manifest(tmp_path / "evidence") == []


def test_an_output_that_cannot_be_written_is_a_usage_error(folder: Path) -> None:
    with pytest.raises(evidex.UsageError):
        evidex.examine_folder(folder, folder / "a.png", executor=Here())


def test_the_evidence_folder_is_closed_to_others(folder: Path, tmp_path: Path) -> None:
    evidex.examine_folder(folder, tmp_path / "evidence", executor=Here())
    for path in (tmp_path / "evidence", *(tmp_path / "evidence").iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_one_bad_name_does_not_stop_the_batch(tmp_path: Path, make_blank) -> None:
    (tmp_path / "photos").mkdir()
    make_blank(tmp_path / "photos" / "a.png")
    bad = os.fsencode(tmp_path / "photos") + b"/\xb5\xff.png"
    make_blank(tmp_path / "b.png", 9).rename(os.fsdecode(bad))
    summary = evidex.examine_folder(tmp_path / "photos", tmp_path / "evidence", executor=Here())
    assert (summary.found, summary.complete) == (2, 2)


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        (Summary(found=2, complete=2), 0),
        (Summary(found=3, complete=2, skipped=1), 0),
        (Summary(found=2, complete=1, failed=1), 1),
        (Summary(found=2, complete=1, failed=1, tool_missing=True), 3),
        (Summary(found=2, failed=2), 4),
        (Summary(found=2, skipped=2), 4),
        (Summary(), 4),
    ],
)
def test_the_exit_code_says_how_the_run_ended(summary: Summary, code: int) -> None:
    assert summary.exit_code == code
