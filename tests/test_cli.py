import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import evidex
from evidex.cli import main

VERBS = {
    "examine": ["--output", "-o", "--languages", "--country", "--region", "--jobs", "--timeout", "--dask", "--quiet", "--json"],
    "batch": [
        "--output",
        "-o",
        "--languages",
        "--region",
        "--jobs",
        "--timeout",
        "--dask",
        "--report-language",
        "--quiet",
        "--json",
    ],
    "classify": ["--output", "-o"],
    "export": ["--originals", "--report-language"],
    "categories": ["--lang", "--json"],
    "schema": [],
    "doctor": [],
}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """The command line in this process; its own end is always an exit."""
    monkeypatch.setenv("COLUMNS", "200")

    def ended(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert isinstance(caught.value.code, int)
        return Ended(caught.value.code, out, err)

    return ended


def evidex_process(*arguments: object, **environment: str) -> Ended:
    """The command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "evidex", *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def photos(tmp_path: Path, make_blank) -> Path:
    (tmp_path / "photos").mkdir()
    make_blank(tmp_path / "photos" / "a.png")
    return tmp_path / "photos"


@pytest.fixture
def records(tmp_path: Path, make_record, make_failed) -> Path:
    evidex.export_records([make_record(), make_failed()], tmp_path / "out.jsonl")
    return tmp_path / "out.jsonl"


# --- what it says of itself


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_names_its_options(run, verb: str) -> None:
    ended = run(verb, "--help")
    assert ended.code == 0
    assert [option for option in VERBS[verb] if option not in ended.out] == []


def test_the_help_names_every_verb(run) -> None:
    ended = run("--help")
    assert ended.code == 0
    assert [verb for verb in VERBS if verb not in ended.out] == []


def test_it_tells_its_version(run) -> None:
    assert run("--version").out.strip() == evidex.__version__


def test_it_runs_as_a_module_too() -> None:
    assert evidex_process("--version").out.strip() == evidex.__version__


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["examine"],
        ["examine", "photo.jpg"],
        ["batch", "folder", "-o", "out", "--frobnicate"],
        ["examine", "gone.jpg", "-o", "out.jsonl"],
        ["batch", "gone", "-o", "out"],
        ["examine", ".", "-o", "missing/folder/out.jsonl"],
        ["examine", ".", "-o", "out.jsonl", "--languages", "japanese"],
        ["examine", ".", "-o", "out.jsonl", "--max-pages", "none"],
        ["examine", ".", "-o", "out.jsonl", "--max-pages", "0"],
        ["export", "gone.jsonl", "report.html"],
        ["classify", "gone.txt"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_says_what_is_wrong_and_exits_with_2(run, arguments: list[str], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run(*arguments)
    assert ended.code == 2
    assert ended.err.startswith("evidex: ")
    assert "Traceback" not in ended.err


# --- examine and batch


def test_all_complete_exits_with_0_and_leaves_one_line_a_document(run, photos: Path, tmp_path: Path) -> None:
    ended = run("examine", photos, "-o", tmp_path / "out.jsonl", "--jobs", 1)
    assert (ended.code, "1 complete" in ended.out) == (0, True)
    (line,) = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["status"] == "complete"
    assert (tmp_path / "out.manifest.csv").exists()


def test_a_document_that_fails_exits_with_1(run, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.jpg").write_bytes(b"no photo")
    ended = run("examine", photos, "-o", tmp_path / "out.jsonl", "--jobs", 1)
    assert ended.code == 1
    assert "1 complete, 1 failed" in ended.out


def test_nothing_readable_exits_with_4(run, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    ended = run("examine", tmp_path / "bad.jpg", "-o", tmp_path / "out.jsonl", "--jobs", 1)
    assert ended.code == 4
    assert "nothing could be read" in ended.err


def test_a_second_run_goes_on_and_exits_as_the_first(run, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.jpg").write_bytes(b"no photo")
    first = run("examine", photos, "-o", tmp_path / "out.jsonl", "--jobs", 1)
    before = (tmp_path / "out.jsonl").read_bytes()
    second = run("examine", photos, "-o", tmp_path / "out.jsonl", "--jobs", 1)
    assert (second.code, (tmp_path / "out.jsonl").read_bytes()) == (first.code, before)
    assert "done before" in second.out


def test_without_tesseract_it_exits_with_3_and_tries_again_once_it_is_there(photos: Path, tmp_path: Path) -> None:
    command = ["examine", photos, "-o", tmp_path / "out.jsonl", "--jobs", 1]
    ended = evidex_process(*command, PATH=str(tmp_path))
    assert ended.code == 3
    assert "evidex doctor" in ended.err
    (record,) = evidex.load_records(tmp_path / "out.jsonl")
    assert record.error is not None
    assert (record.error.code, bool(record.error.remedy)) == ("tool_missing", True)
    assert evidex_process(*command).code == 0
    assert [record.status for record in evidex.load_records(tmp_path / "out.jsonl")] == ["complete"]


def test_doctor_without_tesseract_exits_with_3_and_names_the_command() -> None:
    ended = evidex_process("doctor", PATH="/nonexistent")
    assert ended.code == 3
    assert "apt install tesseract-ocr" in ended.out
    assert "Traceback" not in ended.err


def test_a_missing_language_pack_exits_with_3_and_names_the_package(photos: Path, tmp_path: Path) -> None:
    import pytesseract

    (tmp_path / "tessdata").mkdir()
    listed = subprocess.run(
        [pytesseract.pytesseract.tesseract_cmd, "--list-langs"], capture_output=True, text=True, check=True
    ).stdout
    installed = Path(listed.split('"')[1])
    (tmp_path / "tessdata" / "eng.traineddata").symlink_to(installed / "eng.traineddata")
    ended = evidex_process(
        "examine",
        photos,
        "-o",
        tmp_path / "out.jsonl",
        "--jobs",
        1,
        "--languages",
        "ja,vi",
        TESSDATA_PREFIX=str(tmp_path / "tessdata"),
    )
    assert ended.code == 3
    (record,) = evidex.load_records(tmp_path / "out.jsonl")
    assert "tesseract-ocr-vie" in record.error.remedy


def test_progress_for_host_tools_is_json_lines(run, photos: Path, tmp_path: Path, make_blank) -> None:
    make_blank(photos / "b.png", 3)
    ended = run("batch", photos, "-o", tmp_path / "evidence", "--jobs", 1, "--json", "--quiet")
    lines = [json.loads(line) for line in ended.err.splitlines()]
    assert [(line["event"], line["done"], line["total"], line["status"]) for line in lines] == [
        ("document", 1, 2, "complete"),
        ("document", 2, 2, "complete"),
    ]
    assert ended.out == ""


def test_quiet_says_nothing_when_all_is_well(run, photos: Path, tmp_path: Path) -> None:
    ended = run("batch", photos, "-o", tmp_path / "evidence", "--jobs", 1, "--quiet")
    assert ended == Ended(0, "", "")


def test_batch_ends_with_the_counts_and_where_to_look(run, photos: Path, tmp_path: Path) -> None:
    (photos / "notes.txt").write_text("text")
    ended = run("batch", photos, "-o", tmp_path / "evidence", "--jobs", 1)
    assert ended.code == 0
    assert "2 files: 1 complete, 0 failed, 1 skipped" in ended.out
    assert str(tmp_path / "evidence" / "report.html") in ended.out.replace("\n", "")
    assert (tmp_path / "evidence" / "report.html").exists()


def test_batch_finds_what_binds_people_on_a_real_photo(run, samples: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "pledge.jpg").write_bytes((samples / "ja_pledge.jpg").read_bytes())
    ended = run("batch", tmp_path / "photos", "-o", tmp_path / "evidence", "--jobs", 1, "--report-language", "ja")
    assert ended.code == 0
    assert evidex.categories()["document_retention"].name("en") in " ".join(ended.out.split())
    report = (tmp_path / "evidence" / "report.html").read_text(encoding="utf-8")
    assert evidex.categories()["document_retention"].name("ja") in report
    assert "data:image/jpeg;base64," in report
    assert "旅券" in (tmp_path / "evidence" / "findings.csv").read_text(encoding="utf-8-sig")


def test_the_batch_script_is_the_verb_of_the_same_name(photos: Path, tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("evidex-batch")
    done = subprocess.run(
        [script, photos, "-o", tmp_path / "evidence", "--jobs", "1", "--quiet"], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / "evidence" / "manifest.csv").exists()


def alive_in_group(group: int) -> list[str]:
    """Commands of a process group that still run; one that has ended but was not yet reaped does not."""
    listed = subprocess.run(["ps", "-e", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [row.split(None, 2) for row in listed.splitlines()]
    return [row[-1] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps here to see what still runs")
def test_ctrl_c_exits_with_130_keeps_what_is_done_and_leaves_no_worker(samples: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evidex", "examine", samples / "ja_contract_lawful.png", samples / "ja_pledge.jpg",
               samples / "ja_contract_three_pages.pdf", "-o", tmp_path / "out.jsonl", "--jobs", "1", "--json"]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert json.loads(process.stderr.readline())["done"] == 1
        os.killpg(process.pid, signal.SIGINT)
        told = process.stderr.read()
        assert process.wait(timeout=30) == 130
    assert "Traceback" not in told
    assert "evidex: interrupted" in told
    assert 1 <= len(list(evidex.load_records(tmp_path / "out.jsonl"))) < 3
    assert alive_in_group(process.pid) == []


def test_control_characters_in_a_file_name_do_not_reach_the_terminal(run, photos: Path, tmp_path: Path) -> None:
    (photos / "a.png").rename(photos / "a\x1b[31m\u202egpj.png")
    ended = run("examine", photos, "-o", tmp_path / "out.jsonl", "--jobs", 1)
    assert ended.code == 0
    assert "\x1b[31m" not in ended.out
    assert "\u202e" not in ended.out


def test_a_console_that_knows_only_ascii_does_not_stop_the_work(samples: Path) -> None:
    ended = evidex_process("categories", "--lang", "km", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert ended.code == 0
    assert "guarantee_deposit" in ended.out


def test_dask_that_is_not_installed_is_told_with_the_command(run, photos: Path, tmp_path: Path) -> None:
    try:
        import dask.distributed  # noqa: F401
    except ImportError:
        ended = run("examine", photos, "-o", tmp_path / "out.jsonl", "--dask", "tcp://127.0.0.1:1")
        assert ended.code == 2
        assert "pip install" in ended.err
    else:
        pytest.skip("dask is installed here")


# --- the other verbs


def test_classify_judges_one_clause_a_line(run, tmp_path: Path) -> None:
    text = '外泊は禁止する。\n\nごみは分別する。\n{"text": "保証金として100万円を預託する。"}\n'
    (tmp_path / "clauses.txt").write_text(text, encoding="utf-8")
    ended = run("classify", tmp_path / "clauses.txt")
    rows = [json.loads(line) for line in ended.out.splitlines()]
    assert [(row["text"], list(row["labels"])) for row in rows] == [
        ("外泊は禁止する。", ["movement_restriction"]),
        ("ごみは分別する。", []),
        ("保証金として100万円を預託する。", ["guarantee_deposit"]),
    ]
    assert ended.code == 0


def test_classify_reads_standard_input_and_writes_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evidex", "classify", "-", "-o", tmp_path / "out.jsonl"]
    done = subprocess.run(command, input="外泊は禁止する。\n".encode(), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
    (row,) = (json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert set(row["labels"]) == {"movement_restriction"}


@pytest.mark.parametrize("line", ['{"text": ', '{"clause": "x"}', "{braces} are no JSON"])
def test_classify_takes_a_line_that_is_no_json_as_text_or_says_which_it_is(run, line: str, tmp_path: Path) -> None:
    (tmp_path / "clauses.jsonl").write_text(f"外泊は禁止する。\n{line}\n", encoding="utf-8")
    ended = run("classify", tmp_path / "clauses.jsonl")
    assert ended.code in {0, 2}
    assert json.loads(ended.out.splitlines()[1])["text"] == line if ended.code == 0 else "2" in ended.err


@pytest.mark.parametrize("name", ["report.html", "findings.csv", "copy.jsonl"])
def test_export_writes_the_format_of_the_name(run, records: Path, tmp_path: Path, name: str) -> None:
    ended = run("export", records, tmp_path / name)
    assert (ended.code, name in ended.out) == (0, True)
    assert (tmp_path / name).stat().st_size > 0


def test_export_to_an_unknown_format_or_place_exits_with_2(run, records: Path, tmp_path: Path) -> None:
    for target in (tmp_path / "report.docx", tmp_path / "missing" / "report.html", tmp_path / "missing" / "findings.csv"):
        ended = run("export", records, target)
        assert ended.code == 2
        assert not target.exists()


def test_categories_are_listed_in_the_readers_language(run) -> None:
    for language in ("ja", "vi", "km"):
        ended = run("categories", "--lang", language)
        assert ended.code == 0
        shown = "".join(ended.out.split())
        for row in evidex.categories().values():
            assert row.id in shown
            assert row.names[language].split()[0] in shown


def test_categories_as_json_carry_definition_and_law(run) -> None:
    rows = json.loads(run("categories", "--json").out)
    assert [row["id"] for row in rows] == list(evidex.categories())
    assert all(row["definition"] and row["bases"] and row["names"]["en"] for row in rows)


def test_schema_prints_the_committed_schema(run, root: Path) -> None:
    ended = run("schema")
    assert ended.code == 0
    assert json.loads(ended.out) == json.loads((root / "docs" / "evidence-record-1.0.json").read_text(encoding="utf-8"))


def test_doctor_finds_all_that_is_needed_here(run) -> None:
    ended = run("doctor")
    assert ended.code == 0
    assert "Tesseract: " in ended.out
    assert "RapidOCR" in ended.out
