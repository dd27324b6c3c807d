"""The offline analyst on clauses about conduct, access, ads, age, accounts, monitoring and third parties."""

import pytest

from classifiers.wording import reading_grade
from smallprint.severity import severity
from tests.classifiers.offline.reading import only, read_terms, table

DETECTED = table("conduct.yml")
ALL = [sentence for sentence, _ in (*DETECTED, *table("money.yml"))]

NOTHING = {
    "praise of good conduct": "Members who are kind get better results.",
    "robots at work": "Our robots fill two thousand kettles an hour.",
    "what infringement may be": "Actions that may constitute infringement are copying and distributing a work.",
    "the company's own promise": "We will not intentionally attempt to circumvent those limitations.",
    "a judge is competent": "A competent engineer inspects each kettle.",
    "residents in a story": "Residents of Vermont have loved our kettles for forty years.",
    "ads elsewhere": "We advertise our kettles in newspapers and on other platforms.",
    "advertising as a trade": "Our founder worked in advertising before she made kettles.",
    "an anniversary": "Kestrel Kettles is 18 years old this spring.",
    "minor changes": "The new kettle has minor changes to its lid.",
    "a parent company": "Our parent company makes lanterns and saddles.",
    "advice on passwords in a story": "Many people find a long password hard to remember.",
    "a heart-rate monitor": "You can connect a scale or a heart-rate monitor in the settings.",
    "a contract between two": "This is a contract between you and the Kestrel Group, which you should read.",
    "a complaint in a story": "Most complaints last year were about the whistle of the kettle.",
    "a guarantee is explained": "A commercial guarantee is a voluntary commitment of a seller.",
    "the full agreement is elsewhere": "See the full agreement.",
    "a section to come": "This section explains what you may not do.",
    "a question": "Can I have more than one account?",
}

LEVELS = {
    "scraping": ("You may not scrape the service.", "low"),
    "honest reviews forbidden": ("You may not post negative reviews about us.", "medium"),
    "a breach that costs money": (
        "You must not scrape the service and must pay us liquidated damages of $500 for each breach.",
        "medium",
    ),
    "sanctions": ("You may not use the service if you are on a sanctions list.", "low"),
    "one account": ("Each person may hold one account only.", "low"),
    "ads": ("We may show advertisements in the app.", "low"),
    "ads that nobody can tell apart": ("We may not always identify paid or sponsored posts as such.", "medium"),
    "no ads": ("Memberships are free of advertising.", "beneficial"),
    "an age limit": ("You must be at least 18 years old to use the service.", "low"),
    "parents answer for purchases": ("Parents are responsible for the purchases that a minor makes.", "medium"),
    "care with a password": ("Keep your password confidential.", "low"),
    "activity under an account": ("You are responsible for all activity under your account.", "low"),
    "activity that others caused": (
        "You are responsible for all activity under your account, whether or not you authorized it.",
        "medium",
    ),
    "activity until a report": (
        "You are responsible for everything that happens under your account until you tell us of a theft.",
        "low",
    ),
    "no blame after a report": (
        "Once you have told us, you are not responsible for what anyone else does with your account.",
        "beneficial",
    ),
    "calls recorded for quality": ("Calls with our support team are recorded for training purposes.", "low"),
    "uploads scanned for malware": ("We use automated tools to scan uploads for malware.", "low"),
    "messages watched": ("We may monitor the messages that you send.", "medium"),
    "messages read for any purpose": (
        "Our staff may read and analyze messages between users for research and any other purpose.",
        "high",
    ),
    "calls not recorded": ("Calls with our nurses are not recorded.", "beneficial"),
    "a store's rules": ("If you got the app from a store, the store's usage rules apply as well.", "low"),
    "statutory rights": ("Nothing in these terms affects your statutory rights.", "beneficial"),
    "a merger clause": ("These terms are the entire agreement between us.", "low"),
    "the user's own language": (
        "The version in the language in which you concluded the contract prevails.",
        "beneficial",
    ),
}

