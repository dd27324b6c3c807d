r"""The small pattern language of the signal files, matched on words rather than characters.

A pattern reads like the clause that it looks for:

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
expression meets the document's text except the tokenizer, so time is linear in the text whatever it holds.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

Hit = tuple[int, int]  # word positions, end exclusive

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[§$€£%]")
_TOKEN = re.compile(r"\s*(\.\.|[~&!|()?]|\{[a-z_]+\}|[^\s~&!|()?{}.]+\*?)")
NEAR = 8  # words between the two sides of "~"


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
    """Parts in order; ``gaps[i]`` is how many words may lie before part i + 1 (-1: any, in the sentence)."""

    parts: tuple["Node", ...]
    gaps: tuple[int, ...]


Node = Term | Named | Choice | Chain


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: every chain of ``all_of`` and none of ``none_of`` in one sentence."""

    all_of: tuple[Node, ...]
    none_of: tuple[Node, ...] = ()


def _optional(node: Node) -> bool:
    return isinstance(node, Choice) and node.optional


class PatternError(ValueError):
    """A pattern that cannot be read; the text says where."""


def parse(text: str) -> Pattern:
    """The pattern written in ``text``; raises PatternError with the place of the mistake."""
    tokens = _tokens(text)
    wanted: list[Node] = []
    unwanted: list[Node] = []
    target = wanted
    position = 0
    while position < len(tokens):
        chain, position = _chain(tokens, position, text)
        target.append(chain)
        if position < len(tokens):
            if tokens[position] not in "&!":
                raise PatternError(f"unexpected {tokens[position]!r} in {text!r}")
            target = unwanted if tokens[position] == "!" else target
            position += 1
    if not wanted:
        raise PatternError(f"nothing to look for in {text!r}")
    return Pattern(tuple(wanted), tuple(unwanted))


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise PatternError(f"cannot read {text[position:]!r} in {text!r}")
        found.append(match[1])
        position = match.end()
    return found


def _chain(tokens: Sequence[str], position: int, text: str) -> tuple[Node, int]:
    parts: list[Node] = []
    gaps: list[int] = []
    gap = 0
    while position < len(tokens) and tokens[position] not in ("&", "!", "|", ")"):
        piece = tokens[position]
        if piece in ("~", ".."):
            gap = NEAR if piece == "~" else -1
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
    piece = tokens[position]
    if piece == "(":
        return _choice(tokens, position + 1, text)
    if piece == "?":
        raise PatternError(f"'?' follows a bracket only, in {text!r}")
    if piece.startswith("{"):
        return Named(piece[1:-1]), position + 1
    words = [Term(word) for word in split_words(piece.rstrip("*"))]
    if not words:
        raise PatternError(f"no word in {piece!r} of {text!r}")
    words[-1] = Term(words[-1].word, prefix=piece.endswith("*"))
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
    """The words of ``text`` as they are compared: lower case, straight apostrophes."""
    return [match[0].lower().replace("’", "'") for match in _WORD.finditer(text)]


@dataclass
class Index:
    """Where each word of a list of sentences stands, and what each pattern found there (remembered)."""

    sentences: Sequence[str]
    named: Mapping[str, Pattern]
    words: dict[str, list[int]] = field(default_factory=dict)
    sentence_of: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)  # words per sentence
    _memory: dict[Node, list[Hit]] = field(default_factory=dict)
    _sorted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        position = 0
        for number, sentence in enumerate(self.sentences):
            words = split_words(sentence)
            for word in words:
                self.words.setdefault(word, []).append(position)
                position += 1
            # one empty position ends the sentence, so that no phrase runs over into the next
            self.sentence_of.extend([number] * (len(words) + 1))
            position += 1
            self.lengths.append(len(words))
        self._sorted = sorted(self.words)

    def find(self, pattern: Pattern) -> dict[int, Hit]:
        """Sentence number -> words of the first match, for each sentence that has the pattern."""
        found: dict[int, Hit] | None = None
        for node in pattern.all_of:
            hits = self._by_sentence(self._hits(node))
            found = hits if found is None else {key: hit for key, hit in found.items() if key in hits}
            if not found:
                return {}
        for node in pattern.none_of:
            hits = self._by_sentence(self._hits(node))
            found = {key: hit for key, hit in (found or {}).items() if key not in hits}
        return found or {}

    def _by_sentence(self, hits: Iterable[Hit]) -> dict[int, Hit]:
        found: dict[int, Hit] = {}
        for hit in hits:
            found.setdefault(self.sentence_of[hit[0]], hit)
        return found

    def _hits(self, node: Node) -> list[Hit]:
        known = self._memory.get(node)
        if known is None:
            known = self._memory[node] = self._look_up(node)
        return known

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
            return [(at, at + 1) for at in self.words.get(term.word, ())]
        places: list[int] = []
        for word in islice(self._sorted, bisect_left(self._sorted, term.word), None):
            if not word.startswith(term.word):
                break
            places.extend(self.words[word])
        return [(at, at + 1) for at in sorted(places)]

    def _union(self, options: Sequence[Node]) -> list[Hit]:
        found: set[Hit] = set()
        for option in options:
            found.update(self._hits(option))
        return sorted(found, key=lambda hit: (hit[1], hit[0]))

    def _sequence(self, chain: Chain) -> list[Hit]:
        required = [part for part in chain.parts if not _optional(part)]
        if any(not self._hits(part) for part in required):
            return []
        hits = self._hits(chain.parts[0])
        may_begin = _optional(chain.parts[0])  # whether all parts so far may be left out
        for part, gap in zip(chain.parts[1:], chain.gaps, strict=True):
            found = {*self._join(hits, self._hits(part), gap)}
            if may_begin:
                found.update(self._hits(part))
            if _optional(part):
                found.update(hits)
            else:
                may_begin = False
            hits = sorted(found, key=lambda hit: (hit[1], hit[0]))
            if not hits and not may_begin:
                return []
        return hits

    def _join(self, left: list[Hit], right: list[Hit], gap: int) -> list[Hit]:
        """Each right match with the nearest left one before it, in the same sentence and within the gap."""
        ends = [hit[1] for hit in left]
        joined: list[Hit] = []
        for start, end in right:
            at = bisect_right(ends, start) - 1
            if at < 0 or self.sentence_of[left[at][0]] != self.sentence_of[start]:
                continue
            if gap < 0 or start - ends[at] <= gap:
                joined.append((left[at][0], end))
        return joined
