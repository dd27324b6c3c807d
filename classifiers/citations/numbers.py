"""Cited numbers against the grammar of a law: found, read with their levels and ranges, or refused with a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from classifiers.citations.text import Pin
from smallprint.records import Noun
from smallprint.registry import CitationPattern, Framework
from smallprint.registry.grammar import UNITS, Grammar, Label, Level, roman


class Placed(Noun):
    """A cited number, found in one pattern of its law."""

    pattern: CitationPattern
    numbers: tuple[str, str]  # the number and the end of its range, the same where it has none
    text: str  # number with its levels, and the end of its range
    warning: str | None = None


def place(pin: Pin, framework: Framework, patterns: Sequence[CitationPattern]) -> Placed | str | None:
    """The number in the pattern that has it, the sentence that says why it does not stand, or None for a mere year.

    Args:
        pin: as the text cites it.
        framework: the law.
        patterns: those of the law to look in.

    """
    found = find(pin, patterns)
    if found is None:
        is_year = pin.unit is None and not pin.below and len(pin.number) == 4 and pin.number[:2] in ("19", "20")
        return None if is_year else _missing(pin, framework.short, patterns)
    pattern, reading, number = found
    text, problem = _written(reading, pattern.grammar, number)
    if problem:
        return f"{framework.short} {problem}"
    end = reading.end.number if reading.end else number.text
    reason = pattern.not_in_force(number)
    warning = f"{framework.short} {_mark(pattern.grammar)}{number.text}: {reason}." if reason else None
    own = pattern.equals.get(number.text.lower())
    if own is not None:
        pattern, text = framework.citations[0], own + text.removeprefix(number.text)
    return Placed(pattern=pattern, numbers=(number.text, end), text=text, warning=warning)


def split_twins(pin: Pin) -> tuple[Pin, ...]:
    """Two numbers for one that ends in two letters, as in "Annex 1(j)(k)"; nothing for any other."""
    one, other = pin.below[-2:] if 2 <= len(pin.below) <= 3 else ("", "")
    if not (one.isalpha() and other.isalpha() and one < other):
        return ()
    return (replace(pin, below=pin.below[:-1]), replace(pin, below=(*pin.below[:-2], pin.below[-1])))


def find(pin: Pin, patterns: Sequence[CitationPattern]) -> tuple[CitationPattern, Pin, Label] | None:
    """The pattern that has this number, and the reading of the text under which it does."""
    for pattern in _of_unit(pin, patterns):
        for reading in _readings(pin, pattern.grammar):
            number = pattern.grammar.number(reading.number)
            if number is not None and pattern.grammar.has(number):
                return pattern, reading, number
    return None


def _of_unit(pin: Pin, patterns: Sequence[CitationPattern]) -> Sequence[CitationPattern]:
    """The patterns of the unit that the text names; a bare § does for articles too."""
    if pin.unit is None:
        return patterns
    those = [one for one in patterns if one.grammar.unit == pin.unit]
    if not those and pin.sign:
        those = [one for one in patterns if one.grammar.unit == "article"]
    return those


def _readings(pin: Pin, grammar: Grammar) -> Iterable[Pin]:
    """The ways to read a number with what hangs on it: whole, as a range, or with its levels after points."""
    yield pin
    for place, char in enumerate(pin.number):
        if char == "-":
            end = Pin(pin.unit, pin.number[place + 1 :], pin.below)
            yield Pin(pin.unit, pin.number[:place], (), end)
    if "." in pin.number:
        first, *rest = pin.number.split(".")
        yield Pin(pin.unit, first, (*rest, *pin.below), pin.end)
    if grammar.unit == "annex" and not grammar.roman and roman(pin.number) and pin.below:
        yield Pin(pin.unit, pin.below[0], pin.below[1:], pin.end)


def _written(pin: Pin, grammar: Grammar, number: Label) -> tuple[str, str | None]:
    """The number with its levels as the form writes them, and what of it does not exist."""
    text, problem = _levels(pin, grammar, number)
    if problem or pin.end is None:
        return text, problem
    end = grammar.number(pin.end.number)
    if end is None or not grammar.has(end):
        return text, f"has {grammar.extent}; {_mark(grammar)}{pin.end.number} does not exist."
    if end.parts < number.parts:
        return text, f"cannot be cited from {_mark(grammar)}{number.text} back to {_mark(grammar)}{end.text}."
    last, problem = _levels(pin.end, grammar, end)
    return f"{text}–{last}", problem


def _levels(pin: Pin, grammar: Grammar, number: Label) -> tuple[str, str | None]:
    """One end of what is cited, with its levels."""
    cited = number.text + "".join(f"({one})" for one in pin.below)
    levels = _shaped(pin.below, grammar)
    if levels is None:
        return cited, f"{_mark(grammar)}{number.text} is not divided as {_mark(grammar)}{cited} says."
    outline = grammar.outline(number)
    lacks = outline.lacks(tuple(value for _, value in levels)) if outline else None
    if lacks is None:
        return number.text + "".join(level.before + value + level.after for level, value in levels), None
    parent = number.text
    if outline and len(pin.below) > 1 and pin.below[0] in outline.paragraphs:
        parent += f"({pin.below[0]})"
    return cited, f"{_mark(grammar)}{parent} has {lacks}; {_mark(grammar)}{cited} does not exist."


def _shaped(below: Sequence[str], grammar: Grammar) -> list[tuple[Level, str]] | None:
    """The levels in the first of the law's shapes that they fit."""
    for shape in grammar.shapes:
        values = [level.read(value) for level, value in zip(shape, below, strict=False)]
        if len(below) <= len(shape) and all(values):
            return [(level, value) for level, value in zip(shape, values, strict=False) if value]
    return None


def _mark(grammar: Grammar) -> str:
    if not grammar.mark:
        return f"{grammar.book} " if grammar.book else "§"
    return grammar.mark if grammar.mark == "§" else f"{grammar.mark} "


def _missing(pin: Pin, short: str, patterns: Sequence[CitationPattern]) -> str:
    those = _of_unit(pin, patterns)
    if not those:
        units = dict.fromkeys(UNITS[one.grammar.unit].nouns for one in patterns)
        return f"{short} is cited by {' or '.join(units)}, not by {UNITS[pin.unit or 'section'].nouns}."
    grammar = those[0].grammar
    cited = pin.number + "".join(f"({one})" for one in pin.below)
    return f"{short} has {grammar.extent}; {_mark(grammar)}{cited} does not exist."
