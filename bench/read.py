"""How well pages are read: character error rate on fresh photographs, against plain Tesseract and plain RapidOCR.

    python bench/read.py [LANGUAGE…] [--pages N] [--seed N]      # needs chromium and Noto fonts

Pages are made of clauses from bench/clauses, drawn in varying fonts and sizes, and photographed by samples/photograph.py as scan,
photo and hard photo. evidex is told nothing; Tesseract is told the language (--psm 3, the default), RapidOCR reads as it comes.
The error rate is the edit distance over the length of the truth, after NFKC and without white space and invisible characters.
"""

import html
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import pytesseract
from rapidfuzz.distance import Levenshtein

import evidex
from evidex.read.flatten import flatten_light
from evidex.read.orientation import quarter_turns
from evidex.read.routing import load_engines
from evidex.read.tesseract import CODES

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "samples"))
from photograph import LOOKS, draw_page, photograph  # noqa: E402
from samples import bare  # noqa: E402

LANGUAGES = ("ja", "zh", "en", "vi", "id", "tl", "th", "km", "my", "ne", "mn", "bn", "lo", "si")
FONTS = {
    "ja": ["Noto Sans CJK JP", "Noto Serif CJK JP"],
    "zh": ["Noto Sans CJK SC", "Noto Serif CJK SC"],
    "th": ["Noto Sans Thai", "Noto Serif Thai", "Noto Sans Thai Looped"],
    "km": ["Noto Sans Khmer", "Noto Serif Khmer"],
    "my": ["Noto Sans Myanmar", "Noto Serif Myanmar"],
    "ne": ["Noto Sans Devanagari", "Noto Serif Devanagari"],
    "bn": ["Noto Sans Bengali", "Noto Serif Bengali"],
    "lo": ["Noto Sans Lao", "Noto Serif Lao"],
    "si": ["Noto Sans Sinhala", "Noto Serif Sinhala"],
}


def page_of(language: str, rng: np.random.Generator) -> tuple[str, str]:
    """HTML of a page, and its text."""
    rows = [json.loads(row)["text"] for row in (HERE / "clauses" / f"{language}.jsonl").open(encoding="utf-8")]
    size = int(rng.integers(22, 31))
    room = 1500 / (size * 1.6)
    chosen, lines = [], 0.0
    for index in rng.permutation(len(rows)):
        lines += np.ceil(len(rows[index]) * size * (0.95 if language in {"ja", "zh"} else 0.5) / 1000) + 0.4
        if lines > room:
            break
        chosen.append(rows[index])
    font = rng.choice(FONTS.get(language, ["Noto Sans", "Noto Serif"]))
    body = "".join(f"<p>{number}. {html.escape(text)}</p>" for number, text in enumerate(chosen, start=1))
    style = f'body{{margin:90px;font:{size}px/1.55 "{font}";background:#fff}}p{{margin:{size // 2}px 0}}'
    text = "".join(f"{number}. {row}" for number, row in enumerate(chosen, start=1))
    return f'<!doctype html><html lang="{language}"><meta charset="utf-8"><style>{style}</style>{body}', text


def error_rate(truth: str, read: str) -> float:
    return Levenshtein.distance(bare(truth), bare(read)) / len(bare(truth))


def tesseract(picture: np.ndarray, language: str) -> str:
    return str(pytesseract.image_to_string(picture, lang=CODES[language]))


def rapidocr(picture: np.ndarray, _: str, engine: list = []) -> str:  # noqa: B006 - the engine is built once
    from rapidocr import RapidOCR

    if not engine:
        engine.append(RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1}))
    return "".join(engine[0](picture[..., ::-1]).txts or ())


def lines_again(record: evidex.EvidenceRecord, picture: np.ndarray, language: str) -> list[float]:
    """Error rates of a few lines cut out of the photograph by their boxes and read again."""
    rates = []
    lines = [line for line in record.pages[0].lines if len(line.text) >= 8]
    for line in lines[:: max(1, len(lines) // 5)]:
        quad = np.array(line.quad, np.float32)
        width, height = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])
        scale = 44 / height
        size = (max(8, round(float(width * scale))), 44)
        corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
        piece = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(quad, corners), size)
        strip = np.pad(flatten_light(piece), ((10, 10), (12, 12)), constant_values=255)
        engine = load_engines().of(language)
        rates.append(error_rate(line.text, engine.read([strip], language)[0].text))
    return rates


def photographs(languages: list[str], pages: int, seed: int):
    """(language, look, text, photo) for every page and look."""
    for language in languages:
        for number in range(pages):
            rng = np.random.default_rng([seed, number, *language.encode()])
            page, text = page_of(language, rng)
            drawn = draw_page(page)
            for look in LOOKS:
                yield language, look, text, photograph(drawn, rng, LOOKS[look])


def main(languages: list[str], pages: int, seed: int) -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})  # one core for everybody
    rates, seconds = defaultdict(lambda: defaultdict(list)), defaultdict(float)
    told = turned = total = 0
    again: list[float] = []
    memory = 0.0
    evidex.examine(HERE.parent / "samples" / "ja_pledge.jpg")  # networks loaded before the clock runs
    with tempfile.TemporaryDirectory() as folder:
        for language, look, text, picture in photographs(languages, pages, seed):
            path = Path(folder, "page.jpg")
            cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
            picture = np.ascontiguousarray(cv2.imread(str(path))[..., ::-1])
            clock = perf_counter()
            record = evidex.examine(path)
            seconds["evidex"] += perf_counter() - clock
            memory = memory or peak_memory()  # before RapidOCR is loaded beside it
            read = {"evidex": "".join(line.text for page in record.pages for line in page.lines)}
            for run in (tesseract, rapidocr):
                clock = perf_counter()
                read[run.__name__] = run(picture, language)
                seconds[run.__name__] += perf_counter() - clock
            for name, words in read.items():
                rates[look][name, language].append(error_rate(text, words))
            total += 1
            told += record.languages[:1] == (language,)
            turned += sum(quarter_turns(np.ascontiguousarray(np.rot90(picture, -turn))) == turn for turn in range(4))
            again += lines_again(record, picture, language)
    for look in LOOKS:
        print(f"{look}: character error rate in per cent")
        for name in ("evidex", "tesseract", "rapidocr"):
            row = [100 * float(np.mean(rates[look][name, language])) for language in languages]
            print(
                f"  {name:10s} mean {np.mean(row):5.1f}  "
                + "  ".join(f"{t} {r:.1f}" for t, r in zip(languages, row, strict=True))
            )
    print(f"language of the page right on {told}/{total}; orientation right on {turned}/{4 * total}")
    print(f"lines cut out by their boxes and read again: error rate {100 * float(np.mean(again)):.1f} % on {len(again)} lines")
    ratios = ", ".join(f"{name} {spent / seconds['tesseract']:.2f}" for name, spent in seconds.items())
    print(f"time on one core, against Tesseract: {ratios}; first page of evidex in {memory:.0f} MiB")


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
