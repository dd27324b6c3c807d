"""The number printed in front of a line, parsed into what can be counted and cited."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_letters
from typing import NamedTuple

# Class -> its words. "Article 2" continues "Art. 1": words of one class are one sequence, whatever the language.
_SECTION_WORDS = {
    "article": "article art. art artikel artikkel artículo articulo articolo artykuł artykul artigo",
    "section": "section sec. sec sect. sección seccion sezione abschnitt ziffer ziff. clause cláusula clausula "
    "clausola paragraph para. para párrafo punkt pkt. ust.",
    "part": "part partie parte teil część title titre título titolo chapter chapitre capítulo capitolo capo kapitel "
    "rozdział dział book",
    "annex": "annex annexe appendix schedule exhibit addendum attachment anlage anhang anexo apéndice allegato "
    "załącznik",
}
_WORD_CLASSES = {word: name for name, words in _SECTION_WORDS.items() for word in words.split()}
_ORDINALS = {
    word: value
    for value, words in enumerate(
        (
            "one first primera primero premier première primo",
            "two second segunda segundo secondo",
            "three third tercera tercero terzo",
            "four fourth cuarta cuarto quarto",
            "five fifth quinta quinto",
            "six sixth sexta sexto sesto",
            "seven seventh séptima séptimo settimo",
            "eight eighth octava octavo ottavo",
            "nine ninth novena noveno nono",
            "ten tenth décima décimo decimo",
            "eleven eleventh undécima decimoprimera undicesimo",
            "twelve twelfth duodécima decimosegunda dodicesimo",
            "thirteen decimotercera",
            "fourteen decimocuarta",
            "fifteen decimoquinta",
        ),
        start=1,
    )
    for word in words.split()
}
_WORD_PATTERN = "|".join(sorted((re.escape(word) for word in _WORD_CLASSES), key=len, reverse=True))
_ORDINAL_PATTERN = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_MARKER = re.compile(
    rf"""
    (?:
      (?P<word>{_WORD_PATTERN})[ ]?(?:n[ro]\.?[ ]|n°[ ]?)?
        (?P<word_number>\d{{1,3}}(?:\.\d{{1,3}}){{0,5}}[a-z]?|[ivxl]{{1,7}}|[a-z]|{_ORDINAL_PATTERN})(?!\w)
    | §{{1,2}}[ ]?(?P<section_sign>\d{{1,4}}(?:\.\d{{1,4}}){{0,4}}[a-z]?)
        (?P<subsections>(?:[ ](?:abs\.|ust\.|al\.|nr\.|nr|pkt|lit\.)[ ]?\w{{1,3}}\b){{0,3}})
    | (?P<decimal>\d{{1,3}}(?:\.\d{{1,3}}){{1,6}}(?:[a-z](?!\w))?)(?![\d,%])
    | (?P<letter_decimal>(?:[a-z]\.?|[ivxl]{{1,7}}\.)\d{{1,2}}(?:\.\d{{1,2}}){{0,3}})(?!\d)
    | (?P<whole>\d{{1,3}})(?:(?P<suffix>[a-z]|bis|ter)(?=[.)]))?(?![\d,%])
    | \((?P<bracketed>\d{{1,3}}|[a-z]{{1,2}}|[ivxl]{{1,7}})\)
    | (?P<letters>[a-z]{{1,2}}|[ivxl]{{1,7}})(?=[.)])
    | (?P<ordinal>{_ORDINAL_PATTERN})(?=[.:]-?[ ]?)
    )
    (?P<nested>(?:\((?:\d{{1,3}}|[a-z]{{1,2}}|[ivxl]{{1,7}})\)){{0,4}})
    (?P<trail>(?:[º°])?[.)\]:]{{0,2}}[º°]?(?:[ ]?[-–—](?=[ \n]|$)|[-–—](?=[^\W\d_]))?)
    (?:(?P<space>[ \n]+)|$|(?=[^\W\d_]))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MAX_MARKER_CHARS = 60  # no limit in practice: the longest of 3,249 numbers in 70 real documents has 11
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
_MAX_ROMAN = 89  # of sections and items; without C, D and M, words such as "civil" or "mix" are no numerals
_MAX_LEVELS = 8  # of a decimal number, as the pattern allows


