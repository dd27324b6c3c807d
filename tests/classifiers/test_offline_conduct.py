"""What the offline analyst makes of clauses on conduct, access, ads, age, accounts, monitoring and third parties."""

import pytest

from tests.classifiers.offline_reading import read_terms

LISTED = """7.1 When you use Tarnwick you must not:

(a) scrape pages or collect listings with a robot;

(b) reverse engineer or decompile the app;

(c) resell access to the board.
"""


def test_items_of_a_list_take_their_sense_from_the_sentence_that_opens_it() -> None:
    found = read_terms(LISTED)
    assert {one.category for one in found} == {"acceptable_use"}
    assert {one.title for one in found} == {"No scraping or automated access", "No reverse engineering", "No reselling"}


@pytest.mark.parametrize(
    "opening",
    ["Some of our rivals:", "Tarnwick was built to make it hard to:"],
)
def test_the_same_items_under_another_opening_forbid_nothing(opening: str) -> None:
    listed = LISTED.replace("When you use Tarnwick you must not:", opening)
    assert read_terms(listed) == []


def test_a_title_lists_three_kinds_at_most_and_the_text_five() -> None:
    (found,) = read_terms(
        "You may not scrape the site, decompile the app, resell access, harass members, impersonate anyone, "
        "send spam or spread malware."
    )
    assert found.title == "No scraping or automated access, reverse engineering and more"
    assert found.what_it_is.startswith(
        "The rule bars scraping or automated access, reverse engineering, reselling, harassment or abuse and "
        "impersonation."
    )
