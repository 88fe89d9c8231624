"""Fit what each engine's confidence is worth in each language, and write src/evidex/read/confidence.toml.

    python bench/calibrate.py [LANGUAGE…] [--pages N]      # needs what bench/read.py needs

Pages are letters of clauses from models/clauses, not those of the benchmark, as scan, photo and hard photo. A word is right if
all its characters stand where the truth has them. Two numbers a language, fitted by logistic regression, turn the engine's
confidence into the chance of that.
"""

import json
import os
import sys
import tomllib
from pathlib import Path

import numpy as np
import pages
from photograph import LOOKS, draw_page, photograph
from rapidfuzz.distance import Levenshtein
from samples import bare

from evidex.read import routing
from evidex.read.engine import logit
from evidex.read.flatten import prepare
from evidex.read.page import cut_lines, page_lines
from evidex.training.measure import fit_calibration

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "src" / "evidex" / "read" / "confidence.toml"
HEAD = "# What an engine's confidence c is worth: the chance that a word is right is logit⁻¹(slope · logit c + shift).\n"
HEAD += "# [slope, shift], fitted by `python bench/calibrate.py`; how well it holds is in bench/RESULTS.md.\n"


def clauses(language: str) -> list[str]:
    rows = (json.loads(row) for row in (ROOT / "models" / "clauses" / "labelled.jsonl").open(encoding="utf-8"))
    return [row["text"] for row in rows if row["lang"] == language]


def words_of_page(photo: np.ndarray, truth: str) -> list[tuple[str, str, float, bool]]:
    """Engine, language, own confidence, and whether right, of each word of a photographed page."""
    engines = routing.load_engines()
    plain = routing.Engines(engines.by_name, engines.routes, {})
    image = prepare(photo)
    strips = cut_lines(image, page_lines(image))
    pictures = [strip.picture for strip in strips]
    languages = routing.reading_languages(pictures)
    read = routing.read_lines(pictures, plain, ())
    tokens = [
        (name, language, token)
        for name, language, reading in zip(read.engines, languages, read.readings, strict=True)
        for token in reading.tokens
    ]
    text, want = "".join(bare(token.text) for _, _, token in tokens), bare(truth)
    wrong = np.zeros(len(text) + 1, bool)
    for step in Levenshtein.editops(text, want):
        wrong[step.src_pos] = True
    ends = np.cumsum([len(bare(token.text)) for _, _, token in tokens])
    return [
        (name, language, logit(token.confidence), not wrong[end - len(bare(token.text)) : end].any())
        for (name, language, token), end in zip(tokens, ends, strict=True)
    ]


def main(languages: list[str], number: int) -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    pages.clauses = clauses  # the benchmark's own clauses stay unseen
    table = tomllib.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    for language in languages:
        rows = []
        for count in range(number):
            rng = np.random.default_rng([99, count, *language.encode()])
            source, text = pages.draw(language, "letter", rng)
            drawn = draw_page(source)
            for look in LOOKS:
                rows += words_of_page(photograph(drawn, rng, pages.varied(LOOKS[look], rng)), text)
        engine = routing.load_engines().of(language).name
        own = [(odds, right) for name, tag, odds, right in rows if name == engine and (tag == language or engine == "rapidocr")]
        odds, right = (np.array(column, float) for column in zip(*own, strict=True))
        slope, shift = fit_calibration(odds[:, None], right[:, None])
        table.setdefault(engine, {})[language] = [round(slope, 3), round(shift, 3)]
        print(f"{language}: {len(own)} words, {100 * right.mean():.1f} % right, slope {slope:.2f}, shift {shift:.2f}", flush=True)
    body = "".join(
        f"\n[{engine}]\n" + "".join(f"{language} = {pair}\n" for language, pair in sorted(pairs.items()))
        for engine, pairs in sorted(table.items())
    )
    TABLE.write_text(HEAD + body, encoding="utf-8")


if __name__ == "__main__":
    words = sys.argv[1:]
    count = int(words[words.index("--pages") + 1]) if "--pages" in words else 4
    main([word for word in words if word in pages.LANGUAGES] or list(pages.LANGUAGES), count)
