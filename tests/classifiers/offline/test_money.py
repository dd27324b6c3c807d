"""The offline analyst on clauses about renewals, refunds, prices, charges and virtual goods."""

import pytest

from smallprint.severity import severity
from tests.classifiers.offline.reading import only, read_terms, table

DETECTED = table("money.yml")

NOTHING = {
    "a plan is described": "The paid plans add longer exports, higher resolution and a monthly allowance of credits.",
    "a pointer to the price list": "You can compare the plans at any time on our pricing page.",
    "a pointer to the refund policy": "For more information about returns and refunds, please see our returns page.",
    "a question about refunds": "Can I get a refund if I cancel my plan?",
    "a label": "4. Refunds and returns.",
    "renewal of another kind": "We work with renewed attention on renewable energy for our kettles.",
    "a trial in court": "The trial took place in Vermont and the judge read the verdict in the afternoon.",
    "points of another kind": "Please consider the following points of contact before you write.",
    "tokens of another kind": "Access tokens are stored by your browser when you log in.",
    "a credit card is no credit": "Our credit card reader works in most countries.",
    "a market price": "The price of a share rises and falls with the market.",
    "a section to come": "This section describes how billing works and when plans renew.",
    "a bid": "When placing a bid, enter the maximum amount that you are willing to pay for the work.",
    "sellers set their prices": "You will set the prices of your lanterns, and you may change them when you like.",
    "a cancellation period ends": "The cancellation period will expire fourteen days after your purchase.",
    "money that others hold": "We are not a payment institution and do not receive, settle or refund any funds.",
}

LEVELS = {
    "renewal with a reminder": (
        "Memberships renew until you end them, and we remind you 30 days before each yearly renewal.",
        "low",
    ),
    "renewal until canceled": ("Your plan renews automatically each month until you cancel it.", "medium"),
    "trial that becomes a plan": ("Unless you cancel in time, the free trial becomes a paid plan.", "medium"),
    "renewal that is not refunded": (
        "Your plan renews automatically until you cancel, and renewal fees are non-refundable.",
        "high",
    ),
    "a ticket that ends by itself": ("Your ticket does not renew automatically.", "beneficial"),
    "all sales final": ("All purchases are final, and we do not give refunds.", "high"),
    "no refund but for the law": ("Fees are non-refundable, except where the law requires a refund.", "medium"),
    "no refund for the rest of a month": ("We do not refund partially used months.", "medium"),
    "withdrawal within 14 days": ("You have the right to withdraw from the purchase within 14 days.", "beneficial"),
    "a refund that depends on goodwill is no right": (
        "You may request a refund, which we grant in our sole discretion.",
        "low",
    ),
    "canceling without a refund": ("You may cancel your plan at any time but won't be issued a refund.", "high"),
    "refunds as credit": ("We issue refunds in the form of store credits.", "medium"),
    "canceling by telephone only": ("You may cancel your plan only by calling us on business days.", "medium"),
    "canceling at any time": ("You may cancel your plan at any time in your settings.", "beneficial"),
    "price change without notice": ("We may change our prices at any time without notice.", "high"),
    "price change with notice": ("We will tell you 14 days before a higher price applies to you.", "medium"),
    "price change with notice and a way out": (
        "We will give you 60 days' notice before a higher price applies, and you may cancel before it does.",
        "low",
    ),
    "prices by age": ("We may charge different prices to different users, based on age and income.", "high"),
    "prices by country": ("Our prices may differ by region and sales channel.", "low"),
    "a charge that was ordered": ("You authorize us to charge your card for the order.", "low"),
    "a charge with collection costs": ("Overdue amounts bear interest at 2% per month.", "medium"),
    "credits that are not money": ("Coins have no cash value and cannot be exchanged for money.", "low"),
    "credits forfeited": ("Unused coins are forfeited after 90 days.", "medium"),
    "credits taken at will": ("You forfeit all coins if we close your account in our sole discretion.", "high"),
    "credits that stay": ("Coins that you have bought do not expire.", "beneficial"),
}

LONG_LEAVING = (
    "We may take 30 days to handle your request to leave us and to send you a note about it, and all the unused coins "
    "are forfeited when the account is closed."
)
# sentence, field of the copy, words that it has
STATED = {
    "the trial's length": (
        "A free trial lasts 10 days and becomes a paid plan unless you cancel before it ends.",
        "title",
        "Trial of 10 days",
    ),
    "the lead time of a notice is not the trial's length": (
        "The trial becomes a paid plan unless you cancel 24 hours before the end of it.",
        "title",
        "Trial turns into a paid plan",
    ),
    "the deadline for canceling": (
        "Your plan renews automatically unless you cancel at least 48 hours before the end of the term.",
        "title",
        "48 hours",
    ),
    "a reminder's lead time is no deadline": (
        "Your plan renews automatically, and we send you a reminder 30 days before the renewal.",
        "title",
        "Automatic renewal after a reminder",
    ),
    "the time to withdraw": ("You have the right to withdraw within 14 days of ordering.", "title", "14 days"),
    "what leaving early costs": (
        "If you end a yearly plan early, we refund the rest less a charge of €10.",
        "title",
        "€10",
    ),
    "the notice of a price": ("We will tell you thirty (30) days before a higher price applies.", "title", "30 days"),
    "notice that only a reduction does without": (
        "We announce new fees 14 days in advance, but no notice is required for a reduction of fees.",
        "title",
        "14 days",
    ),
    "the rate of interest": ("Overdue amounts bear interest at 1.5% per month.", "title", "1.5%"),
    "the handling fee": (
        "If you reverse a charge without good cause, we may add a handling fee of $25.",
        "title",
        "$25",
    ),
    "when a balance is lost": ("Unused coins are forfeited ninety (90) days after purchase.", "title", "90 days"),
    "a period of something else is not when a balance is lost": (
        LONG_LEAVING,
        "title",
        "Balance forfeited when the account closes",
    ),
    "the store's part in renewals": (
        "If you bought the plan through an app store, it renews automatically through the app store.",
        "title",
        "app store",
    ),
}


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


def test_each_sentence_on_refunds_is_a_provision_of_its_own() -> None:
    proposals = read_terms(
        "You may cancel your plan within three business days and receive a refund. If you bought it in a store, the "
        "store handles refunds. Unused months are not refunded. If you die before the end of your membership, your "
        "estate is entitled to a refund of the rest."
    )
    assert [severity(proposal.factors) for proposal in proposals] == ["beneficial", "low", "medium", "beneficial"]


def test_a_run_in_heading_is_not_quoted() -> None:
    (proposal,) = read_terms("4. Refunds and returns. We refund any order within 30 days of delivery.")
    assert proposal.quote == "We refund any order within 30 days of delivery."


def test_no_title_is_repeated() -> None:
    proposals = read_terms("Fees are non-refundable.", "We do not give refunds.", "Payments are not refundable.")
    assert [proposal.title for proposal in proposals] == ["No refunds"]


def test_the_companys_right_to_cancel_is_not_taken_for_the_users() -> None:
    proposals = read_terms("We reserve the right to cancel the service in order to protect our network.")
    assert [proposal.category for proposal in proposals] == ["account_termination"]
