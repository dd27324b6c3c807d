"""The mini-format in which frameworks.yml says what a citation looks like, and what it may cite.

``GDPR Art. {1 to 99}(1)(a)`` reads: written "GDPR Art. 6(1)(f)", articles 1 to 99, below them a number and a letter.
Before the braces stand the name, after a comma the book of law ("ROSCA, 15 U.S.C. §{8401 to 8405}(a)(1)"), and the
unit's mark; inside are single numbers and ranges; behind, the levels below, ``(1)`` a number, ``(a)`` a letter,
``(i)`` a roman numeral, ``(A)`` and ``(I)`` capitals, ``para. 1`` and ``point 1`` numbers written so; ``or`` parts
alternatives. ``1 to 215 with letters`` admits 36A too.
An outline ("1(a-f), 2-4") lists what a single article has: paragraphs, and their points.
"""

import re
from dataclasses import dataclass
from functools import cached_property


class GrammarError(ValueError):
    """A pattern, range or outline that cannot be read."""


@dataclass(frozen=True)
class Unit:
    """A unit of a law: its noun in the singular and plural, and how a text may name it."""

    noun: str
    nouns: str
    words: tuple[str, ...]


UNITS = {
    "article": Unit(
        "article", "articles", ("art", "arts", "article", "articles", "artikel", "articolo", "articulo", "artigo")
    ),
    "section": Unit("section", "sections", ("section", "sections", "sec", "secs", "s", "ss", "sect")),
    "recital": Unit("recital", "recitals", ("recital", "recitals", "considerant", "erwagungsgrund")),
    "annex": Unit("annex", "annexes", ("annex", "annexes", "anhang", "annexe")),
    "schedule": Unit("schedule", "schedules", ("schedule", "schedules", "sch", "sched")),
    "regulation": Unit("regulation", "regulations", ("regulation", "regulations", "reg", "regs")),
    "principle": Unit("principle", "principles", ("principle", "principles")),
    "part": Unit("part", "parts", ("part", "parts", "pt")),
    "chapter": Unit("chapter", "chapters", ("chapter", "chapters", "ch", "kapitel", "chapitre")),
}
# As the form writes them: singular -> (unit, plural).
MARKS = {
    "Art.": ("article", "Arts."),
    "Section": ("section", "Sections"),
    "§": ("section", "§§"),
    "s.": ("section", "ss."),
    "Recital": ("recital", "Recitals"),
    "Annex": ("annex", "Annexes"),
    "Sch.": ("schedule", "Schs."),
    "reg.": ("regulation", "regs."),
    "Principle": ("principle", "Principles"),
    "APP": ("principle", "APPs"),
    "Part": ("part", "Parts"),
    "Chapter": ("chapter", "Chapters"),
}

_FORM = re.compile(r"(?P<prefix>[^{}]{1,80}?)\s{0,4}\{(?P<range>[^{}]{1,4000})\}(?P<below>[^{}]{0,200})")
_LABEL = re.compile(r"(\d*)([a-z]{0,3})")
_SEPARATOR = re.compile(r"([.\-/:])")
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")
_LEVEL = re.compile(r"\s{0,4}\((1|a|i|A|I)\)|\s{0,4}(para\.|point) 1")
_STYLES = {
    "1": re.compile(r"\d{1,3}[a-z]?"),
    "a": re.compile(r"[a-z]{1,2}"),
    "i": re.compile(r"[ivxl]{1,6}"),
    "A": re.compile(r"[A-Z]{1,2}"),
    "I": re.compile(r"[IVXL]{1,6}"),
}
_OUTLINE = re.compile(r"(?:(\d+[a-z]?)(?:-(\d+))?)?(?:\(([a-z+-]+)\))?")
_LETTERS = re.compile(r"([a-z]{1,2})(?:-([a-z]))?")
_WITH_LETTERS = " with letters"


@dataclass(frozen=True)
class Label:
    """The number of an article or section, comparable: "1798.199.100", "22A", "1681s-2"; roman numerals as numbers."""

    text: str
    parts: tuple[tuple[int, str], ...]
    separators: str