@dataclass(frozen=True)
class NumberReading:
    """One way to read a marker as a number; numbers of one style are a sequence."""

    style: str  # "1.", "(a)", "(i)", "A.", "section", "§", "decimal"
    path: tuple[int, ...]  # (4, 2) for "4.2"; a single value in other styles

    @property
    def value(self) -> int:
        """The last value, the one that counts up."""
        return self.path[-1]


@dataclass(frozen=True)
class Marker:
    """A printed number in front of a line."""

    printed: str
    end: int  # offset into the line at which its own words begin
    label: str  # as cited, without punctuation: "4.2", "(b)", "IX", "Annex II", "§ 5"
    readings: tuple[NumberReading, ...]  # more than one if a letter may be a roman numeral
    explicit: bool  # punctuated, bracketed or decimal, unlike a bare "5" or "Section 5", which can begin a sentence
    nested: tuple["Marker", ...] = ()  # further numbers that follow at once: the "(i)" of "(a)(i)"


@lru_cache(maxsize=4096)
def roman_value(text: str) -> int | None:
    """The value of a well-formed roman numeral up to ``_MAX_ROMAN`` in letters of either case, else None."""
    total, previous = 0, 0
    for letter in reversed(text.lower()):
        value = _ROMAN.get(letter, 0)
        total += -value if value < previous else value
        previous = max(previous, value)
    return total if 0 < total <= _MAX_ROMAN and _to_roman(total) == text.lower() else None


def _to_roman(value: int) -> str:
    numeral = ""
    for amount, letters in ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        while value >= amount:
            numeral, value = numeral + letters, value - amount
    return numeral


def parse_marker(line: str) -> Marker | None:
    """The number that ``line`` begins with, None if there is none; whether it numbers a clause, the outline decides."""
    match = _MARKER.match(line[: _MAX_MARKER_CHARS + 1])
    if not match or match.end("trail") > _MAX_MARKER_CHARS:
        return None
    without_space = match["space"] is None and match.end() < len(line)
    if without_space and not _may_lack_space(line, match):
        return None
    first = _first_number(match)
    if first is None:
        return None
    nested = tuple(
        Marker(f"({text})", match.end(), f"({text})", _letter_readings(text, "({})"), explicit=True)
        for text in re.findall(r"\((\w{1,7})\)", match["nested"])
    )
    if any(not marker.readings for marker in nested):
        return None
    printed = line[: match.end("trail")].rstrip()
    explicit = first.explicit and not without_space
    return Marker(printed, match.end(), first.label, tuple(first.readings), explicit=explicit, nested=nested)


def _may_lack_space(line: str, match: re.Match[str]) -> bool:
    """Whether words may follow without a space: "1.Definitions", "4.2Fees"; never "U.S." or "3D"."""
    digits = match["decimal"] or (match["whole"] and match["trail"].startswith((".", ")")))
    return bool(digits) and line[match.end()].isupper()


class _Number(NamedTuple):
    """A number before it is a marker; the fields are the marker's."""

    label: str
    readings: Sequence[NumberReading]
    explicit: bool


