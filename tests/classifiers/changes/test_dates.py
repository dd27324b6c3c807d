import pytest

from classifiers.changes.dates import claimed_date, is_date_line, without_dates


@pytest.mark.parametrize(
    ("line", "day"),
    {
        "an American date": ("Last updated: March 4, 2026", "2026-03-04"),
        "a British date": ("Effective as of 1 May 2024", "2024-05-01"),
        "an ordinal": ("(Last Modified: 4th of July 2021)", "2021-07-04"),
        "ISO": ("Effective Date: 2024-01-02", "2024-01-02"),
        "a month without a day": ("_Last updated: August 2025_", "2025-08"),
        "slashes that can be read one way": ("Last modified on 04/22/2025", "2025-04-22"),
        "slashes that can be read in two ways": ("Last modified on 04/02/2025", None),
        "a day that no calendar has": ("Last updated on 31 February 2024", None),
        "German": ("Stand: 4. März 2024", "2024-03-04"),
        "French": ("Dernière mise à jour : 3 mars 2023", "2023-03-03"),
        "Japanese": ("最終更新日：2024年5月1日", "2024-05-01"),
        "a date that claims nothing": ("Founded on 4 March 2001", None),
    }.values(),
)
def test_the_service_states_its_own_date(line: str, day: str | None):
    assert claimed_date(f"Terms of Service\n\n{line}\n\nThese terms bind you.") == day


def test_the_newest_of_several_claims_counts():
    assert claimed_date("Effective: 1 May 2024. Last updated: 3 April 2024.") == "2024-05-01"


def test_a_date_in_the_middle_of_a_long_text_claims_nothing():
    filler = "You may use the service. " * 400
    assert claimed_date(f"{filler}Your order is effective as of 1 May 2024.{filler}") is None


@pytest.mark.parametrize(
    "line", ["Last updated: March 4, 2026", "4 March 2026", "Terms of Service (effective 1 May 2024)"]
)
def test_a_line_that_holds_only_a_date_is_a_date_line(line: str):
    assert is_date_line(line)


def test_a_sentence_with_a_date_is_no_date_line():
    assert not is_date_line("Last updated: 1 May 2024. By using the service after this date you agree to the terms.")


def test_texts_that_differ_in_their_date_alone_are_equal_without_dates():
    assert without_dates("Last updated: 1 May 2024. Hello") == without_dates("Last updated: 2 June 2025. Hello")
