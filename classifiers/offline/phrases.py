r"""The small pattern language of the signal files, matched on words rather than characters.

A pattern reads like the clause that it matches:

| written | meaning |
|---|---|
| ``binding arbitration`` | these words, next to each other |
| ``terminat*`` | any word that begins so |
| ``(settled\|resolved finally)`` | one of these; ``(prior)?`` may be left out |
| ``{we}`` | a named list of words.yml |
| ``we ~ change`` | "change" at most eight words after "we", in the same sentence |
| ``we .. change`` | anywhere later in the same sentence |
| ``arbitration & waive`` | both in the sentence, in any order |
| ``sell ! not`` | "sell" in a sentence that has no "not" |

Words are compared in lower case; punctuation, hyphens and the kind of quotation mark do not matter. No regular
expression but the tokenizer is run on the document's text, so time is linear in it, whatever it contains.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

Hit = tuple[int, int]  # positions of the first matched word and of the word after the last

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[§$€£%]")
_TOKEN = re.compile(r"\s{0,40}(\.\.|[~&!|()?]|\{[a-z_]+\}|[^\s~&!|()?{}.]+\*?)")
# Words between the two sides of "~", about half a sentence. The signals were written with it: do not change it alone.
MAX_NEAR_WORDS = 8


@dataclass(frozen=True)
class Term:
    """A word, or the beginning of a word."""

    word: str
    prefix: bool = False


@dataclass(frozen=True)
class Named:
    """A reference to a list in words.yml."""

    name: str


@dataclass(frozen=True)
class Choice:
    """Alternatives; ``optional`` ones may be absent."""

    options: tuple["Node", ...]
    optional: bool = False


@dataclass(frozen=True)
class Chain:
    """Parts in order; ``gaps[i]`` is how many words may come before part i + 1 (-1: any number in the sentence)."""

    parts: tuple["Node", ...]
    gaps: tuple[int, ...]


Node = Term | Named | Choice | Chain


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: every chain of ``all_of`` and none of ``none_of`` in one sentence."""

    all_of: tuple[Node, ...]
    none_of: tuple[Node, ...] = ()


def _is_optional(node: Node) -> bool:
    return isinstance(node, Choice) and node.optional


class PatternError(ValueError):
    """A pattern that cannot be parsed; the message says where."""


def parse(text: str) -> Pattern:
    """The pattern that ``text`` writes; raises PatternError, which names the mistake."""
    tokens = _tokens(text)
    all_of: list[Node] = []
    none_of: list[Node] = []
    target = all_of
    position = 0
    while position < len(tokens):
        chain, position = _chain(tokens, position, text)
        target.append(chain)
        if position < len(tokens):
            if tokens[position] not in "&!":
                raise PatternError(f"unexpected {tokens[position]!r} in {text!r}")
            target = none_of if tokens[position] == "!" else target
            position += 1
    if not all_of:
        raise PatternError(f"nothing to look for in {text!r}")
    return Pattern(tuple(all_of), tuple(none_of))


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise PatternError(f"cannot read {text[position:]!r} in {text!r}")
        tokens.append(match[1])
        position = match.end()
    return tokens


def _chain(tokens: Sequence[str], position: int, text: str) -> tuple[Node, int]:
    parts: list[Node] = []
    gaps: list[int] = []
    gap = 0
    while position < len(tokens) and tokens[position] not in ("&", "!", "|", ")"):
        symbol = tokens[position]
        if symbol in ("~", ".."):
            gap = MAX_NEAR_WORDS if symbol == "~" else -1
            position += 1
            continue
        node, position = _part(tokens, position, text)
        if parts:
            gaps.append(gap)
        parts.append(node)
        gap = 0
    if not parts or gap:
        raise PatternError(f"a gap or an operator without words in {text!r}")
    return (parts[0] if len(parts) == 1 else Chain(tuple(parts), tuple(gaps))), position


def _part(tokens: Sequence[str], position: int, text: str) -> tuple[Node, int]:
    symbol = tokens[position]
    if symbol == "(":
        return _choice(tokens, position + 1, text)
    if symbol == "?":
        raise PatternError(f"'?' follows a bracket only, in {text!r}")
    if symbol.startswith("{"):
        return Named(symbol[1:-1]), position + 1
    words = [Term(word) for word in split_words(symbol.rstrip("*"))]
    if not words:
        raise PatternError(f"no word in {symbol!r} of {text!r}")
    words[-1] = Term(words[-1].word, prefix=symbol.endswith("*"))
    return (words[0] if len(words) == 1 else Chain(tuple(words), (0,) * (len(words) - 1))), position + 1


