"""Sentences as exact spans, never split inside citations, abbreviations, numbers, amounts or addresses."""

import re

from extractors.clauses.abbreviations import ALWAYS_BEFORE_MORE, BEFORE_NUMBERS, COMPANY_FORMS, MONTHS, STARTERS

_STOP = re.compile(
    r"(?P<stop>[.!?…]{1,8}|[。！？؟।]{1,8})(?P<close>[\"'”’“»«)\]】」』]{0,4})|(?P<line>\n)",
)
_OPENERS = "\"'“”„«»‘‚([{¿¡*_-–—•·"
_UNAMBIGUOUS_STOPS = "。！？؟।"  # no abbreviation ends with them, and no space follows them
_CONTEXT_CHARS = 40  # on either side of a stop; no abbreviation is longer
_MAX_DAY_DIGITS = 2
_MARKER = re.compile(
    r"[(\[]?(?:[a-zA-Z]|[ivxlcIVXLC]{1,7}|\d{1,3}(?:\.\d{1,3}){0,6}[a-z]?)[.)\]]{0,2}"
    r"|(?:section|article|clause|schedule|annex|part|chapter|art|sec|artikel|artículo|articolo|artykuł|ziffer|§{1,2})"
    r"\.? ?(?:\d{1,4}[a-z]?(?:\.\d{1,3}){0,6}|[ivxlc]{1,7}|[a-z])",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.){1,6}[^\W\d_]{1,4}")  # U.S.C, z.B, p.ej, S.p.A
_ENUMERATOR = re.compile(r"(?:\((?:[a-zA-Z]{1,2}|[ivxlc]{1,5}|\d{1,3})\)|(?:[a-z]|[ivx]{1,4})\)|\d{1,2}[.)])(?=\s)")
_APOSTROPHE = re.compile(r"['’]")  # in "dell'art." only the part after it is abbreviated
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_BRAND = re.compile(r"[a-z]{1,2}[A-Z]")  # iPhone, eBay: lower case that can begin a sentence
_NUMERAL = re.compile(r"(?:\d|§|[IVXLC]{1,7}\b|[a-zA-Z]\b|\(|[A-Z]{1,4}[ -]?\d)")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as (start, end) pairs in order, without the white space around them.

    The spans tile the text: only white space is between them, every other character is in exactly one. A line break
    ends a sentence too, unless the next line begins in lower case. Linear in the length of the text.
    """
    spans: list[tuple[int, int]] = []
    start = _skip_space(text, 0)
    for stop in _STOP.finditer(text):
        end = stop.end()
        if end <= start:
            continue
        if stop["line"]:
            if not _line_break_ends_sentence(text, start, stop.start()):
                continue
            end = stop.start()
        elif not _stop_ends_sentence(text, start, stop):
            continue
        spans.append((start, start + len(text[start:end].rstrip())))
        start = _skip_space(text, end)
    rest = text[start:].rstrip()
    if rest:
        spans.append((start, start + len(rest)))
    return spans


def _skip_space(text: str, offset: int) -> int:
    while offset < len(text) and text[offset].isspace():
        offset += 1
    return offset


def _line_break_ends_sentence(text: str, start: int, offset: int) -> bool:
    """Whether the line break at ``offset`` ends the sentence that began at ``start``."""
    if text[offset + 1 : offset + 2] == "\n":
        return True
    line = text[max(start, offset - _CONTEXT_CHARS) : offset].rstrip()
    following = text[offset + 1 : offset + 1 + _CONTEXT_CHARS].lstrip()
    if not line or not following or _MARKER.fullmatch(line):
        return False
    if line[-1] in ".!?:;…":
        return True
    return not following[0].islower() or _ENUMERATOR.match(following) is not None


def _stop_ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a stop ends the sentence that began at ``start``."""
    end = stop.end()
    if stop["stop"][0] in _UNAMBIGUOUS_STOPS:
        return True
    if end == len(text):
        return True
    if not text[end].isspace():
        return False
    before = text[max(start, stop.start() - _CONTEXT_CHARS) : stop.start()]
    following = text[_skip_space(text, end) : _skip_space(text, end) + _CONTEXT_CHARS]
    if not following:
        return True
    without_openers = following.lstrip(_OPENERS)
    word_match = _WORD.match(without_openers)
    next_word = word_match[0] if word_match else ""
    if without_openers[:1].islower() and not _BRAND.match(without_openers) and not _ENUMERATOR.match(following):
        return False
    if stop["stop"] != ".":
        return next_word not in COMPANY_FORMS
    if stop.start() - start <= _CONTEXT_CHARS and _MARKER.fullmatch(before.strip()):
        return False  # the number that the sentence begins with
    last_word = _APOSTROPHE.split(before.split()[-1])[-1].lstrip(_OPENERS) if before.strip() else ""
    return _full_stop_ends_sentence(last_word, following, next_word)


def _full_stop_ends_sentence(last_word: str, following: str, next_word: str) -> bool:
    """Whether a full stop ends the sentence.

    Args:
        last_word: before the stop; dots inside it are part of it ("U.S").
        following: the text after the stop.
        next_word: the first word of ``following``, without quotes and brackets before it.

    """
    folded = last_word.casefold()
    before_number = next_word.casefold() in BEFORE_NUMBERS and following.startswith(f"{next_word}.")  # "Ltd. No. 5"
    next_is_starter = next_word.casefold() in STARTERS and not before_number
    if len(last_word) == 1 and last_word.isupper():
        return next_is_starter  # an initial, or "Appendix A. The ..."
    if folded in ALWAYS_BEFORE_MORE:
        return False
    if folded in BEFORE_NUMBERS:
        return not _NUMERAL.match(following)
    if folded.isdigit() and len(folded) <= _MAX_DAY_DIGITS and next_word.casefold() in MONTHS:
        return False
    if (
        last_word in COMPANY_FORMS
        or folded in COMPANY_FORMS
        or _DOTTED.fullmatch(last_word)
        or (len(last_word) == 1 and last_word.isalpha())
    ):
        return next_is_starter
    return True
