"""Which sentences of a document carry which provisions: signals scored per sentence, neighbors joined."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from classifiers.offline.phrases import Pattern
from classifiers.offline.rules import ELSEWHERE_POINTS, HEADING_POINTS, STRENGTHS, UNDER_POINTS, RuleSet
from classifiers.offline.sentences import IndexedSentences, Sentence

MAX_SENTENCES = 3  # neighboring ones in a quote, which a reviewer takes in at once; chosen by eye
MAX_QUOTE_CHARS = 1200  # unless one sentence alone is longer; chosen by eye on 350 drafts from real documents
MAX_SECONDARY = 2  # as many as a draft keeps
# Of a list whose opening is quoted; two, since the first may be a label or one of two alternatives. Before any were
# quoted 28 of 1,500 drafts ended in a colon, with two of them 2 do.
_MAX_ITEMS = 2
_ENDS_IN_CONJUNCTION = re.compile(r"\b(?:and|or)\W*$")


@dataclass(frozen=True)
class SentenceScore:
    """What the signals of one category say about one sentence."""

    points: int
    sure: bool  # at least one signal is enough by itself
    signals: tuple[str, ...]  # names of those that matched, for the reviewer


@dataclass(frozen=True)
class DetectedProvision:
    """One to three neighboring sentences of a clause that carry one provision."""

    category: str
    secondary: tuple[str, ...]
    sentences: tuple[Sentence, ...]  # that the draft's texts are written from
    quoted: tuple[Sentence, ...]  # these, and items of a list they open that are provisions of their own
    points: int
    signals: tuple[str, ...]


def score_sentences(indexed: IndexedSentences, rules: RuleSet) -> list[dict[str, SentenceScore]]:
    """For each sentence the categories that reach their minimum, strongest first."""
    silent = _silent_sentences(indexed, rules)
    above = _find_above(indexed, rules)
    elsewhere = rules.terms if indexed.about_privacy else rules.privacy
    scored: list[dict[str, SentenceScore]] = [{} for _ in indexed.sentences]
    for category, signals in rules.signals.items():
        # "your data" in terms of service is seldom what a privacy rule looks for, nor "your account" the reverse.
        minimum = rules.categories[category].minimum + (ELSEWHERE_POINTS if category in elsewhere else 0)
        points: dict[int, int] = {}
        matched: dict[int, list[str]] = {}
        sure: set[int] = set()
        for signal in signals:
            for number in indexed.index.find(signal.pattern):
                if number >= len(scored) or number in silent:
                    continue
                points[number] = points.get(number, 0) + signal.points
                if signal.points > 0:
                    matched.setdefault(number, []).append(signal.name)
                if signal.points >= STRENGTHS["sure"]:
                    sure.add(number)
        for number, names in matched.items():
            total = points[number] + _points_above(above[category], indexed.sentences[number])
            if total >= minimum:
                scored[number][category] = SentenceScore(total, number in sure, tuple(names))
    # Hints that add up give way to a signal that is enough by itself.
    return [
        dict(sorted(scores.items(), key=lambda score: (not score[1].sure, -score[1].points, score[0])))
        for scores in scored
    ]


@dataclass(frozen=True)
class _Above:
    """Numbers of the headings, and of the headings and lead-ins, that give a category's sentences further points."""

    headings: AbstractSet[int]
    under: AbstractSet[int]


def _find_above(indexed: IndexedSentences, rules: RuleSet) -> dict[str, _Above]:
    def find(patterns: Mapping[str, Pattern], category: str) -> AbstractSet[int]:
        return set(indexed.index.find(patterns[category])) if category in patterns else set()

    return {category: _Above(find(rules.headings, category), find(rules.under, category)) for category in rules.signals}


def _points_above(above: _Above, sentence: Sentence) -> int:
    points = 0
    if not above.headings.isdisjoint(sentence.headings):
        points += HEADING_POINTS
    if not above.under.isdisjoint(sentence.headings | sentence.lead_ins):
        points += UNDER_POINTS
    return points


def _silent_sentences(indexed: IndexedSentences, rules: RuleSet) -> set[int]:
    """Sentences that state no term: headings, questions, fragments, definitions, announcements of a later section."""
    silent = {number for number, sentence in enumerate(indexed.sentences) if sentence.states_nothing}
    for pattern in rules.never.values():
        silent.update(indexed.index.find(pattern))
    return silent


def primary_category(scores: Mapping[str, SentenceScore], rules: RuleSet) -> str | None:
    """The category that a sentence is about: the strongest that does not yield to another one present."""
    standing = [key for key in scores if not any(other in scores for other in rules.categories[key].yields_to)]
    return next(iter(standing or scores), None)


def detect_provisions(indexed: IndexedSentences, rules: RuleSet) -> list[DetectedProvision]:
    """Every provision of the document, in reading order, before the less useful ones are left out."""
    scored = score_sentences(indexed, rules)
    primary = [primary_category(scores, rules) for scores in scored]
    provisions: list[DetectedProvision] = []
    apart = {key for key, category in rules.categories.items() if category.apart}
    for run in _runs(indexed.sentences, primary, apart):
        for numbers in sorted(_quotes(run, scored, primary)):
            category = primary[numbers[0]]
            if category is not None:
                provisions.append(_provision(indexed, category, numbers, scored))
    return provisions


