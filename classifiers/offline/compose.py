"""What a detected provision says, as cues and slots, and the factors and copy that follow from them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from classifiers.offline.detect import DetectedProvision
from classifiers.offline.phrases import Pattern
from classifiers.offline.rules import FACTORS, SLOT, CategoryRules, CopyLine, RuleSet, condition_terms
from classifiers.offline.sentences import IndexedSentences, Sentence
from classifiers.offline.slots import VALUES
from smallprint.records import Factors

# Kinds that copy enumerates, and that a title does; chosen by eye for a sentence of two lines and a title of one.
_MAX_KINDS = 5
_MAX_KINDS_IN_TITLE = 3


@dataclass(frozen=True)
class Facts:
    """What the text around a provision says: cues by scope, and slots filled from the quoted words."""

    cues: Mapping[str, frozenset[str]]  # scope -> names of the cues that hold in it
    slots: Mapping[str, str]
    brief: Mapping[str, str] = field(default_factory=dict)  # enumerations that are short enough for a title

    def hold(self, condition: str | None) -> bool:
        """Whether a condition of the rules is met; no condition always is."""
        if condition is None:
            return True
        return any(
            all(self._has(name, scope) is wanted for name, scope, wanted in alternative)
            for alternative in condition_terms(condition)
        )

    def with_cue(self, name: str) -> "Facts":
        """The same facts and one more cue that holds for the quoted words."""
        return replace(self, cues={**self.cues, "quote": self.cues["quote"] | {name}})

    def for_title(self) -> "Facts":
        """The same facts with short enumerations."""
        return replace(self, slots={**self.slots, **self.brief})

    def _has(self, name: str, scope: str) -> bool:
        return name == "always" or (scope == "quote" and name in self.slots) or name in self.cues[scope]


class FactFinder:
    """Finds the facts of the provisions of one document; every pattern is searched for once."""

    def __init__(self, indexed: IndexedSentences, rules: RuleSet) -> None:
        self._indexed, self._rules = indexed, rules
        self._matches: dict[str, frozenset[int]] = {}  # cue or "list:kind" -> numbers of the sentences that have it
        self._numbers = {(s.clause, s.start): number for number, s in enumerate(indexed.sentences)}

    def facts(self, provision: DetectedProvision, company: str) -> Facts:
        """Cues in the quote, its clause, its section and the document; slots from the quote alone."""
        category = provision.category
        quoted = frozenset(self._numbers[s.clause, s.start] for s in provision.sentences)
        first = provision.sentences[0]
        scopes = {
            "quote": quoted,
            "clause": frozenset(n for n, s in enumerate(self._indexed.sentences) if s.clause == first.clause),
            "section": frozenset(n for n, s in enumerate(self._indexed.sentences) if s.section == first.section),
            "document": frozenset(range(len(self._indexed.sentences))),
        }
        names = set(_names_used(self._rules.categories[category])) - set(VALUES) - {"company", "always", "beneficial"}
        cues = {
            scope: frozenset(name for name in names if self._holds(category, name, numbers))
            for scope, numbers in scopes.items()
        }
        quote = _text(provision.sentences)
        slots = {name: value for name, find in VALUES.items() if (value := find(quote))}
        kinds_of = {slot: kinds for slot in names & set(self._rules.lists) if (kinds := self._kinds(slot, quoted))}
        slots |= {slot: _enumerate(kinds[:_MAX_KINDS]) for slot, kinds in kinds_of.items()}
        brief = {slot: _shortened(kinds) for slot, kinds in kinds_of.items()}
        return Facts(cues, {"company": company, **slots}, brief)

    def _holds(self, category: str, name: str, numbers: frozenset[int]) -> bool:
        own = f"{category}.{name}"
        cue = own if own in self._rules.cues else name
        return cue in self._rules.cues and self._occurs(cue, self._rules.cues[cue], numbers)

    def _kinds(self, slot: str, numbers: frozenset[int]) -> list[str]:
        patterns = self._rules.lists[slot].items()
        return [kind for kind, pattern in patterns if self._occurs(f"{slot}:{kind}", pattern, numbers)]

    def _occurs(self, key: str, pattern: Pattern, numbers: frozenset[int]) -> bool:
        if key not in self._matches:
            self._matches[key] = frozenset(self._indexed.index.find(pattern))
        return not self._matches[key].isdisjoint(numbers)


def _names_used(category: CategoryRules) -> Iterable[str]:
    """Every cue, list and slot that a category's conditions and copy name."""
    copy = category.copy_
    fields = (copy.title, copy.what_it_is, copy.consumer_impact, copy.why_it_matters)
    lines = [line for field in (*fields, copy.enforcement_risk, copy.due_diligence) for line in field]
    for condition in [category.beneficial, *(a.when for a in category.adjust), *(line.condition for line in lines)]:
        for alternative in condition_terms(condition or "always"):
            yield from (name for name, _, _ in alternative)
    for line in lines:
        yield from (name.lower() for name in SLOT.findall(line.text))


def _text(sentences: Iterable[Sentence]) -> str:
    return " ".join(sentence.text for sentence in sentences)


def _enumerate(kinds: list[str]) -> str:
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"


def _shortened(kinds: list[str]) -> str:
    return _enumerate(kinds if len(kinds) <= _MAX_KINDS_IN_TITLE else [*kinds[: _MAX_KINDS_IN_TITLE - 1], "more"])


def score_factors(category: CategoryRules, facts: Facts) -> tuple[Factors, dict[str, str], bool]:
    """The factors, a reason for each, and whether the term is in the user's favor."""
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


def write_copy(lines: Iterable[CopyLine], facts: Facts, *, first_only: bool = False) -> list[str]:
    """The lines that apply, with their slots filled; of a choice, the first line whose condition holds."""
    written: list[str] = []
    decided = False
    for line in lines:
        if not line.continues:
            decided = False
        if decided or not facts.hold(line.condition) or not _is_fillable(line, facts):
            continue
        decided = True
        written.append(_fill(line.text, facts))
        if first_only:
            break
    return written


def _is_fillable(line: CopyLine, facts: Facts) -> bool:
    return all(name.lower() in facts.slots for name in SLOT.findall(line.text))


def _fill(text: str, facts: Facts) -> str:
    """The text with its slots filled; a slot with a capital starts a sentence."""

    def fill(match: re.Match[str]) -> str:
        value = facts.slots[match[1].lower()]
        # Only "the" gets a capital: a name keeps its first letter.
        return "T" + value[1:] if match[1][0].isupper() and value.startswith("the ") else value

    return SLOT.sub(fill, text)
