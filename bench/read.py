"""How well pages are read: character error rate on fresh photographs, against plain Tesseract and plain RapidOCR.

    python bench/read.py [LANGUAGE…] [--pages N] [--seed N]      # needs chromium and the fonts named in bench/pages.py

evidex is told nothing; Tesseract is told the language (--psm 3, the default), RapidOCR reads as it comes. Each reads the same
file, all on one core.
The error rate is the edit distance over the length of the truth, after NFKC and without white space and invisible characters.
With all languages, the table in bench/RESULTS.md is written anew.
"""

import multiprocessing
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import pytesseract
import results
from pages import LANGUAGES, Page, pages
from photograph import LOOKS
from rapidfuzz.distance import Levenshtein
from samples import bare

import evidex
from evidex.read.flatten import flatten_light
from evidex.read.lines import without_neighbours
from evidex.read.orientation import quarter_turns
from evidex.read.routing import load_engines
from evidex.read.tesseract import CODES

HERE = Path(__file__).parent
STEPS = np.linspace(0, 1, 11)


def error_rate(truth: str, read: str) -> float:
    return Levenshtein.distance(bare(truth), bare(read)) / len(bare(truth))


def tesseract(picture: np.ndarray, language: str) -> str:
    return str(pytesseract.image_to_string(picture, lang=CODES[language]))


def rapidocr(picture: np.ndarray, _: str, engine: list = []) -> str:  # noqa: B006 - the engine is built once
    from rapidocr import RapidOCR

    if not engine:
        engine.append(RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1}))
    return "".join(engine[0](picture[..., ::-1]).txts or ())


