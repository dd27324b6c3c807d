"""Which quotations a document proves, and by which passage; a prefix, a number or half a sentence proves nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.grounding import MAX_QUOTE_CHARS, Grounder
from tests.classifiers.reading import markdown, read

# ruff: noqa: E501 -- clauses and quotations are on one line, as in a document
SOURCE = """# Terms of Tansy and Thistle

## 1. Accounts

1.1 You must be at least 16 years old to open an account. We may close your account at any time, for any reason, and without notice.

1.2 Tansy’s shop – the “Service” – is offered “as is”. You may not resell what you buy.

## 2. Payments

2.1 Your plan renews every month until you cancel. Fees are non-refundable, except where the law says otherwise.

2.2 If we change a price, we will tell you at least 30 days before. You may then cancel:

- by writing to our office at Tannery Row, or
- on the page of your account, where a button is shown for it.

## 3. Disputes

3.1 Any dispute is finally settled by binding arbitration before the Northmarch Panel. You give up the right to a trial by jury.

3.2 Nothing in these terms limits liability for death or personal injury. All notices are sent to the address that we have of you.

## 4. Data

4.1 We share your address with carriers. All notices are sent to the address that we have of you.

4.2 We will never sell your personal information to anybody, whatever they may offer us for it.

| Purpose | Kept for |
| --- | --- |
| Billing | ten years after the sale |
| Support | two years after the last letter |
"""
TEXT = read(SOURCE)
GROUNDER = Grounder(*TEXT)
BY_NUMBER = {clause.number: clause.id for clause in TEXT[1] if clause.number}

# quote -> the clause cited, the status, the text of the evidence (None: the quote itself)
PROVEN = {
    "letter by letter": ("We may close your account at any time", "1.1", "exact", None),
    "with the final stop": ("You may not resell what you buy.", "1.2", "exact", None),
    "in capitals": (
        "WE MAY CLOSE YOUR ACCOUNT AT ANY TIME",
        "1.1",
        "normalized",
        "We may close your account at any time",
    ),
    "with straight quotation marks": (
        'the "Service" - is offered "as is".',
        "1.2",
        "normalized",
        "the “Service” – is offered “as is”.",
    ),
    "with other white space": ("Your plan\n renews  every month", "2.1", "normalized", "Your plan renews every month"),
    "hyphenated at a line end": (
        "finally settled by bind-\ning arbitration",
        "3.1",
        "normalized",
        "finally settled by binding arbitration",
    ),
    "with emphasis": ("**We may close** your account", "1.1", "normalized", "We may close your account"),
    "with its number": ("2.1 Your plan renews every month", "2.1", "exact", None),
    "with the middle left out": (
        "We may close your account ... and without notice",
        "1.1",
        "spliced",
        "We may close your account at any time, for any reason, and without notice",
    ),
    "with a bracketed ellipsis": (
        "Any dispute is finally settled […] the right to a trial by jury",
        "3.1",
        "spliced",
        "Any dispute is finally settled by binding arbitration before the Northmarch Panel. You give up the right to a trial by jury",
    ),
    "from the clause cited, although another has it too": (
        "All notices are sent to the address that we have of you.",
        "4.1",
        "exact",
        None,
    ),
    "from the other clause": ("All notices are sent to the address that we have of you.", "3.2", "exact", None),
    "from a clause that was not cited": ("Your plan renews every month until you cancel", "3.1", "exact", None),
    "from a table": ("ten years after the sale", None, "exact", None),
}


@pytest.mark.parametrize(("quote", "number", "status", "text"), PROVEN.values(), ids=PROVEN)
def test_a_quote_is_proven(quote: str, number: str | None, status: str, text: str | None) -> None:
    cited = (BY_NUMBER[number],) if number else ()
    evidence = GROUNDER.ground(quote, cited=cited, window=[clause.id for clause in TEXT[1]])
    assert evidence
    assert [(span.status, span.text) for span in evidence] == [(status, text or quote)]


CLAUSE_OF = {
    "repeated boilerplate is in the clause cited": (
        "All notices are sent to the address that we have of you.",
        "4.1",
        "4.1",
    ),
    "a true quote with the wrong clause is found in the right one": ("You may not resell what you buy.", "3.1", "1.2"),
}


@pytest.mark.parametrize(("quote", "cited", "clause"), CLAUSE_OF.values(), ids=CLAUSE_OF)
def test_evidence_names_its_clause(quote: str, cited: str, clause: str) -> None:
    (evidence,) = GROUNDER.ground(quote, cited=[BY_NUMBER[cited]]) or ()
    assert evidence.clauses == (BY_NUMBER[clause],)


def test_boilerplate_without_a_cited_clause_is_ambiguous() -> None:
    (evidence,) = GROUNDER.ground("All notices are sent to the address that we have of you.") or ()
    assert evidence.status == "ambiguous"


def test_a_long_quote_with_one_changed_word_is_fuzzy() -> None:
    quote = "Any dispute is finally resolved by binding arbitration before the Northmarch Panel. You give up the right"
    (evidence,) = GROUNDER.ground(quote, cited=[BY_NUMBER["3.1"]]) or ()
    assert evidence.status == "fuzzy"
    assert evidence.text == quote.replace("resolved", "settled")
    assert 0.8 <= evidence.coverage < 1


def test_parts_from_distant_cited_clauses_are_two_spans() -> None:
    quote = "You must be at least 16 years old ... We will never sell your personal information"
    evidence = GROUNDER.ground(quote, cited=[BY_NUMBER["1.1"], BY_NUMBER["4.2"]]) or ()
    assert [span.text for span in evidence] == [
        "You must be at least 16 years old",
        "We will never sell your personal information",
    ]


UNPROVEN = {
    "an invented sentence": "You assign your firstborn child to the provider in perpetuity",
    "the first words of a clause and an invented end": "We may close your account at any time if you insult the staff of our shop",
    "the number of a clause and invented words": "2.1 Your phone is searched every morning by our carriers",
    "a negation dropped": "We will sell your personal information to anybody, whatever they may offer us for it",
    "a negation added": "Your plan never renews every month until you cancel",
    "another number": "we will tell you at least 60 days before",
    "another age": "You must be at least 13 years old to open an account",
    "you and we exchanged": "You may close our account at any time, for any reason, and without notice",
    "an exception cut off with the word before it": "Fees are refundable, except where the law says otherwise",
    "two halves of different clauses": "We may close your account at any time before the Northmarch Panel",
    "halves in the wrong order": "and without notice ... We may close your account",
    "one word": "account",
    "three common words": "to the address",
    "a number": "30 days",
    "nothing": "",
    "marks only": "... — “ ” ...",
    "the start of many sentences": "You may",
    "words shuffled": "account your close may We time any at notice without and",
    "a quote beyond the maximum length": "We may close your account at any time. " * (MAX_QUOTE_CHARS // 30),
}


@pytest.mark.parametrize("quote", UNPROVEN.values(), ids=UNPROVEN)
def test_other_words_than_the_documents_prove_nothing(quote: str) -> None:
    evidence = GROUNDER.ground(quote, cited=list(BY_NUMBER.values()), window=[clause.id for clause in TEXT[1]])
    assert not evidence
    assert evidence.why


def test_the_text_between_elided_clauses_is_no_evidence() -> None:
    quote = "You may not resell what you buy ... Your plan renews every month until you cancel"
    evidence = GROUNDER.ground(quote, cited=[BY_NUMBER["1.2"], BY_NUMBER["2.1"]]) or ()
    assert [span.text for span in evidence] == [
        "You may not resell what you buy",
        "Your plan renews every month until you cancel",
    ]


def test_an_elision_of_another_sentences_negation_is_spliced() -> None:
    document, clauses = read(
        "The shop is open as it is. We do not warrant that lamps are lit. Some lamps may be put out."
    )
    (evidence,) = Grounder(document, clauses).ground("The shop is open as it is ... Some lamps may be put out") or ()
    assert evidence.status == "spliced"


@pytest.mark.parametrize(
    ("text", "is_proven"),
    [
        pytest.param(
            "Each fee of the shop - refundable at any time on request.", True, id="after a dash between spaces"
        ),
        pytest.param("Each fee of the shop is non-refundable at any time on request.", False, id="after a hyphen"),
        pytest.param("Each fee is non - refundable at any time on request.", False, id="after a hyphen with spaces"),
        pytest.param("Each fee is non-\nrefundable at any time on request.", False, id="after a hyphen at a line end"),
    ],
)
def test_a_quote_may_begin_after_a_dash_but_not_after_a_hyphen(text: str, is_proven: bool) -> None:
    assert bool(Grounder(*read(text)).ground("refundable at any time on request")) == is_proven


def test_an_elision_that_hides_a_negation_is_fuzzy() -> None:
    quote = "Fees are ... the law says otherwise"
    (evidence,) = GROUNDER.ground(quote, cited=[BY_NUMBER["2.1"]]) or ()
    assert evidence.status == "fuzzy"


@given(st.text(max_size=300))
def test_evidence_for_any_quote_is_the_documents_own_text(quote: str) -> None:
    for evidence in GROUNDER.ground(quote) or ():
        assert TEXT[0].text[evidence.start : evidence.end] == evidence.text
        assert evidence.clauses


@given(st.data())
def test_any_seven_words_or_more_of_a_clause_are_found_in_it(data: st.DataObject) -> None:
    document, clauses = TEXT
    clause = data.draw(st.sampled_from([clause for clause in clauses if len(clause.text.split()) >= 10]))
    words = clause.text.split(" ")
    start = data.draw(st.integers(0, len(words) - 7))
    size = data.draw(st.integers(7, len(words) - start))
    quote = " ".join(words[start : start + size])
    (evidence,) = GROUNDER.ground(quote, cited=[clause.id]) or ()
    assert evidence.status in ("exact", "normalized")
    assert clause.id in evidence.clauses
    assert document.text[evidence.start : evidence.end] == evidence.text


@given(st.data())
def test_a_quote_with_an_inserted_word_is_at_most_fuzzy(data: st.DataObject) -> None:
    clause = data.draw(st.sampled_from([clause for clause in TEXT[1] if len(clause.text.split()) >= 8]))
    words = clause.text.split(" ")
    index = data.draw(st.integers(1, len(words) - 1))
    quote = " ".join([*words[:index], "walnut", *words[index:]])
    for evidence in GROUNDER.ground(quote, cited=[clause.id]) or ():
        assert evidence.status == "fuzzy"


def test_composed_and_decomposed_characters_are_the_same() -> None:
    document, clauses = read("# Café\n\n1. Le cafe\u0301 est servi à toute heure du jour et de la nuit.\n")
    (evidence,) = Grounder(document, clauses).ground("Le café est servi à toute heure", cited=["c2"]) or ()
    assert evidence.text == "Le cafe\u0301 est servi à toute heure"


def test_the_last_clause_of_a_long_document_is_found() -> None:
    document, clauses = read(markdown(400))
    last = clauses[-1]
    (evidence,) = Grounder(document, clauses).ground(last.text[:80], cited=[last.id]) or ()
    assert evidence.clauses == (last.id,)
