"""A resolved citation in the registry's form: "GDPR Arts. 6(1)(f) and 21"."""

from collections.abc import Sequence

from classifiers.citations.numbers import CheckedNumber
from smallprint.registry import Framework
from smallprint.registry.grammar import MARKS, Grammar


def canonical_form(framework: Framework, numbers: Sequence[CheckedNumber]) -> str:
    """The law's short name where no number is cited, else its form with all numbers."""
    if not numbers:
        return framework.short
    pieces: list[str] = []
    last_prefix = ""
    for cite in dict.fromkeys(number.pattern.cite for number in numbers):
        of_pattern = [number for number in numbers if number.pattern.cite == cite]
        grammar = of_pattern[0].pattern.grammar
        listed = _listed(of_pattern, grammar)
        pieces.append(listed if grammar.prefix == last_prefix else f"{grammar.prefix} {listed}")
        last_prefix = grammar.prefix
    has_one_prefix = len({number.pattern.grammar.prefix for number in numbers}) == 1
    return (", " if has_one_prefix else "; ").join(pieces)


def _listed(numbers: Sequence[CheckedNumber], grammar: Grammar) -> str:
    """The numbers with their mark, once before all, or before each where the levels below are spelled out."""
    space = "" if grammar.mark in ("", "§") else " "
    if any(" " in number.text for number in numbers):
        texts = [f"{grammar.mark}{space}{number.text}" for number in numbers]
        mark = ""
    else:
        texts = [number.text for number in numbers]
        is_plural = len({end for number in numbers for end in number.numbers}) > 1
        mark = (MARKS[grammar.mark][1] if is_plural and grammar.mark else grammar.mark) + space
    return mark + ", ".join(texts[:-1]) + (" and " if len(texts) > 1 else "") + texts[-1]
