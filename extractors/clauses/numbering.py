"""The numbers of real contracts: what is printed in front of a line, read into what can be counted and cited."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# word -> class; words of one class count on from each other, whatever the language
_WORDS = {
    "article": "article art. art artikel artikkel artículo articulo articolo artykuł artykul artigo",
    "section": "section sec. sec sect. sección seccion sezione abschnitt ziffer ziff. clause cláusula clausula "
    "clausola paragraph para. para párrafo punkt pkt. ust.",
    "part": "part partie parte teil część title titre título titolo chapter chapitre capítulo capitolo capo kapitel "
    "rozdział dział book",
    "annex": "annex annexe appendix schedule exhibit addendum attachment anlage anhang anexo apéndice allegato "
    "załącznik",
}
_CLASS = {word: name for name, words in _WORDS.items() for word in words.split()}
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
_WORD = "|".join(sorted((re.escape(word) for word in _CLASS), key=len, reverse=True))
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_MARKER = re.compile(
    rf"""
    (?:
      (?P<word>{_WORD})[ ]?(?:n[ro]\.?[ ]|n°[ ]?)?
        (?P<of>\d{{1,3}}(?:\.\d{{1,3}}){{0,5}}[a-z]?|[ivxl]{{1,7}}|[a-z]|{_ORDINAL})(?!\w)
    | §{{1,2}}[ ]?(?P<sign>\d{{1,4}}(?:\.\d{{1,4}}){{0,4}}[a-z]?)
        (?P<sub>(?:[ ](?:abs\.|ust\.|al\.|nr\.|nr|pkt|lit\.)[ ]?\w{{1,3}}\b){{0,3}})
    | (?P<decimal>\d{{1,3}}(?:\.\d{{1,3}}){{1,6}}(?:[a-z](?!\w))?)(?![\d,%])
    | (?P<lettered>(?:[a-z]\.?|[ivxl]{{1,7}}\.)\d{{1,2}}(?:\.\d{{1,2}}){{0,3}})(?!\d)
    | (?P<whole>\d{{1,3}})(?:(?P<suffix>[a-z]|bis|ter)(?=[.)]))?(?![\d,%])
    | \((?P<bracketed>\d{{1,3}}|[a-z]{{1,2}}|[ivxl]{{1,7}})\)
    | (?P<letters>[a-z]{{1,2}}|[ivxl]{{1,7}})(?=[.)])
    | (?P<ordinal>{_ORDINAL})(?=[.:]-?[ ]?)
    )
    (?P<more>(?:\((?:\d{{1,3}}|[a-z]{{1,2}}|[ivxl]{{1,7}})\)){{0,4}})
    (?P<trail>(?:[º°])?[.)\]:]{{0,2}}[º°]?(?:[ ]?[-–—](?=[ \n]|$)|[-–—](?=[^\W\d_]))?)
    (?:(?P<space>[ \n]+)|$|(?=[^\W\d_]))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST = 60  # characters in which a marker must end
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
_MOST_LEVELS = 8


@dataclass(frozen=True)
class Reading:
    """One way to count a marker: lines of one style count on from each other."""

    style: str  # "1.", "(a)", "(i)", "A.", "section", "§", "decimal"
    path: tuple[int, ...]  # (4, 2) for "4.2"; one value for all that is not decimal

    @property
    def value(self) -> int:
        """The last value, the one that counts up."""
        return self.path[-1]


@dataclass(frozen=True)
class Marker:
    """A printed number in front of a line."""

    printed: str
    end: int  # where the line's own words begin
    label: str  # as cited, free of punctuation: "4.2", "(b)", "IX", "Annex II", "§ 5"
    readings: tuple[Reading, ...]  # more than one where a letter may be a roman numeral
    sure: bool  # punctuated, bracketed or decimal; else a bare "5" or "Section 5", which prose begins with too
    more: tuple["Marker", ...] = ()  # further numbers that follow at once: the "(i)" of "(a)(i)"

    @property
    def shape(self) -> str:
        """What the number looks like, whatever it counts: "(a)" and "(i)" have one shape."""
        style = self.readings[0].style
        return style.replace("i", "a").replace("I", "A") if len(style) <= 3 else style


@lru_cache(maxsize=4096)
def roman_value(text: str) -> int | None:
    """The value of a well-formed roman numeral below 90 in letters of either case, else None."""
    total, previous = 0, 0
    for letter in reversed(text.lower()):
        value = _ROMAN.get(letter, 0)
        total += -value if value < previous else value
        previous = max(previous, value)
    return total if 0 < total < 90 and _to_roman(total) == text.lower() else None


def _to_roman(value: int) -> str:
    out = ""
    for amount, letters in ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        while value >= amount:
            out, value = out + letters, value - amount
    return out


