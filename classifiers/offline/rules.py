"""The offline analyst's rules: read from the YAML files beside this module, checked, compiled once.

``words.yml`` names lists of words, ``cues.yml`` the cues that any category may use, ``lists.yml`` the kinds of data,
recipients and the like that copy may enumerate, and ``signals/*.yml`` everything about each category.
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
from smallprint.records import Factors, FactorScore, Noun

RULES_VERSION = 1
FACTORS = tuple(Factors.model_fields)

# Points of a signal of each strength; a category needs ``CategoryRules.minimum`` points in one sentence. A scale, not
# measured values: the signals were written to it on the development pages.
STRENGTHS = {"sure": 4, "likely": 2, "hint": 1, "against": -4, "never": -100}
ELSEWHERE_POINTS = 2  # that a category needs besides, in a document of another kind than it is at home in
HEADING_POINTS = 2  # for a heading above the sentence that names the subject
UNDER_POINTS = 2  # for a lead-in or heading above it that makes a list item a term

_FOLDER = Path(__file__).parent
SLOT = re.compile(r"\{([A-Za-z_]+)\}")
# Names in conditions and copy that no rule file defines.
BUILT_IN_NAMES = {"always", "company", "beneficial", *VALUES}


class CopyLine(Noun):
    """One line of copy and its condition: ``if`` starts a choice, ``elif`` and ``else`` continue it."""

    when: str | None = Field(None, alias="if")
    otherwise: str | None = Field(None, alias="elif")
    last: str | None = Field(None, alias="else")
    say: str | None = None

    @model_validator(mode="after")
    def _check_form(self) -> "CopyLine":
        if self.last is not None and (self.when or self.otherwise or self.say):
            raise ValueError("'else' stands alone")
        if self.last is None and self.say is None:
            raise ValueError("'say' is missing")
        if self.when and self.otherwise:
            raise ValueError("either 'if' or 'elif'")
        return self

    @property
    def text(self) -> str:
        """The line's text, with its slots not yet filled."""
        return self.last if self.last is not None else self.say or ""

    @property
    def condition(self) -> str | None:
        """The condition in cues; None: always."""
        return self.when or self.otherwise

    @property
    def continues(self) -> bool:
        """Whether this line applies only if no line before it in its choice did."""
        return self.otherwise is not None or self.last is not None


class BaseScore(Noun):
    """A factor's score where no adjustment applies, and the reason in one sentence."""

    score: FactorScore
    because: str


class Adjustment(Noun):
    """Scores that replace the base scores where a condition holds; the last that holds counts."""

    when: str = Field(alias="if")
    to: dict[str, FactorScore] = Field(alias="set")
    because: str


class Copy(Noun):
    """The texts of a draft, each a list of lines."""

    title: tuple[CopyLine, ...]
    what_it_is: tuple[CopyLine, ...]
    consumer_impact: tuple[CopyLine, ...]
    why_it_matters: tuple[CopyLine, ...]
    enforcement_risk: tuple[CopyLine, ...] = ()
    due_diligence: tuple[CopyLine, ...] = ()


class CategoryRules(Noun):
    """The offline analyst's rules for one category of the taxonomy."""

    at_home_in: Literal["terms"] | None = None  # None: in privacy policies too
    headings: str | None = None
    under: str | None = None  # for the lead-in of a list, or a heading, that makes the items terms
    sure: dict[str, str] = {}
    likely: dict[str, str] = {}
    hint: dict[str, str] = {}
    against: dict[str, str] = {}
    never: dict[str, str] = {}  # whatever else matches, such a sentence is about something else
    minimum: int = 4
    yields_to: tuple[str, ...] = ()  # where one of these is in the same sentence, this one is secondary
    limit: int = 2  # drafts per document
    apart: bool = False  # neighboring sentences state different terms: each is a provision of its own
    restates_law: bool = False  # a favorable term restates statutory rights: its frameworks stay
    cues: dict[str, str] = {}
    beneficial: str | None = None  # condition under which the term is in the user's favor
    factors: dict[str, BaseScore]
    adjust: tuple[Adjustment, ...] = ()
    copy_: Copy = Field(alias="copy")

    @model_validator(mode="after")
    def _check_factors(self) -> "CategoryRules":
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
    categories: Mapping[str, CategoryRules]
    headings: Mapping[str, Pattern]
    under: Mapping[str, Pattern]
    signals: Mapping[str, tuple[Signal, ...]]
    never: Mapping[str, Pattern]  # sentences that state no term: definitions, examples
    cues: Mapping[str, Pattern]  # shared ones by name, a category's own as "category.name"
    lists: Mapping[str, Mapping[str, Pattern]]  # list slot -> kind, as copy names it -> pattern
    privacy: frozenset[str]  # categories at home only in a privacy policy: the taxonomy's privacy group
    terms: frozenset[str]  # those at home only in terms of service
    sha256: str


