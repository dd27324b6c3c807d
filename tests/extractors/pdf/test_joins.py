"""Lines of a PDF joined into running text: which hyphens at a line end are the word's own."""

import pytest

from extractors.pdf.joins import Vocabulary, join

KNOWN = "a well-known arbitrator decides on liability and on non-EU claims"

ROWS = {
    "a broken word": ("the arbi-", "trator decides", "the arbitrator decides"),
    "a broken word in capitals": ("EXCLUDES LIABIL-", "ITY FOR LOSS", "EXCLUDES LIABILITY FOR LOSS"),
    "two abbreviations keep their hyphen": ("the US-", "EU treaty", "the US-EU treaty"),
    "a compound known from elsewhere": ("a well-", "known company", "a well-known company"),
    "a first part of compounds": ("terms of self-", "service", "terms of self-service"),
    "a hyphen before a number": ("route A-", "320", "route A-320"),
    "a soft hyphen": ("termi\u00ad", "nation", "termination"),
    "an address": ("https://example.com/a-", "b/terms", "https://example.com/a-b/terms"),
    "a dash without spaces": ("the rest—", "all of it", "the rest—all of it"),
    "no hyphen at all": ("the end", "of the line", "the end of the line"),
}


@pytest.mark.parametrize(("text", "line", "joined"), ROWS.values(), ids=list(ROWS))
def test_joins(text: str, line: str, joined: str) -> None:
    vocabulary = Vocabulary()
    vocabulary.learn([KNOWN])
    assert join(text, line, vocabulary) == joined
