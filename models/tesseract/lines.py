"""Draw pages of lines in one language, photograph them, cut them as evidex does, and put them on sheets for lstmtraining.

    python models/tesseract/lines.py my FOLDER --pages 120 --seed 1      # needs chromium, the fonts below, and Tesseract

Words come from Tesseract's own word list of the language, from src/evidex/law/keywords and from the clauses of models/clauses;
bench/clauses, which the reading benchmark is made of, stays unseen.
"""

import argparse
import html
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import replace
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np
import pytesseract

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "samples"))
from photograph import LOOKS, arrange, draw_page, page_size, photo_to_page_map, photograph  # noqa: E402

from evidex.photo import Photo  # noqa: E402,F401
from evidex.read.flatten import prepare  # noqa: E402
from evidex.read.page import cut_lines, page_lines  # noqa: E402
from evidex.read.tesseract import CODES, sheet_of, strip_height  # noqa: E402

FONTS = {
    "my": {
        "Noto Serif Myanmar": 5,
        "Noto Sans Myanmar": 4,
        "Padauk": 3,
        "Pyidaungsu": 3,
        "Myanmar3": 2,
        "Padauk Book": 1,
        "Myanmar Sans Pro": 1,
        "Myanmar Census": 1,
    },
    "lo": {"Phetsarath OT": 5, "Noto Sans Lao": 3, "Noto Serif Lao": 3, "Noto Looped Lao": 2},
    "km": {
        "Noto Sans Khmer": 3,
        "Noto Serif Khmer": 3,
        "Khmer OS": 2,
        "Khmer OS Battambang": 2,
        "Khmer OS Siemreap": 2,
        "Khmer OS System": 1,
        "Khmer OS Content": 1,
        "Khmer OS Bokor": 1,
    },
}
"""Faces and how often each: fonts-noto-core, fonts-sil-padauk, fonts-myanmar, fonts-lao, fonts-khmeros."""
FOREIGN = ("JPY", "USD", "SIM", "TITP", "OTIT", "Facebook", "Co., Ltd.", "A", "B", "kg", "VISA")
OWN_DIGITS = {"my": "၀၁၂၃၄၅၆၇၈၉", "lo": "໐໑໒໓໔໕໖໗໘໙", "km": "០១២៣៤៥៦៧៨៩"}
STOPS = {"my": ("။", "၊", "။ "), "lo": (".", ",", " ", ";"), "km": ("។", " ", "៖ ", ",")}
_ODD = (
    r"\u103a[\u102b-\u1030]|\u1039(?![\u1000-\u1021])|[\u1060-\u109f]|^\u1031"
    r"|^[\u102b-\u103e\u0eb0-\u0ebc\u0ec8-\u0ecd\u17b6-\u17d3]|[^\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff]"
)
ODD = re.compile(_ODD)
"""Words of the list that are misspelt, or in the old Burmese encoding."""