def label(text: str) -> Label | None:
    """A number as a label, or None for what is none."""
    pieces = _SEPARATOR.split(text.lower())
    parts = []
    for piece in pieces[::2]:
        match = _LABEL.fullmatch(piece)
        if match is None or not piece or len(piece) > 9:
            return None
        parts.append((int(match[1] or 0), match[2]))
    if not pieces[0][0].isdigit():
        return None
    return Label(text, tuple(parts), "".join(pieces[1::2]))


def roman(text: str) -> int:
    """The value of a roman numeral up to XXXIX; 0 for what is none."""
    match = _ROMAN.fullmatch(text.lower())
    if match is None:
        return 0
    ones = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
    return 10 * len(match[1]) + ones[match[2]]


@dataclass(frozen=True)
class Span:
    """Numbers from ``low`` to ``high``, both included."""

    low: Label
    high: Label
    lettered: bool = False  # whether numbers with letters (36A) lie in it too

    def __contains__(self, number: Label) -> bool:
        if self.low == self.high:
            return (number.parts, number.separators) == (self.low.parts, self.low.separators)
        if number.separators not in (self.low.separators, self.high.separators):
            return False
        if not self.lettered and any(letters for _, letters in number.parts):
            return False
        return self.low.parts <= number.parts <= self.high.parts


@dataclass(frozen=True)
class Outline:
    """What an article has: numbered paragraphs with their points, or points alone."""

    paragraphs: dict[str, tuple[str, ...]]
    points: tuple[str, ...]

    def lacks(self, below: tuple[str, ...]) -> str | None:
        """What the article has instead of the cited level ("paragraphs 1–4"), or None where it has that."""
        if not below:
            return None
        if not below[0][0].isdigit():
            return None if below[0] in self.points else _existing("points", self.points)
        if below[0] not in self.paragraphs:
            return _existing("paragraphs", tuple(self.paragraphs))
        points = self.paragraphs[below[0]]
        return None if len(below) == 1 or below[1] in points else _existing("points", points)


def _existing(noun: str, levels: tuple[str, ...]) -> str:
    if not levels:
        return f"no {noun}"
    first, last = (f"({level})" if noun == "points" else level for level in (levels[0], levels[-1]))
    if first == last:
        return f"only {noun[:-1]} {first}"
    return f"{noun} {first}–{last}"


@dataclass(frozen=True)
class Level:
    """One level below the number: its style, and how it is written around the value."""

    style: str
    before: str
    after: str

    def read(self, value: str) -> str | None:
        """The value as this level writes it, or None where it does not fit."""
        for form in (value, value.lower(), value.upper()):
            if _STYLES[self.style].fullmatch(form):
                return form
        return None


@dataclass(frozen=True)
class Grammar:
    """One compiled pattern."""

    name: str  # "GDPR", "ROSCA"
    book: str  # "15 U.S.C."; may be empty
    mark: str  # "Art.", "§"; empty where the book is followed by a bare number
    unit: str
    spans: tuple[Span, ...]
    shapes: tuple[tuple[Level, ...], ...]
    roman: bool
    outlines: dict[str, Outline]

    @property
    def prefix(self) -> str:
        """What stands before the mark: "GDPR", "ROSCA, 15 U.S.C."."""
        return f"{self.name}, {self.book}" if self.book else self.name

    @cached_property
    def extent(self) -> str:
        """What exists, for a reader: "articles 1–99"."""
        nouns = UNITS[self.unit].nouns
        first, last = self.spans[0].low.text, self.spans[-1].high.text
        if first == last:
            return f"only {UNITS[self.unit].noun} {first}"
        gaps = len(self.spans) > 1
        return f"{nouns} {first}–{last}{' with gaps' if gaps and self.unit == 'section' else ''}"

    def has(self, number: Label) -> bool:
        """Whether the law has this number."""
        return any(number in span for span in self.spans)

    def number(self, text: str) -> Label | None:
        """The label that the text means here; roman and arabic numerals are the same where the law uses roman ones."""
        if self.roman:
            value = roman(text) or (int(text) if text.isdigit() and len(text) < 3 else 0)
            return Label(_to_roman(value), ((value, ""),), "") if value else None
        return label(text)

    def outline(self, article: Label) -> Outline | None:
        """The outline of this article, where the registry has it."""
        return self.outlines.get(article.text.lower())


