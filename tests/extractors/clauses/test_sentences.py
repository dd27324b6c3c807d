"""Sentences end where a reader sees them end, in six languages, and their spans tile the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.clauses.sentences import sentence_spans


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("It is unfair under 15 U.S.C. § 45 and void.", id="a statute with dots and a section sign"),
        pytest.param("It is unfair under Sec. 5 of the Act.", id="Sec. before a number"),
        pytest.param("Use it, e.g. at home, i.e. not at work.", id="e.g. and i.e."),
        pytest.param(
            "See 4.2(b). of the order form, which binds you.", id="a clause number before a word in lower case"
        ),
        pytest.param("Kestrel Cloud, Inc. Terms apply to Kestrel Cloud, Inc. Accounts.", id="Inc. inside a name"),
        pytest.param(
            "See Cal. Civ. Code § 1798.100 and VAT ID No. EU 8260 of Oat Pte. Ltd. for U.S. Users.", id="codes"
        ),
        pytest.param("You owe $1,250.00 or 1.250,00 EUR a year.", id="amounts"),
        pytest.param("Write to jo.doe@kestrel.example or open https://kestrel.example/a.b?c=d.e now.", id="addresses"),
        pytest.param("4.2 Fees are due.", id="the number that a sentence begins with"),
        pytest.param("(a) Fees are due.", id="a letter in brackets"),
        pytest.param("Section 4. Fees are due.", id="a worded number"),
        pytest.param("Mr. J. R. Miller v. Miller Ltd. No. 5 decides.", id="initials, v. and No. before a number"),
        pytest.param("Gemäß § 5 Abs. 2 Nr. 3 gilt z. B. die Frist vom 1. Januar bzw. ggf. später.", id="German"),
        pytest.param("Conformément à l'art. 5 al. 2, cf. M. Dupont, p. ex. demain.", id="French"),
        pytest.param("Según el art. 3 y la Sra. Olmo, p. ej. mañana.", id="Spanish"),
        pytest.param("Ai sensi dell'art. 13 e degli artt. 3 e 4 del D.Lgs. 196/2003, ecc. di legge.", id="Italian"),
        pytest.param(
            "Zgodnie z art. 5 ust. 2 z dnia 10 maja 2018 r. (Dz. U. poz. 1000), tj. ustawą, np. tu.", id="Polish"
        ),
        pytest.param("Our app for iOS, v. 2.1, is free ... for now.", id="an ellipsis inside a sentence"),
        pytest.param("a line that was wrapped\nin the middle goes on", id="a wrapped line"),
        pytest.param("Yahoo! and others collect data.", id="an exclamation mark in a name"),
    ],
)
def test_a_sentence_is_not_split_inside(text):
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("You pay. We deliver.", ["You pay.", "We deliver."], id="two sentences"),
        pytest.param("See Section 4. You pay.", ["See Section 4.", "You pay."], id="a reference that ends a sentence"),
        pytest.param("Open the app. You pay.", ["Open the app.", "You pay."], id="an app that ends a sentence"),
        pytest.param("Do you? No. We do not.", ["Do you?", "No.", "We do not."], id="No. as an answer"),
        pytest.param("We are Oat, Inc. You are you.", ["We are Oat, Inc.", "You are you."], id="Inc. at the end"),
        pytest.param(
            "We are in the U.S. This binds you.", ["We are in the U.S.", "This binds you."], id="U.S. at the end"
        ),
        pytest.param('He said "stop." Then he left.', ['He said "stop."', "Then he left."], id="a closing quote"),
        pytest.param(
            "It ends. (a) You pay; (b) we ship.", ["It ends.", "(a) You pay; (b) we ship."], id="a letter after it"
        ),
        pytest.param("It ends. eBay sells.", ["It ends.", "eBay sells."], id="a brand that begins in lower case"),
        pytest.param("Fees\n\nYou pay.", ["Fees", "You pay."], id="a heading and its text"),
        pytest.param("You may not:\ncopy;\nsell.", ["You may not:", "copy;", "sell."], id="items of a list"),
        pytest.param("我们收集信息。您可以拒绝。", ["我们收集信息。", "您可以拒绝。"], id="Chinese, without spaces"),
        pytest.param("  Padded.  Twice.  ", ["Padded.", "Twice."], id="white space around"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(text, expected):
    assert sentences(text) == expected


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from('ab A.!?\n\t()"“”;:1§。…é '), max_size=200))
def test_spans_tile_any_text(text):
    previous_end = 0
    for start, end in sentence_spans(text):
        assert previous_end <= start < end
        assert not text[previous_end:start].strip()
        assert text[start:end] == text[start:end].strip()
        previous_end = end
    assert not text[previous_end:].strip()


@pytest.mark.parametrize("text", ["a. " * 300_000, "." * 1_000_000, "x" * 1_000_000, "\n" * 1_000_000, "A.B" * 300_000])
def test_all_of_a_hostile_text_is_in_sentences(text):
    """At these sizes anything slower than linear time would not end."""
    spans = sentence_spans(text)
    assert sum(end - start for start, end in spans) <= len(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
