"""The offline analyst's rules: read from the YAML files beside this module, checked, compiled once.

``words.yml`` names lists of words, ``cues.yml`` facts that any category may ask for, ``lists.yml`` the kinds of
data, recipients and the like that copy may enumerate, ``signals/*.yml`` everything about each category.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from classifiers.offline.parties import named_in
from classifiers.offline.phrases import Pattern, PatternError, parse
from classifiers.offline.slots import VALUES
from smallprint import registry
from smallprint.errors import RegistryError
from smallprint.records import FactorScore, Noun

RULES_VERSION = 1
FACTORS = ("rights_waived", "opt_out", "breadth", "exposure", "discretion")

# Points of a signal of each strength; a category needs ``Category.minimum`` points in one sentence.
STRENGTHS = {"sure": 4, "likely": 2, "hint": 1, "against": -4, "never": -100}
ELSEWHERE = 2  # further points that a category needs in a document of another kind than it is at home in
HEADING_POINTS = 2
UNDER_POINTS = 2

_FOLDER = Path(__file__).parent
SLOT = re.compile(r"\{([A-Za-z_]+)\}")


class Line(Noun):
    """One line of copy and when it is said: ``if`` starts a choice, ``elif`` and ``else`` continue it."""

    when: str | None = Field(None, alias="if")
    otherwise: str | None = Field(None, alias="elif")
    last: str | None = Field(None, alias="else")
    say: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "Line":
        if self.last is not None and (self.when or self.otherwise or self.say):
            raise ValueError("'else' stands alone")
        if self.last is None and self.say is None:
            raise ValueError("'say' is missing")
        if self.when and self.otherwise:
            raise ValueError("either 'if' or 'elif'")
        return self

    @property
    def text(self) -> str:
        """What is said."""
        return self.last if self.last is not None else self.say or ""

    @property
    def condition(self) -> str | None:
        """The cues that must hold; None: no condition."""
        return self.when or self.otherwise

    @property
    def continues(self) -> bool:
        """Whether this line is said only if no line before it in its choice was."""
        return self.otherwise is not None or self.last is not None


class Score(Noun):
    """A factor's base score and its reason in one sentence."""

    score: FactorScore
    because: str


class Adjustment(Noun):
    """Scores that replace the base where a condition holds; later adjustments win."""

    when: str = Field(alias="if")
    to: dict[str, FactorScore] = Field(alias="set")
    because: str


class Copy(Noun):
    """What a reader is told, each field a list of lines."""

    title: tuple[Line, ...]
    what_it_is: tuple[Line, ...]
    consumer_impact: tuple[Line, ...]
    why_it_matters: tuple[Line, ...]
    enforcement_risk: tuple[Line, ...] = ()
    due_diligence: tuple[Line, ...] = ()


class Category(Noun):
    """All that the offline analyst knows about one category of the taxonomy."""

    at_home_in: Literal["terms"] | None = None  # None: in privacy policies too
    headings: str | None = None
    under: str | None = None  # the sentence that opens a list, or a heading, which gives the items their sense
    sure: dict[str, str] = {}
    likely: dict[str, str] = {}
    hint: dict[str, str] = {}
    against: dict[str, str] = {}
    never: dict[str, str] = {}  # whatever else fires, such a sentence is about something else
    minimum: int = 4
    yields_to: tuple[str, ...] = ()  # where one of these fires in the same sentence, this one is secondary
    limit: int = 2  # drafts per document
    apart: bool = False  # neighboring sentences say different things: each is a provision of its own
    restates_law: bool = False  # a favorable term restates statutory rights: its frameworks stay
    cues: dict[str, str] = {}
    beneficial: str | None = None  # condition under which the term is in the user's favor
    factors: dict[str, Score]
    adjust: tuple[Adjustment, ...] = ()
    copy_: Copy = Field(alias="copy")

    @model_validator(mode="after")
    def _all_factors(self) -> "Category":
        unknown = {name for change in self.adjust for name in change.to} - set(FACTORS)
        if set(self.factors) != set(FACTORS) or unknown:
            raise ValueError(f"factors must be exactly {', '.join(FACTORS)}")
        return self


@dataclass(frozen=True)
class Signal:
    """A compiled signal of a category."""

    name: str
    points: int
    pattern: Pattern


@dataclass(frozen=True)
class RuleSet:
    """Every rule, compiled."""

    named: Mapping[str, Pattern]
    categories: Mapping[str, Category]
    headings: Mapping[str, Pattern]
    under: Mapping[str, Pattern]
    signals: Mapping[str, tuple[Signal, ...]]
    never: Mapping[str, Pattern]  # sentences that state no term: questions apart, definitions, examples
    cues: Mapping[str, Pattern]  # shared ones by name, a category's own as "category.name"
    lists: Mapping[str, Mapping[str, Pattern]]  # list slot -> what a reader is told -> pattern
    privacy: frozenset[str]  # categories at home in a privacy policy only: the taxonomy's privacy group
    terms: frozenset[str]  # and those at home in terms of service only
    sha256: str


