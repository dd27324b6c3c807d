"""Generate quotes from a document as analysts misquote it, each with its true span, or none where it is made up."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from evals.benchmarks.corpus import CutDocument
from smallprint.records import Block, Clause

_WORD = re.compile(r"\S+")
_MIN_WORDS, _MAX_WORDS = 9, 28  # of a passage: what analysts quote, and enough that it seldom recurs
_WINDOW_REACH = 25  # clauses on either side of the quoted one that make up the window
_RETRIES = 20  # passages tried for each quote, as most kinds need words of a certain form
_REPEATED_RETRIES = 200  # passages tried for a document in which one recurs
_MAX_REPEATS = 4
_PROVEN = frozenset({"exact", "normalized"})
_INVENTED_WORDS = (
    "lantern harbor cargo velvet orchard granite compass meadow whistle saddle copper teapot glacier violin pepper "
    "umbrella quarry falcon ribbon chimney marble turnip canoe blanket walnut feather anvil parsnip trumpet cellar"
)
_INVENTED = _INVENTED_WORDS.split()


@dataclass(frozen=True)
class QuoteKind:
    """What grounding must yield for quotes of a kind: statuses, whether they are true, whether the span is certain.

    Words that recur, and ends of a passage that recur, determine the clause but not the span.
    """

    statuses: frozenset[str]
    true: bool
    settles_span: bool = True


KINDS: dict[str, QuoteKind] = {
    "verbatim": QuoteKind(frozenset({"exact"}), true=True),
    "typographic marks": QuoteKind(_PROVEN, true=True),
    "white space": QuoteKind(_PROVEN, true=True),
    "letter case": QuoteKind(_PROVEN, true=True),
    "hyphenated at line ends": QuoteKind(_PROVEN, true=True),
    "emphasis and bullets": QuoteKind(_PROVEN, true=True),
    "middle elided": QuoteKind(frozenset({"exact", "normalized", "spliced", "fuzzy"}), true=True, settles_span=False),
    "boilerplate repeated": QuoteKind(_PROVEN, true=True, settles_span=False),
    "neighboring clauses merged": QuoteKind(frozenset({"exact", "normalized", "spliced"}), true=True),
    "one word misspelled": QuoteKind(frozenset({"fuzzy", "unlocated"}), true=True),
    "one word changed": QuoteKind(frozenset({"fuzzy", "unlocated"}), true=True),
    "negation added or dropped": QuoteKind(frozenset({"unlocated"}), true=False),
    "number changed": QuoteKind(frozenset({"unlocated"}), true=False),
    "you and we swapped": QuoteKind(frozenset({"unlocated"}), true=False),
    "fabricated, same first words": QuoteKind(frozenset({"unlocated"}), true=False),
    "fabricated, same number": QuoteKind(frozenset({"unlocated"}), true=False),
    "fabricated from two halves": QuoteKind(frozenset({"unlocated"}), true=False),
    "fabricated by shuffling": QuoteKind(frozenset({"unlocated"}), true=False),
}


@dataclass(frozen=True)
class Quote:
    """A quote, the clauses cited for it, the window as clause indices, and the span it was taken from."""

    kind: str
    text: str
    cited: tuple[str, ...]
    window: tuple[int, int]
    span: tuple[int, int] | None


@dataclass(frozen=True)
class _QuotedPassage:
    """Words of one clause, and their span in the document."""

    clause: int
    start: int
    end: int
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.words)


def make_quotes(document: CutDocument, random: Random, each: int) -> Iterator[tuple[CutDocument, list[Quote]]]:
    """``each`` quotes of every kind with the document that they are of: the given one, or a copy where words recur."""
    quotes: list[Quote] = []
    for kind, make in _MAKERS.items():
        misquotes = (make(document, random) for _ in range(each * _RETRIES))
        usable = (_quote(kind, document, misquote) for misquote in misquotes if misquote)
        quotes.extend(quote for quote, _ in zip(usable, range(each), strict=False))
    yield document, quotes
    for _ in range(each):
        passages = (_pick_passage(document, random) for _ in range(_REPEATED_RETRIES))
        if passage := next((passage for passage in passages if passage), None):
            yield _repeat(document, passage, random)


def _quote(kind: str, document: CutDocument, misquote: tuple[str, _QuotedPassage, bool]) -> Quote:
    words, passage, true = misquote
    window = (max(0, passage.clause - _WINDOW_REACH), passage.clause + _WINDOW_REACH)
    cited = (document.clauses[passage.clause].id,)
    return Quote(kind, words, cited, window, (passage.start, passage.end) if true else None)


def _pick_passage(
    document: CutDocument, random: Random, min_words: int = _MIN_WORDS, max_words: int = _MAX_WORDS
) -> _QuotedPassage | None:
    """Words of a random clause that occur only once in the document; None where the clause has too few."""
    clause = random.randrange(len(document.clauses))
    spans = [match.span() for match in _WORD.finditer(document.clauses[clause].text)]
    if len(spans) < min_words:
        return None
    length = random.randint(min_words, min(max_words, len(spans)))
    first = random.randrange(len(spans) - length + 1)
    start = document.clauses[clause].start + spans[first][0]
    end = document.clauses[clause].start + spans[first + length - 1][1]
    quote = document.document.text[start:end]
    if sum(word.isalpha() for word in quote.split()) < min_words * 2 // 3 or _recurs(document.document.text, quote):
        return None
    return _QuotedPassage(clause, start, end, tuple(quote.split()))


def _recurs(text: str, quote: str) -> bool:
    return text.find(quote, text.find(quote) + 1) >= 0


_Misquote = tuple[str, _QuotedPassage, bool] | None


def _changed(
    change: Callable[[str, Random], str | None], *, true: bool = True
) -> Callable[[CutDocument, Random], _Misquote]:
    """A maker of misquotes from a change of the words; the change gives None for words that do not allow it."""

    def make(document: CutDocument, random: Random) -> _Misquote:
        passage = _pick_passage(document, random)
        quote = change(document.document.text[passage.start : passage.end], random) if passage else None
        return (quote, passage, true) if passage and quote else None

    return make


_CURLY = {"'": "’", '"': "“", "-": "\u2011", "...": "…"}
_STRAIGHT = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": " - ", "\u00a0": " ", "…": "...", "•": "-"}


def _marks(quote: str, random: Random) -> str:
    table = random.choice([_CURLY, _STRAIGHT])
    for mark, replacement in table.items():
        quote = quote.replace(mark, replacement)
    return f"“{quote}”" if random.random() < 0.5 else quote


def _spaces(quote: str, random: Random) -> str:
    return "".join(random.choice(["  ", "\n", "\t", "\u00a0", " \n ", " "]) + word for word in quote.split())


def _case(quote: str, random: Random) -> str:
    return random.choice([str.upper, str.lower, str.title])(quote)


def _hyphenate(quote: str, random: Random) -> str | None:
    words = quote.split()
    long = [n for n, word in enumerate(words) if len(word) > 6 and word.isalpha()]
    for n in random.sample(long, min(2, len(long))):
        cut = random.randint(3, len(words[n]) - 3)
        words[n] = words[n][:cut] + random.choice(["-\n", "\u00ad", "\u00ad\n", "-\n  "]) + words[n][cut:]
    return " ".join(words) if long else None


def _emphasize(quote: str, random: Random) -> str:
    words = quote.split()
    n = random.randrange(len(words))
    words[n] = random.choice(["**{}**", "*{}*", "_{}_", "`{}`"]).format(words[n])
    return random.choice(["", "- ", "• ", "> ", "* "]) + " ".join(words)


def _elide(document: CutDocument, random: Random) -> _Misquote:
    passage = _pick_passage(document, random, min_words=18, max_words=70)
    if passage is None:
        return None
    head, tail = random.randint(4, 8), random.randint(4, 8)
    mark = random.choice([" ... ", " … ", " [...] ", "... ", "…", " […] "])
    ends = passage.words[:head], passage.words[-tail:]
    plain = all(sum(word.isalpha() for word in end) >= 4 for end in ends)
    return (mark.join(" ".join(end) for end in ends), passage, True) if plain else None


def _merge(document: CutDocument, random: Random) -> _Misquote:
    """The end of one clause and the start of the next."""
    first = random.randrange(len(document.clauses) - 1)
    clause, following = document.clauses[first], document.clauses[first + 1]
    if clause.heading_only or following.heading_only:
        return None
    tail, head = list(_WORD.finditer(clause.text))[-10:], list(_WORD.finditer(following.text))[:10]
    if min(len(tail), len(head)) < 6:
        return None
    start, end = clause.start + tail[0].start(), following.start + head[-1].end()
    words = tuple(match[0] for match in (*tail, *head))
    if sum(word.isalpha() for word in words) < 10 or _recurs(document.document.text, document.document.text[start:end]):
        return None
    return " ".join(words), _QuotedPassage(first, start, end, words), True


def _misspell(quote: str, random: Random) -> str | None:
    words = quote.split()
    long = [n for n, word in enumerate(words) if len(word) > 6 and word.isalpha()]
    if not long:
        return None
    n, swapped = random.choice(long), random.randint(2, 4)
    word = words[n]
    words[n] = word[:swapped] + word[swapped + 1] + word[swapped] + word[swapped + 2 :]
    return " ".join(words) if words != quote.split() else None


def _change_word(quote: str, random: Random) -> str | None:
    words = quote.split()
    long = [n for n, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long:
        return None
    words[random.choice(long)] = random.choice(_INVENTED)
    return " ".join(words)


_MODALS = re.compile(r"\b(may|will|must|shall|are|is|do|does|can)\b( not\b)?")
_NOT = re.compile(r"\b(may|will|must|shall|are|is|do|does|can) not\b")
_PERSON = re.compile(r"\b(you|your|we|our|us)\b", re.IGNORECASE)
_SWAP = {"you": "we", "your": "our", "we": "you", "our": "your", "us": "you"}
_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?![\w.,])")


def _negate(quote: str, _: Random) -> str | None:
    """A negation added or dropped; not at the end, where dropping a word leaves a true quote."""
    inner, space, last = quote.rpartition(" ")
    changed = _NOT.sub(r"\1", inner, count=1) if _NOT.search(inner) else _MODALS.sub(r"\1 not", inner, count=1)
    return f"{changed}{space}{last}" if changed != inner and last != "not" else None


def _renumber(quote: str, random: Random) -> str | None:
    return (
        _NUMBER.sub(lambda match: str(int(match[0]) + random.randint(1, 60)), quote)
        if _has_inner_number(quote)
        else None
    )


def _has_inner_number(quote: str) -> bool:
    """Whether the quote has a number that is no list number at its start."""
    return any(match.start() > 8 for match in _NUMBER.finditer(quote))


def _swap(quote: str, _: Random) -> str | None:
    changed = _PERSON.sub(lambda match: _SWAP[match[0].lower()], quote)
    return changed if changed != quote else None


def _same_start(quote: str, random: Random) -> str:
    words = quote.split()
    unchanged = random.randint(3, min(8, len(words) // 2))
    return " ".join([*words[:unchanged], *random.sample(_INVENTED, len(words) - unchanged)])


def _same_number(quote: str, random: Random) -> str | None:
    numbers = [match[0] for match in _NUMBER.finditer(quote)]
    if not numbers:
        return None
    words = random.sample(_INVENTED, 12)
    words[random.randrange(3, 9)] = f"within {numbers[0]} days of"
    return " ".join(words)


def _halves(document: CutDocument, random: Random) -> _Misquote:
    """The first half of one sentence and the second half of another."""
    first, second = (_pick_passage(document, random, min_words=14) for _ in range(2))
    if first is None or second is None or abs(first.clause - second.clause) < 2:
        return None
    head = first.words[: len(first.words) // 2]
    if head[-1][-1:] in ".;:!?":
        return None
    return " ".join([*head, *second.words[len(second.words) // 2 :]]), first, False


def _shuffle(quote: str, random: Random) -> str:
    words = quote.split()
    random.shuffle(words)
    return " ".join(words)


_MAKERS: dict[str, Callable[[CutDocument, Random], _Misquote]] = {
    "verbatim": _changed(lambda quote, _: quote),
    "typographic marks": _changed(_marks),
    "white space": _changed(_spaces),
    "letter case": _changed(_case),
    "hyphenated at line ends": _changed(_hyphenate),
    "emphasis and bullets": _changed(_emphasize),
    "middle elided": _elide,
    "neighboring clauses merged": _merge,
    "one word misspelled": _changed(_misspell),
    "one word changed": _changed(_change_word),
    "negation added or dropped": _changed(_negate, true=False),
    "number changed": _changed(_renumber, true=False),
    "you and we swapped": _changed(_swap, true=False),
    "fabricated, same first words": _changed(_same_start, true=False),
    "fabricated, same number": _changed(_same_number, true=False),
    "fabricated from two halves": _halves,
    "fabricated by shuffling": _changed(_shuffle, true=False),
}


def _repeat(document: CutDocument, passage: _QuotedPassage, random: Random) -> tuple[CutDocument, list[Quote]]:
    """The document with the passage's words at the end of four more clauses, and a quote of one of these."""
    count = len(document.clauses)
    hosts = sorted(random.sample(range(count), min(_MAX_REPEATS, count)))
    texts: list[str] = []
    clauses: list[Clause] = []
    repeats: list[tuple[int, int, int]] = []  # clause, start, end
    start = 0
    for n, clause in enumerate(document.clauses):
        text = f"{clause.text} {passage.text}" if n in hosts else clause.text
        end = start + len(text)
        clauses.append(clause.model_copy(update={"text": text, "start": start, "end": end}))
        if n in hosts:
            repeats.append((n, end - len(passage.text), end))
        texts.append(text)
        start = end + 2
    whole = "\n\n".join(texts)
    blocks = (Block(kind="paragraph", start=0, end=len(whole)),)
    repeated = CutDocument(document.document.model_copy(update={"text": whole, "blocks": blocks}), tuple(clauses))
    host, start, end = random.choice(repeats)
    window = (max(0, host - _WINDOW_REACH), host + _WINDOW_REACH)
    return repeated, [Quote("boilerplate repeated", passage.text, (clauses[host].id,), window, (start, end))]