def parse_marker(line: str) -> Marker | None:
    """The number that ``line`` opens with; None where it opens with none. Says nothing yet about whether it counts."""
    found = _MARKER.match(line[: _LONGEST + 1])
    if not found or found.end("trail") > _LONGEST:
        return None
    glued = found["space"] is None and found.end() < len(line)
    if glued and not _may_be_glued(line, found):
        return None
    head = _head(found)
    if head is None:
        return None
    label, readings, sure = head
    more = tuple(
        Marker(f"({part})", found.end(), f"({part})", _letter_readings(part, "({})"), sure=True)
        for part in re.findall(r"\((\w{1,7})\)", found["more"])
    )
    if any(not one.readings for one in more):
        return None
    printed = line[: found.end("trail")].rstrip()
    return Marker(printed, found.end(), label, tuple(readings), sure=sure and not glued, more=more)


def _may_be_glued(line: str, found: re.Match[str]) -> bool:
    """Whether words may follow without a space: "1.Definitions", "4.2Fees"; never "U.S." or "3D"."""
    digits = found["decimal"] or (found["whole"] and found["trail"].startswith((".", ")")))
    return bool(digits) and line[found.end()].isupper()


def _head(found: re.Match[str]) -> tuple[str, Sequence[Reading], bool] | None:
    """(label, readings, sure) of the first number in the match."""
    trail = found["trail"]
    if found["word"]:
        return _worded(found["word"], found["of"], trail)
    if found["sign"]:
        path = _path(found["sign"])
        return f"§ {found['sign']}{found['sub']}", [Reading("§", path)], bool(trail)
    if found["decimal"]:
        return _decimal(found["decimal"])
    if found["lettered"]:
        return _lettered(found["lettered"], sure=bool(trail))
    if found["whole"]:
        value = int(found["whole"])
        style = "1)" if trail.startswith(")") else "1."
        return found["whole"] + (found["suffix"] or ""), [Reading(style, (value,))], bool(trail)
    if found["ordinal"]:
        text = found["ordinal"]
        return (text, [Reading("ordinal", (_ORDINALS[text.lower()],))], True) if text[0].isupper() else None
    text, pattern = (found["bracketed"], "({})") if found["bracketed"] else (found["letters"], "{}" + trail[:1])
    readings = _letter_readings(text, pattern)
    label = pattern.format(text).rstrip(".")
    return (label, readings, True) if readings else None


def _worded(word: str, of: str, trail: str) -> tuple[str, Sequence[Reading], bool] | None:
    kind = _CLASS[word.lower()]
    readings: list[Reading] = []
    if of[0].isdigit():
        readings = [Reading("decimal" if "." in of else kind, _path(of))]
    elif of.lower() in _ORDINALS:
        readings = [Reading(kind, (_ORDINALS[of.lower()],))]
    elif not of.isupper():
        return None
    else:
        value = roman_value(of)
        if value is not None:
            readings.append(Reading(kind, (value,)))
        if len(of) == 1:
            readings.append(Reading(f"{kind} A", (ord(of) - 64,)))
    if not readings or word[0].islower():
        return None
    label = f"{word[0]}{word[1:].lower()} {of}" if kind in ("part", "annex") else of
    return label, readings, bool(trail) or "." in of


def _lettered(text: str, *, sure: bool) -> tuple[str, Sequence[Reading], bool] | None:
    """A letter or roman numeral, then digits: "A.1", "B2.3", "IX.2"."""
    letters = re.match(r"[A-Z]+", text)
    if letters is None:
        return None
    digits = _path(text[letters.end() :].lstrip("."))
    value = roman_value(letters[0])
    readings = [Reading("decimal", (value, *digits))] if value is not None and "." in text else []
    if len(letters[0]) == 1:
        readings.append(Reading("decimal A", (ord(text[0]) - 64, *digits)))
    return text, readings, sure or len(letters[0]) > 1


def _decimal(text: str) -> tuple[str, Sequence[Reading], bool] | None:
    parts = text.split(".")
    if any(len(part) > 1 and part[0] == "0" for part in parts):
        return None  # an amount or a date
    path = _path(text)
    return text, [Reading("decimal", path if path[-1] or len(path) == 1 else path[:-1])], True


def _path(text: str) -> tuple[int, ...]:
    return tuple(int(part.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) for part in text.split("."))[
        :_MOST_LEVELS
    ]


@lru_cache(maxsize=4096)
def _letter_readings(text: str, pattern: str) -> tuple[Reading, ...]:
    """Letters may be counted as letters or as roman numerals; digits in brackets as digits."""
    if text.isdigit():
        return (Reading(pattern.format("1"), (int(text),)),)
    if not (text.islower() or text.isupper()) or not text.isascii():
        return ()
    readings = []
    upper = text.isupper()
    if len(set(text)) == 1 and len(text) <= 2:
        value = ord(text[0].lower()) - 96 + 26 * (len(text) - 1)
        readings.append(Reading(pattern.format("A" if upper else "a"), (value,)))
    value_as_roman = roman_value(text)
    if value_as_roman is not None:
        readings.append(Reading(pattern.format("I" if upper else "i"), (value_as_roman,)))
    return tuple(readings)