def _runs(sentences: Sequence[Sentence], primary: Sequence[str | None], apart: AbstractSet[str]) -> Iterable[list[int]]:
    """Neighboring sentences of one clause with the same primary category; one other sentence between is allowed.

    A sentence of a category in ``apart`` stays alone.
    """
    open_runs: dict[str, list[int]] = {}
    clause = ""
    finished: list[list[int]] = []
    for number, sentence in enumerate(sentences):
        if sentence.clause != clause:
            finished.extend(open_runs.values())
            open_runs, clause = {}, sentence.clause
        category = primary[number]
        if category is None:
            continue
        run = open_runs.get(category)
        if run and number - run[-1] <= 2 and category not in apart:
            run.append(number)
        else:
            if run:
                finished.append(run)
            open_runs[category] = [number]
    finished.extend(open_runs.values())
    return sorted(finished)


def _quotes(
    run: list[int], scored: Sequence[Mapping[str, SentenceScore]], primary: Sequence[str | None]
) -> Iterable[list[int]]:
    """The strongest neighbors of a run, then those of the rest on either side, where a signal is sure."""
    best = _strongest(run, scored, primary)
    yield list(best)
    category = primary[run[0]] or ""
    for rest in ([n for n in run if n < best[0]], [n for n in run if n > best[-1]]):
        if any(scored[number][category].sure for number in rest):
            yield from _quotes(rest, scored, primary)


def _strongest(
    run: list[int], scored: Sequence[Mapping[str, SentenceScore]], primary: Sequence[str | None]
) -> list[int]:
    """The one to three neighbors of a run with the most points for its category."""
    category = primary[run[0]] or ""

    def points(numbers: range) -> int:
        in_run = (scored[number] for number in numbers if number in run)
        return sum(scores[category].points for scores in in_run if category in scores)

    choices = [
        range(start, end) for start in run for end in range(start + 1, start + 1 + MAX_SENTENCES) if end - 1 in run
    ]
    best = max(choices, key=lambda numbers: (points(numbers), -len(numbers), -numbers.start))
    return list(best)


def _provision(
    indexed: IndexedSentences, category: str, numbers: list[int], scored: Sequence[Mapping[str, SentenceScore]]
) -> DetectedProvision:
    numbers, items = _within_max_quote(indexed, category, numbers, scored)
    others: dict[str, int] = {}
    signals: list[str] = []
    for number in numbers:
        for key, score in scored[number].items():
            if key == category:
                signals += [name for name in score.signals if name not in signals]
            else:
                others[key] = max(others.get(key, 0), score.points)
    points = max(scored[number][category].points for number in numbers if category in scored[number])
    ranked = sorted(others, key=lambda key: (-others[key], key))[:MAX_SECONDARY]
    described_items = [number for number in items if category not in scored[number]]
    return DetectedProvision(
        category,
        tuple(ranked),
        sentences=tuple(indexed.sentences[number] for number in numbers + described_items),
        quoted=tuple(indexed.sentences[number] for number in numbers + items),
        points=points,
        signals=tuple(signals),
    )


def _within_max_quote(
    indexed: IndexedSentences, category: str, numbers: list[int], scored: Sequence[Mapping[str, SentenceScore]]
) -> tuple[list[int], list[int]]:
    """Sentences and list items to quote, the weaker end left out while they are too long; whole sentences only."""
    items = _first_items(indexed, numbers[-1])
    while len(numbers) > 1 and _length(indexed, numbers + items) > MAX_QUOTE_CHARS:
        ends = [scored[numbers[0]].get(category), scored[numbers[-1]].get(category)]
        first, last = (score.points if score else 0 for score in ends)
        numbers = numbers[1:] if first < last else numbers[:-1]
        items = _first_items(indexed, numbers[-1])
    return numbers, [] if _length(indexed, numbers + items) > MAX_QUOTE_CHARS else items


def _length(indexed: IndexedSentences, numbers: Sequence[int]) -> int:
    return indexed.sentences[numbers[-1]].end - indexed.sentences[numbers[0]].start


def _first_items(indexed: IndexedSentences, number: int) -> list[int]:
    """The first items of the list that a sentence opens; nobody can judge an opening without its list.

    One item, or two where the first is a mere label or ends in "and" or "or".
    """
    opening = indexed.sentences[number]
    items: list[int] = []
    if not opening.text.rstrip(" *_").endswith(":"):
        return items
    for item_number, item in enumerate(indexed.sentences[number + 1 : number + 1 + _MAX_ITEMS], number + 1):
        is_listed = item.clause == opening.clause or bool(item.lead_ins)
        if not is_listed and item.headings != opening.headings:
            break
        items.append(item_number)
        if not (item.states_nothing or _ENDS_IN_CONJUNCTION.search(item.text)):
            break
    return items
