"""Passages that differ from a quotation in a few words, none of which turns what the sentence says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from classifiers.grounding.decisive_words import is_decisive, is_light, is_opposite
from classifiers.grounding.normalize import Squashed

FEWEST, MOST = 8, 400  # words of a quotation that is compared word by word
_GRAM = 3  # words that must stand together for a place to be looked at
_TOO_COMMON = 100  # places; three words that stand in more say nothing about where a quotation is from
_PLACES = 6  # looked at
_DRIFT = 3  # words that may be missing or added between two places of one passage
_WORDS_A_CHANGE = 10
_CHANGES = 4.0
_LEAST_COVERAGE = 0.8
_SIMILAR = 0.7
_CONTRACTIONS = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
}
_ENDINGS = {"n't": "not", "'ll": "will", "'re": "are", "'ve": "have"}


@dataclass(frozen=True)
class NearMatch:
    """A passage from its first to its last word, and the share of the quotation's characters that it has."""

    first: int
    last: int
    cost: float
    coverage: float


class NearMatches:
    """Three-word sequences of a text and where they stand."""

    def __init__(self, source: Squashed, *, other_words: bool) -> None:
        """Index ``source``; without ``other_words`` only misspellings are forgiven."""
        self._source = source
        self._other_words = other_words
        self._tokens, self._places = _expand(source)
        self._grams: dict[tuple[str, ...], list[int]] = {}
        for at, gram in enumerate(_grams(self._tokens)):
            self._grams.setdefault(gram, []).append(at)

    def find(self, quote: Squashed) -> list[NearMatch]:
        """Passages that say the same in nearly the same words, the nearest first."""
        if not FEWEST <= len(quote.words) <= MOST:
            return []
        tokens, _ = _expand(quote)
        found = (self._compare(tokens, start, end) for start, end in self._candidates(tokens))
        return sorted({match for match in found if match}, key=lambda match: (match.cost, match.first))

    def _candidates(self, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Ranges of tokens that share sequences with the quotation, most shared first."""
        hits: list[tuple[int, int]] = []
        for at, gram in enumerate(_grams(tokens)):
            places = self._grams.get(gram, ())
            if len(places) <= _TOO_COMMON:
                hits.extend((place - at, at) for place in places)
        votes = Counter(shift for shift, _ in hits)
        taken: list[int] = []
        for shift, _ in votes.most_common(4 * _PLACES):
            if len(taken) == _PLACES:
                return
            if any(abs(shift - other) <= _DRIFT for other in taken):
                continue
            taken.append(shift)
            near = [(at, other) for other, at in hits if abs(other - shift) <= _DRIFT]
            # Words may be missing or added between the first and the last sequence that both share.
            yield max(0, min(near)[1]), min(len(self._tokens), max(near)[1] + len(tokens))

    def _compare(self, tokens: Sequence[str], start: int, end: int) -> NearMatch | None:
        passage = self._tokens[start:end]
        cost, missing = 0.0, 0.0
        for code in Levenshtein.opcodes(tokens, passage):
            if code.tag == "equal":
                continue
            a, b, c, d = code.src_start, code.src_end, code.dest_start, code.dest_end
            price = self._price(tokens[a:b], passage[c:d])
            if price is None:
                return None
            cost += price
            missing += sum(map(len, tokens[a:b])) * min(1.0, price / max(1, b - a))
        if cost > min(_CHANGES, max(1.0, len(tokens) / _WORDS_A_CHANGE)):
            return None
        coverage = 1 - missing / sum(map(len, tokens))
        if coverage < _LEAST_COVERAGE:
            return None
        return self._at_whole_words(NearMatch(self._places[start], self._places[end - 1], cost, coverage))

    def _price(self, quoted: Sequence[str], found: Sequence[str]) -> float | None:
        """What replacing ``found`` by ``quoted`` costs; None if it turns the meaning."""
        if any(map(is_decisive, quoted)) or any(map(is_decisive, found)):
            return None
        price = 0.0
        for one, other in zip(quoted, found, strict=False):
            if is_opposite(one, other):
                return None
            price += self._price_of_word(one, other)
        rest = [*quoted[len(found) :], *found[len(quoted) :]]
        if rest and not self._other_words:
            return None
        return price + sum(0.5 if is_light(word) else 1.0 for word in rest)

    def _price_of_word(self, one: str, other: str) -> float:
        if min(len(one), len(other)) > 3 and Levenshtein.normalized_similarity(one, other) >= _SIMILAR:
            return 0.5
        if not self._other_words:
            return _CHANGES + 1
        return 0.5 if is_light(one) and is_light(other) else 1.5

    def _at_whole_words(self, match: NearMatch) -> NearMatch | None:
        """None where the passage begins or ends inside a hyphenated word."""
        parted = self._source.parted
        words = self._source.words
        after = parted[words[match.last + 1]] if match.last + 1 < len(words) else 1
        return match if parted[words[match.first]] == 1 and after == 1 else None


def _expand(source: Squashed) -> tuple[list[str], list[int]]:
    """The words with contractions written out, and for each the index of the word it is from."""
    tokens: list[str] = []
    places: list[int] = []
    for at, word in enumerate(source.folded()):
        parts: tuple[str, ...] = (word,)
        if "'" in word or word == "cannot":
            ending = _ENDINGS.get(word[-3:])
            parts = _CONTRACTIONS.get(word) or ((word[:-3], ending) if ending else (word,))
        tokens.extend(parts)
        places.extend([at] * len(parts))
    return tokens, places


def _grams(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(tokens[n:] for n in range(_GRAM)), strict=False)
