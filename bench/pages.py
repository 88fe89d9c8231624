"""Fresh pages with known text, photographed: what the reading benchmark reads.

Text comes from bench/clauses, which nothing was trained on. Faces, sizes, layouts, papers, tables, light and camera vary
with the seed.
"""

import html
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "samples"))
from photograph import LOOKS, TABLES, Look, draw_page, photograph  # noqa: E402

LANGUAGES = ("ja", "zh", "en", "vi", "id", "tl", "th", "km", "my", "ne", "mn", "bn", "lo", "si")
LATIN = ["Noto Sans", "Noto Serif", "Liberation Serif", "Liberation Sans", "DejaVu Sans"]
FONTS = {
    "ja": ["Noto Sans CJK JP", "Noto Serif CJK JP"],
    "zh": ["Noto Sans CJK SC", "Noto Serif CJK SC"],
    "vi": ["Noto Sans", "Noto Serif", "Liberation Serif", "DejaVu Sans"],
    "th": ["Noto Sans Thai", "Noto Serif Thai", "Noto Looped Thai", "Norasi", "Garuda"],
    "km": ["Noto Sans Khmer", "Noto Serif Khmer", "Khmer OS"],
    "my": ["Noto Sans Myanmar", "Noto Serif Myanmar", "Padauk"],
    "ne": ["Noto Sans Devanagari", "Noto Serif Devanagari"],
    "bn": ["Noto Sans Bengali", "Noto Serif Bengali"],
    "lo": ["Noto Sans Lao", "Noto Serif Lao", "Noto Looped Lao", "Phetsarath OT"],
    "si": ["Noto Sans Sinhala", "Noto Serif Sinhala"],
}
"""Faces of Debian's fonts-noto-core, -noto-cjk, -liberation, -thai-tlwg, -khmeros, -sil-padauk, -lao; missing ones fall back."""
LAYOUTS = ("letter", "columns", "letter", "table", "letter", "grid", "letter")
"""Most pages are plain letters; others have two columns, a bilingual table by rows, or a ruled grid of labels over figures."""


@dataclass(frozen=True)
class Page:
    """One photograph and what stands on the page."""

    language: str
    look: str
    layout: str
    text: str
    photo: np.ndarray


def pages(languages: list[str], number: int, seed: int) -> Iterator[Page]:
    """`number` pages of each language, each as scan, photo and hard photo."""
    for language in languages:
        for count in range(number):
            rng = np.random.default_rng([seed, count, *language.encode()])
            layout = LAYOUTS[(LANGUAGES.index(language) + seed + count * 3) % len(LAYOUTS)]
            source, text = draw(language, layout, rng)
            drawn = draw_page(source)
            for look in LOOKS:
                yield Page(language, look, layout, text, photograph(drawn, rng, varied(LOOKS[look], rng)))


def varied(look: Look, rng: np.random.Generator) -> Look:
    """A look of the same kind, but another table, paper, light and hand."""
    if look.table == "none":
        return look
    return replace(
        look,
        table=str(rng.choice([name for name in TABLES if name != "none"])),
        perspective=look.perspective * rng.uniform(0.6, 1.1),
        curl=look.curl * rng.uniform(0.5, 1.1),
        folds=int(rng.integers(0, look.folds + 2)),
        rotation=look.rotation * rng.uniform(0.3, 1.2),
        shadow=look.shadow * rng.uniform(0.5, 1.2),
        light=look.light * rng.uniform(0.6, 1.2),
        warmth=float(rng.uniform(-0.4, 0.6)),
        jpeg=look.jpeg + int(rng.integers(-8, 12)),
    )


