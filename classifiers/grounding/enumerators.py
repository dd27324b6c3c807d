"""List numbers and letters in a text, which a quotation may leave out or add without changing the words."""

import re

_NUMBER = r"(?:\d{1,3}(?:\.\d{1,3}){0,5}|[a-zA-Z]|[ivxIVX]{1,5})"
_AT_LINE_START = re.compile(
    rf"^[ \t\u00a0]{{0,40}}(?:[-*+•·◦▪–—>#]{{1,6}}[ \t\u00a0]{{1,4}})?"
    rf"(?P<number>[(\[]{_NUMBER}[)\]]\.?|{_NUMBER}[.)]|\d{{1,3}}(?:\.\d{{1,3}}){{1,5}})(?=[ \t\u00a0])",
    re.MULTILINE,
)
_INSIDE_SENTENCE = re.compile(r"(?<=[\s;,:])(?P<number>\((?:[a-z]{1,2}|[ivx]{1,5}|\d{1,2})\))(?=\s)")
_REFERENCE_BEFORE = re.compile(
    r"(?:\b(?:sections?|articles?|art|clauses?|paragraphs?|para|parts?|subsections?|points?|items?|rules?|and|or|to)\.?"
    r"|§|[\d)])[\s\u00a0]*$",
    re.IGNORECASE,
)


def enumerators(text: str) -> list[tuple[int, int]]:
    """Spans of list numbers at the start of a line and, in parentheses, between the parts of a sentence, in order."""
    spans = {match.span("number") for match in _AT_LINE_START.finditer(text)}
    for match in _INSIDE_SENTENCE.finditer(text):
        if not _REFERENCE_BEFORE.search(text, max(0, match.start() - 16), match.start()):
            spans.add(match.span("number"))
    return sorted(spans)
