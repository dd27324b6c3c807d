"""A found provision becomes a proposal: cues and slots from its words, factors, direction, copy for readers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from classifiers.offline.detect import Provision
from classifiers.offline.passages import Reading, Sentence
from classifiers.offline.rules import FACTORS, SLOT, Category, Line, RuleSet, terms
from classifiers.offline.slots import VALUES
from smallprint.records import Factors

_MOST_KINDS, _MOST_IN_TITLE = 5, 3  # of a list that copy enumerates


@dataclass(frozen=True)
class Facts:
    """What the words around a provision say: cues per scope and slots filled from the quoted words."""

    cues: Mapping[str, frozenset[str]]  # scope -> names
    slots: Mapping[str, str]
    brief: Mapping[str, str] = field(default_factory=dict)  # enumerations cut to what a title holds

    def hold(self, condition: str | None) -> bool:
        """Whether a condition of the rules is met; no condition always is."""
        if condition is None:
            return True
        return any(all(self._has(*part[:2]) is part[2] for part in parts) for parts in terms(condition))

    def with_cue(self, name: str) -> "Facts":
        """The same facts and one more that holds for the quoted words."""
        return replace(self, cues={**self.cues, "quote": self.cues["quote"] | {name}})

    def for_title(self) -> "Facts":
        """The same facts with short enumerations."""
        return replace(self, slots={**self.slots, **self.brief})

    def _has(self, name: str, scope: str) -> bool:
        return name == "always" or (scope == "quote" and name in self.slots) or name in self.cues[scope]


class Reader:
    """Answers which cues and list entries hold for sets of sentences of one reading; every pattern is run once."""

    def __init__(self, reading: Reading, rules: RuleSet) -> None:
        self._reading, self._rules = reading, rules
        self._found: dict[str, frozenset[int]] = {}
        self._numbers = {(s.clause, s.start): number for number, s in enumerate(reading.sentences)}

    def facts(self, provision: Provision, company: str) -> Facts:
        """Cues in the quote, its clause, its section and the document; slots from the quote alone."""
        key = provision.category
        quoted = frozenset(self._numbers[s.clause, s.start] for s in provision.sentences)
        first = provision.sentences[0]
        scopes = {
            "quote": quoted,
            "clause": frozenset(n for n, s in enumerate(self._reading.sentences) if s.clause == first.clause),
            "section": frozenset(n for n, s in enumerate(self._reading.sentences) if s.section == first.section),
            "document": frozenset(range(len(self._reading.sentences))),
        }
        names = set(_asked(self._rules.categories[key])) - set(VALUES) - {"company", "always", "beneficial"}
        cues = {
            scope: frozenset(name for name in names if self._holds(key, name, numbers))
            for scope, numbers in scopes.items()
        }
        quote = _text(provision.sentences)
        slots = {name: value for name, find in VALUES.items() if (value := find(quote))}
        kinds = {slot: found for slot in names & set(self._rules.lists) if (found := self._kinds(slot, quoted))}
        slots |= {slot: _enumerate(found[:_MOST_KINDS]) for slot, found in kinds.items()}
        brief = {slot: _shortened(found) for slot, found in kinds.items()}
        return Facts(cues, {"company": company, **slots}, brief)

    def _holds(self, key: str, name: str, numbers: frozenset[int]) -> bool:
        local = f"{key}.{name}"
        known = local if local in self._rules.cues else name
        if known not in self._rules.cues:
            return False
        if known not in self._found:
            self._found[known] = frozenset(self._reading.index.find(self._rules.cues[known]))
        return not self._found[known].isdisjoint(numbers)

    def _kinds(self, slot: str, numbers: frozenset[int]) -> list[str]:
        kinds = []
        for label, pattern in self._rules.lists[slot].items():
            known = f"{slot}:{label}"
            if known not in self._found:
                self._found[known] = frozenset(self._reading.index.find(pattern))
            if not self._found[known].isdisjoint(numbers):
                kinds.append(label)
        return kinds


def _asked(category: Category) -> Iterable[str]:
    """Every cue, list and slot that a category's conditions and copy name."""
    copy = category.copy_
    fields = (copy.title, copy.what_it_is, copy.consumer_impact, copy.why_it_matters)
    lines = [line for field in (*fields, copy.enforcement_risk, copy.due_diligence) for line in field]
    for condition in [category.beneficial, *(a.when for a in category.adjust), *(line.condition for line in lines)]:
        for parts in terms(condition or "always"):
            yield from (name for name, _, _ in parts)
    for line in lines:
        yield from (name.lower() for name in SLOT.findall(line.text))


def _text(sentences: Iterable[Sentence]) -> str:
    return " ".join(sentence.text for sentence in sentences)


def _enumerate(kinds: list[str]) -> str:
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"


def _shortened(kinds: list[str]) -> str:
    return _enumerate(kinds if len(kinds) <= _MOST_IN_TITLE else [*kinds[: _MOST_IN_TITLE - 1], "more"])


def score(category: Category, facts: Facts) -> tuple[Factors, dict[str, str], bool]:
    """The factors with a reason each, and whether the term is in the user's favor."""
    scores = {name: category.factors[name].score for name in FACTORS}
    reasons = {name: category.factors[name].because for name in FACTORS}
    for change in category.adjust:
        if facts.hold(change.when):
            for name, value in change.to.items():
                scores[name], reasons[name] = value, change.because
    favorable = category.beneficial is not None and facts.hold(category.beneficial)
    if favorable:
        for name in FACTORS:
            if name != "breadth":
                scores[name], reasons[name] = 0, "The term is in the user's favor and takes nothing."
    return Factors(**scores), reasons, favorable


def write(lines: Iterable[Line], facts: Facts, *, first_only: bool = False) -> list[str]:
    """The lines that apply, filled: a choice gives its first line that holds, other lines stand for themselves."""
    said: list[str] = []
    decided = False
    for line in lines:
        if not line.continues:
            decided = False
        if decided or not facts.hold(line.condition) or not _fillable(line, facts):
            continue
        decided = True
        said.append(_fill(line.text, facts))
        if first_only:
            break
    return said


def _fillable(line: Line, facts: Facts) -> bool:
    return all(name.lower() in facts.slots for name in SLOT.findall(line.text))


def _fill(text: str, facts: Facts) -> str:
    """The text with its slots filled; a slot written with a capital starts a sentence."""

    def fill(match: re.Match[str]) -> str:
        value = facts.slots[match[1].lower()]
        # A name keeps its own first letter, whatever it is.
        return "T" + value[1:] if match[1][0].isupper() and value.startswith("the ") else value

    return SLOT.sub(fill, text)
