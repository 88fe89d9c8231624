import pytest
from pydantic import ValidationError

from evidex import Settings
from evidex.pipeline import record_id


def test_languages_are_named_by_comma_or_in_a_row() -> None:
    assert Settings(languages="ja, vi").languages == ("ja", "vi")
    assert Settings(languages=["ja,vi", "zh-TW"]).languages == ("ja", "vi", "zh-TW")
    assert Settings().languages == ()


@pytest.mark.parametrize("tag", ["japanese", "JA", "j", "ja_JP", "jpn+eng", "-l", "../x", "ja;rm"])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValidationError, match="BCP 47"):
        Settings(languages=(tag,))


@pytest.mark.parametrize("limit", ["max_megabytes", "max_megapixels", "max_pages"])
@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_of_nothing_is_refused(limit: str, value: int) -> None:
    with pytest.raises(ValidationError):
        Settings(**{limit: value})


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        Settings(langauges=("ja",))


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().country = "KR"


def test_every_setting_says_what_it_does() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_other_bytes_or_other_settings_are_another_record(make_record) -> None:
    source = make_record(content=b"a").source
    ids = {
        record_id(source, Settings()),
        record_id(source, Settings(languages=("ja",))),
        record_id(source, Settings(country="KR")),
        record_id(make_record(content=b"b").source, Settings()),
    }
    assert len(ids) == 4


def test_the_same_bytes_under_another_name_are_the_same_record(make_record) -> None:
    a, b = (make_record(file_name=name, content=b"a").source for name in ("a.jpg", "b.jpg"))
    assert record_id(a, Settings()) == record_id(b, Settings())