# sentence, field of the copy, words that it has
STATED = {
    "what is forbidden": (
        "You may not scrape the site or resell access to it.",
        "title",
        "No scraping or automated access and reselling",
    ),
    "that the law may allow more": (
        "You may not decompile the app, except to the extent that the law permits it.",
        "what_it_is",
        "What the law allows",
    ),
    "the minimum age": ("You must be at least sixteen (16) years old.", "title", "16"),
    "the age from which": ("The site is available to users 18 years and older.", "title", "Minimum age of 18"),
    "the age below which a parent is needed": (
        "If you are under 18, you may use the service only with the consent of a parent.",
        "title",
        "under 18",
    ),
    "the days of an answer": ("We answer every complaint within ten days.", "title", "10 days"),
    "staff, where staff are named": (
        "You have not relied on any statement by our sales staff.",
        "title",
        "Statements by staff",
    ),
    "no staff, where none are named": (
        "These terms are the entire agreement and supersede all oral agreements.",
        "title",
        "Only the written terms count",
    ),
    "that invalid parts fall, not that terms survive": (
        "These terms are the entire agreement, and if a part is invalid, the rest shall survive.",
        "title",
        "whole agreement",
    ),
}

LISTED = """7.1 When you use Tarnwick you must not:

(a) scrape pages or collect listings with a robot;

(b) reverse engineer or decompile the app;

(c) resell access to the board.
"""


@pytest.mark.parametrize(("sentence", "category"), DETECTED, ids=[sentence for sentence, _ in DETECTED])
def test_detects(sentence: str, category: str) -> None:
    assert [proposal.category for proposal in read_terms(sentence)] == [category]


@pytest.mark.parametrize("sentence", NOTHING.values(), ids=list(NOTHING))
def test_detects_nothing_in(sentence: str) -> None:
    assert read_terms(sentence) == []


@pytest.mark.parametrize(("sentence", "level"), LEVELS.values(), ids=list(LEVELS))
def test_severity_follows_the_words(sentence: str, level: str) -> None:
    assert severity(only(sentence).factors) == level


@pytest.mark.parametrize(("sentence", "field", "words"), STATED.values(), ids=list(STATED))
def test_copy_states(sentence: str, field: str, words: str) -> None:
    assert words in getattr(only(sentence), field)


def test_items_of_a_list_are_read_with_its_lead_in() -> None:
    proposals = read_terms(LISTED)
    assert {proposal.category for proposal in proposals} == {"acceptable_use"}
    assert {proposal.title for proposal in proposals} == {
        "No scraping or automated access",
        "No reverse engineering",
        "No reselling",
    }


@pytest.mark.parametrize("lead_in", ["Some of our rivals:", "Tarnwick was built to make it hard to:"])
def test_the_same_items_under_another_lead_in_forbid_nothing(lead_in: str) -> None:
    assert read_terms(LISTED.replace("When you use Tarnwick you must not:", lead_in)) == []


def test_a_nested_list_is_read_with_the_outer_lead_in() -> None:
    proposals = read_terms(
        "7.1 You must not\n\n(a) harm the service, in particular by\n\n(i) introducing malware into it, or\n\n"
        "(ii) circumventing a rate limit."
    )
    assert "No malware or attacks" in {proposal.title for proposal in proposals}


def test_a_title_lists_two_kinds_and_more_and_the_text_five() -> None:
    proposal = only(
        "You may not scrape the site, decompile the app, resell access, harass members, impersonate anyone, "
        "send spam or spread malware."
    )
    assert proposal.title == "No scraping or automated access, reverse engineering and more"
    assert proposal.what_it_is.startswith(
        "The rule bars scraping or automated access, reverse engineering, reselling, harassment or abuse and "
        "impersonation."
    )


@pytest.mark.parametrize("sentence", ALL)
def test_the_consumer_impact_needs_at_most_ten_years_of_school(sentence: str) -> None:
    assert reading_grade(only(sentence).consumer_impact) <= 10


@pytest.mark.parametrize("sentence", ALL)
def test_a_title_fits_on_a_line_and_has_no_full_stop(sentence: str) -> None:
    title = only(sentence).title
    assert len(title) <= 80
    assert not title.endswith(".")
