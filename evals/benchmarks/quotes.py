"""Quotes made from a document as analysts misquote it, each with the place it is from, or none where it is made up."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from smallprint.records import Block, Clause, Document

_WORD = re.compile(r"\S+")
_FEWEST, _MOST = 9, 28  # words taken from a clause
_REACH = 25  # clauses on either side that make up the window
_FOUND = frozenset({"exact", "normalized"})
_INVENTED_WORDS = (
    "lantern harbor cargo velvet orchard granite compass meadow whistle saddle copper teapot glacier violin pepper "
    "umbrella quarry falcon ribbon chimney marble turnip canoe blanket walnut feather anvil parsnip trumpet cellar"
)
_INVENTED = _INVENTED_WORDS.split()


@dataclass(frozen=True)
class Kind:
    """What quotes of a kind must come to: the statuses allowed, whether they are true, how sure their place is.

    Words that recur, and ends of a passage that recur, settle the clause but not the span.
    """

    statuses: frozenset[str]
    true: bool
    settles_span: bool = True


KINDS: dict[str, Kind] = {
    "verbatim": Kind(frozenset({"exact"}), true=True),
    "typographic marks": Kind(_FOUND, true=True),
    "white space": Kind(_FOUND, true=True),
    "letter case": Kind(_FOUND, true=True),
    "hyphenated at line ends": Kind(_FOUND, true=True),
    "emphasis and bullets": Kind(_FOUND, true=True),
    "middle elided": Kind(frozenset({"exact", "normalized", "spliced", "fuzzy"}), true=True, settles_span=False),
    "boilerplate repeated": Kind(_FOUND, true=True, settles_span=False),
    "neighboring clauses merged": Kind(frozenset({"exact", "normalized", "spliced"}), true=True),
    "one word misspelled": Kind(frozenset({"fuzzy", "unlocated"}), true=True),
    "one word changed": Kind(frozenset({"fuzzy", "unlocated"}), true=True),
    "negation added or dropped": Kind(frozenset({"unlocated"}), true=False),
    "number changed": Kind(frozenset({"unlocated"}), true=False),
    "you and we swapped": Kind(frozenset({"unlocated"}), true=False),
    "fabricated, same first words": Kind(frozenset({"unlocated"}), true=False),
    "fabricated, same number": Kind(frozenset({"unlocated"}), true=False),
    "fabricated from two halves": Kind(frozenset({"unlocated"}), true=False),
    "fabricated by shuffling": Kind(frozenset({"unlocated"}), true=False),
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
class Text:
    """A document with its clauses."""

    document: Document
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class _Taken:
    """Words of one clause, and where they stand."""

    clause: int
    start: int
    end: int
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.words)


def make_quotes(
    document: Document, clauses: tuple[Clause, ...], random: Random, each: int
) -> Iterator[tuple[Text, list[Quote]]]:
    """For the document, and for one where a sentence recurs: ``each`` quotes of every kind."""
    text = Text(document, clauses)
    made: list[Quote] = []
    for kind, make in _MAKERS.items():
        quotes = (make(text, random) for _ in range(each * 20))
        made.extend(Quote(kind, *some) for some, _ in zip(_usable(quotes, text), range(each), strict=False))
    yield text, made
    for _ in range(each):
        if taken := next((taken for _ in range(200) if (taken := _take(text, random))), None):
            yield _repeat(text, taken, random)


def _usable(
    quotes: Iterator[tuple[str, _Taken, bool] | None], text: Text
) -> Iterator[tuple[str, tuple[str, ...], tuple[int, int], tuple[int, int] | None]]:
    for quote in quotes:
        if quote is None:
            continue
        words, taken, true = quote
        window = (max(0, taken.clause - _REACH), taken.clause + _REACH)
        yield words, (text.clauses[taken.clause].id,), window, (taken.start, taken.end) if true else None


def _take(text: Text, random: Random, fewest: int = _FEWEST, most: int = _MOST) -> _Taken | None:
    """Words of a random clause that stand only once in the document."""
    clause = random.randrange(len(text.clauses))
    spans = [match.span() for match in _WORD.finditer(text.clauses[clause].text)]
    if len(spans) < fewest:
        return None
    length = random.randint(fewest, min(most, len(spans)))
    first = random.randrange(len(spans) - length + 1)
    start = text.clauses[clause].start + spans[first][0]
    end = text.clauses[clause].start + spans[first + length - 1][1]
    quote = text.document.text[start:end]
    if sum(word.isalpha() for word in quote.split()) < fewest * 2 // 3 or _recurs(text.document.text, quote):
        return None
    return _Taken(clause, start, end, tuple(quote.split()))


def _recurs(text: str, quote: str) -> bool:
    at = text.find(quote)
    return text.find(quote, at + 1) >= 0


_Made = tuple[str, _Taken, bool] | None


def _changed(change: Callable[[str, Random], str | None], *, true: bool = True) -> Callable[[Text, Random], _Made]:
    """A maker from a change of the words; None where the words do not allow it."""

    def make(text: Text, random: Random) -> _Made:
        taken = _take(text, random)
        quote = change(text.document.text[taken.start : taken.end], random) if taken else None
        return (quote, taken, true) if taken and quote else None

    return make


_CURLY = {"'": "’", '"': "“", "-": "\u2011", "...": "…"}
_STRAIGHT = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": " - ", "\u00a0": " ", "…": "...", "•": "-"}


def _marks(quote: str, random: Random) -> str:
    table = random.choice([_CURLY, _STRAIGHT])
    for old, new in table.items():
        quote = quote.replace(old, new)
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
    at = random.randrange(len(words))
    words[at] = random.choice(["**{}**", "*{}*", "_{}_", "`{}`"]).format(words[at])
    return random.choice(["", "- ", "• ", "> ", "* "]) + " ".join(words)


def _elide(text: Text, random: Random) -> _Made:
    taken = _take(text, random, fewest=18, most=70)
    if taken is None:
        return None
    head, tail = random.randint(4, 8), random.randint(4, 8)
    mark = random.choice([" ... ", " … ", " [...] ", "... ", "…", " […] "])
    quote = mark.join((" ".join(taken.words[:head]), " ".join(taken.words[-tail:])))
    plain = all(sum(word.isalpha() for word in part) >= 4 for part in (taken.words[:head], taken.words[-tail:]))
    return (quote, taken, True) if plain else None


def _merge(text: Text, random: Random) -> _Made:
    """The end of one clause and the start of the next."""
    first = random.randrange(len(text.clauses) - 1)
    one, other = text.clauses[first], text.clauses[first + 1]
    if one.heading_only or other.heading_only:
        return None
    tail, head = list(_WORD.finditer(one.text))[-10:], list(_WORD.finditer(other.text))[:10]
    if min(len(tail), len(head)) < 6:
        return None
    start, end = one.start + tail[0].start(), other.start + head[-1].end()
    words = tuple(match[0] for match in (*tail, *head))
    if sum(word.isalpha() for word in words) < 10 or _recurs(text.document.text, text.document.text[start:end]):
        return None
    return " ".join(words), _Taken(first, start, end, words), True


def _misspell(quote: str, random: Random) -> str | None:
    words = quote.split()
    long = [n for n, word in enumerate(words) if len(word) > 6 and word.isalpha()]
    if not long:
        return None
    n, at = random.choice(long), random.randint(2, 4)
    words[n] = words[n][:at] + words[n][at + 1] + words[n][at] + words[n][at + 2 :]
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
    """Not at the end, where dropping a word leaves a true quote."""
    inner, space, last = quote.rpartition(" ")
    changed = _NOT.sub(r"\1", inner, count=1) if _NOT.search(inner) else _MODALS.sub(r"\1 not", inner, count=1)
    return f"{changed}{space}{last}" if changed != inner and last != "not" else None


def _renumber(quote: str, random: Random) -> str | None:
    return _NUMBER.sub(lambda match: str(int(match[0]) + random.randint(1, 60)), quote) if _inner(quote) else None


def _inner(quote: str) -> bool:
    """Whether a number stands inside the quote and is no list number in front."""
    return any(match.start() > 8 for match in _NUMBER.finditer(quote))


def _swap(quote: str, _: Random) -> str | None:
    changed = _PERSON.sub(lambda match: _SWAP[match[0].lower()], quote)
    return changed if changed != quote else None


def _same_start(quote: str, random: Random) -> str:
    words = quote.split()
    kept = random.randint(3, min(8, len(words) // 2))
    return " ".join([*words[:kept], *random.sample(_INVENTED, len(words) - kept)])


def _same_number(quote: str, random: Random) -> str | None:
    numbers = [match[0] for match in _NUMBER.finditer(quote)]
    if not numbers:
        return None
    words = random.sample(_INVENTED, 12)
    words[random.randrange(3, 9)] = f"within {numbers[0]} days of"
    return " ".join(words)


def _halves(text: Text, random: Random) -> _Made:
    """The first half of one sentence and the second half of another."""
    one, other = _take(text, random, fewest=14), _take(text, random, fewest=14)
    if one is None or other is None or abs(one.clause - other.clause) < 2:
        return None
    head = one.words[: len(one.words) // 2]
    if head[-1][-1:] in ".;:!?":
        return None
    return " ".join([*head, *other.words[len(other.words) // 2 :]]), one, False


def _shuffle(quote: str, random: Random) -> str:
    words = quote.split()
    random.shuffle(words)
    return " ".join(words)


_MAKERS: dict[str, Callable[[Text, Random], _Made]] = {
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


def _repeat(text: Text, taken: _Taken, random: Random) -> tuple[Text, list[Quote]]:
    """The document with words of it at the end of four more clauses, and a quote of one of them."""
    hosts = sorted(random.sample(range(len(text.clauses)), min(4, len(text.clauses))))
    parts: list[str] = []
    clauses: list[Clause] = []
    places: list[tuple[int, int, int]] = []
    at = 0
    for n, clause in enumerate(text.clauses):
        body = f"{clause.text} {taken.text}" if n in hosts else clause.text
        clauses.append(clause.model_copy(update={"text": body, "start": at, "end": at + len(body)}))
        if n in hosts:
            places.append((n, at + len(body) - len(taken.text), at + len(body)))
        parts.append(body)
        at += len(body) + 2
    whole = "\n\n".join(parts)
    blocks = (Block(kind="paragraph", start=0, end=len(whole)),)
    document = text.document.model_copy(update={"text": whole, "blocks": blocks})
    host, start, end = random.choice(places)
    window = (max(0, host - _REACH), host + _REACH)
    quote = Quote("boilerplate repeated", taken.text, (clauses[host].id,), window, (start, end))
    return Text(document, tuple(clauses)), [quote]
