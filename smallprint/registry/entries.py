"""What the registry holds, as frozen models: categories, frameworks with their citations, agencies, defaults."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from smallprint.records import Noun
from smallprint.registry.grammar import Grammar, Label, compile_form, read_range
from smallprint.registry.names import words

Kebab = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
Snake = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:_[a-z0-9]+)*$")]
Https = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+/?\S*$")]
# A country or union, and after a hyphen a state or province of it.
Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(?:-[A-Z]{2,3})?$")]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=220)]

EU_MEMBERS = re.compile("AT|BE|BG|CY|CZ|DE|DK|EE|ES|FI|FR|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK")
# Codes that documents and manifests use for what the registry calls otherwise.
_REGISTRY_CODES = {"GB": "UK", "EEA": "EU", "USA": "US", "IS": "EU", "LI": "EU", "NO": "EU"}


class Category(Noun):
    """A category of the taxonomy, with the public corpora's labels that map to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: Snake
    name: str
    group: str
    is_: str = Field(alias="is")
    not_: str = Field("", alias="not")
    claudette: str = ""
    opp115: str = ""
    tosdr: str = ""


class CitationPattern(Noun):
    """One way to cite a framework (the mini-format is explained in grammar.py)."""

    cite: str
    limits: dict[str, str] = {}  # number -> outline of what that article has
    equals: dict[str, str] = {}  # number here -> number in the framework's first pattern
    books: tuple[str, ...] = ()  # further books of law that print the same numbers: "Cal. Civ. Code"
    pending: dict[str, str] = {}  # range -> why those numbers are not in force yet

    @cached_property
    def grammar(self) -> Grammar:
        """The compiled form; raises GrammarError."""
        return compile_form(self.cite, self.limits)

    def not_in_force(self, number: Label) -> str | None:
        """Why this number is enacted but not in force, or None where it is in force; raises GrammarError."""
        for extent, reason in self.pending.items():
            if any(number in span for span in read_range(extent)[1]):
                return reason
        return None


class Framework(Noun):
    """A law that provisions may engage."""

    id: Kebab
    name: str
    short: str  # as a citation without a number reads
    aliases: tuple[str, ...] = ()
    cited_as: dict[str, str] = {}  # a phrase that stands for a citation: "Section 230" -> "CDA, 47 U.S.C. §230"
    jurisdiction: Jurisdiction
    kind: Literal["statute", "regulation", "directive", "rule"]
    url: Https
    governs: str
    categories: tuple[str, ...]
    effective_from: date | None  # None: long in force, the day not established
    effective_to: date | None = None
    status: str = ""
    enforced_by: Literal["agencies", "private", "unlisted"] = "agencies"
    enforcement: str = ""  # who enforces, where no agency of the registry does
    citations: tuple[CitationPattern, ...] = Field(min_length=1)

    def in_force(self, on: date) -> bool:
        """Whether the law as a whole applies on that day; ``status`` names parts that do not."""
        begun = self.effective_from is None or self.effective_from <= on
        return begun and (self.effective_to is None or on <= self.effective_to)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that means this law."""
        return (self.id, self.name, self.short, *self.aliases, *self.cited_as)


class Agency(Noun):
    """An authority that takes complaints and enforces at least one framework."""

    id: Kebab
    name: str
    short: str
    aliases: tuple[str, ...] = ()
    jurisdiction: Jurisdiction
    enforces: tuple[str, ...] = Field(min_length=1)
    url: Https
    complaint_url: Https
    takes: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that means this agency."""
        return (self.id, self.name, self.short, *self.aliases)


class Cues(Noun):
    """Words that must occur, at least one in each text that is named; a closing * stands for any ending."""

    clause: tuple[str, ...] = ()
    document: tuple[str, ...] = ()

    def met(self, clause: str, document: str) -> bool:
        """Whether the clause and the document (which includes the clause) have the words."""
        asked = ((self._clause, clause), (self._document, document))
        return all(pattern is None or pattern.search(text) is not None for pattern, text in asked)

    @cached_property
    def _clause(self) -> re.Pattern[str] | None:
        return _any_of(self.clause)

    @cached_property
    def _document(self) -> re.Pattern[str] | None:
        return _any_of(self.document)


def _any_of(cues: tuple[str, ...]) -> re.Pattern[str] | None:
    if not cues:
        return None
    parts = (re.escape(cue.rstrip("*")).replace(r"\ ", r"\s+") + ("" if cue.endswith("*") else r"\b") for cue in cues)
    return re.compile(rf"\b(?:{'|'.join(parts)})", re.IGNORECASE)


class AgencyDefault(Noun):
    """An agency to name beside a default framework, and what a consumer could complain of."""

    id: Kebab
    reason: Sentence


class Default(Noun):
    """A framework that a consumer lawyer would cite for a category in a jurisdiction, and under which condition."""

    category: str
    jurisdiction: Jurisdiction
    framework: str
    cite: str
    when: str
    why: Sentence
    requires: Cues = Cues()
    unless: Cues = Cues()
    agencies: tuple[AgencyDefault, ...] = ()

    def applies(self, jurisdictions: Iterable[str], clause: str, document: str) -> bool:
        """Whether a jurisdiction and the words call for this framework; ``document`` includes the clause."""
        if not reaches(self.jurisdiction, jurisdictions) or not self.requires.met(clause, document):
            return False
        return self.unless == Cues() or not self.unless.met(clause, document)


def reaches(law: str, jurisdictions: Iterable[str]) -> bool:
    """Whether a law of one jurisdiction can reach any of those in which a document applies.

    Federal law reaches its states, a state's law a document for the whole country; an EU law reaches every member.
    """
    for jurisdiction in jurisdictions:
        code = jurisdiction.upper()  # codes come from manifests in either case
        country = code.split("-", maxsplit=1)[0]
        country = "EU" if EU_MEMBERS.fullmatch(country) else _REGISTRY_CODES.get(country, country)
        if law in (code, country) or (law.startswith(f"{country}-") and "-" not in code):
            return True
    return False


def name_key(name: str) -> tuple[str, ...]:
    """What is equal for all spellings of one name."""
    plain = words(name)
    return plain[1:] if plain[:1] == ("the",) else plain
