"""The title of a line: the text of a heading, or a run-in heading, which stands in front of a paragraph's text."""

import re

from extractors.clauses.abbreviations import ALWAYS_BEFORE_MORE, BEFORE_NUMBERS, COMPANY_FORMS
from extractors.clauses.lines import TextLine
from extractors.line_shapes import is_caps, is_title, is_title_case

# Bounds of titles in front of text, chosen by eye: a fifth less or a quarter more changes 6 of 198 documents at most.
_MAX_BOLD_WORDS = 14  # of a run-in heading in bold type, as of any title
_MAX_BOLD_CHARS = 120
_MAX_PLAIN_WORDS = 9  # of a run-in heading
_MAX_WHOLE_WORDS = 12  # of a numbered line that is nothing but a title
_MAX_TITLE_CASE_WORDS = 6  # of such a line that ends with a full stop
_LOOK_AHEAD_CHARS = 40  # after a run-in heading in capitals: more capitals show that the whole paragraph is set so
_RUN_IN_HEADING = re.compile(
    r"(?P<title>[^\n.:!?]{2,90}?)(?P<stop>[.:](?=\s)|\s[-–—](?=\s)|—|\.[-–—])\s*(?=[\"'“„«(]?[^\W_])"
)
_WORD = re.compile(r"[^\W_]+")
_ABBREVIATIONS = ALWAYS_BEFORE_MORE | BEFORE_NUMBERS | COMPANY_FORMS
_TRAILING_CHARS = " \n\t.:-–—"


def title_of(line: TextLine) -> str | None:
    """The title that a line has, its number included, on one line: all of a heading, or a run-in heading."""
    if line.is_heading:
        return _one_line(line.text)
    end = _bold_end(line) or _plain_end(line)
    return _one_line(line.text[:end]).rstrip(_TRAILING_CHARS) if end else None


def is_whole_title(line: TextLine) -> bool:
    """Whether a line that no markup makes a heading is nothing but a title: "1. AGE RESTRICTIONS.", "4. Refunds"."""
    text = line.words.strip()
    if is_title(text, words=_MAX_WHOLE_WORDS):
        return True
    bare = text.removesuffix(".").removesuffix(":")
    if bare == text or not is_title(bare, words=_MAX_WHOLE_WORDS):
        return False
    words = _WORD.findall(bare)
    return (
        is_caps(bare)
        or line.bold >= len(line.text) - 1
        or (len(words) <= _MAX_TITLE_CASE_WORDS and is_title_case(words))
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _bold_end(line: TextLine) -> int:
    """Where a run-in heading in bold type ends; 0 if there is none."""
    start = line.marker.end if line.marker else 0
    if not start < line.bold < len(line.text):
        return 0
    title, rest = line.text[start : line.bold].rstrip(), line.text[line.bold :].lstrip()
    if not rest or len(title) > _MAX_BOLD_CHARS or not 0 < len(title.split()) <= _MAX_BOLD_WORDS:
        return 0
    first = next((character for character in title if character.isalnum()), "a")
    if first.islower() or "\n" in title.strip():
        return 0
    is_separate = title[-1] in ".:?!–—-" or rest[0] in ".:–—-" or line.text[line.bold :][:1] == "\n"
    return line.bold if is_separate or (rest[0].isupper() and not title.endswith(",")) else 0


def _plain_end(line: TextLine) -> int:
    """Where a run-in heading in plain type ends: after a number in title case, without one in capitals; 0 if none."""
    start = line.marker.end if line.marker else 0
    match = _RUN_IN_HEADING.match(line.text, start)
    if not match:
        return 0
    title = match["title"]
    words = _WORD.findall(title)
    if not words or len(words) > _MAX_PLAIN_WORDS or words[-1].casefold() in _ABBREVIATIONS:
        return 0
    if line.marker:
        is_heading = title[0].isupper() and (is_caps(title) or is_title_case(words))
    else:
        is_heading = is_caps(title) and not is_caps(line.text[match.end() : match.end() + _LOOK_AHEAD_CHARS])
    return match.end("stop") if is_heading else 0
