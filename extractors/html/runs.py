"""Runs of inline text: where one run falls into several paragraphs, and how much of its start is bold."""

import re
from dataclasses import dataclass

_LINE_START = re.compile(
    r"[•◦▪‣·*–—-]\s|\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)]\s|\d{1,3}(?:\.\d{1,3}){1,4}\s"
)
_NUMBER = re.compile(r"§?\s?[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)\]:]?")
# Marks that take no room: page builders leave them before and after what they set.
UNSEEN = " \t\r\n\f\v\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_FULL_LINE = 70  # characters after which a line that ends like a sentence reads as a paragraph of its own
_HEAD = 130  # characters of the longest line that can be a head


@dataclass(frozen=True)
class Piece:
    """A stretch of inline text and how it is set; a newline in it is a line break of the page."""

    text: str
    bold: bool
    link: bool


def paragraphs(pieces: list[Piece]) -> list[list[Piece]]:
    """The paragraphs of one run: blank lines always part them, single breaks where an item, a head or a paragraph
    starts; other breaks stay.
    """
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        for number, part in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            lines[-1].append(Piece(part, piece.bold, piece.link))
    if len(lines) == 1:
        return lines
    runs: list[list[Piece]] = []
    previous, was_head = "", False
    for line in lines:
        text = "".join(piece.text for piece in line).strip(UNSEEN)
        if not text:
            previous = ""
            continue
        is_head = len(text) <= _HEAD and all(piece.bold or is_blank(piece.text) for piece in line)
        if not previous or is_head != was_head or _LINE_START.match(text) or _is_paragraph(previous, text):
            runs.append(line)
        else:
            runs[-1].extend((Piece("\n", is_head, link=False), *line))
        previous, was_head = text, is_head
    return runs


def is_blank(text: str) -> bool:
    """True for text of which a reader sees nothing."""
    return not text.strip(UNSEEN)


def _is_paragraph(previous: str, text: str) -> bool:
    return len(previous) >= _FULL_LINE and previous.endswith((".", ":", ";", "!", "?", "”")) and len(text) > 20


def leading_bold(pieces: list[Piece]) -> int:
    """Leading characters in bold type; a number in plain type before a bold head belongs to the head."""
    shown = [piece for piece in pieces if not is_blank(piece.text)]
    if not shown:
        return 0
    if not shown[0].bold and (len(shown) < 2 or not shown[1].bold or not _NUMBER.fullmatch(shown[0].text.strip())):
        return 0
    count = 0
    for piece in pieces:
        if not piece.bold and not is_blank(piece.text) and piece is not shown[0]:
            break
        count += len(piece.text if count else piece.text.lstrip(UNSEEN))
    return count


def runs_together(before: str, text: str) -> bool:
    """True if two neighboring inline elements would read as one word although a style sheet sets them apart.

    "Section 1" + "Terms" and "Updated" + "January" do; single letters and capitals after capitals do not.
    """
    if len(before.strip()) < 2 or len(text.strip()) < 2 or before[-1].isspace() or text[0].isspace():
        return False
    if text[0].isdigit():
        return before[-1].islower()
    return text[0].isupper() and (before[-1].islower() or before[-1] in ".:)0123456789")
