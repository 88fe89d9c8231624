"""Lines → clauses: numbering, bullets and paragraphs become units with their place; sentences inside them.

Knows how fourteen languages number their clauses; knows no category.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidex.languages import script_of
from evidex.schema import Clause, Kind, Line, PageText, Quad, Span, Word

_DIGITS = "〇一二三四五六七八九"
_KANJI = "一二三四五六七八九十百〇零壱弐参"
_WORDS = (
    r"Điều|Ðiều|Dieu|Khoản|Khoan|Mục|Article|Art|Section|Clause|Rule|Pasal|Ayat|Butir|Artikulo|Seksyon|Tuntunin|"
    r"ข้อ(?:\s*ที่)?|มาตรา|មាត្រា|ប្រការ(?:ទី)?|ចំណុច(?:ទី)?|អပိုဒ်|အပိုဒ်|အခန်း|ပုဒ်မ|အချက်|"
    r"दफा|धारा|बुँदा|नियम|ধারা|অনুচ্ছেদ|শর্ত|ມາດຕາ|ຂໍ້(?:\s*ທີ)?|වගන්තිය|කොන්දේසි|Зүйл|Бүлэг"
)
NUMBERING = re.compile(
    rf"""^\s*(?P<number>
      第\s*[\d{_KANJI}\s]{{1,6}}\s*[条條章項款]            # 第3条, 第十二條
    | (?:{_WORDS})\s*\.?\s*\d{{1,3}}(?:\.\d{{1,2}})*     # Điều 4, Pasal 12, ข้อ ๓, មាត្រា ៥
    | \d{{1,2}}(?:\.\d{{1,2}})*\s*-?\s*(?:р|дугаар|дүгээр)?\s*зүйл   # 3.2 дугаар зүйл
    | [(（]\s*[\d{_KANJI}a-zA-Zก-ฮ]{{1,3}}\s*[)）]       # (1), （一）, (a)
    | [①-⑳㈠-㈩❶-❿]
    | [{_KANJI}]{{1,3}}\s*[、．.,]                        # 一、
    | \d{{1,2}}(?:\.\d{{1,2}}){{0,2}}\s*[.)）．、，។။။৷|:：]+(?=\s|\D)   # 1. 2) ၃။
    | \d{{1,2}}(?:\.\d{{1,2}}){{1,2}}(?=\s)              # 3.2
    | [•・●○◯■□◆◇▪▫※☐☑✓–—*·►▶»]\s*                      # bullets
    | -\s+
    )\s*(?P<rest>.*)$""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# A full stop ends a sentence only before white space, and not after a number or a short word, which may be an abbreviation.
_SENTENCE_END = re.compile(r"(?<=[。．！？!?；;။।។])\s*|(?<=\w{4}[.])\s+|(?<=[)）\"”’%][.])\s+|\n+")
_TERMINATOR = re.compile(r"[。．.!！?？；;:：။।។]\s*[」』”\"')）]*\s*$")
_NO_SPACE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True)
class Passage:
    """A clause and its sentences, each with the boxes of just its own words."""

    clause: Clause
    sentences: tuple[Span, ...]
    doubtful: frozenset[str] = frozenset()
    """Numbers in it that a second reading did not confirm, as digits 0–9."""


def split_clauses(pages: Sequence[PageText], kind: Kind = Kind.unknown) -> tuple[Passage, ...]:
    """Cut the pages' lines into clauses, in reading order. A clause that runs over a page end is cut there.

    A payslip is a grid of labels and figures: each of its lines stands alone.
    """
    if kind is Kind.payslip:
        return tuple(_passage(page.number, None, [line]) for page in pages for line in page.lines)
    return tuple(_passage(page.number, numeral, lines) for page in pages for numeral, lines in _groups(page))


def sentence_texts(text: str) -> list[str]:
    """Cut text at sentence ends of all scripts; the pieces are verbatim."""
    return [part for piece in _SENTENCE_END.split(text) if (part := piece.strip())]


