import csv
import io
import json
from pathlib import Path

import pytest

from evidex.errors import UsageError
from evidex.training.labelled import FORMATS, Example, Labelled, read_labelled

KNOWN = ("guarantee_deposit", "penalty_fee", "phone_ban")
FINE = "門限に遅れた者は罰金として一万円を支払う。"
PHONE = "携帯電話の所持は認めない。"
PLAIN = "有給休暇は法律のとおりに与える。"


def read(tmp_path: Path, content: bytes | str, name: str = "labelled") -> Labelled:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_labelled(path, KNOWN)


def lines(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def table(*rows: tuple[str, ...], delimiter: str = ",") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


def ours(text: str = FINE, *labels: str, **more: object) -> dict[str, object]:
    return {"text": text, "labels": list(labels), **more}


GOOD = ours(PLAIN)


def annotation(*results: tuple[str, dict[str, object]], **more: object) -> dict[str, object]:
    return {"was_cancelled": False, "result": [{"type": kind, "value": value} for kind, value in results], **more}


def choices(*names: str) -> tuple[str, dict[str, object]]:
    return "choices", {"choices": list(names)}


def task(text: object, *annotations: dict[str, object], **data: object) -> dict[str, object]:
    return {"id": 7, "data": {"text": text, **data}, "annotations": list(annotations), "predictions": []}


def labels_of(found: Labelled) -> list[tuple[str, ...]]:
    return [example.labels for example in found.examples]


# Our own lines


def test_our_own_lines_come_back_whole(tmp_path: Path) -> None:
    row = ours(FINE, "penalty_fee", lang="ja", group="ja-3", source="rules", near=["guarantee_deposit"])
    (example,) = read(tmp_path, lines(row)).examples
    assert example == Example(FINE, "ja", ("penalty_fee",), "ja-3", "rules", ("guarantee_deposit",))


def test_an_empty_list_of_labels_is_an_ordinary_clause(tmp_path: Path) -> None:
    assert labels_of(read(tmp_path, lines(ours(PLAIN)))) == [()]


def test_without_labels_nobody_has_said_that_it_is_ordinary(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, {"text": FINE}, {"text": FINE, "labels": None}))
    assert found.problems == tuple(f"line {n}: has no labels; an ordinary clause has an empty list" for n in (2, 3))


def test_without_a_group_texts_that_differ_in_spaces_and_widths_share_one(tmp_path: Path) -> None:
    found = read(tmp_path, lines(ours("罰金は10000円とする", group=None), ours("保証金の定め")))
    again = read(tmp_path, lines(ours("罰金は １００００円 とする")))
    assert found.examples[0].group == again.examples[0].group != found.examples[1].group


def test_numbers_may_name_a_group(tmp_path: Path) -> None:
    assert read(tmp_path, lines(ours(group=12))).examples[0].group == "12"


def test_letters_and_their_marks_are_put_together(tmp_path: Path) -> None:
    (example,) = read(tmp_path, lines(ours("  tie\u0302\u0300n đặt cọc \n"))).examples
    assert example.text == "tiền đặt cọc"


def test_the_language_is_guessed_where_it_is_missing(tmp_path: Path) -> None:
    vietnamese = "Bên B phải nộp tiền đặt cọc bảo lãnh trước khi xuất cảnh."
    rows = [ours(FINE), ours(vietnamese), ours("禁止使用手机，违者罚款。"), ours("旅券保管"), ours("12 abc", lang="zh-tw")]
    found = read(tmp_path, lines(*rows))
    assert [example.lang for example in found.examples] == ["ja", "vi", "zh", "ja", "zh-TW"]


def test_han_characters_alone_are_chinese(tmp_path: Path) -> None:
    assert read(tmp_path, lines(ours("旅券保管"))).examples[0].lang == "zh"


