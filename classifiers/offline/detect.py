"""Which sentences of a document carry which provisions: signals scored per sentence, neighbors joined."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from classifiers.offline.passages import Reading, Sentence
from classifiers.offline.rules import ELSEWHERE, HEADING_POINTS, STRENGTHS, UNDER_POINTS, RuleSet

MAX_SENTENCES = 3  # a quote is one to three neighboring sentences
MAX_QUOTE = 1200  # characters, unless one sentence alone is longer
MAX_SECONDARY = 2
_MOST_ITEMS = 2  # of a list that its opening takes along
_GOES_ON = re.compile(r"\b(?:and|or)\W*$")


@dataclass(frozen=True)
class Score:
    """What the signals of one category say about one sentence."""

    points: int
    sure: bool  # at least one signal is enough by itself
    fired: tuple[str, ...]  # names of the signals, for the reviewer


@dataclass(frozen=True)
class Provision:
    """One to three neighboring sentences of a clause that carry one provision."""

    category: str
    secondary: tuple[str, ...]
    sentences: tuple[Sentence, ...]  # what it is told from
    quoted: tuple[Sentence, ...]  # these, and items of a list they open that are provisions of their own
    points: int
    fired: tuple[str, ...]


def score_sentences(reading: Reading, rules: RuleSet) -> list[dict[str, Score]]:
    """For each sentence the categories that reach their minimum, strongest first."""
    silent = _silent(reading, rules)
    above = _Above(reading, rules)
    elsewhere = rules.terms if reading.about_privacy else rules.privacy
    found: list[dict[str, Score]] = [{} for _ in reading.sentences]
    for key, signals in rules.signals.items():
        # "your data" in terms of service is seldom what a privacy rule looks for, nor "your account" the reverse.
        least = rules.categories[key].minimum + (ELSEWHERE if key in elsewhere else 0)
        points: dict[int, int] = {}
        fired: dict[int, list[str]] = {}
        sure: set[int] = set()
        for signal in signals:
            for number in reading.index.find(signal.pattern):
                if number >= len(found) or number in silent:
                    continue
                points[number] = points.get(number, 0) + signal.points
                if signal.points > 0:
                    fired.setdefault(number, []).append(signal.name)
                if signal.points >= STRENGTHS["sure"]:
                    sure.add(number)
        for number, names in fired.items():
            total = points[number] + above.points(key, reading.sentences[number])
            if total >= least:
                found[number][key] = Score(total, number in sure, tuple(names))
    # Hints that add up give way to a sign that is enough by itself.
    return [
        dict(sorted(scores.items(), key=lambda item: (not item[1].sure, -item[1].points, item[0]))) for scores in found
    ]


class _Above:
    """What stands above sentences, headings and openings of lists, scored for each category."""

    def __init__(self, reading: Reading, rules: RuleSet) -> None:
        self._headings = {key: set(reading.index.find(pattern)) for key, pattern in rules.headings.items()}
        self._under = {key: set(reading.index.find(pattern)) for key, pattern in rules.under.items()}

    def points(self, key: str, sentence: Sentence) -> int:
        points = 0
        if not self._headings.get(key, set()).isdisjoint(sentence.headings):
            points += HEADING_POINTS
        if not self._under.get(key, set()).isdisjoint(sentence.headings | sentence.lead_ins):
            points += UNDER_POINTS
        return points


def _silent(reading: Reading, rules: RuleSet) -> set[int]:
    """Sentences that state no term: headings, questions, fragments, definitions, promises of a section to come."""
    silent = {number for number, sentence in enumerate(reading.sentences) if sentence.states_nothing}
    for pattern in rules.never.values():
        silent.update(reading.index.find(pattern))
    return silent


def primary(scores: Mapping[str, Score], rules: RuleSet) -> str | None:
    """The category that a sentence is about; one that yields to another present category is never it."""
    standing = [key for key in scores if not any(other in scores for other in rules.categories[key].yields_to)]
    return next(iter(standing or scores), None)


def provisions(reading: Reading, rules: RuleSet) -> list[Provision]:
    """Every provision of the document, in reading order, before sections and the document are thinned out."""
    scored = score_sentences(reading, rules)
    main = [primary(scores, rules) for scores in scored]
    found: list[Provision] = []
    apart = {key for key, category in rules.categories.items() if category.apart}
    for run in _runs(reading.sentences, main, apart):
        for best in sorted(_quotes(run, scored, main)):
            category = main[best[0]]
            if category is not None:
                found.append(_provision(reading, category, best, scored))
    return found


def _runs(sentences: Sequence[Sentence], main: Sequence[str | None], apart: AbstractSet[str]) -> Iterable[list[int]]:
    """Neighboring sentences of one clause with the same main category; one other sentence between is allowed.

    A sentence of a category in ``apart`` stays alone.
    """
    open_runs: dict[str, list[int]] = {}
    clause = ""
    finished: list[list[int]] = []
    for number, sentence in enumerate(sentences):
        if sentence.clause != clause:
            finished.extend(open_runs.values())
            open_runs, clause = {}, sentence.clause
        key = main[number]
        if key is None:
            continue
        run = open_runs.get(key)
        if run and number - run[-1] <= 2 and key not in apart:
            run.append(number)
        else:
            if run:
                finished.append(run)
            open_runs[key] = [number]
    finished.extend(open_runs.values())
    return sorted(finished)


def _quotes(run: list[int], scored: Sequence[Mapping[str, Score]], main: Sequence[str | None]) -> Iterable[list[int]]:
    """The strongest neighbors of a run, then those of what it leaves over on either side, where a sign is sure."""
    best = _strongest(run, scored, main)
    yield list(best)
    key = main[run[0]] or ""
    for rest in ([n for n in run if n < best[0]], [n for n in run if n > best[-1]]):
        if any(scored[number][key].sure for number in rest):
            yield from _quotes(rest, scored, main)


def _strongest(run: list[int], scored: Sequence[Mapping[str, Score]], main: Sequence[str | None]) -> list[int]:
    """The one to three neighbors of a run with the most points for its category."""
    key = main[run[0]] or ""

    def weight(numbers: range) -> int:
        return sum(scored[number][key].points for number in numbers if number in run and key in scored[number])

    choices = [
        range(start, end) for start in run for end in range(start + 1, start + 1 + MAX_SENTENCES) if end - 1 in run
    ]
    best = max(choices, key=lambda numbers: (weight(numbers), -len(numbers), -numbers.start))
    return list(best)


def _provision(reading: Reading, category: str, numbers: list[int], scored: Sequence[Mapping[str, Score]]) -> Provision:
    items = _first_items(reading, numbers[-1])
    while len(numbers) > 1 and _length(reading, numbers + items) > MAX_QUOTE:
        # the weaker end goes first; whole sentences only
        ends = [scored[numbers[0]].get(category), scored[numbers[-1]].get(category)]
        first, last = (score.points if score else 0 for score in ends)
        del numbers[0 if first < last else len(numbers) - 1]
        items = _first_items(reading, numbers[-1])
    if _length(reading, numbers + items) > MAX_QUOTE:
        items = []
    others: dict[str, int] = {}
    fired: list[str] = []
    for number in numbers:
        for key, score in scored[number].items():
            if key == category:
                fired += [name for name in score.fired if name not in fired]
            else:
                others[key] = max(others.get(key, 0), score.points)
    points = max(scored[number][category].points for number in numbers if category in scored[number])
    ranked = sorted(others, key=lambda key: (-others[key], key))[:MAX_SECONDARY]
    told_here = [number for number in items if category not in scored[number]]
    return Provision(
        category,
        tuple(ranked),
        sentences=tuple(reading.sentences[number] for number in numbers + told_here),
        quoted=tuple(reading.sentences[number] for number in numbers + items),
        points=points,
        fired=tuple(fired),
    )


def _length(reading: Reading, numbers: Sequence[int]) -> int:
    return reading.sentences[numbers[-1]].end - reading.sentences[numbers[0]].start


def _first_items(reading: Reading, last: int) -> list[int]:
    """Nobody can judge an opening without its list: what follows the colon at the end of a sentence.

    One item, or two where the first is a mere label or says that it is one of two.
    """
    opening = reading.sentences[last]
    items: list[int] = []
    if not opening.text.rstrip(" *_").endswith(":"):
        return items
    for number, item in enumerate(reading.sentences[last + 1 : last + 1 + _MOST_ITEMS], last + 1):
        listed = item.clause == opening.clause or bool(item.lead_ins)
        if not listed and item.headings != opening.headings:
            break
        items.append(number)
        if not (item.states_nothing or _GOES_ON.search(item.text)):
            break
    return items
