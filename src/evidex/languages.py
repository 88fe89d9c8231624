"""The languages evidex reads, their scripts, and which a text is in: the script first, words only inside a script.

BCP 47 tags; engines translate them at the edge.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
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
_VIETNAMESE = frozenset("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
"""Letters with which no other Latin language of ours is written."""
_LATIN = ("vi", "id", "tl", "en")
_ONLY_LANGUAGE = {script: language for language, script in SCRIPT_OF.items() if script not in {"Latin", "Han", "Japanese"}}


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


def languages_of(texts: Sequence[str], allowed: Sequence[str] = ()) -> list[str | None]:
    """The language of each line of a page; lines too short to tell take the one most like them on the page.

    Args:
        texts: The lines as read.
        allowed: The languages the user named; empty for all.
    """
    together = {script: " ".join(text for text in texts if _script(text) == script) for script in ("Latin", "Han", "Japanese")}
    kana = bool(together["Japanese"])
    page_latin = latin_language(together["Latin"], allowed)
    return [_language(text, page_latin, kana, allowed) for text in texts]


def latin_language(text: str, allowed: Sequence[str] = ()) -> str | None:
    """Vietnamese by its letters, else Indonesian, Filipino or English by their words; None for too little text."""
    candidates = [language for language in _LATIN if not allowed or language in allowed]
    if not allowed or "vi" in candidates:
        letters = text.lower()
        if sum(letter in _VIETNAMESE for letter in letters) >= max(2, 0.02 * len(letters)):
            return "vi"
    if len(candidates) == 1:
        return candidates[0]
    if sum(character.isalpha() for character in text) < 12:
        return None
    return _by_words(text, tuple(candidates) or _LATIN)


def most_first(languages: Iterable[tuple[str | None, str]]) -> tuple[str, ...]:
    """Languages by the amount of text in them, most first; those of under a twentieth of the text are left out.

    Args:
        languages: (language, text) of each line.
    """
    letters: dict[str, int] = {}
    for language, text in languages:
        if language:
            letters[language] = letters.get(language, 0) + sum(character.isalpha() for character in text)
    total = sum(letters.values())
    return tuple(language for language in sorted(letters, key=lambda key: -letters[key]) if letters[language] >= 0.05 * total)


def _script(text: str) -> str | None:
    counts = scripts_in(text)
    return counts.most_common(1)[0][0] if counts else None


def _language(text: str, page_latin: str | None, kana: bool, allowed: Sequence[str]) -> str | None:
    script = _script(text)
    if script is None:
        return None
    if script in _ONLY_LANGUAGE:
        return _ONLY_LANGUAGE[script]
    if script == "Japanese":
        return "ja"
    if script == "Han":
        return _han(text, kana, allowed)
    own = latin_language(text, allowed) if len(text) >= 30 else None
    return own or page_latin or (latin_language(text, allowed) if len(text) >= 12 else None)


def _han(text: str, kana: bool, allowed: Sequence[str]) -> str:
    """Japanese or Chinese for a line without kana: letters that Japanese character sets lack are simplified Chinese."""
    chinese = [language for language in allowed if script_of(language) == "Han"]
    if allowed and not chinese:
        return "ja"
    if allowed and "ja" not in allowed:
        return chinese[0]
    foreign = sum(not _in_japanese_sets(character) for character in text)
    return "zh" if foreign >= 1 or not kana else "ja"


@cache
def _in_japanese_sets(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _by_words(text: str, candidates: tuple[str, ...]) -> str | None:
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    DetectorFactory.seed = 0  # the same text must give the same record
    try:
        guesses = {guess.lang: guess.prob for guess in detect_langs(text.lower())}
    except LangDetectException:
        return None
    best = max(candidates, key=lambda language: guesses.get(language, 0.0))
    return best if guesses.get(best, 0.0) >= 0.3 else None
