"""Sixty edits to sentences of fictional companies, each with the direction that a careful reader gives it."""

import pytest

from classifiers.changes.direction import direction_of_edit, direction_of_presence, together
from classifiers.changes.redline import redline

WEAKENED, STRENGTHENED, NEUTRAL = "weakened", "strengthened", "neutral"

# id: (older sentence, newer sentence, direction for users)
EDITS = {
    "a promise not to sell loses its not": (
        "We do not sell your personal data.",
        "We sell your personal data.",
        WEAKENED,
    ),
    "selling is given up": (
        "We sell your personal data to partners.",
        "We do not sell your personal data.",
        STRENGTHENED,
    ),
    "never becomes may": ("We never share your photos.", "We may share your photos.", WEAKENED),
    "a promise not to sell gains an exception": (
        "We do not sell your data.",
        "We do not sell your data except to our advertising partners.",
        WEAKENED,
    ),
    "an exception to a refund promise": (
        "We will refund your payment.",
        "We will refund your payment unless you have used the service.",
        WEAKENED,
    ),
    "a bound on sharing": (
        "We may share your data with affiliates.",
        "We may share your data with affiliates only with your consent.",
        STRENGTHENED,
    ),
    "an exception to a refund promise goes": (
        "We will refund your payment unless you have used the service.",
        "We will refund your payment.",
        STRENGTHENED,
    ),
    "users may no longer cancel": (
        "You may cancel your subscription at any time.",
        "You may not cancel your subscription during the first year.",
        WEAKENED,
    ),
    "will notify becomes may notify": (
        "We will notify you before we change the price.",
        "We may notify you before we change the price.",
        WEAKENED,
    ),
    "may notify becomes will notify": (
        "We may notify you before we change the price.",
        "We will notify you before we change the price.",
        STRENGTHENED,
    ),
    "users may becomes users must": (
        "You may resolve disputes through arbitration.",
        "You must resolve disputes through arbitration.",
        WEAKENED,
    ),
    "users must becomes users may": (
        "You must keep a deposit on your account.",
        "You may keep a deposit on your account.",
        STRENGTHENED,
    ),
    "may collect and will collect allow the same": (
        "We will collect your device identifiers.",
        "We may collect your device identifiers.",
        NEUTRAL,
    ),
    "shorter notice": (
        "We will give you 30 days' notice before any change.",
        "We will give you 14 days' notice before any change.",
        WEAKENED,
    ),
    "longer notice": (
        "We will give you 14 days' notice before any change.",
        "We will give you 30 days' notice before any change.",
        STRENGTHENED,
    ),
    "notice in weeks for notice in days": (
        "We will give you two weeks' notice before any change.",
        "We will give you 10 days' notice before any change.",
        WEAKENED,
    ),
    "a shorter time for refunds": (
        "You may ask for a refund within 30 days of purchase.",
        "You may ask for a refund within 7 days of purchase.",
        WEAKENED,
    ),
    "a shorter time to sue": (
        "You may bring a claim within two years.",
        "You may bring a claim within one year.",
        WEAKENED,
    ),
    "a longer opt-out window": (
        "You may opt out of arbitration within 30 days.",
        "You may opt out of arbitration within 60 days.",
        STRENGTHENED,
    ),
    "data is stored longer": (
        "We store your location for 30 days.",
        "We store your location for 12 months.",
        WEAKENED,
    ),
    "data is stored shorter": (
        "We retain call recordings for two years.",
        "We retain call recordings for 90 days.",
        STRENGTHENED,
    ),
    "a faster answer": (
        "We respond to your request within 45 days.",
        "We respond to your request within 30 days.",
        STRENGTHENED,
    ),
    "a higher fee": ("The service fee is $5 a month.", "The service fee is $8 a month.", WEAKENED),
    "a lower late fee": ("We charge a late fee of 5%.", "We charge a late fee of 3%.", STRENGTHENED),
    "a higher cap on liability": (
        "Our liability is limited to $50.",
        "Our liability is limited to $100.",
        STRENGTHENED,
    ),
    "a lower cap on liability": (
        "Our total liability to you will not exceed $500.",
        "Our total liability to you will not exceed $100.",
        WEAKENED,
    ),
    "the age of users changes": ("You must be at least 13 years old.", "You must be at least 16 years old.", NEUTRAL),
    "sole discretion comes": (
        "We may suspend your account for a breach of these terms.",
        "We may suspend your account in our sole discretion.",
        WEAKENED,
    ),
    "without notice comes": (
        "We may change these terms.",
        "We may change these terms at any time without notice.",
        WEAKENED,
    ),
    "without notice goes": (
        "We may close your account at any time without notice.",
        "We may close your account.",
        STRENGTHENED,
    ),
    "reasonable notice comes": (
        "We may discontinue the service.",
        "We may discontinue the service on reasonable notice.",
        STRENGTHENED,
    ),
    "prior notice goes": (
        "We may change the fees with prior notice to you.",
        "We may change the fees.",
        WEAKENED,
    ),
    "opt-in becomes opt-out": (
        "We use your messages for advertising only with your consent.",
        "We use your messages for advertising unless you opt out.",
        WEAKENED,
    ),
    "opt-out becomes opt-in": (
        "We send you offers unless you opt out.",
        "We send you offers only if you opt in.",
        STRENGTHENED,
    ),
    "a new purpose": (
        "We use your data to provide the service.",
        "We use your data to provide the service and to train our models.",
        WEAKENED,
    ),
    "a purpose goes": (
        "We use your data to provide the service and for personalized advertising.",
        "We use your data to provide the service.",
        STRENGTHENED,
    ),
    "new recipients": (
        "We share your data with payment processors.",
        "We share your data with payment processors, advertisers and data brokers.",
        WEAKENED,
    ),
    "recipients go": (
        "We disclose your data to affiliates, advertisers and resellers.",
        "We disclose your data to affiliates.",
        STRENGTHENED,
    ),
    "new kinds of data": (
        "We collect your name and address.",
        "We collect your name, address, contacts and precise location.",
        WEAKENED,
    ),
    "sharing for advertising is added": (
        "We may share your data with partners.",
        "We may share your data with partners, including for advertising.",
        WEAKENED,
    ),
    "a wider list of what is not sold": (
        "We do not sell your name.",
        "We do not sell your name, your address or your purchase history.",
        STRENGTHENED,
    ),
    "more reasons to terminate": (
        "We may terminate your account if you break the law.",
        "We may terminate your account if you break the law or are inactive for six months.",
        WEAKENED,
    ),
    "a duty to indemnify is added": (
        "You are responsible for your content.",
        "You are responsible for your content. You agree to indemnify us against all claims.",
        WEAKENED,
    ),
    "a class action waiver is added": (
        "Disputes are heard in court.",
        "Disputes are heard in court. You waive the right to take part in a class action.",
        WEAKENED,
    ),
    "a right to export is added": (
        "You can delete your account.",
        "You can delete your account. You can export your data before you do.",
        STRENGTHENED,
    ),
    "a promise to encrypt goes": (
        "We store your data in Europe. We encrypt all messages.",
        "We store your data in Europe.",
        WEAKENED,
    ),
    "a fee is added": (
        "You can withdraw your balance.",
        "You can withdraw your balance. We charge a withdrawal fee of $2.",
        WEAKENED,
    ),
    "a fee goes": (
        "You can withdraw your balance. We charge a withdrawal fee of $2.",
        "You can withdraw your balance.",
        STRENGTHENED,
    ),
    "deletion on request becomes discretionary": (
        "We will delete your data on request.",
        "We may delete your data on request.",
        WEAKENED,
    ),
    "a free trial gets shorter": ("The free trial lasts 30 days.", "The free trial lasts 7 days.", WEAKENED),
    "the governing law changes": (
        "These terms are governed by the law of California.",
        "These terms are governed by the law of Delaware.",
        NEUTRAL,
    ),
    "a contact address changes": (
        "Write to privacy@northwind.example.",
        "Write to dpo@northwind.example.",
        NEUTRAL,
    ),
    "a feature gets another name": (
        "The service has a feed called Stream.",
        "The service has a feed called River.",
        NEUTRAL,
    ),
    "a disclaimer is added": (
        "The service is offered in Europe.",
        "The service is offered in Europe. It is provided as is and we are not liable for any loss.",
        WEAKENED,
    ),
    "a guarantee is added": (
        "You can buy tickets.",
        "You can buy tickets. We guarantee a refund when an event is canceled.",
        STRENGTHENED,
    ),
    "a longer minimum term": (
        "The minimum term is 6 months.",
        "The minimum term is 12 months.",
        WEAKENED,
    ),
    "tracking across sites begins": (
        "We do not track you across other websites.",
        "We track you across other websites.",
        WEAKENED,
    ),
    "a right to object comes": (
        "We analyze your usage.",
        "We analyze your usage. You may object to this at any time.",
        STRENGTHENED,
    ),
    "a right to object goes": (
        "We analyze your usage. You may object to this at any time.",
        "We analyze your usage.",
        WEAKENED,
    ),
    "consent to price rises is no longer asked": (
        "We will ask for your consent before we raise the price.",
        "We will raise the price when our costs rise.",
        WEAKENED,
    ),
}


