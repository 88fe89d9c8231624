"""Money as it is written in fifteen currencies → value and ISO 4217 currency. A number without a currency is no amount."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from evidex.schema import Amount

_NUMBER = r"\d{1,3}(?:,\d{2})+,\d{3}(?!\d)|\d{1,3}(?:[.,，、．'’ \u00a0]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_KANJI_NUMBER = "[〇零一壱壹二弐贰三参叁四肆五伍六陆七柒八捌九玖两十拾百佰千仟万萬億亿]+"


def amounts_in(text: str, doubtful: Collection[str] = ()) -> tuple[Amount, ...]:
    """The amounts of money in a text, in its order, each as read.

    Args:
        text: A quote.
        doubtful: Numbers, as digits 0–9, that a second reading did not confirm.

    >>> [(str(a.value), a.currency) for a in amounts_in("保証金として100万円、または 100.000.000 đồng")]
    [('1000000', 'JPY'), ('100000000', 'VND')]
    """
    return tuple(_amount(match, doubtful) for match in _matches(text))


def _matches(text: str) -> Iterator[re.Match[str]]:
    for match in _pattern().finditer(text):
        if match["before"] or match["after"]:
            yield match


def _amount(match: re.Match[str], doubtful: Collection[str]) -> Amount:
    currencies = _data()["by_mark"]
    mark = (match["after"] or match["before"]).casefold()
    digits = "".join(str(unicodedata.digit(character)) for character in match[0] if character.isdigit())
    return Amount(value=_value(match), currency=currencies[mark], text=match[0].strip(), doubtful=digits in doubtful)


def _value(match: re.Match[str]) -> Decimal:
    if match["kanji"]:
        return Decimal(_kanji_value(match["kanji"]))
    value = Decimal(0)
    for part in _part_pattern().finditer(match["figures"]):
        factor = Decimal(1)
        for word in _word_pattern().findall(part["words"]):
            factor *= _data()["multipliers"][word.casefold()]
        value += _number(part["number"]) * factor
    if match["lakhs"]:
        value *= _data()["multipliers"][match["lakhs"]]
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def _number(text: str) -> Decimal:
    """A number with any country's separators: what stands before exactly three digits groups, else it is the decimal point."""
    digits = text.replace(" ", "").replace("\u00a0", "")
    pieces = re.split(r"[.,，、．'’]", digits)
    if len(pieces) == 1:
        return Decimal(digits)
    if len(pieces[-1]) != 3:
        return Decimal("".join(pieces[:-1]) + "." + pieces[-1])
    return Decimal("".join(pieces))


def _kanji_value(text: str) -> int:
    numerals: Mapping[str, int] = _data()["numerals"]
    total = section = digit = 0
    for character in text:
        number = numerals[character]
        if number < 10:
            digit = digit * 10 + number
        elif number < 10_000:
            section, digit = section + (digit or 1) * number, 0
        else:
            total, section, digit = total + ((section + digit) or 1) * number, 0, 0
    return total + section + digit


@cache
def _data() -> Mapping[str, Any]:
    raw = tomllib.loads(files(__package__).joinpath("currencies.toml").read_text(encoding="utf-8"))
    marks = {mark.casefold(): currency for currency, sides in raw["marks"].items() for side in sides.values() for mark in side}
    return {
        "by_mark": marks,
        "before": [mark for sides in raw["marks"].values() for mark in sides["before"]],
        "after": [mark for sides in raw["marks"].values() for mark in sides["after"]],
        "multipliers_before": raw["multipliers_before"]["words"],
        "multipliers": {word.casefold(): Decimal(factor) for word, factor in raw["multipliers"].items()},
        "numerals": raw["numerals"],
    }


@cache
def _pattern() -> re.Pattern[str]:
    words = _any(_data()["multipliers"])
    return re.compile(
        rf"""(?:(?<![^\W\d_])(?P<before>{_any(_data()["before"])})\s*)?
        (?:(?P<lakhs>{_any(_data()["multipliers_before"])})\s*)?
        (?:(?P<figures>(?:(?:{_NUMBER})\s*(?:(?:{words})\s*)*)+)|(?P<kanji>{_KANJI_NUMBER}))
        (?:\s*(?:[(（][^()（）]{{0,60}}[)）])?\s*(?P<after>{_any(_data()["after"])})(?![A-Za-zÀ-ɏḀ-ỹ]))?""",
        re.VERBOSE | re.IGNORECASE,
    )


@cache
def _part_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?P<number>{_NUMBER})\s*(?P<words>(?:(?:{_any(_data()['multipliers'])})\s*)*)", re.IGNORECASE)


@cache
def _word_pattern() -> re.Pattern[str]:
    return re.compile(_any(_data()["multipliers"]), re.IGNORECASE)


def _any(words: Any) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
