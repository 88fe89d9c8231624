"""Law and vocabulary as data, and the only door to it. Numbers and citations live in the data files, never here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from evidex.schema import LegalBasis, Value

INTERNATIONAL = ("ILO", "UN")
"""What stands in the country column of conventions and treaties."""


class Category(Value):
    """One kind of clause that binds people, as a jurist writes it in taxonomy.toml."""

    id: str
    names: Mapping[str, str]
    definition: str
    indicator: str
    """The ILO forced-labour indicator; empty where none fits."""
    question: str
    """What a caseworker should ask the worker."""
    polarity: str
    """`takes`: something is demanded or taken; `bans`: something is forbidden. Decides which exceptions cancel a match."""
    bases: tuple[LegalBasis, ...]
    keywords: Mapping[str, tuple[str, ...]]
    exceptions: Mapping[str, tuple[str, ...]]
    payslip_labels: Mapping[str, tuple[str, ...]]
    """Labels that mean the category when they head an amount on a payslip."""

    def name(self, language: str) -> str:
        """The category's name in a language, in English where there is none."""
        return self.names.get(language) or self.names["en"]

    def bases_in_force(self, countries: Iterable[str]) -> tuple[LegalBasis, ...]:
        """The provisions of the countries and the international ones, as the file orders them."""
        wanted = {*countries, *INTERNATIONAL}
        return tuple(basis for basis in self.bases if basis.country in wanted)


@cache
def categories() -> Mapping[str, Category]:
    """Category id → category, in the order of the file."""
    return {key: _category(key, row) for key, row in _read("taxonomy.toml").items()}


def shared_exceptions(polarity: str) -> Mapping[str, tuple[str, ...]]:
    """Language → patterns that cancel a match of every category of that polarity (`takes` or `bans`)."""
    return {language: _spelt_out(rows["exceptions"][polarity], rows) for language, rows in _keywords().items()}


def _category(key: str, row: Mapping[str, Any]) -> Category:
    bases = tuple(LegalBasis(**{**basis, "url": basis.get("url") or None}) for basis in row.get("bases", []))
    patterns = {
        field: {tag: _spelt_out(rows[key][field], rows) for tag, rows in _keywords().items() if field in rows.get(key, {})}
        for field in ("keywords", "exceptions", "payslip_labels")
    }
    return Category(id=key, **{**row, "bases": bases}, **patterns)


def _spelt_out(patterns: Iterable[str], rows: Mapping[str, Any]) -> tuple[str, ...]:
    """Patterns with each <name> replaced by the list of that name in the file's [words]."""
    words = rows.get("words", {})
    return tuple(re.sub(r"<([^<>]+)>", lambda name: words[name[1]], pattern) for pattern in patterns)


@cache
def _keywords() -> Mapping[str, Mapping[str, Any]]:
    """Language → its file of keywords."""
    folder = files(__package__).joinpath("keywords")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {name.removesuffix(".toml"): _read(f"keywords/{name}") for name in names}


def _read(name: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return loaded