def test_byte_order_marks_and_lines_of_windows_do_no_harm(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + lines(ours(FINE, "penalty_fee"), GOOD).replace("\n", "\r\n\r\n").encode()
    assert labels_of(read(tmp_path, content)) == [("penalty_fee",), ()]


def test_the_examples_that_ship_are_read_without_a_problem(root: Path) -> None:
    rows = (root / "models/clauses/labelled.jsonl").read_text(encoding="utf-8").splitlines()
    known = {label for row in rows for label in json.loads(row)["labels"]}
    found = read_labelled(root / "models/clauses/labelled.jsonl", known)
    assert (len(found.examples), found.problems) == (len(rows), ())


# Tables


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_tables_as_spreadsheets_write_them(tmp_path: Path, delimiter: str, encoding: str) -> None:
    header, row = ("Text", "lang", " labels", "group"), (f'{FINE}\n"第二項", 続き', "", "penalty_fee; phone_ban", "契約 1")
    found = read(tmp_path, table(header, row, delimiter=delimiter).encode(encoding), "table.json")
    assert found.problems == ()
    assert found.examples == (Example(f'{FINE}\n"第二項", 続き', "ja", ("penalty_fee", "phone_ban"), "契約 1"),)


@pytest.mark.parametrize(
    "cell", ["penalty_fee;phone_ban", "penalty_fee, phone_ban", "penalty_fee|phone_ban|", "penalty_fee#phone_ban"]
)
def test_labels_in_a_cell_are_separated_by_any_of_the_signs(tmp_path: Path, cell: str) -> None:
    assert labels_of(read(tmp_path, table(("text", "label"), (FINE, cell)))) == [("penalty_fee", "phone_ban")]


def test_rows_of_tables_are_named_by_the_line_they_begin_on(tmp_path: Path) -> None:
    rows = [("text", "labels"), ("一行目\n二行目", ""), ("", ""), (FINE, "deposit"), ("", "phone_ban")]
    found = read(tmp_path, table(*rows))
    assert [problem.split(":")[0] for problem in found.problems] == ["line 5", "line 6"]
    assert found.problems[1] == "line 6: text is empty"


def test_a_text_with_commas_and_no_quotation_marks_is_not_cut(tmp_path: Path) -> None:
    found = read(tmp_path, f"text,labels\nten thousand yen, at once,penalty_fee\n{PLAIN}\n{PHONE},phone_ban,,\n")
    assert labels_of(found) == [("phone_ban",)]
    assert [problem.split(" where")[0] for problem in found.problems] == ["line 2: has 3 cells", "line 3: has 1 cells"]


def test_a_quotation_mark_that_is_not_closed_swallows_no_row_in_silence(tmp_path: Path) -> None:
    found = read(tmp_path, f'text,labels\n"{FINE},penalty_fee\n"{PLAIN}",\n{PHONE},phone_ban\n"open,\nx,\n')
    assert labels_of(found) == [("phone_ban",)]
    assert [problem.split(":")[0] for problem in found.problems] == ["lines 2 to 3", "lines 5 to 6"]


def test_a_huge_cell_costs_its_own_row_only(tmp_path: Path) -> None:
    found = read(tmp_path, table(("text", "labels"), ("あ" * 200_000, ""), ("い" * 110_000, ""), (PHONE, "phone_ban")))
    assert labels_of(found) == [("phone_ban",)]
    assert [problem.split(":")[0] for problem in found.problems] == ["line 2", "line 3"]


@pytest.mark.parametrize("encoding", ["gbk", "cp874", "cp1258"])
def test_other_encodings_are_refused_not_misread(tmp_path: Path, encoding: str) -> None:
    text = {"gbk": "禁止使用手机，违者罚款。", "cp874": "ห้ามใช้โทรศัพท์มือถือ", "cp1258": "Điê\u0300u câ\u0301m dùng"}[encoding]
    with pytest.raises(UsageError, match="neither UTF-8 nor Shift-JIS"):
        read(tmp_path, table(("text", "labels"), (text, "phone_ban")).encode(encoding))


def test_one_bad_byte_costs_one_row(tmp_path: Path) -> None:
    content = table(("text", "labels"), (FINE, "penalty_fee"), (PHONE, "phone_ban"), (PLAIN, "")).encode()
    found = read(tmp_path, content.replace("携".encode(), b"\xe6\x90"))
    assert labels_of(found) == [("penalty_fee",), ()]
    assert found.problems == ("line 3: text holds bytes that are no text",)


# doccano


@pytest.mark.parametrize(
    "row",
    [
        {"id": 1, "text": FINE, "label": ["penalty_fee"], "Comments": []},
        {"id": 1, "text": FINE, "label": [[0, 5, "penalty_fee"], [6, 9, "penalty_fee"]]},
        {"text": FINE, "entities": [{"id": 1, "label": "penalty_fee", "start_offset": 0, "end_offset": 5}], "relations": []},
        {"text": FINE, "cats": ["penalty_fee"], "entities": [[0, 5, "penalty_fee"]]},
    ],
)
def test_doccano_says_what_the_text_is_by_classes_and_by_spans(tmp_path: Path, row: dict[str, object]) -> None:
    assert labels_of(read(tmp_path, lines(row))) == [("penalty_fee",)]
    assert labels_of(read(tmp_path, json.dumps([row], indent=2))) == [("penalty_fee",)]


# Label Studio


def test_label_studio_says_it_by_choices_spans_and_boxes(tmp_path: Path) -> None:
    span = ("labels", {"start": 0, "end": 5, "text": FINE[:5], "labels": ["penalty_fee"]})
    box = ("rectanglelabels", {"x": 1, "y": 2, "rectanglelabels": ["phone_ban"]})
    note = ("textarea", {"text": ["deposit"]})
    done = annotation(choices("penalty_fee", "guarantee_deposit"), span, box, note)
    (example,) = read(tmp_path, json.dumps([task(FINE, done, lang="ja", group="c-1", source="contract")])).examples
    assert example == Example(FINE, "ja", ("penalty_fee", "guarantee_deposit", "phone_ban"), "c-1", "contract")


def test_the_latest_annotation_wins_and_skipped_ones_do_not_count(tmp_path: Path) -> None:
    old = annotation(choices("phone_ban"), updated_at="2026-01-01T00:00:00Z")
    new = annotation(choices("penalty_fee"), updated_at="2026-02-01T00:00:00Z")
    skipped = annotation(choices("guarantee_deposit"), updated_at="2026-03-01T00:00:00Z", was_cancelled=True)
    first, last = annotation(choices("phone_ban")), annotation()
    found = read(tmp_path, json.dumps([task(FINE, new, old, skipped), task(PLAIN, first, last)]))
    assert labels_of(found) == [("penalty_fee",), ()]


def test_a_task_nobody_has_annotated_is_no_ordinary_clause(tmp_path: Path) -> None:
    guess = {**task(PHONE), "predictions": [annotation(choices("phone_ban"))]}
    found = read(tmp_path, json.dumps([task(FINE, annotation()), task(PLAIN, annotation(was_cancelled=True)), guess]))
    assert labels_of(found) == [()]
    assert found.problems == tuple(f"item {n}: nobody has annotated it, or it was skipped" for n in (2, 3))


@pytest.mark.parametrize(
    "said",
    [
        "penalty_fee",
        {"choices": ["penalty_fee"]},
        ["penalty_fee"],
        [{"start": 0, "end": 5, "text": FINE[:5], "labels": ["penalty_fee"]}],
    ],
)
def test_label_studios_short_form_names_the_field_after_the_control(tmp_path: Path, said: object) -> None:
    more = {"annotation_id": 3, "annotator": 1, "lead_time": 2.5, "page": 1, "image": "/data/a.jpg"}
    rows = [{"text": FINE, "doc_labels": said, **more}, {"text": PLAIN, **more}, {"text": PHONE, "doc_labels": "phone", **more}]
    found = read(tmp_path, json.dumps(rows))
    assert labels_of(found) == [("penalty_fee",), ()]
    assert found.problems[0].startswith("item 3: label 'phone' is unknown")


def test_other_fields_add_nothing_to_the_labels(tmp_path: Path) -> None:
    assert labels_of(read(tmp_path, lines(ours(PLAIN, old_labels=["phone_ban"], hint="penalty_fee")))) == [()]


@pytest.mark.parametrize(
    "broken",
    [
        {"data": {"text": FINE}, "annotations": "none"},
        {"data": {"text": FINE}, "annotations": [{"result": [1]}]},
        task(FINE, annotation(("choices", {}))),
        task(FINE, annotation(("taxonomy", {"taxonomy": [["penalty_fee"]]}))),
        task(None, annotation()),
        task([FINE], annotation()),
        [],
        None,
    ],
)
def test_a_task_of_another_shape_is_named(tmp_path: Path, broken: object) -> None:
    found = read(tmp_path, json.dumps([GOOD, broken]))
    assert (labels_of(found), len(found.problems)) == ([()], 1)
    assert found.problems[0].startswith("item 2: ")


# What goes wrong


def test_unknown_labels_are_named_and_the_known_ones_once(tmp_path: Path) -> None:
    found = read(tmp_path, lines(GOOD, ours(FINE, "deposit"), ours(PHONE, "phone")))
    assert found.problems == (
        "line 2: label 'deposit' is unknown; known are guarantee_deposit, penalty_fee, phone_ban",
        "line 3: label 'phone' is unknown",
    )


@pytest.mark.parametrize("secret", ["Nguyễn Thị Hoa", "TK1234567", "090-1234-5678", "the worker pays", "x" * 50, FINE])
def test_a_text_in_the_place_of_a_label_is_not_repeated(tmp_path: Path, secret: str) -> None:
    content = table(("text", "labels"), ("penalty_fee", secret), (PLAIN, ""))
    assert secret not in "".join(read(tmp_path, content).problems)
    with pytest.raises(UsageError) as error:
        read(tmp_path, content.replace(PLAIN, ""))
    assert secret not in f"{error.value} {error.value.remedy}"


@pytest.mark.parametrize(
    "broken",
    [
        '{"text": "秘密',
        '{"text": "秘密", "labels": []} {}',
        "秘密",
        '["秘密"]',
        "7",
        "[" * 100_000,
        "9" * 5_000,
        '{"text": "秘密\0", "labels": []}',
        '{"text": "秘密\\u0000", "labels": []}',
        '{"text": "秘密\\ud800", "labels": []}',
        '{"text": 7, "labels": []}',
        '{"text": " \\u200b\\n", "labels": []}',
        '{"labels": []}',
        '{"text": "秘密", "labels": 7}',
        '{"text": "秘密", "labels": [7]}',
        '{"text": "秘密", "labels": [["秘密"]]}',
        '{"text": "秘密", "labels": {"秘密": 1}}',
        '{"text": "秘密", "labels": [], "lang": "秘密"}',
        '{"text": "秘密", "labels": [], "group": ["秘密"]}',
        '{"text": "秘密", "labels": [], "source": true}',
        '{"text": "秘密", "labels": [], "near": ["秘密"]}',
        '{"text": "秘密", "labels": ["phone_ban"], "near": ["phone_ban"]}',
        json.dumps(ours("秘密" * 60_000)),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_kept(tmp_path: Path, broken: str) -> None:
    found = read(tmp_path, lines(ours(FINE, "penalty_fee")) + broken + "\n" + lines(GOOD))
    assert labels_of(found) == [("penalty_fee",), ()]
    (problem,) = found.problems
    assert problem.startswith("line 2: ")
    assert "秘密" not in problem


def test_labels_as_one_string_are_not_taken_letter_by_letter(tmp_path: Path) -> None:
    row = {"text": FINE, "labels": "penalty_fee; phone_ban"}
    assert labels_of(read(tmp_path, lines(row))) == [("penalty_fee", "phone_ban")]


def test_the_same_text_twice_is_kept_once(tmp_path: Path) -> None:
    rows = [ours(FINE, "penalty_fee", "phone_ban"), ours(f" {FINE} ", "phone_ban", "penalty_fee", "phone_ban")]
    found = read(tmp_path, lines(*rows))
    assert (labels_of(found), found.problems) == ([("penalty_fee", "phone_ban")], ())


def test_the_same_text_with_other_labels_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, lines(ours(FINE, "penalty_fee"), GOOD, ours(FINE)))
    assert labels_of(found) == [()]
    assert found.problems == (
        "line 1: has the text of line 3 with other labels",
        "line 3: has the text of line 1 with other labels",
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n \n",
        "秘密の契約\n第二条\n",
        "{",
        "[]",
        '[{"text": "秘密",',
        '{"a": "秘密"}',
        "text,labels\n",
        'text,labels,"秘密',
        b"\0\xff\x80" * 99,
    ],
)
def test_a_file_without_a_usable_row_says_what_can_be_given(tmp_path: Path, content: bytes | str) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, content)
    assert "秘密" not in error.value.message
    assert error.value.remedy
    assert error.value.__context__ is None


def test_the_remedy_shows_the_formats(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, "nothing")
    assert error.value.remedy == FORMATS
    assert all(name in FORMATS for name in ("JSON lines", "CSV", "doccano", "Label Studio"))


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(UsageError):
            read_labelled(path, KNOWN)


def test_one_object_over_many_lines_is_one_row(tmp_path: Path) -> None:
    assert labels_of(read(tmp_path, json.dumps(ours(FINE, "penalty_fee"), indent=2))) == [("penalty_fee",)]
