"""The text of a citation taken apart: names of laws, books of law, and the numbers that are cited from them.

One pass over a bounded number of tokens; every step looks a fixed number of tokens ahead.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from smallprint.registry.grammar import UNITS, roman
from smallprint.registry.names import plain_word, words

_TOKEN = re.compile(
    r"(?P<word>(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?|[A-Za-z][A-Za-z0-9']*)|(?P<number>\d+[A-Za-z]*)|(?P<sign>§+|[&().,;:/-])"
)
_DASHES = re.compile(r"[‐-―−]")
_UNIT_OF = {word: unit for unit, entry in UNITS.items() for word in entry.words} | {"section": "section"}
_ROMAN_UNITS = frozenset({"annex", "chapter", "part", "schedule"})
# Words for a level below the number, in the languages that models quote.
_BELOW = frozenset(
    words(
        "paragraph paragraphs para paras par subparagraph subparagraphs subsection subsections subs subdivision "
        "point points pt pts item clause no nr number abs absatz lit litera letter letters let lett buchst buchstabe "
        "lid onder lettera letra inciso comma apartado alinea"
    )
)
_SKIPPED_LEVELS = frozenset({"satz", "sentence", "unterabsatz", "uabs"})
_JOINS = frozenset({"and", "or", "und", "et", "y", "e", "as", "well"})
_TO = frozenset({"to", "through", "bis"})
_TOWARD = frozenset({"of", "the", "under", "in", "der", "des", "du", "de", "la", "to"})
_NOT_A_LEVEL = frozenset({"eu", "uk", "us", "ec"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign, folded for comparison, with where it stood."""

    kind: str
    text: str
    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Law:
    """A name that means one law, or, ambiguously, one of several."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The name of a book of law that several laws stand in: 15 U.S.C."""

    key: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A cited number: unit as the text names it, number, levels below, and the end of a range."""

    unit: str | None
    number: str
    below: tuple[str, ...] = ()
    end: "Pin | None" = None
    sign: bool = False  # whether the unit was given as §, which some use for articles too
    bound: str = ""  # "before" or "after": the law that it touches


@dataclass(frozen=True, slots=True)
class Break:
    """A semicolon or a slash."""

    sign: str


Part = Law | Book | Pin | Break
Names = Mapping[
    str, Sequence[tuple[tuple[str, ...], Law | Book | tuple[Part, ...]]]
]  # first word -> names, longest first


def tokens(text: str) -> list[Token]:
    """The words, numbers and signs of a text; all else is dropped."""
    text = unicodedata.normalize("NFKD", _DASHES.sub("-", text).replace("’", "'"))
    text = "".join(char for char in text if not unicodedata.combining(char))
    return [
        Token(str(match.lastgroup), match[0], _comparable(match), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def _comparable(match: re.Match[str]) -> str:
    is_mere_sign = match.lastgroup == "sign" and match[0][0] not in "§&"
    return match[0] if is_mere_sign else plain_word(match[0].casefold())


def take_apart(text: str, names: Names) -> list[Part]:
    """The laws, books, numbers and breaks of a citation, in order."""
    reader = _Reader(tokens(text), names)
    reader.read()
    return reader.parts


class _Reader:
    """Walks the tokens once; ``parts`` is what it found."""

    def __init__(self, found: list[Token], names: Names) -> None:
        self.tokens, self.names = found, names
        self.at = 0
        self.parts: list[Part] = []
        self.unit: str | None = None
        self.sign = False
        self.pending: tuple[str, ...] = ()  # levels said before their number: "point (f) of Article 6(1)"
        self.listing = False  # whether a list of lower levels goes on: "paragraphs 1 and 2"
        self.touching = False  # whether only white space and units lie between the last law and here

    def read(self) -> None:
        steps = (self._name, self._break, self._unit, self._level, self._number, self._sibling, self._numeral)
        while self.at < len(self.tokens):
            if not any(step() for step in steps):
                token = self.tokens[self.at]
                if token.kind == "word" and token.word not in _JOINS | _TO:
                    self.listing = False
                if token.text != "." and token.word not in _TOWARD:
                    self.touching = False
                self.at += 1

    def _peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def _word(self, ahead: int = 0) -> str:
        token = self._peek(ahead)
        return token.word if token else ""

    def _last(self) -> Pin | None:
        return self.parts[-1] if self.parts and isinstance(self.parts[-1], Pin) else None

    def _name(self) -> bool:
        found = self._match_name()
        if found is None:
            return False
        target, length = found
        self.parts += target if isinstance(target, tuple) else [target]
        self.at += length
        self.unit, self.sign, self.listing, self.touching = None, False, False, True
        if isinstance(target, tuple) and isinstance(target[-1], Pin) and target[-1].number == "":
            # "APP 6": the phrase ends in a unit whose number follows.
            self.parts.pop()
            self.unit = target[-1].unit
        if isinstance(target, tuple) and self._last() is not None:
            self._below()
        return True

    def _match_name(self) -> tuple[Law | Book | tuple[Part, ...], int] | None:
        for key, target in self.names.get(self._word(), ()):
            place = self.at + 1
            for word in key[1:]:
                while place < len(self.tokens) and self._inside_name(place):
                    place += 1
                if place >= len(self.tokens) or self.tokens[place].word != word:
                    break
                place += 1
            else:
                return target, place - self.at
        return None

    def _inside_name(self, place: int) -> bool:
        """Whether the sign here may stand inside a name: points, commas, brackets; a slash only without spaces."""
        before, sign = self.tokens[place - 1], self.tokens[place]
        spaced = before.end != sign.start or self.tokens[min(place + 1, len(self.tokens) - 1)].start != sign.end
        return sign.text in (".", ",", "(", ")", "-", ":") or (sign.text == "/" and not spaced)

    def _break(self) -> bool:
        token = self.tokens[self.at]
        if token.text not in (";", "/"):
            return False
        self.parts.append(Break(token.text))
        self.at += 1
        if token.text == ";":
            self.unit, self.sign, self.listing, self.touching = None, False, False, False
        return True

    def _unit(self) -> bool:
        token = self.tokens[self.at]
        unit = _UNIT_OF.get(token.word)
        if unit is None or not (token.kind == "word" or token.text.startswith("§")):
            return False
        ahead = 1
        while self._word(ahead) in (".", "no", "nos", "section", ","):
            ahead += 1
        after = self._peek(ahead)
        numbered = after is not None and (
            after.kind == "number"
            or (unit in _ROMAN_UNITS and roman(after.text) > 0)
            or (unit == "annex" and (after.word in _BELOW or after.text == "("))
        )
        if not numbered:
            return False
        last = self._last()
        if last is not None and last.unit == "article" and token.kind == "sign":
            return self._level_value(last, ahead)  # "Art. 18, § 2": a paragraph
        if last is not None and last.unit == "article" and token.word == "s":
            self.at += ahead + 1  # "Abs. 1 S. 1": a sentence
            return True
        if last is not None and last.unit == "schedule" and unit == "part":
            self.at += ahead + 1  # "Sch. 2 Pt. 1 para. 11": paragraphs are numbered throughout
            return True
        self.unit, self.sign = unit, token.text.startswith("§")
        self.at += ahead
        self.listing = False
        if unit in _ROMAN_UNITS and after is not None and after.kind == "word" and roman(after.text):
            self._pin(after.text)
        return True

    def _level(self) -> bool:
        """A word for a lower level, and its value: "paragraph 1", "lit. f", "point (f)"."""
        token = self.tokens[self.at]
        if token.kind != "word" or token.word not in _BELOW | _SKIPPED_LEVELS:
            return False
        ahead = 1
        while self._word(ahead) in (".", "(", "no"):
            ahead += 1
        value = self._peek(ahead)
        if value is None or not (value.kind == "number" or (value.kind == "word" and len(value.word) <= 2)):
            return False
        if token.word in _SKIPPED_LEVELS:
            self.at += ahead + 1
            return True
        last = self._last()
        if self._heads(ahead + 1):
            self.pending = (*self.pending, value.text)
            self.at += ahead + 1
            return True
        if self.unit == "annex" and (last is None or last.unit != "annex"):
            self.at += ahead
            return True
        return last is not None and self._level_value(last, ahead)

    def _heads(self, ahead: int) -> bool:
        """Whether what was just read belongs to a number that follows: "point (f) of Article 6"."""
        while self._word(ahead) in (")", ",", "of", "the", "and"):
            if self._word(ahead) == "of":
                return True
            ahead += 1
        return False

    def _level_value(self, last: Pin, ahead: int) -> bool:
        value = self.tokens[self.at + ahead]
        self.parts[-1] = replace(last, below=(*last.below, value.text))
        self.at += ahead + 1
        self.listing = True
        if self._word() == ")":
            self.at += 1
        self._below()
        return True

    def _number(self) -> bool:
        token = self.tokens[self.at]
        if token.kind != "number":
            return False
        last = self._last()
        if self.listing and last is not None and last.below and self._joined():
            self.parts.append(replace(last, below=(*last.below[:-1], token.text), end=None))
            self.at += 1
            return True
        follows_law = self.touching or (last is not None and self._joined())
        bracket = self._word(1) == "(" and self._closed(1) is not None
        if self.unit is None and not follows_law and not bracket:
            return False
        opened = self._word(-1) == "("
        number = self._chain()
        if opened and self._word() == ")":
            self.at += 1
        self._pin(number)
        return True

    def _joined(self) -> bool:
        """Whether the token before this one continues a list."""
        return self._word(-1) in _JOINS | _TO | {",", "/", "-", "section"}

    def _chain(self) -> str:
        """A number with what hangs on it by a point, hyphen, slash or colon: 1798.199.100, 394-c, 6.1.f; moves on."""
        text = self.tokens[self.at].text
        while True:
            self.at += 1
            sign, more = self._peek(), self._peek(1)
            hangs = sign is not None and more is not None and sign.text in (".", "-", "/", ":")
            if not hangs or sign.start != self.tokens[self.at - 1].end or more.start != sign.end:  # type: ignore[union-attr]
                return text
            if not (more.kind == "number" or (more.kind == "word" and len(more.text) <= 2)):  # type: ignore[union-attr]
                return text
            text += sign.text + more.text  # type: ignore[union-attr]
            self.at += 1

    def _pin(self, number: str) -> None:
        """A new number with the levels behind it, and the end of a range where one follows."""
        if self.at < len(self.tokens) and self.tokens[self.at].text == number and self.tokens[self.at].kind == "word":
            self.at += 1
        pin = Pin(self.unit, number, sign=self.sign, bound="before" if self.touching else "")
        self.parts.append(pin)
        self._below()
        if self.pending:
            last = self._last()
            if last is not None:
                self.parts[-1] = replace(last, below=(*last.below, *self.pending))
            self.pending = ()
        self.touching = False
        self._range()
        if self._faces_law():
            last = self._last()
            if last is not None and not last.bound:
                self.parts[-1] = replace(last, bound="after")

    def _faces_law(self) -> bool:
        """Whether a law's name follows, with nothing but "of the" between."""
        start = self.at
        while self._word() in _TOWARD and self._match_name() is None:
            self.at += 1
        faces = self._match_name() is not None
        self.at = start
        return faces

    def _closed(self, ahead: int = 0) -> Token | None:
        """What stands alone between brackets here, if that can be a level."""
        value, close = self._peek(ahead + 1), self._peek(ahead + 2)
        if self._word(ahead) != "(" or value is None or close is None or close.text != ")":
            return None
        if value.kind == "number" and len(value.text) <= 4:
            return value
        short = len(value.word) <= 2 or roman(value.text) > 0
        return value if value.kind == "word" and short and value.word not in _NOT_A_LEVEL else None

    def _below(self) -> None:
        """The bracketed levels that follow the last number."""
        while (value := self._closed()) is not None:
            last = self._last()
            if last is None:
                return
            self.parts[-1] = replace(last, below=(*last.below, value.text))
            self.at += 3

    def _range(self) -> None:
        """The end of a range behind the last number: "to 14", "-(k)", "- §1798.105"."""
        last = self._last()
        if last is None or self._word() not in _TO | {"-"}:
            return
        ahead = 1
        while self._word(ahead) in ("section", "art", "arts", "article", "."):
            ahead += 1
        value = self._peek(ahead)
        if value is not None and value.kind == "number":
            self.at += ahead
            number = self._chain()
            self.parts.append(Pin(last.unit, number))
            self._below()
            end = self._last()
            self.parts.pop()
            self.parts[-1] = replace(last, end=end)
        elif (level := self._closed(ahead)) is not None and last.below:
            end = replace(last, below=(*last.below[:-1], level.text))
            self.parts[-1] = replace(last, end=end)
            self.at += ahead + 3

    def _sibling(self) -> bool:
        """A further level of the last number: "6(1)(a) and (b)"."""
        last, value = self._last(), self._closed()
        if last is None or value is None or not self._joined():
            return False
        kept = last.below[:-1]
        # "(1)(a) and (2)": a number after a letter goes back to the paragraph.
        while kept and value.kind == "number" and not last.below[len(kept)][0].isdigit():
            kept = kept[:-1]
        self.parts.append(replace(last, below=kept, end=None, bound=last.bound))
        self._below()
        self._range()
        return True

    def _numeral(self) -> bool:
        """A capital roman numeral after a comma, as in Brazilian law: "Art. 7, IX"."""
        last, token = self._last(), self.tokens[self.at]
        is_numeral = token.kind == "word" and token.text.isupper() and roman(token.text) > 0
        if last is None or last.unit != "article" or not is_numeral or self._word(-1) != ",":
            return False
        self.parts[-1] = replace(last, below=(*last.below, token.text))
        self.at += 1
        return True
