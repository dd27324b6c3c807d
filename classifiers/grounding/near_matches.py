"""Passages that differ from a quotation in a few words, none of which reverses what the sentence says.

The quotation's three-word sequences vote for stretches of the document; the best stretches are compared word by word.
The bounds were varied one by one on 5,291 generated quotes (docs/decisions/0011-grounding.md): whatever their value, no
fabricated quote and none with a changed number, negation or person was accepted, because decisive words never differ.
They decide how many of the quotes with one wrong word are found: of 300 misspelled ones 276, of 300 changed ones 160.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from classifiers.grounding.decisive_words import are_opposites, is_decisive, is_light
from classifiers.grounding.normalize import WORD_START, FoldedText

# Words of a quotation that is compared word by word. A minimum of 12 loses 56 misspelled quotes, one of 5 gains none;
# the maximum bounds the time.
MIN_WORDS = 8
MAX_WORDS = 400
# Bounds of the search, for time. Smaller and larger values found the same quotes, but for three lost at a drift of 8.
_NGRAM_WORDS = 3
_MAX_NGRAM_PLACES = 100  # a sequence that occurs more often says nothing about where a quotation is from
_MAX_CANDIDATES = 6  # stretches compared
_MAX_DRIFT = 3  # words missing or added between two sequences of one passage
# At most one changed word in ten, and four in all. Of the 300 changed quotes one in six would find 238, one in sixteen
# 67; ten was chosen by eye.
_WORDS_PER_CHANGE = 10
_MAX_COST = 4.0
_MIN_COVERAGE = 0.8  # of the quotation's characters; 0.9 loses 13 misspelled quotes, 0.6 gains none
_MIN_SIMILARITY = 0.7  # of a word and its misspelling, normalized Levenshtein; 0.9 loses 109, 0.5 gains none
# Costs of differences, in changed words; chosen by eye.
_COST_MISSPELLED = 0.5
_COST_LIGHT_WORD = 0.5
_COST_EXTRA_WORD = 1.0
_COST_OTHER_WORD = 1.5
_CONTRACTIONS = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
}
_ENDINGS = {"n't": "not", "'ll": "will", "'re": "are", "'ve": "have"}


@dataclass(frozen=True)
class NearMatch:
    """A passage that nearly has a quotation's words.

    Attributes:
        first: index of its first word in the source.
        last: index of its last word.
        cost: of the differences, in changed words.
        coverage: share of the quotation's characters that the passage has.

    """

    first: int
    last: int
    cost: float
    coverage: float


class NearMatches:
    """Finds near matches in one text, by an index of its three-word sequences."""

    def __init__(self, source: FoldedText, *, other_words: bool) -> None:
        """Index ``source``; without ``other_words`` only misspellings are forgiven, no missing or other words."""
        self._source = source
        self._other_words = other_words
        self._tokens, self._word_of_token = _expand_contractions(source)
        self._ngram_starts: dict[tuple[str, ...], list[int]] = {}
        for start, ngram in enumerate(_ngrams(self._tokens)):
            self._ngram_starts.setdefault(ngram, []).append(start)

    def find(self, quote: FoldedText) -> list[NearMatch]:
        """Passages that say the same in nearly the same words, the nearest first."""
        if not MIN_WORDS <= len(quote.words) <= MAX_WORDS:
            return []
        tokens, _ = _expand_contractions(quote)
        matches = (self._compare(tokens, start, end) for start, end in self._candidates(tokens))
        return sorted({match for match in matches if match}, key=lambda match: (match.cost, match.first))

    def _candidates(self, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Ranges of tokens that share sequences with the quotation, those that share most first."""
        hits: list[tuple[int, int]] = []  # shift from quotation to source, start in the quotation
        for start, ngram in enumerate(_ngrams(tokens)):
            source_starts = self._ngram_starts.get(ngram, ())
            if len(source_starts) <= _MAX_NGRAM_PLACES:
                hits.extend((source_start - start, start) for source_start in source_starts)
        votes = Counter(shift for shift, _ in hits)
        chosen: list[int] = []
        for shift, _ in votes.most_common(4 * _MAX_CANDIDATES):
            if len(chosen) == _MAX_CANDIDATES:
                return
            if any(abs(shift - other) <= _MAX_DRIFT for other in chosen):
                continue
            chosen.append(shift)
            nearby = [(start, other) for other, start in hits if abs(other - shift) <= _MAX_DRIFT]
            # Words may be missing or added between the first and the last sequence that both share.
            yield max(0, min(nearby)[1]), min(len(self._tokens), max(nearby)[1] + len(tokens))

    def _compare(self, tokens: Sequence[str], start: int, end: int) -> NearMatch | None:
        passage = self._tokens[start:end]
        total_cost, missing = 0.0, 0.0
        for code in Levenshtein.opcodes(tokens, passage):
            if code.tag == "equal":
                continue
            quoted = tokens[code.src_start : code.src_end]
            cost = self._cost(quoted, passage[code.dest_start : code.dest_end])
            if cost is None:
                return None
            total_cost += cost
            missing += sum(map(len, quoted)) * min(1.0, cost / max(1, len(quoted)))
        if total_cost > min(_MAX_COST, max(1.0, len(tokens) / _WORDS_PER_CHANGE)):
            return None
        coverage = 1 - missing / sum(map(len, tokens))
        if coverage < _MIN_COVERAGE:
            return None
        match = NearMatch(self._word_of_token[start], self._word_of_token[end - 1], total_cost, coverage)
        return match if self._is_of_whole_words(match) else None

    def _cost(self, quoted: Sequence[str], source: Sequence[str]) -> float | None:
        """What replacing the source's words by the quoted ones costs; None if it reverses the meaning."""
        if any(map(is_decisive, quoted)) or any(map(is_decisive, source)):
            return None
        cost = 0.0
        for quoted_word, source_word in zip(quoted, source, strict=False):
            if are_opposites(quoted_word, source_word):
                return None
            cost += self._cost_of_word(quoted_word, source_word)
        extra = [*quoted[len(source) :], *source[len(quoted) :]]
        if extra and not self._other_words:
            return None
        return cost + sum(_COST_LIGHT_WORD if is_light(word) else _COST_EXTRA_WORD for word in extra)

    def _cost_of_word(self, quoted: str, source: str) -> float:
        is_long = min(len(quoted), len(source)) > 3
        if is_long and Levenshtein.normalized_similarity(quoted, source) >= _MIN_SIMILARITY:
            return _COST_MISSPELLED
        if not self._other_words:
            return _MAX_COST + 1
        return _COST_LIGHT_WORD if is_light(quoted) and is_light(source) else _COST_OTHER_WORD

    def _is_of_whole_words(self, match: NearMatch) -> bool:
        """Whether the passage neither begins nor ends inside a hyphenated word."""
        starts, words = self._source.word_starts, self._source.words
        following = starts[words[match.last + 1]] if match.last + 1 < len(words) else WORD_START
        return starts[words[match.first]] == WORD_START and following == WORD_START


def _expand_contractions(source: FoldedText) -> tuple[list[str], list[int]]:
    """The words with contractions written out, and for each the index of the word it is from."""
    tokens: list[str] = []
    word_of_token: list[int] = []
    for index, word in enumerate(source.folded_words()):
        parts: tuple[str, ...] = (word,)
        if "'" in word or word == "cannot":
            ending = _ENDINGS.get(word[-3:])
            parts = _CONTRACTIONS.get(word) or ((word[:-3], ending) if ending else (word,))
        tokens.extend(parts)
        word_of_token.extend([index] * len(parts))
    return tokens, word_of_token


def _ngrams(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(tokens[n:] for n in range(_NGRAM_WORDS)), strict=False)
