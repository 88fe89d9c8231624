"""How well pages are read: character error rate on fresh photographs, against plain Tesseract and plain RapidOCR.

    python bench/read.py [LANGUAGE…] [--pages N] [--seed N]      # needs chromium and Noto fonts

Pages are made of clauses from bench/clauses, drawn in varying fonts and sizes, and photographed by samples/photograph.py as scan,
photo and hard photo. evidex is told nothing; Tesseract is told the language (--psm 3, the default), RapidOCR reads as it comes.
The error rate is the edit distance over the length of the truth, after NFKC and without white space and invisible characters.
"""

import html
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytesseract
from rapidfuzz.distance import Levenshtein

import evidex
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


def peers(path: Path, language: str) -> dict[str, str]:
    picture = cv2.imread(str(path))
    rapid = _rapid()(picture)
    return {
        "tesseract": pytesseract.image_to_string(picture[..., ::-1], lang=CODES[language]),
        "rapidocr": "".join(rapid.txts or ()),
    }


def _rapid():
    from rapidocr import RapidOCR

    if not hasattr(_rapid, "engine"):
        _rapid.engine = RapidOCR(params={"Global.log_level": "critical"})
    return _rapid.engine


def main(languages: list[str], pages: int, seed: int) -> None:
    rates = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as folder:
        truths = {}
        for language in languages:
            for number in range(pages):
                rng = np.random.default_rng([seed, number, *language.encode()])
                page, text = page_of(language, rng)
                drawn = draw_page(page)
                for look in LOOKS:
                    path = Path(folder, f"{language}-{look}-{number}.jpg")
                    cv2.imwrite(str(path), photograph(drawn, rng, LOOKS[look])[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
                    truths[path] = (language, look, text)
        for record in evidex.examine_all(truths, jobs=2):
            path = Path(folder, record.source.file_name)
            language, look, text = truths[path]
            read = {"evidex": "".join(line.text for page in record.pages for line in page.lines), **peers(path, language)}
            for name, words in read.items():
                rates[look][name, language].append(error_rate(text, words))
    for look, cells in rates.items():
        print(f"{look}: character error rate in per cent")
        for name in ("evidex", "tesseract", "rapidocr"):
            row = [100 * float(np.mean(cells[name, language])) for language in languages]
            print(
                f"  {name:10s} mean {np.mean(row):5.1f}  "
                + "  ".join(f"{t} {r:.1f}" for t, r in zip(languages, row, strict=True))
            )


if __name__ == "__main__":
    words = sys.argv[1:]
    options = {word: int(words[words.index(word) + 1]) for word in ("--pages", "--seed") if word in words}
    named = [word for word in words if word in LANGUAGES]
    main(named or list(LANGUAGES), options.get("--pages", 1), options.get("--seed", 7))
