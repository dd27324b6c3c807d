"""Quotations that leave out a middle, with an ellipsis or by joining whole sentences."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from classifiers.grounding.decisive_words import is_negation
from classifiers.grounding.normalize import fold_text
from classifiers.grounding.passages import Passage, Words, ends_sentence, find_passages, starts_sentence

_ELLIPSIS = re.compile(r"[\[(<][ \t]?(?:\.{2,8}|…{1,3}|snip|omitted)[ \t]?[\])>]|\.{3,}|…+|\.(?:[ \u00a0]\.){2,3}")
_SENTENCE_BREAK = re.compile(r"(?<=[.;:!?])[\"'”’»)\]*_]{0,4}\s+|\n+")
# Chosen by eye: a quotation in more parts is a summary.
_MAX_PARTS = 8
# Fewer words prove too little. Of 300 quotes with an elided middle 12 more were lost at 9 words, none at 4 or 6.
_MIN_WORDS = 6
_MIN_PART_WORDS = 2
_MIN_LONGEST_PART_WORDS = 4
# Characters left out at once where clauses end between; within a clause there is no bound. 500 and 6,000 found the same
# quotes and accepted no fabricated one: the bound is for documents that repeat themselves.
_MAX_GAP_CHARS = 1500
# Words at either edge of a gap; a negation among them governs the words that were quoted. Chosen by eye: generated
# quotes fare alike with 1 and with 8.
_GOVERNED_WORDS = 3


def elided_parts(quote: str) -> list[str]:
    """The parts of a quotation between its ellipses; those without a letter are dropped."""
    parts = (part.strip() for part in _ELLIPSIS.split(quote))
    return [part for part in parts if any(character.isalpha() for character in part)]


def joined_parts(quote: str) -> list[str]:
    """The sentences, list items and lines of a quotation, short ones together with the one before."""
    parts: list[str] = []
    start = 0
    for end in [*(match.start() for match in _SENTENCE_BREAK.finditer(quote)), len(quote)]:
        sentence = quote[start:end]
        if parts and (len(sentence.split()) < 4 or len(parts[-1].split()) < 4):
            parts[-1] += sentence
        else:
            parts.append(sentence)
        start = end
    return [part for part in parts if part.strip()]


def are_enough(parts: Sequence[Words]) -> bool:
    """Whether the parts have enough words not to occur by chance, each, the longest of them and all together."""
    weights = [part.weight for part in parts]
    return (
        2 <= len(parts) <= _MAX_PARTS
        and min(weights) >= _MIN_PART_WORDS
        and max(weights) >= _MIN_LONGEST_PART_WORDS
        and sum(weights) >= _MIN_WORDS
    )


def chains(
    source: Words, parts: Sequence[Words], bounds: tuple[int, int], *, whole_sentences: bool
) -> Iterator[list[Passage]]:
    """Passages of all parts in order, each as near as can be to the one before.

    With ``whole_sentences``, parts meet only where sentences end and begin.
    """
    for first in find_passages(source, parts[0], *bounds):
        chain = [first]
        for part in parts[1:]:
            following = next(find_passages(source, part, chain[-1].end, bounds[1]), None)
            if following is None:
                break
            chain.append(following)
        is_complete = len(chain) == len(parts)
        if is_complete and not (whole_sentences and not _meet_at_sentence_ends(source.text, chain)):
            yield chain


def _meet_at_sentence_ends(text: str, chain: Sequence[Passage]) -> bool:
    return all(
        ends_sentence(text, passage.end) and starts_sentence(text, following.start)
        for passage, following in pairwise(chain)
    )


def gaps(text: str, chain: Sequence[Passage]) -> list[str]:
    """The text that a chain leaves out between its passages."""
    return [text[passage.end : following.start] for passage, following in pairwise(chain)]


def is_bounded(gap: str) -> bool:
    """Whether so much may be left out where clauses end between."""
    return len(gap) <= _MAX_GAP_CHARS


def hides_negation(text: str, passage: Passage, following: Passage) -> bool:
    """Whether the gap between two passages has a negation or exception that governs the words beside it.

    Words beyond the end of a sentence are not governed by it.
    """
    words = fold_text(text[passage.end : following.start]).folded_words()
    after = [] if ends_sentence(text, passage.end) else words[:_GOVERNED_WORDS]
    before = [] if starts_sentence(text, following.start) else words[-_GOVERNED_WORDS:]
    return any(is_negation(word) for word in (*after, *before))
