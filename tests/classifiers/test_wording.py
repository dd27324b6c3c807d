"""Prose of a draft: links and markup are removed, lengths are bounded, numbers must come from the source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.wording import is_english, plain, reading_grade, shorten, ungrounded_numbers

PLAIN = {
    "a link": ("See https://evil.example/x?y=1 for more", "See for more"),
    "a bare host": ("See www.evil.example/now today", "See today"),
    "a host with a path": ("Tell evil.example/collect?you now", "Tell now"),
    "an address without scheme": ("Load //evil.example/x.js now", "Load now"),
    "a link in halves": ("Go ht<b>tps://evil.example/x now", "Go now"),
    "a link at the end of a sentence": ("It is at https://evil.example/x. You pay.", "It is at You pay."),
    "either, or both": ("You and/or we, 24/7, e.g. the U.S./EU rules.", "You and/or we, 24/7, e.g. the U.S./EU rules."),
    "a Markdown link": ("See [our page](https://evil.example) now", "See our page now"),
    "a picture": ("![pixel](https://evil.example/p.png) You pay.", "pixel You pay."),
    "a script": ("You pay <script>alert(1)</script> more", "You pay alert(1) more"),
    "an event handler": ('<img src=x onerror="alert(1)">You pay', "You pay"),
    "a javascript address": ("Click javascript:alert(1) here", "Click here"),
    "bold and code": ("You **must** pay `now`", "You must pay now"),
    "a heading": ("# Terms", "Terms"),
    "a lone bracket": ("a < b and c > d", "a b and c d"),
    "invisible characters": ("pay\u200b\u202emore\ufeff", "paymore"),
    "line breaks": ("You\n\npay", "You pay"),
    "a list after data": ("We take this data: your name.", "We take this data: your name."),
    "ordinary prose": (
        "You pay $5 (plus tax) within 30 days: no refund.",
        "You pay $5 (plus tax) within 30 days: no refund.",
    ),
}


@pytest.mark.parametrize(("text", "plain_text"), PLAIN.values(), ids=PLAIN)
def test_links_and_markup_are_removed(text: str, plain_text: str) -> None:
    assert plain(text) == plain_text


@given(st.text(alphabet="<>[]()!ab /:.htpsw*_`#\n\u200b", max_size=200))
def test_plain_text_has_nothing_that_a_page_would_act_on(text: str) -> None:
    plain_text = plain(text)
    assert not set("<>`\n\u200b") & set(plain_text)
    assert "http:" not in plain_text
    assert "https:" not in plain_text
    assert plain(plain_text) == plain_text


SHORTER = {
    "short enough": ("You pay.", 10, "You pay."),
    "cut after a sentence": ("You pay now. And later.", 15, "You pay now."),
    "cut after a word": ("You pay very much indeed", 12, "You pay…"),
    "one long word": ("a" * 30, 10, "a" * 10 + "…"),
}


@pytest.mark.parametrize(("text", "max_chars", "shortened"), SHORTER.values(), ids=SHORTER)
def test_a_long_text_is_cut_at_a_sentence_or_word(text: str, max_chars: int, shortened: str) -> None:
    assert shorten(text, max_chars) == shortened


NUMBERS = {
    "a number of the source": ("You have 30 days.", ["within 30 days"], ()),
    "a word of the source": ("You have 30 days.", ["within thirty days"], ()),
    "a number that the source does not have": ("You have 14 days.", ["within thirty days"], ("14",)),
    "an amount written otherwise": ("At most $1,000.", ["USD 1000.00"], ()),
    "the number of an article": ("GDPR Art. 13 asks for it; so does 15 U.S.C. §45.", [""], ()),
    "an invented year": ("Since 2019 you agree.", ["from 2018"], ("2019",)),
    "a European decimal": ("You pay 4,99 euros.", ["4.99"], ()),
}


@pytest.mark.parametrize(("text", "sources", "ungrounded"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_that_the_source_does_not_have(text: str, sources: list[str], ungrounded: tuple[str, ...]) -> None:
    assert ungrounded_numbers(text, sources) == ungrounded


def test_english_is_told_from_german_in_texts_of_twelve_words() -> None:
    assert is_english("You may not sue the company in court and must go to an arbitrator if there is a dispute.")
    assert not is_english(
        "Sie können das Unternehmen nicht vor Gericht verklagen und müssen zu einem Schiedsgericht gehen."
    )
    assert is_english("Nur kurz.")


def test_long_sentences_of_long_words_have_a_high_reading_grade() -> None:
    easy = "You pay each month. You can stop at any time. We tell you a week before the price goes up."
    hard = (
        "Notwithstanding contractual indemnification obligations, unilateral modification of subscription remuneration "
        "necessitates antecedent notification of participating subscribers regarding prospective implementation."
    )
    assert reading_grade(easy) < 5
    assert reading_grade(hard) > 18
    assert reading_grade("Too short.") == 0
