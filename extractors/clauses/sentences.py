"""Sentences of a clause as exact spans, never cut inside citations, abbreviations, numbers, amounts or addresses."""

import re

from extractors.clauses.abbreviations import ALWAYS_BEFORE_MORE, BEFORE_NUMBERS, COMPANY_FORMS, MONTHS, STARTERS

_STOP = re.compile(
    r"(?P<stop>[.!?…]{1,8}|[。！？؟।]{1,8})(?P<close>[\"'”’“»«)\]】」』]{0,4})|(?P<line>\n)",
)
_OPENERS = "\"'“”„«»‘‚([{¿¡*_-–—•·"
_WIDE = "。！？؟।"
_TOKEN = 40  # characters looked at before a full stop; no abbreviation is longer
_MARKER = re.compile(
    r"[(\[]?(?:[a-zA-Z]|[ivxlcIVXLC]{1,7}|\d{1,3}(?:\.\d{1,3}){0,6}[a-z]?)[.)\]]{0,2}"
    r"|(?:section|article|clause|schedule|annex|part|chapter|art|sec|artikel|artículo|articolo|artykuł|ziffer|§{1,2})"
    r"\.? ?(?:\d{1,4}[a-z]?(?:\.\d{1,3}){0,6}|[ivxlc]{1,7}|[a-z])",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.){1,6}[^\W\d_]{1,4}")  # U.S.C, z.B, p.ej, S.p.A
_ENUMERATOR = re.compile(r"(?:\((?:[a-zA-Z]{1,2}|[ivxlc]{1,5}|\d{1,3})\)|(?:[a-z]|[ivx]{1,4})\)|\d{1,2}[.)])(?=\s)")
_APOSTROPHE = re.compile(r"['’]")  # "dell'art." abbreviates what stands after it
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_BRAND = re.compile(r"[a-z]{1,2}[A-Z]")  # iPhone, eBay: small letters that begin a sentence
_NUMERAL = re.compile(r"(?:\d|§|[IVXLC]{1,7}\b|[a-zA-Z]\b|\(|[A-Z]{1,4}[ -]?\d)")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as (start, end) pairs in order, without the white space around them.

    The spans tile the text: only white space lies between them, every other character is in exactly one. A line break
    ends a sentence too, unless the next line goes on in small letters. Linear in the length of the text.
    """
    spans: list[tuple[int, int]] = []
    start = _skip(text, 0)
    for found in _STOP.finditer(text):
        end = found.end()
        if end <= start:
            continue
        if found["line"]:
            if not _ends_line(text, start, found.start()):
                continue
            end = found.start()
        elif not _ends_sentence(text, start, found):
            continue
        spans.append((start, start + len(text[start:end].rstrip())))
        start = _skip(text, end)
    rest = text[start:].rstrip()
    if rest:
        spans.append((start, start + len(rest)))
    return spans


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _ends_line(text: str, start: int, at: int) -> bool:
    """Whether the line break at ``at`` ends the sentence that began at ``start``."""
    if text[at + 1 : at + 2] == "\n":
        return True
    line = text[max(start, at - _TOKEN) : at].rstrip()
    following = text[at + 1 : at + 1 + _TOKEN].lstrip()
    if not line or not following or _MARKER.fullmatch(line):
        return False
    if line[-1] in ".!?:;…":
        return True
    return not following[0].islower() or _ENUMERATOR.match(following) is not None


def _ends_sentence(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether a stop ends the sentence that began at ``start``."""
    end = found.end()
    if found["stop"][0] in _WIDE:
        return True
    if end == len(text):
        return True
    if not text[end].isspace():
        return False
    before = text[max(start, found.start() - _TOKEN) : found.start()]
    following = text[_skip(text, end) : _skip(text, end) + _TOKEN]
    if not following:
        return True
    opened = following.lstrip(_OPENERS)
    word = _WORD.match(opened)
    if opened[:1].islower() and not _BRAND.match(opened) and not _ENUMERATOR.match(following):
        return False
    if found["stop"] != ".":
        return (word[0] if word else "") not in COMPANY_FORMS
    if found.start() - start <= _TOKEN and _MARKER.fullmatch(before.strip()):
        return False  # the number that the sentence begins with
    token = _APOSTROPHE.split(before.split()[-1])[-1].lstrip(_OPENERS) if before.strip() else ""
    return _ends_after(token, following, word[0] if word else "")


def _ends_after(token: str, following: str, word: str) -> bool:
    """Whether a full stop after ``token`` ends the sentence when ``word`` comes next."""
    plain = token.casefold()
    numbered = word.casefold() in BEFORE_NUMBERS and following.startswith(f"{word}.")  # "Ltd. No. 5"
    starter = word.casefold() in STARTERS and not numbered
    if len(token) == 1 and token.isupper():
        return starter  # an initial, or "Appendix A. The ..."
    if plain in ALWAYS_BEFORE_MORE:
        return False
    if plain in BEFORE_NUMBERS:
        return not _NUMERAL.match(following)
    if plain.isdigit() and len(plain) <= 2 and word.casefold() in MONTHS:
        return False
    if (
        token in COMPANY_FORMS
        or plain in COMPANY_FORMS
        or _DOTTED.fullmatch(token)
        or (len(token) == 1 and token.isalpha())
    ):
        return starter
    return True