def _choice(tokens: Sequence[str], position: int, text: str) -> tuple[Node, int]:
    options: list[Node] = []
    while True:
        chain, position = _chain(tokens, position, text)
        options.append(chain)
        if position >= len(tokens) or tokens[position] not in ("|", ")"):
            raise PatternError(f"a bracket is not closed in {text!r}")
        position += 1
        if tokens[position - 1] == ")":
            break
    optional = position < len(tokens) and tokens[position] == "?"
    return Choice(tuple(options), optional), position + optional


def split_words(text: str) -> list[str]:
    """The words of ``text`` as they are compared: in lower case and with straight apostrophes."""
    return [match[0].lower().replace("’", "'") for match in _WORD.finditer(text)]


@dataclass
class Index:
    """Positions of each word of a list of sentences, and of each pattern that was looked up, which are kept."""

    sentences: Sequence[str]
    named: Mapping[str, Pattern]
    words: dict[str, list[int]] = field(default_factory=dict)
    sentence_of: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)  # words per sentence
    _hits_of: dict[Node, list[Hit]] = field(default_factory=dict)
    _sorted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        position = 0
        for number, sentence in enumerate(self.sentences):
            words = split_words(sentence)
            for word in words:
                self.words.setdefault(word, []).append(position)
                position += 1
            # one empty position ends the sentence, so that no phrase continues in the next
            self.sentence_of.extend([number] * (len(words) + 1))
            position += 1
            self.lengths.append(len(words))
        self._sorted = sorted(self.words)

    def find(self, pattern: Pattern) -> dict[int, Hit]:
        """Sentence number -> words of the first match, for each sentence that has the pattern."""
        first_hits: dict[int, Hit] | None = None
        for node in pattern.all_of:
            hits = self._by_sentence(self._hits(node))
            first_hits = hits if first_hits is None else {n: hit for n, hit in first_hits.items() if n in hits}
            if not first_hits:
                return {}
        for node in pattern.none_of:
            hits = self._by_sentence(self._hits(node))
            first_hits = {n: hit for n, hit in (first_hits or {}).items() if n not in hits}
        return first_hits or {}

    def _by_sentence(self, hits: Iterable[Hit]) -> dict[int, Hit]:
        first_hits: dict[int, Hit] = {}
        for hit in hits:
            first_hits.setdefault(self.sentence_of[hit[0]], hit)
        return first_hits

    def _hits(self, node: Node) -> list[Hit]:
        hits = self._hits_of.get(node)
        if hits is None:
            hits = self._hits_of[node] = self._look_up(node)
        return hits

    def _look_up(self, node: Node) -> list[Hit]:
        """All matches, ordered by their end."""
        if isinstance(node, Term):
            return self._term(node)
        if isinstance(node, Named):
            options = self.named[node.name].all_of
            return self._union(options)
        if isinstance(node, Choice):
            return self._union(node.options)
        return self._sequence(node)

    def _term(self, term: Term) -> list[Hit]:
        if not term.prefix:
            return [(position, position + 1) for position in self.words.get(term.word, ())]
        positions: list[int] = []
        for word in islice(self._sorted, bisect_left(self._sorted, term.word), None):
            if not word.startswith(term.word):
                break
            positions.extend(self.words[word])
        return [(position, position + 1) for position in sorted(positions)]

    def _union(self, options: Sequence[Node]) -> list[Hit]:
        hits: set[Hit] = set()
        for option in options:
            hits.update(self._hits(option))
        return sorted(hits, key=lambda hit: (hit[1], hit[0]))

    def _sequence(self, chain: Chain) -> list[Hit]:
        required = [part for part in chain.parts if not _is_optional(part)]
        if any(not self._hits(part) for part in required):
            return []
        hits = self._hits(chain.parts[0])
        may_begin = _is_optional(chain.parts[0])  # whether all parts so far may be left out
        for part, gap in zip(chain.parts[1:], chain.gaps, strict=True):
            extended = {*self._join(hits, self._hits(part), gap)}
            if may_begin:
                extended.update(self._hits(part))
            if _is_optional(part):
                extended.update(hits)
            else:
                may_begin = False
            hits = sorted(extended, key=lambda hit: (hit[1], hit[0]))
            if not hits and not may_begin:
                return []
        return hits

    def _join(self, left: list[Hit], right: list[Hit], gap: int) -> list[Hit]:
        """Each right match with the nearest left one before it, in the same sentence and within the gap."""
        ends = [hit[1] for hit in left]
        joined: list[Hit] = []
        for start, end in right:
            nearest = bisect_right(ends, start) - 1
            if nearest < 0 or self.sentence_of[left[nearest][0]] != self.sentence_of[start]:
                continue
            if gap < 0 or start - ends[nearest] <= gap:
                joined.append((left[nearest][0], end))
        return joined
