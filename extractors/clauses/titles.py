"""The title of a line: a heading's text, or the words in front of a paragraph that act as its heading."""

import re

from extractors.clauses.abbreviations import ALWAYS_BEFORE_MORE, BEFORE_NUMBERS, COMPANY_FORMS
from extractors.clauses.lines import Line
from extractors.line_shapes import is_caps, is_title, is_title_case

_MOST_WORDS = 14  # of a title in bold type
_TYPED_WORDS = 9  # of one told by its capitals alone
_RUN_IN = re.compile(r"(?P<title>[^\n.:!?]{2,90}?)(?P<stop>[.:](?=\s)|\s[-–—](?=\s)|—|\.[-–—])\s*(?=[\"'“„«(]?[^\W_])")
_WORD = re.compile(r"[^\W_]+")
_NO_ENDS = ALWAYS_BEFORE_MORE | BEFORE_NUMBERS | COMPANY_FORMS
_EDGE = " \n\t.:-–—"


def title_of(line: Line) -> str | None:
    """The heading that a line gives: all of it, or a title that runs into its text; numbers included, on one line."""
    if line.is_heading:
        return _flat(line.text)
    end = _bold_end(line) or _typed_end(line)
    return _flat(line.text[:end]).rstrip(_EDGE) if end else None


def is_whole_title(line: Line) -> bool:
    """Whether a line that is no heading by markup is nothing but a title: "1. AGE RESTRICTIONS.", "4. Refunds"."""
    words = line.words.strip()
    if is_title(words, words=12):
        return True
    bare = words.removesuffix(".").removesuffix(":")
    if bare == words or not is_title(bare, words=12):
        return False
    found = _WORD.findall(bare)
    return is_caps(bare) or line.bold >= len(line.text) - 1 or (len(found) <= 6 and is_title_case(found))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _bold_end(line: Line) -> int:
    """Where a bold title in front of further text ends; 0 if there is none."""
    start = line.marker.end if line.marker else 0
    if not start < line.bold < len(line.text):
        return 0
    title, rest = line.text[start : line.bold].rstrip(), line.text[line.bold :].lstrip()
    if not rest or len(title) > 120 or not 0 < len(title.split()) <= _MOST_WORDS:
        return 0
    first = next((c for c in title if c.isalnum()), "a")
    if first.islower() or "\n" in title.strip():
        return 0
    parted = title[-1] in ".:?!–—-" or rest[0] in ".:–—-" or line.text[line.bold :][:1] == "\n"
    return line.bold if parted or (rest[0].isupper() and not title.endswith(",")) else 0


def _typed_end(line: Line) -> int:
    """Where a title told by its capitals ends: after a number in title case, elsewhere all in capitals."""
    start = line.marker.end if line.marker else 0
    found = _RUN_IN.match(line.text, start)
    if not found:
        return 0
    words = _WORD.findall(found["title"])
    if not words or len(words) > _TYPED_WORDS or words[-1].casefold() in _NO_ENDS:
        return 0
    if line.marker:
        titled = found["title"][0].isupper() and (is_caps(found["title"]) or is_title_case(words))
    else:
        titled = is_caps(found["title"]) and not is_caps(line.text[found.end() : found.end() + 40])
    return found.end("stop") if titled else 0