def _first_number(match: re.Match[str]) -> _Number | None:
    trail = match["trail"]
    if match["word"]:
        return _worded(match["word"], match["word_number"], trail)
    if match["section_sign"]:
        label = f"§ {match['section_sign']}{match['subsections']}"
        return _Number(label, [NumberReading("§", _path(match["section_sign"]))], bool(trail))
    if match["decimal"]:
        return _decimal(match["decimal"])
    if match["letter_decimal"]:
        return _letter_decimal(match["letter_decimal"], punctuated=bool(trail))
    if match["whole"]:
        style = "1)" if trail.startswith(")") else "1."
        label = match["whole"] + (match["suffix"] or "")
        return _Number(label, [NumberReading(style, (int(match["whole"]),))], bool(trail))
    if match["ordinal"]:
        word = match["ordinal"]
        readings = [NumberReading("ordinal", (_ORDINALS[word.lower()],))]
        return _Number(word, readings, explicit=True) if word[0].isupper() else None
    text, pattern = (match["bracketed"], "({})") if match["bracketed"] else (match["letters"], "{}" + trail[:1])
    letter_readings = _letter_readings(text, pattern)
    return _Number(pattern.format(text).rstrip("."), letter_readings, explicit=True) if letter_readings else None


def _worded(word: str, number: str, trail: str) -> _Number | None:
    """A word and its number: "Article 4", "Part II", "Cláusula primera", "Annex B"."""
    word_class = _WORD_CLASSES[word.lower()]
    readings: list[NumberReading] = []
    if number[0].isdigit():
        readings = [NumberReading("decimal" if "." in number else word_class, _path(number))]
    elif number.lower() in _ORDINALS:
        readings = [NumberReading(word_class, (_ORDINALS[number.lower()],))]
    elif not number.isupper():
        return None
    else:
        value = roman_value(number)
        if value is not None:
            readings.append(NumberReading(word_class, (value,)))
        if len(number) == 1:
            readings.append(NumberReading(f"{word_class} A", (_letter_value(number),)))
    if not readings or word[0].islower():
        return None
    label = f"{word[0]}{word[1:].lower()} {number}" if word_class in ("part", "annex") else number
    return _Number(label, readings, bool(trail) or "." in number)


def _letter_decimal(text: str, *, punctuated: bool) -> _Number | None:
    """A letter or roman numeral, then digits: "A.1", "B2.3", "IX.2"."""
    letters = re.match(r"[A-Z]+", text)
    if letters is None:
        return None
    digits = _path(text[letters.end() :].lstrip("."))
    value = roman_value(letters[0])
    readings = [NumberReading("decimal", (value, *digits))] if value is not None and "." in text else []
    if len(letters[0]) == 1:
        readings.append(NumberReading("decimal A", (_letter_value(text[0]), *digits)))
    return _Number(text, readings, punctuated or len(letters[0]) > 1)


def _decimal(text: str) -> _Number | None:
    parts = text.split(".")
    if any(len(part) > 1 and part[0] == "0" for part in parts):
        return None  # an amount or a date
    path = _path(text)
    return _Number(text, [NumberReading("decimal", path if path[-1] or len(path) == 1 else path[:-1])], explicit=True)


def _path(text: str) -> tuple[int, ...]:
    """The values of a decimal number; a letter after a value ("4.2a") does not count."""
    return tuple(int(part.rstrip(ascii_letters)) for part in text.split("."))[:_MAX_LEVELS]


@lru_cache(maxsize=4096)
def _letter_readings(text: str, pattern: str) -> tuple[NumberReading, ...]:
    """Letters read as letters, as a roman numeral or as both; digits in brackets as digits.

    ``pattern`` is the style with ``{}`` for the number: "({})", "{}.".
    """
    if text.isdigit():
        return (NumberReading(pattern.format("1"), (int(text),)),)
    if not (text.islower() or text.isupper()) or not text.isascii():
        return ()
    readings = []
    upper = text.isupper()
    if len(set(text)) == 1 and len(text) <= 2:
        value = _letter_value(text[0]) + 26 * (len(text) - 1)
        readings.append(NumberReading(pattern.format("A" if upper else "a"), (value,)))
    roman = roman_value(text)
    if roman is not None:
        readings.append(NumberReading(pattern.format("I" if upper else "i"), (roman,)))
    return tuple(readings)


def _letter_value(letter: str) -> int:
    """1 for "a" or "A", 26 for "z" or "Z"."""
    return ord(letter.lower()) - ord("a") + 1