def lines_again(record: evidex.EvidenceRecord, picture: np.ndarray) -> list[float]:
    """Error rates of a few lines cut out of the photograph by their boxes and read again, against what the record says."""
    rates = []
    lines = [line for line in record.pages[0].lines if len(line.text) >= 8 and line.language]
    for line in lines[:: max(1, len(lines) // 5)]:
        quad = np.array(line.quad, np.float32)
        scale = 44 / np.linalg.norm(quad[3] - quad[0])
        size = (max(8, round(float(np.linalg.norm(quad[1] - quad[0]) * scale))), 44)
        corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
        piece = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(quad, corners), size)
        strip = np.pad(without_neighbours(flatten_light(piece)), ((10, 10), (12, 12)), constant_values=255)
        engine = load_engines().of(line.language)
        rates.append(error_rate(line.text, engine.read([strip], line.language)[0].text))
    return rates


def word_hits(record: evidex.EvidenceRecord, truth: str) -> list[tuple[float, bool]]:
    """Confidence of each word, and whether its text stands in the truth where the alignment puts it."""
    words = [word for page in record.pages for line in page.lines for word in line.words]
    read, want = "".join(bare(word.text) for word in words), bare(truth)
    wrong = np.zeros(len(read) + 1, bool)
    for step in Levenshtein.editops(read, want):
        wrong[step.src_pos] = True
    ends = np.cumsum([len(bare(word.text)) for word in words])
    return [(word.confidence, not wrong[end - len(bare(word.text)) : end].any()) for word, end in zip(words, ends, strict=True)]


def line_hits(record: evidex.EvidenceRecord, hits: list[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Confidence of each line, and the share of its text that stands in words that are right."""
    pairs, right = [], iter(hits)
    for line in (line for page in record.pages for line in page.lines if line.words):
        lengths = [(len(word.text), next(right)[1]) for word in line.words]
        pairs.append((line.confidence, sum(size for size, ok in lengths if ok) / sum(size for size, _ in lengths)))
    return pairs


def calibration_error(pairs: list[tuple[float, float]]) -> float:
    """Expected calibration error over ten bins of confidence."""
    if not pairs:
        return 0.0
    told, true = np.array(pairs, float).T
    bins = np.clip(np.digitize(told, STEPS) - 1, 0, 9)
    return float(sum(abs(told[bins == k].mean() - true[bins == k].mean()) * (bins == k).mean() for k in set(bins)))


def memory_of(path: str, queue: "multiprocessing.Queue[float]") -> None:
    """In a process of its own: the most memory that reading one page took."""
    evidex.examine(path)
    queue.put(peak_memory())


class Tally:
    """All that is measured, page by page."""

    def __init__(self) -> None:
        self.rates: dict = defaultdict(lambda: defaultdict(list))
        self.layouts: dict = defaultdict(list)
        self.seconds: dict = defaultdict(float)
        self.words: list = []
        self.lines: list = []
        self.again: list = []
        self.told = self.turned = self.total = 0

    def add(self, page: Page, path: Path) -> None:
        """Read the file of a page in every way."""
        picture = np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])
        clock = perf_counter()
        record = evidex.examine(path)
        self.seconds["evidex"] += perf_counter() - clock
        read = {"evidex": "".join(line.text for p in record.pages for line in p.lines)}
        for run in (tesseract, rapidocr):
            clock = perf_counter()
            read[run.__name__] = run(picture, page.language)
            self.seconds[run.__name__] += perf_counter() - clock
        for name, text in read.items():
            self.rates[page.look][name, page.language].append(error_rate(page.text, text))
        self.layouts[page.look, page.layout].append(error_rate(page.text, read["evidex"]))
        self.total += 1
        self.told += page.language in record.languages[: 2 if page.layout == "table" else 1]
        self.turned += sum(quarter_turns(np.ascontiguousarray(np.rot90(picture, -turn))) == turn for turn in range(4))
        self.again += lines_again(record, picture)
        if page.layout == "letter":  # elsewhere the order of reading would be counted as misreading
            hits = word_hits(record, page.text)
            self.words += hits
            self.lines += line_hits(record, hits)

    def of_layouts(self) -> dict[str, list[float]]:
        """Error rates by layout, all looks together."""
        names = dict.fromkeys(layout for _, layout in self.layouts)
        return {name: [rate for (_, layout), rates in self.layouts.items() if layout == name for rate in rates] for name in names}

    def table(self, languages: list[str], memory: float) -> str:
        """All of it, for people."""
        rows = []
        for look in LOOKS:
            rows.append(f"{look}: character error rate in per cent")
            for name in ("evidex", "tesseract", "rapidocr"):
                found = [100 * float(np.mean(self.rates[look][name, language])) for language in languages]
                each = "  ".join(f"{tag} {rate:.1f}" for tag, rate in zip(languages, found, strict=True))
                rows.append(f"  {name:10s} mean {np.mean(found):5.1f}  {each}")
        letters = (
            f"{look} {100 * float(np.mean(self.layouts[look, 'letter'])):.1f}" for look in LOOKS if self.layouts[look, "letter"]
        )
        rows.append("evidex on plain letters: " + ", ".join(letters))
        rows.append(
            "evidex by layout: " + ", ".join(f"{name} {100 * float(np.mean(r)):.1f}" for name, r in self.of_layouts().items())
        )
        rows.append(
            f"language of the page right on {self.told}/{self.total}; orientation right on {self.turned}/{4 * self.total}"
        )
        again = f"error rate {100 * float(np.mean(self.again)):.1f} % on {len(self.again)} lines"
        rows.append(f"lines cut out by their boxes and read again: {again}")
        rows.append(
            f"confidence, expected calibration error: words {calibration_error(self.words):.3f} ({len(self.words)}), "
            f"lines {calibration_error(self.lines):.3f} ({len(self.lines)})"
        )
        times = ", ".join(f"{name} {spent / self.seconds['tesseract']:.2f}" for name, spent in self.seconds.items())
        rows.append(f"time on one core, against Tesseract: {times}; one page of evidex in {memory:.0f} MiB")
        return "\n".join(rows)


def main(languages: list[str], number: int, seed: int) -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})  # one core for everybody
    sample = HERE.parent / "samples" / "ja_pledge.jpg"
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=memory_of, args=(str(sample), queue))
    process.start()
    memory = queue.get()
    process.join()
    evidex.examine(sample)  # networks loaded before the clock runs
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.jpg")
        for page in pages(languages, number, seed):
            cv2.imwrite(str(path), page.photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
            tally.add(page, path)
            print(f"\r{tally.total} pages", end="", file=sys.stderr, flush=True)
    table = tally.table(languages, memory)
    results.write("read", table) if languages == list(LANGUAGES) else print(table)


def peak_memory() -> float:
    """MiB this process ever took; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    words = sys.argv[1:]
    options = {word: int(words[words.index(word) + 1]) for word in ("--pages", "--seed") if word in words}
    named = [word for word in words if word in LANGUAGES]
    main(named or list(LANGUAGES), options.get("--pages", 1), options.get("--seed", 7))