def draw(language: str, layout: str, rng: np.random.Generator) -> tuple[str, str]:
    """HTML of a page, and its text in reading order."""
    rows = clauses(language)
    size = int(rng.integers(20, 31))
    wide = 0.95 if language in {"ja", "zh"} else 0.5
    room = 1480 / (size * 1.6)
    chosen, lines = [], 3.0
    across = {"columns": 470, "table": 450}.get(layout, 1040)
    for index in rng.permutation(len(rows)):
        lines += (np.ceil(len(rows[index]) * size * wide / across) + 0.5) / (2 if layout == "columns" else 1)
        if lines > room - (8 if layout == "grid" else 0):
            break
        chosen.append(rows[index])
    body, text = {"letter": _letter, "columns": _columns, "table": _table, "grid": _grid}[layout](chosen, language, rng)
    family = rng.choice(FONTS.get(language, LATIN))
    margin, leading = int(rng.integers(70, 110)), rng.uniform(1.45, 1.75)
    style = (
        f'body{{margin:{margin}px;font:{size}px/{leading:.2f} "{family}","Noto Sans","Noto Sans CJK JP";background:#fff}}'
        f"p{{margin:{size // 2}px 0}}h1{{font-size:1.25em;text-align:center}}"
        "td{border:1.5px solid #222;padding:6px 9px;vertical-align:top}"
        "table{border-collapse:collapse;width:100%}.two{columns:2;column-gap:60px}.n{text-align:right}"
    )
    return f'<!doctype html><html lang="{language}"><meta charset="utf-8"><style>{style}</style>{body}', text


def clauses(language: str) -> list[str]:
    """The texts of bench/clauses in a language."""
    return [json.loads(row)["text"] for row in (HERE / "clauses" / f"{language}.jsonl").open(encoding="utf-8")]


def _letter(chosen: list[str], _: str, rng: np.random.Generator) -> tuple[str, str]:
    marks = [("{}. ", "({}) ", "{}) ")[rng.integers(3)].format(number) for number in range(1, len(chosen))]
    paragraphs = "".join(f"<p>{mark}{html.escape(text)}</p>" for mark, text in zip(marks, chosen[1:], strict=True))
    text = chosen[0] + "".join(mark + row for mark, row in zip(marks, chosen[1:], strict=True))
    return f"<h1>{html.escape(chosen[0])}</h1>{paragraphs}", text


def _columns(chosen: list[str], _: str, __: np.random.Generator) -> tuple[str, str]:
    rows = [f"{number}. {text}" for number, text in enumerate(chosen, start=1)]
    return f'<div class="two">{"".join(f"<p>{html.escape(row)}</p>" for row in rows)}</div>', "".join(rows)


def _table(chosen: list[str], language: str, rng: np.random.Generator) -> tuple[str, str]:
    """Number, the language, and Japanese (or English beside Japanese) in one row."""
    others = clauses("en" if language == "ja" else "ja")
    chosen = chosen[: max(3, len(chosen) // 2)]
    rows = [(f"{n}", row, others[rng.integers(len(others))]) for n, row in enumerate(chosen, start=1)]
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{cells}</table>", "".join("".join(row) for row in rows)


def _grid(chosen: list[str], _: str, rng: np.random.Generator) -> tuple[str, str]:
    """Clauses, then a ruled grid of short labels over figures, as on a payslip."""
    body, text = _letter(chosen[: max(2, len(chosen) * 2 // 3)], "", rng)
    parts = [part.strip() for row in chosen for part in re.split(r"[ ,、，。.]", row) if 3 <= len(part.strip()) <= 14]
    rows = ""
    for _start in range(2):
        labels = [parts[k] for k in rng.integers(len(parts), size=4)]
        figures = [f"{rng.integers(1, 300) * 1000 + rng.integers(0, 1000):,}" for _ in labels]
        rows += "<tr>" + "".join(f"<td>{html.escape(label)}</td>" for label in labels) + "</tr>"
        rows += "<tr>" + "".join(f'<td class="n">{figure}</td>' for figure in figures) + "</tr>"
        text += "".join(labels) + "".join(figures)
    return f"{body}<table>{rows}</table>", text
