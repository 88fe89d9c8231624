from pathlib import Path

import pytest

from evidex.errors import UsageError
from evidex.export.jsonl import JsonlStore, load_records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def test_records_come_back_as_they_were_written(path: Path, make_record, make_failed) -> None:
    written = [make_record(file_name="a.jpg"), make_failed(), make_record("改行\nと\u2028区切り", file_name="c.jpg")]
    with JsonlStore(path) as store:
        for record in written:
            store.write(record)
    assert list(load_records(path)) == list(JsonlStore(path)) == written
    assert len(path.read_bytes().split(b"\n")) == 4


def test_each_record_is_on_the_disk_before_the_next(path: Path, make_record) -> None:
    with JsonlStore(path) as store:
        store.write(make_record())
        assert list(load_records(path)) == [make_record()]


def test_a_store_goes_on_where_it_stopped(path: Path, make_record) -> None:
    for name in ("a.jpg", "b.jpg"):
        with JsonlStore(path) as store:
            store.write(make_record(file_name=name))
    assert [record.source.file_name for record in load_records(path)] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize("cut", [1, 30, 31, 32, 200])
def test_a_torn_last_line_is_dropped_when_the_run_goes_on(path: Path, cut: int, make_record) -> None:
    line = make_record("保証金", file_name="証拠.jpg").model_dump_json().encode()
    path.write_bytes(make_record().model_dump_json().encode() + b"\n" + line[:cut])
    with JsonlStore(path) as store:
        assert list(store) == [make_record()]
        store.write(make_record(file_name="b.jpg"))
    assert [record.source.file_name for record in load_records(path)] == ["photo.jpg", "b.jpg"]


def test_finished_tells_the_status_of_each_record(path: Path, make_record, make_failed) -> None:
    with JsonlStore(path) as store:
        store.write(make_record())
        store.write(make_failed("encrypted_file"))
        done = store.finished()
    assert done[make_record().record_id] == "complete"
    assert done[make_failed().record_id] == "failed: encrypted_file"


def test_what_failed_for_a_missing_tool_is_tried_again(path: Path, make_record, make_failed) -> None:
    with JsonlStore(path) as store:
        store.write(make_failed("tool_missing"))
        store.write(make_record())
        assert set(store.finished()) == {make_record().record_id}
    with JsonlStore(path) as store:
        assert list(store) == [make_record()]


def test_a_document_that_quotes_an_error_code_is_kept(path: Path, make_record) -> None:
    record = make_record('{"code":"tool_missing"}')
    for _ in range(2):
        with JsonlStore(path) as store:
            if not list(store):
                store.write(record)
    assert list(load_records(path)) == [record]


def test_a_file_that_holds_no_records_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    photo = tmp_path / "original.jpg"
    photo.write_bytes(b"\xff\xd8\xff a photograph\nthat nobody may change")
    with pytest.raises(UsageError), JsonlStore(photo) as store:
        store.finished()
    assert photo.read_bytes() == b"\xff\xd8\xff a photograph\nthat nobody may change"


def test_nobody_else_may_read_the_records(path: Path, make_record) -> None:
    with JsonlStore(path) as store:
        store.write(make_record())
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"{}\n", b"not json\n", b'{"schema_version":"1.0"', b"\xe4\xbf\n", b"\xff\xd8\xff\xe0"])
def test_a_line_that_is_no_record_is_named_by_its_number(path: Path, content: bytes, make_record) -> None:
    path.write_bytes(make_record().model_dump_json().encode() + b"\n" + content)
    with pytest.raises(UsageError, match="line 2") as caught:
        list(load_records(path))
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_a_usage_error(path: Path) -> None:
    with pytest.raises(UsageError):
        list(load_records(path))


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError), JsonlStore(tmp_path / "missing" / "out.jsonl"):
        pass


def test_a_closed_store_takes_nothing(path: Path, make_record) -> None:
    with pytest.raises(UsageError):
        JsonlStore(path).write(make_record())