@cache
def load_rules() -> RuleSet:
    """The rules; raises RegistryError with file and key where one is invalid or names what does not exist."""
    digest = hashlib.sha256()
    words = _read("words.yml", digest)
    shared_cues = _read("cues.yml", digest)
    lists = _read("lists.yml", digest)
    categories: dict[str, CategoryRules] = {}
    for path in sorted((_FOLDER / "signals").glob("*.yml")):
        for key, value in _read(f"signals/{path.name}", digest).items():
            try:
                categories[key] = CategoryRules.model_validate(value)
            except ValidationError as error:
                raise RegistryError(f"signals/{path.name}", key, str(error.errors()[0])) from error
    named = {name: _compile("words.yml", name, text) for name, text in words.items()}
    rules = RuleSet(
        named=named,
        categories=categories,
        headings={key: _compile(key, "headings", c.headings) for key, c in categories.items() if c.headings},
        under={key: _compile(key, "under", c.under) for key, c in categories.items() if c.under},
        signals={key: tuple(_signals(key, category)) for key, category in categories.items()},
        never={name: _compile("cues.yml", name, text) for name, text in shared_cues["never"].items()},
        cues=_cues(shared_cues["cues"], categories),
        lists={
            slot: {kind: _compile("lists.yml", kind, text) for kind, text in kinds.items()}
            for slot, kinds in lists.items()
        },
        privacy=frozenset(entry.id for entry in registry.load().categories.values() if entry.group == "privacy"),
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


def _signals(key: str, category: CategoryRules) -> Iterator[Signal]:
    for strength, points in STRENGTHS.items():
        for name, text in getattr(category, strength).items():
            yield Signal(name, points, _compile(key, name, text))


def _cues(shared: Mapping[str, str], categories: Mapping[str, CategoryRules]) -> dict[str, Pattern]:
    patterns = {name: _compile("cues.yml", name, text) for name, text in shared.items()}
    for key, category in categories.items():
        for name, text in category.cues.items():
            patterns[f"{key}.{name}"] = _compile(key, name, text)
    return patterns


def condition_terms(condition: str) -> list[list[tuple[str, str, bool]]]:
    """A condition such as ``a and not b@section or c`` as alternatives, each a list of (name, scope, wanted)."""
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


def _check_category(rules: RuleSet, key: str, category: CategoryRules) -> None:
    lines = [line for field in Copy.model_fields for line in getattr(category.copy_, field)]
    conditions = [line.condition for line in lines] + [change.when for change in category.adjust]
    for condition in [category.beneficial, *conditions]:
        alternatives = condition_terms(condition or "always")
        for name, scope, _ in (term for alternative in alternatives for term in alternative):
            is_defined = any(name in names for names in (rules.cues, BUILT_IN_NAMES, rules.lists))
            if not is_defined and f"{key}.{name}" not in rules.cues:
                raise RegistryError("signals", key, f"unknown cue {name!r} in {condition!r}")
            if scope not in ("quote", "clause", "section", "document"):
                raise RegistryError("signals", key, f"unknown scope {scope!r} in {condition!r}")
    for slot in (name.lower() for line in lines for name in SLOT.findall(line.text)):
        if slot not in BUILT_IN_NAMES and slot not in rules.lists:
            raise RegistryError("signals", key, f"unknown slot {{{slot}}}")
    for other in category.yields_to:
        if other not in registry.load().categories:
            raise RegistryError("signals", key, f"yields to unknown category {other!r}")
