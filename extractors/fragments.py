"""A span of an HTML document -> a URL that opens the live page at that span: a text fragment with the element's id.

Source: URL Fragment Text Directives, WICG draft: ``#id:~:text=prefix-,start,end,-suffix``. A browser takes the first
place where all parts match; each part lies within one paragraph, at word boundaries, and case does not count.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urldefrag

from smallprint.records import Block, Document

_WORD = re.compile(r"\w+(?:[.,:;'’·]\w+)*")
_CUT = re.compile(r"\n| \| ")  # line breaks and the borders of table cells, which a part of a directive cannot cross
_OPENING_NUMBER = re.compile(r"(?:§\s?)?[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)\]:]+\s+")
_WHOLE = 10  # words of the longest span that is quoted whole
_ENDS = 5  # words quoted of each end of a longer span
_MOST = 14  # words of the longest beginning, and of the longest context, that we quote to be unmistakable
_FEWEST = 3  # words of the shortest context
_TITLE = 8  # words of a span that a menu or a table of contents may show too


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    folded: str
    run: int  # words of one number stand in one paragraph, line or cell
    number: bool  # part of a number that opens a block


@dataclass
class PageWords:
    """The words of a document as a browser finds them, made by ``page_words``: without generated numbers."""

    text: str
    words: list[_Word] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)  # offsets of each run's text
    at: dict[str, list[int]] = field(default_factory=dict)  # folded word -> its places

    def last_of(self, run: int) -> int:
        """The index of the last word of a run."""
        return bisect_right(self.words, run, key=lambda word: word.run) - 1

    def first_of(self, run: int) -> int:
        """The index of the first word of a run."""
        return bisect_left(self.words, run, key=lambda word: word.run)

    def folded(self, first: int, last: int) -> list[str]:
        """The words from ``first`` to ``last``."""
        return [word.folded for word in self.words[first : last + 1]]

    def places(self, first: int, last: int) -> list[int]:
        """Every index at which the words from ``first`` to ``last`` stand in one run, in order."""
        wanted = self.folded(first, last)
        size = len(wanted)
        return [
            index
            for index in self.at[wanted[0]]
            if self.folded(index, index + size - 1) == wanted
            and self.words[index].run == self.words[index + size - 1].run
        ]


_Range = tuple[int, int]  # first and last word


@dataclass(frozen=True)
class _Quote:
    """What a directive quotes of the page."""

    head: _Range
    prefix: _Range | None = None
    suffix: _Range | None = None


def url_at(url: str, document: Document, start: int, end: int, words: PageWords | None = None) -> str:
    """The address of the page opened at a span; without the text directive where no words make it unmistakable.

    Args:
        url: address of the page; its own fragment gives way to the id of an element nearer to the span.
        document: extracted from that page.
        start: offset into ``document.text``.
        end: exclusive.
        words: of the document, from whoever asks for many addresses and reads them once.

    """
    address, own = urldefrag(url)
    directive = text_directive(document, start, end, words)
    anchor = _anchor(document.blocks, start) or own
    if not anchor and not directive:
        return address
    return f"{address}#{quote(anchor, safe='!$()*+,;=/?@') if anchor else ''}{':~:' + directive if directive else ''}"


def text_directive(document: Document, start: int, end: int, words: PageWords | None = None) -> str | None:
    """``text=...`` for a span, or None where the span holds no word or its words are not unique in the document."""
    page = words or page_words(document)
    first = bisect_left(page.words, start, key=lambda word: word.start)
    last = bisect_right(page.words, end, key=lambda word: word.end) - 1
    if first <= last and page.words[first].number and page.last_of(page.words[first].run) < last:
        first = page.last_of(page.words[first].run) + 1
    if last < first:
        return None
    quoted = _quote(page, first, last)
    return None if quoted is None else "text=" + ",".join(_parts(page, quoted, last))


def _quote(page: PageWords, first: int, last: int) -> _Quote | None:
    """As little of the span as makes its own place the first at which everything matches."""
    run_end = page.last_of(page.words[first].run)
    whole = run_end >= last and last - first < _WHOLE
    if whole and last - first < _TITLE:
        with_suffix = _in_context(page, _Quote((first, last)), before=False)
        if with_suffix:
            return with_suffix
    furthest = min(last, run_end)
    for size in (_WHOLE if whole else _ENDS, _MOST):
        head = (first, min(furthest, first + size - 1))
        if page.places(*head)[0] == first and (head[1] - first >= _FEWEST or not whole):
            return _Quote(head)
    return _in_context(page, _Quote(head), before=True)


def _in_context(page: PageWords, quoted: _Quote, *, before: bool) -> _Quote | None:
    """The same with words before or after it that no earlier place has."""
    first, last = quoted.head
    places = page.places(first, last)
    for size in range(_FEWEST, _MOST + 1):
        context = _before(page, first, size) if before else _after(page, last, size)
        if context is None:
            return None
        wanted = page.folded(*context)
        for place in places:
            here = _before(page, place, len(wanted)) if before else _after(page, place + last - first, len(wanted))
            if here and page.folded(*here) == wanted:
                break
        if place == first:
            return _Quote(quoted.head, prefix=context) if before else _Quote(quoted.head, suffix=context)
    return None


def _before(page: PageWords, index: int, size: int) -> _Range | None:
    """Up to ``size`` words that stand in one run right before a word."""
    if index == 0:
        return None
    return max(page.first_of(page.words[index - 1].run), index - size), index - 1


def _after(page: PageWords, index: int, size: int) -> _Range | None:
    at = index + 1
    return None if at >= len(page.words) else (at, min(page.last_of(page.words[at].run), at + size - 1))


def _parts(page: PageWords, quoted: _Quote, last: int) -> Iterator[str]:
    """The parts of the directive, encoded; where a context lies in another run, marks at the border belong to it."""
    text, words, runs = page.text, page.words, page.runs
    run = words[quoted.head[0]].run
    start, end = words[quoted.head[0]].start, words[quoted.head[1]].end
    if quoted.prefix:
        its_run = words[quoted.prefix[0]].run
        start, prefix_end = (start, start) if its_run == run else (runs[run][0], runs[its_run][1])
        yield _encoded(text[words[quoted.prefix[0]].start : prefix_end].rstrip()) + "-"
    suffix = ""
    if quoted.suffix:
        its_run = words[quoted.suffix[0]].run
        end, suffix_start = (end, end) if its_run == run else (runs[run][1], runs[its_run][0])
        suffix = text[suffix_start : words[quoted.suffix[1]].end].lstrip()
    yield _encoded(text[start:end])
    if quoted.head[1] < last and not suffix:
        tail = max(page.first_of(words[last].run), last - _ENDS + 1, quoted.head[1] + 1)
        yield _encoded(text[words[tail].start : words[last].end])
    if suffix:
        yield "-" + _encoded(suffix)


def page_words(document: Document) -> PageWords:
    """Read the words of a document; takes about a millisecond for every 3,000 characters."""
    page = PageWords(document.text)
    for block in document.blocks:
        at = block.start + block.generated
        # A number typed before a title is often an element of its own.
        number = None if block.generated else _OPENING_NUMBER.match(document.text, at, block.end)
        if number and number.end() < block.end:
            _add(page, at, number.end(), number=True)
            at = number.end()
        for cut in _CUT.finditer(document.text, at, block.end):
            _add(page, at, cut.start())
            at = cut.end()
        _add(page, at, block.end)
    return page


def _add(page: PageWords, start: int, end: int, *, number: bool = False) -> None:
    for match in _WORD.finditer(page.text, start, end):
        folded = match.group().casefold()
        page.at.setdefault(folded, []).append(len(page.words))
        page.words.append(_Word(match.start(), match.end(), folded, len(page.runs), number))
    shown = page.text[start:end]
    page.runs.append((start + len(shown) - len(shown.lstrip()), start + len(shown.rstrip())))


def _anchor(blocks: Sequence[Block], start: int) -> str | None:
    """The id of the last element before or at the span that has one."""
    index = bisect_right(blocks, start, key=lambda block: block.start) - 1
    return next((block.anchor for block in reversed(blocks[: index + 1]) if block.anchor), None)


def _encoded(text: str) -> str:
    """Percent-encoded, with the signs that mean something in a directive."""
    return quote(text, safe="").replace("-", "%2D")