def _to_roman(value: int) -> str:
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return "X" * (value // 10) + ones[value % 10]


def compile_form(form: str, limits: dict[str, str] | None = None) -> Grammar:
    """The grammar of a form and of its articles' outlines; raises GrammarError."""
    match = _FORM.fullmatch(form)
    if match is None:
        raise GrammarError(f"{form!r} is not of the form 'NAME MARK {{RANGE}}(1)(a)'")
    prefix, mark = match["prefix"], ""
    for known in MARKS:
        if prefix.endswith(known) and (known == "§" or prefix[: -len(known)].endswith(" ")):
            prefix, mark = prefix[: -len(known)].rstrip(), known
            break
    name, _, book = prefix.partition(", ")
    if not name or not (mark or book):
        raise GrammarError(f"{form!r} names neither a unit ({', '.join(MARKS)}) nor a book of law")
    is_roman, spans = read_range(match["range"])
    return Grammar(
        name=name,
        book=book,
        mark=mark,
        unit=MARKS[mark][0] if mark else "section",
        spans=spans,
        shapes=tuple(_shape(alternative) for alternative in match["below"].split(" or ")),
        roman=is_roman,
        outlines={number.lower(): parse_outline(outline) for number, outline in (limits or {}).items()},
    )


def read_range(text: str) -> tuple[bool, tuple[Span, ...]]:
    """Whether the range is in roman numerals, and its spans, in order; raises GrammarError."""
    is_roman = not any(char.isdigit() for char in text)
    spans: list[Span] = []
    for item in text.split(","):
        bare = item.removesuffix(_WITH_LETTERS)
        ends = [_end(end.strip(), is_roman=is_roman) for end in bare.split(" to ")]
        if len(ends) > 2:
            raise GrammarError(f"{item.strip()!r} is neither a number nor 'FIRST to LAST'")
        if ends[0].parts > ends[-1].parts or (len(ends) == 2 and ends[0].parts == ends[1].parts):
            raise GrammarError(f"the range {item.strip()!r} runs backwards")
        if spans and spans[-1].high.parts >= ends[0].parts:
            raise GrammarError(f"{item.strip()!r} does not follow what stands before it")
        lettered = bare != item or any(letters for end in ends for _, letters in end.parts)
        spans.append(Span(ends[0], ends[-1], lettered))
    return is_roman, tuple(spans)


def _end(text: str, *, is_roman: bool) -> Label:
    if is_roman:
        value = roman(text)
        number = Label(text, ((value, ""),), "") if value else None
    else:
        number = label(text)
    if number is None:
        raise GrammarError(f"{text!r} is not a number")
    return number


def _shape(text: str) -> tuple[Level, ...]:
    levels, at = [], 0
    while at < len(text.rstrip()):
        match = _LEVEL.match(text, at)
        if match is None:
            raise GrammarError(f"{text.strip()!r} is not made of (1), (a), (i), (A), (I), para. 1 or point 1")
        levels.append(Level(match[1], "(", ")") if match[1] else Level("1", f" {match[2]} ", ""))
        at = match.end()
    return tuple(levels)


def parse_outline(text: str) -> Outline:
    """The outline in "1(a-f), 2-4" or "(a-d)"; "none" for an article of one block. Raises GrammarError."""
    paragraphs: dict[str, tuple[str, ...]] = {}
    direct: tuple[str, ...] = ()
    for item in text.split(",") if text != "none" else ():
        match = _OUTLINE.fullmatch(item.strip())
        if match is None or not item.strip():
            raise GrammarError(f"{item.strip()!r} in {text!r} is not of the form 1, 1-4, 1(a-f) or (a-d)")
        points = _letters(match[3]) if match[3] else ()
        if match[1] is None:
            direct = points
            continue
        numbers = range(int(match[1]), int(match[2]) + 1) if match[2] else (match[1],)
        paragraphs |= {str(number): points for number in numbers}
    return Outline(paragraphs, direct)


def _letters(text: str) -> tuple[str, ...]:
    """The letters in "a-f" or "a-f+ea"."""
    letters: list[str] = []
    for item in text.split("+"):
        match = _LETTERS.fullmatch(item)
        if match is None or (match[2] and match[1] >= match[2]):
            raise GrammarError(f"({text}) is not a range of letters")
        last = match[2] or match[1]
        letters += [chr(code) for code in range(ord(match[1]), ord(last) + 1)] if len(match[1]) == 1 else [match[1]]
    return tuple(letters)
