"""Clauses as they come out of photographs and lists: misread, without accents, numbered, in capitals. For training only."""

from __future__ import annotations

import unicodedata
from random import Random

NUMBERS = (
    "1. ",
    "2. ",
    "(3) ",
    "・",
    "第5条 ",
    "Article 7. ",
    "- ",
    "4) ",
    "* ",
    "Điều 3. ",
    "ข้อ 2 ",
    "១. ",
    "၁။ ",
    "Pasal 4 ",
    "№ 5 ",
    "⑤",
)
_STRAY = " .,'|-"


def misread(text: str, random: Random, rate: float | None = None) -> str:
    """Text with characters lost, swapped for others of it, or strays between them, as an engine misreads a poor photograph."""
    rate = random.uniform(0.005, 0.05) if rate is None else rate
    letters: list[str] = []
    for letter in text:
        chance = random.random()
        if chance < 0.35 * rate:
            continue
        if chance < 0.7 * rate:
            letters.append(random.choice(text))
            continue
        if letter == " " and random.random() < 2 * rate:
            continue
        letters.append(letter)
        if chance < 0.85 * rate:
            letters.append(random.choice(_STRAY))
    return "".join(letters) or text


def without_marks(text: str, random: Random, kept: float) -> str:
    """Text whose Latin letters lost a share of their accents, as OCR and quick typing lose them; other scripts stay."""
    return "".join(letter if random.random() < kept else _bare(letter) for letter in text)


def _bare(letter: str) -> str:
    if letter in "đĐ":
        return "d" if letter == "đ" else "D"
    if not unicodedata.name(letter, "").startswith("LATIN"):
        return letter
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def disturbed(text: str, random: Random) -> str:
    """Text as it may be met: numbered, in capitals, misread, or as it is."""
    if random.random() < 0.15:
        text = random.choice(NUMBERS) + text
    if random.random() < 0.04:
        text = text.upper()
    if random.random() < 0.3:
        if random.random() < 0.3:
            text = without_marks(text, random, random.random())
        text = misread(text, random)
    return text
