"""The languages evidex reads and the scripts they are written in. BCP 47 tags; engines translate them at the edge."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

SCRIPT_OF = {
    "ja": "Japanese",
    "zh": "Han",
    "zh-TW": "Han",
    "vi": "Latin",
    "id": "Latin",
    "tl": "Latin",
    "en": "Latin",
    "th": "Thai",
    "km": "Khmer",
    "my": "Myanmar",
    "ne": "Devanagari",
    "mn": "Cyrillic",
    "bn": "Bengali",
    "lo": "Lao",
    "si": "Sinhala",
}
LANGUAGES = tuple(SCRIPT_OF)
COUNTRY_OF = {
    "vi": "VN",
    "zh": "CN",
    "id": "ID",
    "tl": "PH",
    "th": "TH",
    "km": "KH",
    "my": "MM",
    "ne": "NP",
    "mn": "MN",
    "bn": "BD",
    "lo": "LA",
    "si": "LK",
}
"""The sending country whose law may speak to a paper in this language."""

UNSPACED = frozenset({"Japanese", "Han", "Thai", "Khmer", "Myanmar", "Lao"})
"""Scripts that put no space between words."""

_UNICODE_NAMES = {
    "LATIN": "Latin",
    "CJK": "Han",
    "HIRAGANA": "Kana",
    "KATAKANA": "Kana",
    "KATAKANA-HIRAGANA": "Kana",
    "THAI": "Thai",
    "KHMER": "Khmer",
    "MYANMAR": "Myanmar",
    "DEVANAGARI": "Devanagari",
    "CYRILLIC": "Cyrillic",
    "BENGALI": "Bengali",
    "LAO": "Lao",
    "SINHALA": "Sinhala",
}


def script_of(language: str) -> str:
    """The script a language is written in; Latin for a language not listed."""
    return SCRIPT_OF.get(language, "Latin")


@cache
def script_of_character(character: str) -> str | None:
    """Latin, Han, Kana, Thai …; None for digits, punctuation and scripts evidex does not read."""
    if not character.isalpha() and not unicodedata.category(character).startswith("M"):
        return None
    return _UNICODE_NAMES.get(unicodedata.name(character, "").split(" ")[0])


def scripts_in(text: str) -> Counter[str]:
    """How many characters of each script a text has. Han beside kana counts as Japanese, without as Han."""
    counts = Counter(script for character in text if (script := script_of_character(character)))
    kana = counts.pop("Kana", 0)
    if kana:
        counts["Japanese"] = kana + counts.pop("Han", 0)
    return counts
