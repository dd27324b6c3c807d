"""Cited numbers checked against the grammar of a law: found, written in its form, or refused with a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from classifiers.citations.parts import Pinpoint
from smallprint.records import Noun
from smallprint.registry import CitationPattern, Framework
from smallprint.registry.grammar import UNITS, Grammar, Label, Level, roman


class CheckedNumber(Noun):
    """A cited number that one pattern of its law has."""

    pattern: CitationPattern
    numbers: tuple[str, str]  # the number and the end of its range, the same where it has none
    text: str  # the number with its levels, and the end of its range, as the law's form writes them
    warning: str | None = None


def check_number(pinpoint: Pinpoint, law: Framework, patterns: Sequence[CitationPattern]) -> CheckedNumber | str | None:
    """The number in the pattern that has it, the sentence that says why it cannot be cited, or None for a mere year.

    Args:
        pinpoint: as the text cites it.
        law: that it is cited from.
        patterns: those of the law to look in.

    """
    match = find_pattern(pinpoint, patterns)
    if match is None:
        has_year = len(pinpoint.number) == 4 and pinpoint.number[:2] in ("19", "20")
        is_year = has_year and pinpoint.unit is None and not pinpoint.levels
        return None if is_year else _why_missing(pinpoint, law.short, patterns)
    pattern, reading, number = match
    text, problem = _written(reading, pattern.grammar, number)
    if problem:
        return f"{law.short} {problem}"
    end = reading.end.number if reading.end else number.text
    reason = pattern.not_in_force(number)
    warning = f"{law.short} {_mark(pattern.grammar)}{number.text}: {reason}." if reason else None
    own_number = pattern.equals.get(number.text.lower())
    if own_number is not None:
        # A section of a code that the law itself numbers otherwise is cited by the law's number.
        pattern, text = law.citations[0], own_number + text.removeprefix(number.text)
    return CheckedNumber(pattern=pattern, numbers=(number.text, end), text=text, warning=warning)


def split_twins(pinpoint: Pinpoint) -> tuple[Pinpoint, ...]:
    """Two numbers for one that ends in two letters, as in "Annex 1(j)(k)"; none for any other."""
    first, second = pinpoint.levels[-2:] if 2 <= len(pinpoint.levels) <= 3 else ("", "")
    if not (first.isalpha() and second.isalpha() and first < second):
        return ()
    return (
        replace(pinpoint, levels=pinpoint.levels[:-1]),
        replace(pinpoint, levels=(*pinpoint.levels[:-2], second)),
    )


def find_pattern(
    pinpoint: Pinpoint, patterns: Sequence[CitationPattern]
) -> tuple[CitationPattern, Pinpoint, Label] | None:
    """The first pattern that has the number, the reading of the text under which it does, and the number."""
    for pattern in _of_unit(pinpoint, patterns):
        for reading in _readings(pinpoint, pattern.grammar):
            number = pattern.grammar.number(reading.number)
            if number is not None and pattern.grammar.has(number):
                return pattern, reading, number
    return None


def _of_unit(pinpoint: Pinpoint, patterns: Sequence[CitationPattern]) -> Sequence[CitationPattern]:
    """The patterns of the unit that the text names; a bare § does for articles too."""
    if pinpoint.unit is None:
        return patterns
    of_unit = [pattern for pattern in patterns if pattern.grammar.unit == pinpoint.unit]
    if not of_unit and pinpoint.section_sign:
        of_unit = [pattern for pattern in patterns if pattern.grammar.unit == "article"]
    return of_unit


def _readings(pinpoint: Pinpoint, grammar: Grammar) -> Iterable[Pinpoint]:
    """The ways to read a number and what is joined to it: whole, as a range, or with its levels after points."""
    unit, number, levels = pinpoint.unit, pinpoint.number, pinpoint.levels
    yield pinpoint
    for index, char in enumerate(number):
        if char == "-":
            end = Pinpoint(unit, number[index + 1 :], levels)
            yield Pinpoint(unit, number[:index], (), end)
    if "." in number:
        first, *rest = number.split(".")
        yield Pinpoint(unit, first, (*rest, *levels), pinpoint.end)
    if grammar.unit == "annex" and not grammar.roman and roman(number) and levels:
        yield Pinpoint(unit, levels[0], levels[1:], pinpoint.end)


def _written(pinpoint: Pinpoint, grammar: Grammar, number: Label) -> tuple[str, str | None]:
    """The number with its levels in the law's form, and what of it does not exist."""
    text, problem = _with_levels(pinpoint, grammar, number)
    if problem or pinpoint.end is None:
        return text, problem
    end = grammar.number(pinpoint.end.number)
    if end is None or not grammar.has(end):
        return text, f"has {grammar.extent}; {_mark(grammar)}{pinpoint.end.number} does not exist."
    if end.parts < number.parts:
        return text, f"cannot be cited from {_mark(grammar)}{number.text} back to {_mark(grammar)}{end.text}."
    end_text, problem = _with_levels(pinpoint.end, grammar, end)
    return f"{text}–{end_text}", problem


def _with_levels(pinpoint: Pinpoint, grammar: Grammar, number: Label) -> tuple[str, str | None]:
    """A number, or one end of a range, with its levels, and what of it does not exist."""
    cited = number.text + "".join(f"({level})" for level in pinpoint.levels)
    levels = _read_levels(pinpoint.levels, grammar)
    if levels is None:
        return cited, f"{_mark(grammar)}{number.text} is not divided as {_mark(grammar)}{cited} says."
    outline = grammar.outline(number)
    lacks = outline.lacks(tuple(value for _, value in levels)) if outline else None
    if lacks is None:
        return number.text + "".join(level.before + value + level.after for level, value in levels), None
    parent = number.text
    if outline and len(pinpoint.levels) > 1 and pinpoint.levels[0] in outline.paragraphs:
        parent += f"({pinpoint.levels[0]})"
    return cited, f"{_mark(grammar)}{parent} has {lacks}; {_mark(grammar)}{cited} does not exist."


def _read_levels(levels: Sequence[str], grammar: Grammar) -> list[tuple[Level, str]] | None:
    """The levels in the first of the law's shapes that they fit."""
    for shape in grammar.shapes:
        values = [level.read(value) for level, value in zip(shape, levels, strict=False)]
        if len(levels) <= len(shape) and all(values):
            return [(level, value) for level, value in zip(shape, values, strict=False) if value]
    return None


def _mark(grammar: Grammar) -> str:
    if not grammar.mark:
        return f"{grammar.book} " if grammar.book else "§"
    return grammar.mark if grammar.mark == "§" else f"{grammar.mark} "


def _why_missing(pinpoint: Pinpoint, law: str, patterns: Sequence[CitationPattern]) -> str:
    of_unit = _of_unit(pinpoint, patterns)
    if not of_unit:
        units = dict.fromkeys(UNITS[pattern.grammar.unit].nouns for pattern in patterns)
        return f"{law} is cited by {' or '.join(units)}, not by {UNITS[pinpoint.unit or 'section'].nouns}."
    grammar = of_unit[0].grammar
    cited = pinpoint.number + "".join(f"({level})" for level in pinpoint.levels)
    return f"{law} has {grammar.extent}; {_mark(grammar)}{cited} does not exist."
