"""The real engines on the real samples, once for all tests of this file."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import dist
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from rapidfuzz import fuzz

import evidex
from evidex.schema import Finding, Quad, Span

RECALL, PRECISION, LAWFUL = 0.9, 0.8, 1


@dataclass(frozen=True)
class Run:
    expected: Mapping[str, Mapping]
    records: Mapping[str, evidex.EvidenceRecord]
    before: Mapping[Path, tuple[str, int, int]]
    after: Mapping[Path, tuple[str, int, int]]

    def each(self) -> Iterator[tuple[Mapping, evidex.EvidenceRecord]]:
        return ((self.expected[name], record) for name, record in self.records.items())


def fingerprint(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return hashlib.sha256(path.read_bytes()).hexdigest(), status.st_size, status.st_mtime_ns


@pytest.fixture(scope="session")
def run(samples: Path) -> Run:
    expected = {
        path.name.removesuffix(".expected.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(samples.glob("*.expected.json"))
    }
    photos = [path for path in sorted(samples.iterdir()) if path.stem in expected and path.suffix != ".json"]
    before = {path: fingerprint(path) for path in photos}
    records = {Path(record.source.file_name).stem: record for record in evidex.examine_all(photos, jobs=2)}
    return Run(expected, records, before, {path: fingerprint(path) for path in photos})


def bare(text: str) -> str:
    kept = (c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and unicodedata.category(c) != "Cf")
    return "".join(kept)


def as_expected(wanted: Mapping, finding: Finding) -> bool:
    return wanted["category"] == finding.category and any(
        span.page == wanted["page"] and fuzz.partial_ratio(bare(span.quote), bare(wanted["quote"])) >= 70
        for span in finding.spans
    )


def spans(record: evidex.EvidenceRecord) -> Iterator[Span]:
    return (span for finding in record.findings for span in finding.spans)


def left(quad: Quad) -> tuple[float, float]:
    """The middle of the side where its text begins."""
    (x0, y0), _, _, (x3, y3) = quad
    return (x0 + x3) / 2, (y0 + y3) / 2


def right(quad: Quad) -> tuple[float, float]:
    _, (x1, y1), (x2, y2), _ = quad
    return (x1 + x2) / 2, (y1 + y2) / 2


def test_every_sample_is_examined_to_the_end(run: Run) -> None:
    assert run.records.keys() == run.expected.keys()
    assert {name: record.error for name, record in run.records.items() if record.error} == {}


def test_most_of_what_binds_people_is_found(run: Run) -> None:
    wanted = [(row, record) for expected, record in run.each() for row in expected["findings"]]
    missed = [row["quote"] for row, record in wanted if not any(as_expected(row, finding) for finding in record.findings)]
    assert 1 - len(missed) / len(wanted) >= RECALL, missed


def test_most_of_what_is_found_is_right(run: Run) -> None:
    found = [(finding, expected) for expected, record in run.each() for finding in record.findings]
    wrong = [
        (finding.category, finding.spans[0].quote)
        for finding, expected in found
        if not any(as_expected(row, finding) for row in expected["findings"])
    ]
    assert 1 - len(wrong) / len(found) >= PRECISION, wrong


def test_a_lawful_contract_is_left_in_peace(run: Run) -> None:
    found = run.records["ja_contract_lawful"].findings
    assert len(found) <= LAWFUL, [(finding.category, finding.spans[0].quote) for finding in found]


def test_the_kind_is_right_but_for_one_at_most(run: Run) -> None:
    wrong = {record.source.file_name: record.kind for expected, record in run.each() if record.kind != expected["kind"]}
    assert len(wrong) <= 1, wrong


def test_the_language_with_most_text_comes_first(run: Run) -> None:
    wrong = {
        record.source.file_name: record.languages
        for expected, record in run.each()
        if record.languages[:1] != tuple(expected["languages"][:1]) and len(expected["languages"]) == 1
    }
    assert wrong == {}


def test_both_languages_of_a_bilingual_page_are_found(run: Run) -> None:
    for expected, record in run.each():
        if len(expected["languages"]) == 2:
            assert set(expected["languages"]) <= set(record.languages), record.source.file_name


def test_every_page_is_read(run: Run) -> None:
    for expected, record in run.each():
        assert [page.number for page in record.pages] == list(range(1, expected["pages"] + 1))
        assert all(page.lines for page in record.pages)


def test_pages_have_the_size_of_the_photo_as_a_person_sees_it(run: Run) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    for path in run.before:
        if path.suffix != ".pdf":
            with Image.open(path) as image:
                size = ImageOps.exif_transpose(image).size
            (page,) = run.records[path.stem].pages
            assert (page.width, page.height) == size, path.name


def test_quotes_are_verbatim_parts_of_the_lines(run: Run) -> None:
    for _, record in run.each():
        read = {page.number: "".join("".join(line.text.split()) for line in page.lines) for page in record.pages}
        assert [span.quote for span in spans(record) if "".join(span.quote.split()) not in read[span.page]] == []


def test_boxes_lie_on_the_photo(run: Run) -> None:
    for _, record in run.each():
        size = {page.number: (page.width, page.height) for page in record.pages}
        for span in spans(record):
            width, height = size[span.page]
            slack = 0.02 * max(width, height)
            assert span.quads
            assert all(-slack <= x <= width + slack and -slack <= y <= height + slack for quad in span.quads for x, y in quad), (
                record.source.file_name,
                span.quote,
            )


def test_boxes_begin_and_end_at_the_words_they_quote(run: Run) -> None:
    for _, record in run.each():
        pages = {page.number: page for page in record.pages}
        for span in spans(record):
            words = [word for line in pages[span.page].lines for word in line.words]
            if not words or "text-layer" in {line.engine for line in pages[span.page].lines}:
                continue
            first = min(words, key=lambda word: dist(left(word.quad), left(span.quads[0])))
            last = min(words, key=lambda word: dist(right(word.quad), right(span.quads[-1])))
            where = record.source.file_name, span.quote
            assert set(bare(first.text)) & set(bare(span.quote)[:3]), where
            assert set(bare(last.text)) & set(bare(span.quote)[-3:]), where


def test_the_box_of_a_quote_read_again_says_the_quote(run: Run, samples: Path) -> None:
    from evidex.photo import describe_source, open_photo
    from evidex.read.rapidocr import RapidOcrEngine

    record = run.records["ja_contract_lawful"]
    path = samples / record.source.file_name
    (photo,) = open_photo(path, describe_source(path), evidex.Settings())
    line = max(record.pages[0].lines, key=lambda row: len(row.text))
    (x0, y0), _, (x1, y1), _ = ((int(x), int(y)) for x, y in line.quad)
    (again,) = RapidOcrEngine().read([photo.pixels[y0 - 3 : y1 + 3, x0 - 3 : x1 + 3]], "ja")
    assert fuzz.ratio(bare(again.text), bare(line.text)) > 90


def test_words_of_a_line_follow_each_other_along_it(run: Run) -> None:
    for _, record in run.each():
        for line in (line for page in record.pages for line in page.lines if line.words):
            assert "".join("".join(word.text.split()) for word in line.words) == "".join(line.text.split())
            (x0, y0), (x1, y1), _, (x3, y3) = line.quad
            length, height = dist((x0, y0), (x1, y1)), dist((x0, y0), (x3, y3))
            along = [((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length for x, y in (left(word.quad) for word in line.words)]
            assert along == sorted(along), (record.source.file_name, line.text)
            assert -height < along[0]
            assert along[-1] < length + height


def test_text_is_composed_unicode_without_control_characters(run: Run) -> None:
    for _, record in run.each():
        for line in (line for page in record.pages for line in page.lines):
            assert line.text == unicodedata.normalize("NFC", line.text)
            assert {unicodedata.category(character) for character in line.text}.isdisjoint({"Cc", "Cs", "Co"})


def test_the_record_names_the_file_by_its_hash(run: Run) -> None:
    for path, (digest, size, _) in run.before.items():
        source = run.records[path.stem].source
        assert (source.file_name, source.sha256, source.size_bytes) == (path.name, digest, size)
    assert len({record.record_id for record in run.records.values()}) == len(run.records)


def test_the_originals_are_as_they_were(run: Run) -> None:
    assert run.after == run.before


def test_every_step_names_its_tool_and_version(run: Run) -> None:
    for _, record in run.each():
        assert [step.stage for step in record.steps] == ["read"] * len(record.pages) + ["find"]
        assert all(step.tool and step.version for step in record.steps)


def test_law_that_speaks_to_the_finding_is_japans_and_the_sending_countrys(run: Run) -> None:
    (deposit, *_) = [row for row in run.records["vi_commitment"].findings if row.category == "guarantee_deposit"]
    assert {"JP", "VN", "ILO"} <= {basis.country for basis in deposit.bases}


def test_the_amounts_of_a_finding_are_those_of_its_quote(run: Run) -> None:
    def amounts(name: str, category: str) -> set[tuple[int, str | None]]:
        rows = [row for row in run.records[name].findings if row.category == category]
        return {(int(amount.value), amount.currency) for row in rows for amount in row.amounts}

    assert (800_000, "JPY") in amounts("ja_pledge", "penalty_fee")
    assert (200_000_000, "VND") in amounts("vi_commitment", "penalty_fee")
    assert (150_000, "CNY") in amounts("zh_contract", "penalty_fee")
    assert (80_000, "THB") in amounts("th_contract", "guarantee_deposit")


def test_every_record_survives_the_way_through_json(run: Run) -> None:
    for _, record in run.each():
        assert evidex.EvidenceRecord.model_validate_json(record.model_dump_json()) == record


def test_the_same_photo_gives_the_same_record_again(run: Run, samples: Path) -> None:
    again = evidex.examine(samples / "ja_pledge.jpg")
    first = run.records["ja_pledge"]
    assert again.model_dump(exclude={"steps"}) == first.model_dump(exclude={"steps"})


def test_a_report_of_all_samples_shows_every_finding(run: Run, samples: Path, tmp_path: Path) -> None:
    evidex.export_records(run.records.values(), tmp_path / "report.html", originals=samples)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('<article class="finding">') == sum(len(record.findings) for record in run.records.values())
    assert page.count("<figure>") >= len(run.records)
    assert len(page) < 40_000_000
