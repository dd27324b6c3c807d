"""Runs of inline text: where one run falls into several paragraphs, and how much of its start is bold."""

import re
from dataclasses import dataclass

_LINE_START = re.compile(
    r"[•◦▪‣·*–—-]\s|\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)]\s|\d{1,3}(?:\.\d{1,3}){1,4}\s"
)
_NUMBER = re.compile(r"§?\s?[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)\]:]?")
# White space and characters without width: page builders leave them before and after the text of a paragraph.
BLANK_CHARS = " \t\r\n\f\v\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_FULL_LINE_CHARS = 70  # a line of this length that ends like a sentence is a paragraph of its own
_MIN_NEXT_LINE_CHARS = 20  # if the line after it is longer than this
_MAX_TITLE_CHARS = 130  # of a bold line that is set apart from the text under it
_PARAGRAPH_ENDS = (".", ":", ";", "!", "?", "”")


@dataclass(frozen=True)
class StyledText:
    """Inline text of one style; a newline in it is a line break of the page."""

    text: str
    bold: bool
    link: bool


def split_paragraphs(run: list[StyledText]) -> list[list[StyledText]]:
    """The paragraphs of one run.

    A blank line always ends a paragraph. A single line break ends it where an item, a bold title or a paragraph starts
    after it; other line breaks stay.
    """
    lines: list[list[StyledText]] = [[]]
    for styled in run:
        for number, text in enumerate(styled.text.split("\n")):
            if number:
                lines.append([])
            lines[-1].append(StyledText(text, styled.bold, styled.link))
    if len(lines) == 1:
        return lines
    paragraphs: list[list[StyledText]] = []
    previous, was_title = "", False
    for line in lines:
        text = "".join(styled.text for styled in line).strip(BLANK_CHARS)
        if not text:
            previous = ""
            continue
        is_title = len(text) <= _MAX_TITLE_CHARS and all(styled.bold or is_blank(styled.text) for styled in line)
        if not previous or is_title != was_title or _LINE_START.match(text) or _is_paragraph_end(previous, text):
            paragraphs.append(line)
        else:
            paragraphs[-1].extend((StyledText("\n", is_title, link=False), *line))
        previous, was_title = text, is_title
    return paragraphs


def is_blank(text: str) -> bool:
    """True for text of which a reader sees nothing."""
    return not text.strip(BLANK_CHARS)


def _is_paragraph_end(line: str, next_line: str) -> bool:
    return (
        len(line) >= _MIN_FULL_LINE_CHARS and line.endswith(_PARAGRAPH_ENDS) and len(next_line) > _MIN_NEXT_LINE_CHARS
    )


def leading_bold(run: list[StyledText]) -> int:
    """Leading characters in bold type; a number in plain type before a bold title belongs to the title."""
    visible = [styled for styled in run if not is_blank(styled.text)]
    if not visible:
        return 0
    first = visible[0]
    if not first.bold and (len(visible) < 2 or not visible[1].bold or not _NUMBER.fullmatch(first.text.strip())):
        return 0
    count = 0
    for styled in run:
        if not styled.bold and not is_blank(styled.text) and styled is not first:
            break
        count += len(styled.text if count else styled.text.lstrip(BLANK_CHARS))
    return count


def runs_together(left: str, right: str) -> bool:
    """True if the texts of two adjacent inline elements would read as one word although a style sheet separates them.

    "Section 1" + "Terms" and "Updated" + "January" do; single letters and capitals after capitals do not.
    """
    if len(left.strip()) < 2 or len(right.strip()) < 2 or left[-1].isspace() or right[0].isspace():
        return False
    if right[0].isdigit():
        return left[-1].islower()
    return right[0].isupper() and (left[-1].islower() or left[-1] in ".:)0123456789")
