"""Word's automatic numbering resolved to what a reader sees: levels, formats, starts, restarts, overrides."""

import re
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_UNITS = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_UNITS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}


def value(parent: Element | None, tag: str) -> str | None:
    """The ``w:val`` of a child element, None if either is missing."""
    child = parent.find(W + tag) if parent is not None else None
    return child.get(W + "val") if child is not None else None


def integer(text: str | None, default: int) -> int:
    """A number as Word writes it, bounded; the default where it is missing or not a number."""
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,6}", text) else default


@dataclass(frozen=True)
class Level:
    """One level of a numbering definition."""

    form: str = "decimal"  # w:numFmt: decimal, lowerLetter, upperRoman, bullet, none, ...
    text: str = ""  # w:lvlText: "%1.%2"
    start: int = 1
    restart: int | None = None  # the 1-based level whose use restarts this one; 0: never; None: any higher level
    style: str | None = None  # the paragraph style that this level belongs to
    legal: bool = False  # w:isLgl: all numbers in decimal


@dataclass(frozen=True)
class Definition:
    """A ``w:num``: the abstract definition whose counters it shares, its levels, where it restarts."""

    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int]  # w:startOverride by level


@dataclass
class Numbering:
    """All definitions of a file and the running counters; feed it the paragraphs in document order."""

    definitions: dict[str, Definition] = field(default_factory=dict)
    _counters: dict[str, list[int | None]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def level_of_style(self, number_id: str, style: str) -> int | None:
        """The level that a definition ties to a paragraph style."""
        definition = self.definitions.get(number_id)
        levels = definition.levels if definition else {}
        return next((index for index, level in levels.items() if level.style == style), None)

    def advance(self, number_id: str, index: int) -> str | None:
        """Count a paragraph and return its number as printed; "" for a bullet, None where nothing is defined."""
        definition = self.definitions.get(number_id)
        if definition is None or not 0 <= index < _LEVELS:
            return None
        level = definition.levels.get(index)
        if level is None:
            return None
        self._count(number_id, definition, index, level)
        return "" if level.form == "bullet" else self._printed(definition, level)

    def _count(self, number_id: str, definition: Definition, index: int, level: Level) -> None:
        counters = self._counters.setdefault(definition.abstract, [None] * _LEVELS)
        override = definition.starts.get(index)
        if override is not None and (number_id, index) not in self._started:
            counters[index] = override
        else:
            current = counters[index]
            counters[index] = level.start if current is None else current + 1
        self._started.add((number_id, index))
        for above in range(index):
            if counters[above] is None:
                counters[above] = definition.levels.get(above, Level()).start
        for below in range(index + 1, _LEVELS):
            restart = definition.levels.get(below, Level()).restart
            if restart is None or index < restart:
                counters[below] = None

    def _printed(self, definition: Definition, level: Level) -> str:
        counters = self._counters[definition.abstract]

        def one(found: re.Match[str]) -> str:
            index = int(found[1]) - 1
            referred = definition.levels.get(index, Level())
            count = counters[index] if index < _LEVELS else None
            return "" if count is None else printed(count, "decimal" if level.legal else referred.form)

        return re.sub(r"%([1-9])", one, level.text).strip()


def read_numbering(root: Element | None, style_numbers: dict[str, str]) -> Numbering:
    """The definitions in numbering.xml; ``style_numbers`` maps numbering styles to the ``w:num`` they use."""
    if root is None:
        return Numbering()
    abstracts = {element.get(W + "abstractNumId") or "": element for element in root.iterfind(W + "abstractNum")}
    of_number = {
        element.get(W + "numId") or "": value(element, "abstractNumId") or "" for element in root.iterfind(W + "num")
    }
    definitions = {}
    for element in root.iterfind(W + "num"):
        number_id = element.get(W + "numId") or ""
        abstract_id = of_number[number_id]
        linked = value(abstracts.get(abstract_id), "numStyleLink")
        if linked:
            abstract_id = of_number.get(style_numbers.get(linked, ""), abstract_id)
        abstract = abstracts.get(abstract_id)
        levels = _levels(abstract) if abstract is not None else {}
        starts = {}
        for override in element.iterfind(W + "lvlOverride"):
            index = integer(override.get(W + "ilvl"), 0)
            levels |= _levels(override)
            start = value(override, "startOverride")
            if start is not None:
                starts[index] = integer(start, 1)
        definitions[number_id] = Definition(abstract_id, levels, starts)
    return Numbering(definitions)


def _levels(parent: Element) -> dict[int, Level]:
    found = {}
    for element in parent.iterfind(W + "lvl"):
        restart = value(element, "lvlRestart")
        legal = element.find(W + "isLgl")
        found[integer(element.get(W + "ilvl"), 0)] = Level(
            form=value(element, "numFmt") or "decimal",
            text=value(element, "lvlText") or "",
            start=integer(value(element, "start"), 1),
            restart=integer(restart, 0) if restart is not None else None,
            style=value(element, "pStyle"),
            legal=legal is not None and legal.get(W + "val") not in ("0", "false"),
        )
    return found


def printed(count: int, form: str) -> str:
    """A count in one of Word's number formats; formats of other scripts fall back to decimal."""
    match form:
        case "lowerLetter":
            return _letters(count)
        case "upperLetter":
            return _letters(count).upper()
        case "lowerRoman":
            return _roman(count)
        case "upperRoman":
            return _roman(count).upper()
        case "decimalZero":
            return f"{count:02d}"
        case "ordinal":
            suffix = "th" if 10 <= count % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
            return f"{count}{suffix}"
        case "cardinalText":
            return _words(count).capitalize()
        case "ordinalText":
            return _ordinal_words(count).capitalize()
        case "none" | "bullet":
            return ""
        case _:
            return str(count)


def _letters(count: int) -> str:
    """a-z, then aa, bb, ... as Word does."""
    return chr(97 + (count - 1) % 26) * ((count - 1) // 26 + 1) if 1 <= count <= 780 else str(count)


def _roman(count: int) -> str:
    if not 1 <= count <= 3999:
        return str(count)
    text = ""
    for size, sign in (*_ROMAN, *_ROMAN_UNITS):
        text += sign * (count // size)
        count %= size
    return text


def _words(count: int) -> str:
    if not 0 <= count <= 99:
        return str(count)
    if count < 20:
        return _UNITS[count]
    return _TENS[count // 10] + (f"-{_UNITS[count % 10]}" if count % 10 else "")


def _ordinal_words(count: int) -> str:
    stem, dash, last = _words(count).rpartition("-")
    if last.isdigit():
        return f"{last}th"
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last = last.replace("twelve", "twelf") + "th"
    return f"{stem}{dash}{last}"
