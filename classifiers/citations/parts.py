"""The parts that a citation consists of, as its text names them, before they are looked up in the registry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LawName:
    """A name that means one law, or, ambiguously, one of several; ``ids`` are the registry's."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The name of a book of law that several laws are in: 15 U.S.C."""

    key: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """A cited number: ``Art. 6(1)(f)``, or both ends of a range.

    Attributes:
        unit: "article", "section" ... as the text names it; None where it names none.
        number: the article's or section's.
        levels: below the number, outermost first.
        end: of a range.
        section_sign: whether the unit was written §, which some use for articles too.
        bound: "before" or "after", for the side on which it touches a law's name; else empty.

    """

    unit: str | None
    number: str
    levels: tuple[str, ...] = ()
    end: "Pinpoint | None" = None
    section_sign: bool = False
    bound: str = ""


@dataclass(frozen=True, slots=True)
class Separator:
    """A semicolon or a slash."""

    sign: str


CitationPart = LawName | Book | Pinpoint | Separator
NamedParts = LawName | Book | tuple[CitationPart, ...]  # what a name means; a phrase such as "APP 6" has several parts
NameIndex = Mapping[str, Sequence[tuple[tuple[str, ...], NamedParts]]]  # first word -> names, longest first
