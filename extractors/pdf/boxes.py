"""Where a span of a PDF document stands on its pages: boxes to highlight, worked out again from the file's bytes."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from extractors.layout import page_at
from extractors.pdf.columns import reading_order
from extractors.pdf.file import open_pdf, reading
from extractors.pdf.page import Page, Place, Word
from extractors.pdf.turn import turned_back
from extractors.pdf.words import read_page
from smallprint.records import Document

_CONTEXT = 2500  # characters on either side that help to tell one occurrence of a phrase from another
_MAX_CHARACTERS = 40_000  # of a page; the alignment's memory grows with the square


class Box(NamedTuple):
    """A rectangle on a page, in PDF points from its top left corner."""

    page: int  # from 1
    x0: float
    top: float
    x1: float
    bottom: float


def evidence_boxes(
    data: bytes, document: Document, start: int, end: int, password: str | None = None
) -> tuple[Box, ...]:
    """One box for each line that ``document.text[start:end]`` touches, in reading order; the same for the same bytes.

    Raises:
        DocumentError: the file cannot be opened (any more).

    """
    first, last = page_at(document.blocks, start), page_at(document.blocks, max(start, end - 1))
    if first is None or last is None or start >= end:
        return ()
    found: list[Box] = []
    with open_pdf(data, password) as pdf:
        for number in range(first, min(last, len(pdf.pages)) + 1):
            with reading(f"page {number}"):
                page = read_page(pdf.pages[number - 1], number)
                pdf.pages[number - 1].close()
            if not page.words:
                page = _scanned(pdf.pages[number - 1], number)
            elif page.pictures and any(one.code == "ocr_images" for one in document.warnings):
                page.words += _depicted(pdf.pages[number - 1], page.pictures)
            found += _on_page(page, document, start, end)
    return tuple(found)


def _scanned(page: object, number: int) -> Page:
    from extractors.pdf.ocr import read_scan

    return read_scan(page, number)


def _depicted(page: object, places: list[Place]) -> list[Word]:
    from extractors.pdf.ocr import read_pictures

    return read_pictures(page, places)


def _on_page(page: Page, document: Document, start: int, end: int) -> list[Box]:
    lines = _lines(page)
    words = [(index, word) for index, line in enumerate(lines) for word in line]
    printed, owners = _characters((word.text, at) for at, (_, word) in enumerate(words))
    offsets = [
        offset
        for offset in range(max(0, start - _CONTEXT), min(len(document.text), end + _CONTEXT))
        if page_at(document.blocks, offset) == page.number
    ]
    wanted, places = _characters((document.text[offset], offset) for offset in offsets)
    if not wanted or len(printed) > _MAX_CHARACTERS or len(wanted) > _MAX_CHARACTERS:
        return []
    matched: dict[int, int] = {}
    for step in LCSseq.opcodes(wanted, printed):
        if step.tag != "equal":
            continue
        for shift in range(step.src_end - step.src_start):
            if start <= places[step.src_start + shift] < end:
                owner = owners[step.dest_start + shift]
                matched[owner] = matched.get(owner, 0) + 1
    solid = [
        at for at, count in matched.items() if count * 2 >= len(words[at][1].text) or count >= 3 or end - start < 6
    ]
    return _boxes(page, [words[at] for at in sorted(solid)])


def _lines(page: Page) -> list[tuple[Word, ...]]:
    lines: list[tuple[Word, ...]] = []
    for column in reading_order(page.words, [], page.rules):
        for line in column:
            if line.table is None:
                lines.append(line.words)
                continue
            for row in page.tables[line.table].rows:
                for cell in row:
                    lines += [inner.words for part in reading_order(cell.words, []) for inner in part]
    return lines


def _characters(pieces: Iterable[tuple[str, int]]) -> tuple[str, list[int]]:
    """Letters and figures alone, in compatibility form, each with the number of the piece it is from."""
    text: list[str] = []
    origin: list[int] = []
    for piece, number in pieces:
        for character in unicodedata.normalize("NFKC", piece):
            if not re.match(r"[\s\-‐‑\u00ad|]", character):
                text.append(character)
                origin.append(number)
    return "".join(text), origin


def _boxes(page: Page, words: list[tuple[int, Word]]) -> list[Box]:
    """The words of each line as one box, on the page as it is shown."""
    by_line: dict[int, list[Word]] = {}
    for line, word in words:
        by_line.setdefault(line, []).append(word)
    width, height = (page.height, page.width) if page.turn else (page.width, page.height)
    frames = (
        (min(w.x0 for w in row), min(w.top for w in row), max(w.x1 for w in row), max(w.bottom for w in row))
        for row in by_line.values()
    )
    return [Box(page.number, *turned_back(frame, page.turn, width, height)) for frame in frames]
