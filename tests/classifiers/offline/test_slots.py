"""The facts that copy takes from the quoted words: periods, amounts, ages, courts, laws, bodies."""

import pytest

from classifiers.offline.slots import VALUES

ROWS = {
    "a period in figures": ("period", "We answer within 14 days.", "14 days"),
    "a period in words and figures": ("period", "within thirty (30) business days", "30 business days"),
    "one of a unit": ("period", "for one year", "1 year"),
    "the period that goes with payments": (
        "lookback",
        "OUR LIABILITY IN ANY TWELVE-MONTH PERIOD IS LIMITED TO WHAT YOU PAID IN THE THREE MONTHS BEFORE THE CLAIM",
        "3 months",
    ),
    "the window to opt out": ("opt_out_window", "You have 30 days after you first accept to opt out.", "30 days"),
    "an amount in dollars": ("amount", "the greater of US$100 and the fees", "US$100"),
    "an amount in euros": ("amount", "limited to €5,000 for each event", "€5,000"),
    "an amount with its name": ("amount", "up to 250 dollars", "250 dollars"),
    "an age": ("age", "You must be at least thirteen (13) years old.", "13"),
    "an age that is a period of days": ("age", "at least 18 days", None),
    "a share": ("percent", "a fee of 2.5 % of the price", "2.5 %"),
    "a law": ("law", "governed by the laws of the State of Vermont, without regard to conflicts", "Vermont"),
    "a law by its adjective": ("law", "governed by English law", "English"),
    "no law in a law that must be obeyed": ("law", "We comply with the laws of any place.", None),
    "a court": ("court", "the courts located in Burlington, Vermont", "Burlington, Vermont"),
    "no court in a duty of the user": ("court", "in the courts of your country", None),
    "a seat of arbitration": ("seat", "Any arbitration will be held in Portland, Oregon.", "Portland, Oregon"),
    "a seat that is named so": ("seat", "The seat of arbitration is Singapore.", "Singapore"),
    "no seat in a language": ("seat", "The arbitration is conducted in the English language.", None),
    "no seat in a court": ("seat", "Lawsuits are heard in the courts of Vermont.", None),
    "a body by its initials": ("body", "administered by the AAA", "the American Arbitration Association"),
    "initials inside a word": ("body", "Quality class AAAB", None),
}


@pytest.mark.parametrize(("slot", "words", "value"), ROWS.values(), ids=list(ROWS))
def test_a_slot_is_filled_from_the_quoted_words(slot: str, words: str, value: str | None) -> None:
    assert VALUES[slot](words) == value