def words_of(language: str) -> tuple[list[str], list[str]]:
    """Single words, and running text."""
    code = CODES[language]
    folder = next(Path(p) for p in ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata") if Path(p).is_dir())
    with tempfile.TemporaryDirectory() as temporary:
        prefix = f"{temporary}/{code}."
        subprocess.run(["combine_tessdata", "-u", folder / f"{code}.traineddata", prefix], check=True, capture_output=True)
        arguments = [f"{prefix}lstm-unicharset", f"{prefix}lstm-word-dawg", f"{temporary}/words"]
        subprocess.run(["dawg2wordlist", *arguments], check=True, capture_output=True)
        listed = Path(temporary, "words").read_text(encoding="utf-8").split()
    listed = [word for word in listed if 1 < len(word) < 16 and not ODD.search(word)]
    rows = tomllib.loads((ROOT / "src/evidex/law/keywords" / f"{language}.toml").read_text(encoding="utf-8"))
    patterns = [*rows["words"].values(), *(p for row in rows.values() if isinstance(row, dict) for p in row.get("keywords", []))]
    terms = {t.strip() for p in patterns for t in p.replace(" + ", "|").replace(" … ", "|").split("|")}
    running = [t for t in terms if len(t) > 3 and "<" not in t and "*" not in t]
    labelled = ROOT / "models" / "clauses" / "labelled.jsonl"
    if labelled.exists():
        rows = [json.loads(row) for row in labelled.open(encoding="utf-8")]
        running += 3 * [row["text"] for row in rows if row["lang"] == language]
    return listed, running


def number_of(rng: np.random.Generator) -> str:
    """An amount, an item's number, a date or a share."""
    kinds = (
        f"{rng.integers(1, 10 ** rng.integers(1, 8)):,}",
        f"{rng.integers(1, 40)}.",
        f"({rng.integers(1, 20)})",
        f"{rng.integers(1990, 2030)}-{rng.integers(1, 13)}-{rng.integers(1, 32)}",
        f"{rng.integers(1, 100)}%",
    )
    return kinds[rng.integers(len(kinds))]


def line_of(language: str, words: tuple[list[str], list[str]], room: int, rng: np.random.Generator) -> str:
    """About `room` characters of text."""
    parts: list[str] = []
    while sum(map(len, parts)) < room:
        kind = rng.random()
        if kind < 0.5:
            text = words[1][rng.integers(len(words[1]))]
            start = text.find(" ", int(rng.integers(max(1, len(text) - room)))) + 1
            parts.append(text[start : start + room])
        elif kind < 0.85:
            parts += [words[0][k] for k in rng.integers(len(words[0]), size=rng.integers(1, 5))]
            parts.append(rng.choice(STOPS[language]) if rng.random() < 0.5 else " ")
        elif kind < 0.97:
            number = number_of(rng)
            parts.append(number.translate(str.maketrans("0123456789", OWN_DIGITS[language])) if rng.random() < 0.45 else number)
            parts.append(" ")
        else:
            parts.append(f"{rng.choice(FOREIGN)} ")
    return " ".join("".join(parts).split())


def page(language: str, words: tuple[list[str], list[str]], rng: np.random.Generator) -> tuple[str, list[str], int]:
    """HTML of one page of single lines, their text, and the distance between lines in CSS pixels."""
    size, weights = int(rng.integers(19, 32)), FONTS[language]
    step = int(size * 2.3)
    texts, rows = [], []
    for index in range(1600 // step):
        family = rng.choice(list(weights), p=np.array(list(weights.values())) / sum(weights.values()))
        text = line_of(language, words, int(1000 / size / rng.uniform(0.6, 1.6)), rng)
        bold = "bold" if rng.random() < 0.1 else "normal"
        texts.append(text)
        place = f"top:{70 + index * step}px;font:{bold} {size}px/{step}px '{family}','Noto Sans'"
        rows.append(f'<div style="{place}">{html.escape(text)}</div>')
    style = "body{margin:0;background:#fff}div{position:absolute;left:60px;white-space:nowrap}"
    return f'<!doctype html><html lang="{language}"><meta charset="utf-8"><style>{style}</style>{"".join(rows)}', texts, step


def strips_of(language: str, words: tuple[list[str], list[str]], seed: list[int]) -> list[tuple[np.ndarray, str]]:
    """Lines of one photographed page that were found whole, with their text."""
    rng = np.random.default_rng(seed)
    source, texts, step = page(language, words, rng)
    drawn = draw_page(source)
    look = LOOKS[str(rng.choice(list(LOOKS), p=(0.35, 0.35, 0.3)))]
    look = replace(look, rotation=look.rotation * rng.uniform(0.3, 1), blur=look.blur * rng.uniform(0.6, 1.2))
    pose = arrange(page_size(drawn), rng, look)
    back = photo_to_page_map(pose)
    image = prepare(photograph(drawn, rng, look, pose))
    if image.turns:
        return []
    lines = page_lines(image)
    strips = cut_lines(image, lines)
    found: dict[int, list[tuple[float, float, np.ndarray]]] = {}
    height, width = back.shape[:2]
    for strip in strips:
        points = np.clip(strip.line.middle * image.scale, 0, (width - 1, height - 1)).astype(int)
        places = back[points[:, 1], points[:, 0]] / 1.5
        index = int((float(np.median(places[:, 1])) - 70) // step)
        found.setdefault(index, []).append((places[0, 0], places[-1, 0], strip.picture))
    kept = []
    for index, pieces in found.items():
        if len(pieces) == 1 and 0 <= index < len(texts):
            ink = (
                np.nonzero((drawn[int((70 + index * step) * 1.5) : int((70 + (index + 1) * step) * 1.5)] < 128).any(axis=(0, 2)))[
                    0
                ]
                / 1.5
            )
            left, right, picture = pieces[0]
            if len(ink) and ink[-1] < 1225 and abs(left - ink[0]) < 0.4 * step and abs(right - ink[-1]) < 0.4 * step:
                kept.append((picture, texts[index]))
    return kept


def write_sheets(language: str, strips: list[tuple[np.ndarray, str]], target: Path, rng: np.random.Generator) -> None:
    """One sheet with its boxes, and the lstmf file that Tesseract makes of the two."""
    scale = strip_height(language) / strips[0][0].shape[0]
    pictures = [cv2.resize(p, None, fx=scale * s, fy=scale * s, interpolation=cv2.INTER_AREA)
                for p, s in ((p, rng.uniform(0.95, 1.1)) for p, _ in strips)]  # fmt: skip
    sheet, tops = sheet_of(pictures)
    boxes = []
    for (_, text), top, picture in zip(strips, tops, pictures, strict=True):
        band = sheet[int(top) : int(top) + picture.shape[0] + 20]
        rows, columns = np.nonzero(band < 190)
        if not len(rows):
            continue
        pad = rng.integers(0, 4, 4)
        y1, y2 = int(top) + int(np.percentile(rows, 0.3)) - pad[0], int(top) + int(np.percentile(rows, 99.7)) + pad[1]
        x1, x2 = columns.min() - pad[2], columns.max() + 1 + pad[3]
        y1, y2 = sheet.shape[0] - y2 - 1, sheet.shape[0] - y1
        boxes.append(f"WordStr {x1} {y1} {x2} {y2} 0 #{text}\n\t {x2} {y1} {x2 + 1} {y2} 0\n")
    cv2.imwrite(f"{target}.png", sheet)
    Path(f"{target}.box").write_text("".join(boxes), encoding="utf-8")
    command = [
        pytesseract.pytesseract.tesseract_cmd,
        f"{target}.png",
        str(target),
        "--psm",
        "6",
        "-l",
        CODES[language],
        "lstm.train",
    ]
    subprocess.run(command, check=True, capture_output=True)


def make(job: tuple[str, tuple[list[str], list[str]], list[int], Path]) -> int:
    language, words, seed, target = job
    if Path(f"{target}.lstmf").exists():
        return 0
    strips = strips_of(language, words, seed)
    if len(strips) >= 5:
        write_sheets(language, strips, target, np.random.default_rng(seed))
    return len(strips)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=sorted(FONTS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    words = words_of(options.language)
    jobs = [
        (options.language, words, [options.seed, n], options.folder / f"{options.seed}-{n:04d}") for n in range(options.pages)
    ]
    total = 0
    with Pool(options.jobs) as pool:
        for done, count in enumerate(pool.imap_unordered(make, jobs), start=1):
            total += count
            print(f"\r{done}/{len(jobs)} pages, {total} lines", end="", flush=True)
    print()


if __name__ == "__main__":
    main()