def _numeral(number: int) -> str:
    """A number as Japanese and Chinese items are numbered. Vertical lines lose the 、 after it, but they count on."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


@dataclass(frozen=True)
class _Place:
    """Where a line lies in the direction of reading: its start and end along it, its top and bottom across."""

    start: float
    end: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def _groups(page: PageText) -> list[tuple[str | None, list[Line]]]:
    """Neighbouring lines that belong to one clause, with the numeral that it was told by, if any."""
    groups: list[tuple[str | None, list[Line]]] = []
    places = _places(page.lines)
    left, right = min((place.start for place in places), default=0.0), max((place.end for place in places), default=0.0)
    full = left + 0.7 * (right - left)
    counted = 0
    for index, line in enumerate(page.lines):
        numeral = _numeral(counted + 1) if line.text.startswith(_numeral(counted + 1)) else None
        counted += numeral is not None
        if index == 0 or numeral or _starts_clause(page.lines[index - 1], places[index - 1], line, places[index], full):
            groups.append((numeral, []))
        groups[-1][1].append(line)
    return groups


def _places(lines: Sequence[Line]) -> list[_Place]:
    """The lines in a frame that follows the reading: turned pages and vertical Japanese are cut like any other."""
    along = [(line.quad[1][0] - line.quad[0][0], line.quad[1][1] - line.quad[0][1]) for line in lines]
    x, y = sum(dx for dx, _ in along), sum(dy for _, dy in along)
    size = (x * x + y * y) ** 0.5 or 1.0
    x, y = x / size, y / size
    places = []
    for line in lines:
        forward = [px * x + py * y for px, py in line.quad]
        across = [py * x - px * y for px, py in line.quad]
        upper, lower = (across[0] + across[1]) / 2, (across[2] + across[3]) / 2
        places.append(_Place(min(forward), max(forward), upper, lower))
    return places


def _starts_clause(previous: Line, before: _Place, line: Line, here: _Place, full: float) -> bool:
    """Whether a line opens a new clause: it is numbered, or the one before ended its paragraph, or the language changed.

    A line that ends before `full` did not fill its column.
    """
    if NUMBERING.match(line.text) or _other_script(previous, line):
        return True
    gap = here.top - before.bottom
    moved_away = gap > 1.2 * before.height or gap < -3 * before.height
    short = before.end < full
    ended = bool(_TERMINATOR.search(previous.text))
    return moved_away or (ended and short) or (short and not ended and gap > 0.6 * before.height)


def _passage(page: int, numeral: str | None, lines: list[Line]) -> Passage:
    text, owners = _joined(lines)
    match = NUMBERING.match(text)
    span = Span(page=page, quote=text, quads=tuple(line.quad for line in lines))
    clause = Clause(number=match["number"].strip() if match else numeral, text=text, span=span)
    sentences, at = [], 0
    for part in sentence_texts(text):
        start = text.index(part, at)
        at = start + len(part)
        sentences.append(Span(page=page, quote=part, quads=_quads(lines, owners[start:at])))
    return Passage(clause, tuple(sentences), frozenset(number for line in lines for number in line.doubtful))


def _joined(lines: list[Line]) -> tuple[str, list[tuple[int, int] | None]]:
    """Text of the lines, and for each character the line and the place in it that it came from."""
    text, owners = "", list[tuple[int, int] | None]()
    for index, line in enumerate(lines):
        if text and line.text and not (_NO_SPACE.match(text[-1]) and _NO_SPACE.match(line.text[0])):
            text += " "
            owners.append(None)
        text += line.text
        owners += [(index, place) for place in range(len(line.text))]
    return text, owners


def _quads(lines: list[Line], owners: list[tuple[int, int] | None]) -> tuple[Quad, ...]:
    """The boxes of the characters named, one for each line they stand on."""
    places: dict[int, list[int]] = {}
    for owner in owners:
        if owner is not None:
            places.setdefault(owner[0], []).append(owner[1])
    return tuple(_part_of(lines[index], min(at), max(at) + 1) for index, at in places.items())


def _part_of(line: Line, start: int, end: int) -> Quad:
    """The box of line.text[start:end]: that of its words, or where the engine gave none, in proportion to the characters."""
    if start == 0 and end >= len(line.text):
        return line.quad
    words = [word.quad for word, at in _word_places(line) if at < end and at + len(word.text) > start]
    if words:
        return (words[0][0], words[-1][1], words[-1][2], words[0][3])
    tl, tr, br, bl = line.quad
    a, b = start / len(line.text), end / len(line.text)
    return (_between(tl, tr, a), _between(tl, tr, b), _between(bl, br, b), _between(bl, br, a))


def _word_places(line: Line) -> list[tuple[Word, int]]:
    places, at = [], 0
    for word in line.words:
        found = line.text.find(word.text, at)
        if found >= 0:
            places.append((word, found))
            at = found + len(word.text)
    return places


def _between(p: tuple[float, float], q: tuple[float, float], t: float) -> tuple[float, float]:
    return (round(p[0] + (q[0] - p[0]) * t, 1), round(p[1] + (q[1] - p[1]) * t, 1))


def _other_script(a: Line, b: Line) -> bool:
    """Whether two neighbouring lines are parts of different texts on a bilingual page."""
    return a.language is not None and b.language is not None and script_of(a.language) != script_of(b.language)
