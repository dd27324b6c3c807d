"""Quotations that leave out a middle, with an ellipsis or by joining whole sentences."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from classifiers.grounding.decisive_words import is_negation
from classifiers.grounding.normalize import squash
from classifiers.grounding.passages import Passage, Words, ends_sentence, find, starts_sentence

_ELLIPSIS = re.compile(r"[\[(<][ \t]?(?:\.{2,8}|…{1,3}|snip|omitted)[ \t]?[\])>]|\.{3,}|…+|\.(?:[ \u00a0]\.){2,3}")
_JOINT = re.compile(r"(?<=[.;:!?])[\"'”’»)\]*_]{0,4}\s+|\n+")
_MOST_PARTS = 8
_FEWEST_WORDS = 6  # of a spliced quotation
_LONGEST_GAP = 1500  # characters left out at once, where clauses end between; within one clause there is no bound
_BESIDE = 3  # words at the edge of a gap; a negation among them governs the words that were kept


def elided_parts(quote: str) -> list[str]:
    """The parts of a quotation between its ellipses; those without a letter are dropped."""
    parts = (part.strip() for part in _ELLIPSIS.split(quote))
    return [part for part in parts if any(character.isalpha() for character in part)]


def joined_parts(quote: str) -> list[str]:
    """The sentences, items and lines of a quotation, short ones together with the one before."""
    parts: list[str] = []
    at = 0
    for joint in [*(match.start() for match in _JOINT.finditer(quote)), len(quote)]:
        piece = quote[at:joint]
        if parts and (len(piece.split()) < 4 or len(parts[-1].split()) < 4):
            parts[-1] += piece
        else:
            parts.append(piece)
        at = joint
    return [part for part in parts if part.strip()]


def is_enough(parts: Sequence[Words]) -> bool:
    """Whether the parts say enough to be told from chance: no part of one word, one part of four, six words in all."""
    weights = [part.weight for part in parts]
    return 2 <= len(parts) <= _MOST_PARTS and min(weights) >= 2 and max(weights) >= 4 and sum(weights) >= _FEWEST_WORDS


def chains(source: Words, parts: Sequence[Words], bounds: tuple[int, int], *, whole: bool) -> Iterator[list[Passage]]:
    """Places where all parts stand in order, each as near as can be to the one before.

    With ``whole``, parts meet only where sentences end and begin.
    """
    for first in find(source, parts[0], *bounds):
        chain = [first]
        for part in parts[1:]:
            following = next(find(source, part, chain[-1].end, bounds[1]), None)
            if following is None:
                break
            chain.append(following)
        if len(chain) == len(parts) and not (whole and not _meet_whole(source.text, chain)):
            yield chain


def _meet_whole(text: str, chain: Sequence[Passage]) -> bool:
    return all(ends_sentence(text, one.end) and starts_sentence(text, other.start) for one, other in pairwise(chain))


def gaps(text: str, chain: Sequence[Passage]) -> list[str]:
    """What a chain leaves out between its passages."""
    return [text[one.end : other.start] for one, other in pairwise(chain)]


def is_bounded(gap: str) -> bool:
    """Whether so much may be left out where clauses end between."""
    return len(gap) <= _LONGEST_GAP


def hides_negation(text: str, one: Passage, other: Passage) -> bool:
    """Whether what is left out between two passages has a negation or exception on which the words beside it depend.

    Words beyond the end of a sentence do not depend on it.
    """
    folded = squash(text[one.end : other.start]).folded()
    after = [] if ends_sentence(text, one.end) else folded[:_BESIDE]
    before = [] if starts_sentence(text, other.start) else folded[-_BESIDE:]
    return any(is_negation(word) for word in (*after, *before))