@pytest.mark.parametrize(("old", "new", "direction"), EDITS.values(), ids=EDITS)
def test_an_edit_goes_the_way_that_a_reader_says(old: str, new: str, direction: str):
    assert together(direction_of_edit(redline(old, new), None)) == direction


@pytest.mark.parametrize(("old", "new", "direction"), EDITS.values(), ids=EDITS)
def test_an_edit_taken_back_goes_the_other_way(old: str, new: str, direction: str):
    mirror = {WEAKENED: STRENGTHENED, STRENGTHENED: WEAKENED, NEUTRAL: NEUTRAL}[direction]
    assert together(direction_of_edit(redline(new, old), None)) in (mirror, NEUTRAL)


@pytest.mark.parametrize(
    ("clause", "direction"),
    {
        "a waiver": ("You waive your right to a jury trial.", WEAKENED),
        "a right": ("You may request a copy of your data free of charge.", STRENGTHENED),
        "a promise": ("We will delete your account data within 30 days.", STRENGTHENED),
        "a freedom": ("We may remove any content in our sole discretion.", WEAKENED),
        "a duty": ("You must indemnify us against claims of third parties.", WEAKENED),
        "a greeting": ("Welcome to Northwind Kettles.", NEUTRAL),
    }.values(),
)
def test_a_clause_that_comes_or_goes_whole_has_a_direction(clause: str, direction: str):
    mirror = {WEAKENED: STRENGTHENED, STRENGTHENED: WEAKENED, NEUTRAL: NEUTRAL}[direction]
    assert together(direction_of_presence(clause, None, added=True)) == direction
    assert together(direction_of_presence(clause, None, added=False)) == mirror


def test_the_words_of_a_reason_are_those_of_the_redline():
    (reason,) = direction_of_edit(redline("We will notify you.", "We may notify you."), None)
    assert (reason.code, reason.words, reason.direction) == ("company_promise", "will -> may", WEAKENED)


def test_a_company_is_known_by_its_own_name():
    edit = redline("Northwind does not sell your data.", "Northwind sells your data.")
    assert together(direction_of_edit(edit, "Northwind")) == WEAKENED
