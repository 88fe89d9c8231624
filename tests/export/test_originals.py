from pathlib import Path

import pytest

from evidex.batch import Summary, write_manifest
from evidex.export.originals import Originals


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "photo.jpg").write_bytes(b"the photograph")
    return tmp_path / "in" / "photo.jpg"


def test_a_photo_is_found_in_a_folder_of_the_folder(tmp_path: Path, photo: Path, make_record) -> None:
    source = make_record(content=b"the photograph").source
    assert Originals.in_folders([tmp_path]).find(source) == photo


def test_a_photo_of_the_same_name_and_size_with_other_bytes_is_not_it(tmp_path: Path, photo: Path, make_record) -> None:
    source = make_record(content=b"the photograpH").source
    assert Originals.in_folders([tmp_path]).find(source) is None


@pytest.mark.parametrize("name", ["photo.jpg", "=photo.jpg", "-1.jpg", "写真 1.jpg", 'a"b,c.jpg', "'quoted.jpg"])
def test_the_manifest_leads_to_the_photo_whatever_it_is_called(tmp_path: Path, name: str, monkeypatch, make_record) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(b"the photograph")
    source = make_record(content=b"the photograph").source
    write_manifest(Summary(rows=[(name, source.sha256, "id", "complete")]), Path("manifest.csv"))
    found = Originals.from_manifest(Path("manifest.csv")).find(source)
    assert found is not None
    assert found.samefile(name)


def test_nothing_is_found_where_nothing_is(make_record) -> None:
    assert Originals().find(make_record().source) is None