@cache
def load() -> RuleSet:
    """The rules; raises RegistryError with file and key if they do not hold together."""
    digest = hashlib.sha256()
    words = _read("words.yml", digest)
    shared = _read("cues.yml", digest)
    lists = _read("lists.yml", digest)
    categories: dict[str, Category] = {}
    for path in sorted((_FOLDER / "signals").glob("*.yml")):
        for key, value in _read(f"signals/{path.name}", digest).items():
            try:
                categories[key] = Category.model_validate(value)
            except ValidationError as error:
                raise RegistryError(f"signals/{path.name}", key, str(error.errors()[0])) from error
    named = {name: _compile("words.yml", name, text) for name, text in words.items()}
    rules = RuleSet(
        named=named,
        categories=categories,
        headings={key: _compile(key, "headings", c.headings) for key, c in categories.items() if c.headings},
        under={key: _compile(key, "under", c.under) for key, c in categories.items() if c.under},
        signals={key: tuple(_signals(key, category)) for key, category in categories.items()},
        never={name: _compile("cues.yml", name, text) for name, text in shared["never"].items()},
        cues=_cues(shared["cues"], categories),
        lists={
            slot: {label: _compile("lists.yml", label, text) for label, text in entries.items()}
            for slot, entries in lists.items()
        },
        privacy=frozenset(one.id for one in registry.load().categories.values() if one.group == "privacy"),
        terms=frozenset(key for key, category in categories.items() if category.at_home_in == "terms"),
        sha256=digest.hexdigest(),
    )
    _cross_check(rules)
    return rules


def _read(name: str, digest: "hashlib._Hash") -> dict[str, Any]:
    data = (_FOLDER / name).read_bytes()
    digest.update(name.encode() + b"\0" + data)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loaded: dict[str, Any] = yaml.load(data, Loader=loader)  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise RegistryError(name, "-", str(error)) from error
    return loaded or {}


def _compile(file: str, key: str, text: str) -> Pattern:
    try:
        return parse(text)
    except PatternError as error:
        raise RegistryError(file, key, str(error)) from error


def _signals(key: str, category: Category) -> Iterator[Signal]:
    for strength, points in STRENGTHS.items():
        for name, text in getattr(category, strength).items():
            yield Signal(name, points, _compile(key, name, text))


def _cues(shared: Mapping[str, str], categories: Mapping[str, Category]) -> dict[str, Pattern]:
    found = {name: _compile("cues.yml", name, text) for name, text in shared.items()}
    for key, category in categories.items():
        for name, text in category.cues.items():
            found[f"{key}.{name}"] = _compile(key, name, text)
    return found


def terms(condition: str) -> list[list[tuple[str, str, bool]]]:
    """A condition as alternatives of conjunctions of (name, scope, wanted): ``a and not b@section or c``."""
    alternatives = []
    for alternative in condition.split(" or "):
        parts = []
        for part in alternative.split(" and "):
            wanted = not part.strip().startswith("not ")
            name, _, scope = part.strip().removeprefix("not ").strip().partition("@")
            parts.append((name, scope or "quote", wanted))
        alternatives.append(parts)
    return alternatives


def _cross_check(rules: RuleSet) -> None:
    patterns = [*rules.named.values(), *rules.cues.values(), *rules.never.values()]
    patterns += [*rules.headings.values(), *rules.under.values()]
    patterns += [signal.pattern for signals in rules.signals.values() for signal in signals]
    for pattern in patterns:
        for node in (*pattern.all_of, *pattern.none_of):
            for name in named_in(node):
                if name not in rules.named:
                    raise RegistryError("words.yml", name, "this list of words is used and not defined")
    for key, category in rules.categories.items():
        _check_category(rules, key, category)


def _check_category(rules: RuleSet, key: str, category: Category) -> None:
    lines = [line for field in Copy.model_fields for line in getattr(category.copy_, field)]
    conditions = [line.condition for line in lines] + [change.when for change in category.adjust]
    for condition in [category.beneficial, *conditions]:
        for name, scope, _ in (part for alternative in terms(condition or "always") for part in alternative):
            if not (f"{key}.{name}" in rules.cues or name in rules.cues or name in KNOWN or name in rules.lists):
                raise RegistryError("signals", key, f"unknown cue {name!r} in {condition!r}")
            if scope not in ("quote", "clause", "section", "document"):
                raise RegistryError("signals", key, f"unknown scope {scope!r} in {condition!r}")
    for slot in (name.lower() for line in lines for name in SLOT.findall(line.text)):
        if slot not in KNOWN and slot not in rules.lists:
            raise RegistryError("signals", key, f"unknown slot {{{slot}}}")
    for other in category.yields_to:
        if other not in registry.load().categories:
            raise RegistryError("signals", key, f"yields to unknown category {other!r}")


KNOWN = {"always", "company", "beneficial", *VALUES}
