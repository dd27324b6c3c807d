"""The offline analyst on privacy policies, one sentence at a time: collection, sharing, transfers, rights."""

import pytest

from smallprint.severity import severity
from tests.classifiers.offline.reading import only, read_terms, table

DETECTED = table("privacy.yml")

NOTHING = {
    "a question": "How do we use your personal information?",
    "what a cookie is": "A cookie is a small text file that a site stores in your browser.",
    "what pixels are": "Pixels are tiny images that are used to count visits.",
    "a section to come": "This section describes how we collect and share your personal data.",
    "a policy about itself": "This privacy policy explains how we handle personal information.",
    "a definition of personal data": "“Personal data” means any information that relates to an identified person.",
    "a slogan": "Privacy is built into everything we do at Kestrel Kettles.",
    "what a warrant is": "A warrant is signed by a judge and describes what may be searched.",
    "what the law is like": "European law allows the use of personal data only where one of six reasons applies.",
    "figures of a year": "In 2024 we received 1,904 requests, and most asked for a copy.",
    "a pointer": "Please read our cookie policy for more information.",
    "how others do it": "Banks sometimes use voiceprints to recognize callers.",
    "advice to be careful": "Please be careful when you post health details or religious beliefs on your profile.",
    "a confidentiality clause": "Neither party discloses confidential information unless a court orders it.",
    "funds that are held": "We will hold your margin for up to 12 months from the payment date.",
    "a right that the company keeps": "We reserve the right to access and delete data on our servers.",
    "a promise of another company": "They state that they will never sell your personal information.",
    "a duty of website operators": "Operators are required to disclose how they respond to Do Not Track signals.",
    "data nobody wants": "We don't want to know your real name, your gender or your age.",
    "a definition of sensitive data": "“Sensitive data” means information about health, religion or ethnicity.",
    "a definition of usage data": "“Usage data” means data that is collected automatically, like an IP address.",
    "a definition in the first person": "By personal data we mean your name, e-mail address and telephone.",
    "a definition of a use": "When we say account data, we mean any details like your name and e-mail.",
    "what a term covers": "The term personal data covers your name, your e-mail address and your date of birth.",
    "a definition by a statute": "Personal information means information that can be linked (Civil Code § 1798).",
    "data that nobody asks for": "We do not encourage you to provide genetic, biometric or health data.",
    "what many browsers do": "Most browsers accept cookies automatically, and their help page has instructions.",
    "goods that are sold": "We sell kettles, mugs and spare parts in our shop.",
}

BORDERLINES = {
    "a rule against hate is about conduct": (
        "You may not post content that attacks people for their race, religion or health.",
        "acceptable_use",
    ),
    "access to an account is about leaving": (
        "After termination you no longer have the right to access your account.",
        "user_exit",
    ),
    "a list with one sensitive item is collection": (
        "We collect your name, e-mail address, telephone number, date of birth and health data.",
        "data_collection",
    ),
    "payment data is ordinary data": ("We collect your credit card number and billing address.", "data_collection"),
    "recipients through cookies are tracking": (
        "Advertising networks use cookies on our site to collect information about the pages that you visit.",
        "tracking_advertising",
    ),
    "advertisers without a sale are sharing": (
        "We share your interests and your data with advertisers.",
        "data_sharing",
    ),
    "an authority to complain to is a right of its own": (
        "You may lodge a complaint with the data protection authority of your country.",
        "beneficial_right",
    ),
    "liability for leaks is security": (
        "We accept no responsibility for unauthorized access to your data.",
        "data_security",
    ),
    "contract handed over is assignment": ("We may assign this agreement to a buyer of our business.", "assignment"),
    "ads without tracking are advertising": ("The app displays advertisements.", "in_service_advertising"),
    "personal prices are prices": (
        "An automated system predicts what you are willing to pay and sets the price that you see.",
        "price_change",
    ),
    "training on messages is training": ("We use your messages to train our models.", "ai_training"),
    "no children is an age rule": (
        "Our service is not directed to children under 13, and we do not knowingly collect their data.",
        "age_restriction",
    ),
}

LEVELS = {
    "sale without a choice": ("We sell your personal information to data brokers.", "high"),
    "sale with an opt-out": ("We sell your personal information to partners, and you may opt out.", "medium"),
    "no sale": ("We do not sell your personal information.", "beneficial"),
    "special categories": ("We process your sexual orientation and your religious beliefs.", "high"),
    "special categories by consent": (
        "With your explicit consent, we process your religious beliefs and your health data.",
        "medium",
    ),
    "ordinary account data": ("When you register we collect your name, e-mail address and date of birth.", "low"),
    "data brokers": ("We obtain information about your purchases from data brokers.", "medium"),
    "vendors under contract": (
        "We share your information with service providers that may use it only on our instructions.",
        "low",
    ),
    "partners for their own ends": (
        "We disclose your contact details to business partners so that they can offer you their products.",
        "medium",
    ),
    "authorities on mere belief": (
        "We may disclose your information to law enforcement if we believe that it is appropriate.",
        "medium",
    ),
    "authorities without an order": (
        "We may disclose your messages to the police, whether or not there is a court order.",
        "high",
    ),
    "authorities by valid order": ("We disclose data when a valid court order or subpoena requires it.", "low"),
    "ignored browser signals": ("We do not respond to Do Not Track signals.", "low"),
    "ads across sites": (
        "Advertisers use cookies to show you targeted ads based on your activity across other websites.",
        "medium",
    ),
    "fingerprinting": (
        "We use device fingerprinting to follow your activity across apps and to target advertisements to you.",
        "high",
    ),
    "a breach of others": (
        "We are not responsible for the security of information that is collected by third parties.",
        "low",
    ),
    "invoices that tax law asks for": (
        "When you delete your account, we keep invoices for seven years because tax law requires it.",
        "low",
    ),
    "messages that outlive the account": (
        "We keep your messages for five years after you delete your account.",
        "high",
    ),
    "a promise with exceptions": ("We do not sell your data, except as described in this policy.", "medium"),
    "a consent that costs a feature": (
        "If you withdraw your consent, we can no longer provide the tea diary.",
        "low",
    ),
    "a merger": ("In a merger, your information may be transferred to the buyer.", "medium"),
    "storage without end": ("We keep your information indefinitely.", "medium"),
    "a stated end": ("We delete your data within 30 days after you close your account.", "beneficial"),
    "liability for a leak refused": ("We are not responsible for unauthorized access to your information.", "high"),
    "a breach is told": ("If a breach affects your data, we will notify you within 72 hours.", "beneficial"),
    "rights": ("You have the right to access, correct and delete your personal data.", "beneficial"),
    "an identity check": ("Before we act on a request, we verify your identity.", "low"),
    "refused by software": ("An application below the threshold is refused automatically.", "medium"),
    "newsletters with an end": ("We may send you newsletters by e-mail; you can unsubscribe at any time.", "low"),
    "automated calls": (
        "You agree to receive marketing calls placed with an automatic telephone dialing system.",
        "medium",
    ),
}

STATED = {
    "the kinds collected": (
        "We collect your name, your IP address and your location.",
        "title",
        "contact details, location and device identifiers",
    ),
    "three kinds in a title, not all": (
        "We collect your name, credit card number, IP address, location, photos and date of birth.",
        "title",
        "contact details, payment details and more",
    ),
    "up to five kinds in the text": (
        "We collect your name, credit card number, IP address, location, photos and date of birth.",
        "what_it_is",
        "contact details, payment details, location, device identifiers and user content",
    ),
    "the recipients": (
        "We share your personal data with advertisers and data brokers.",
        "title",
        "advertisers and data brokers",
    ),
    "the period": ("Server logs are stored for 14 days.", "title", "14 days"),
    "the basis of a transfer": (
        "For transfers to the United States we rely on standard contractual clauses.",
        "title",
        "standard contractual clauses",
    ),
    "the rights": ("You have the right to access and delete your personal data.", "title", "access and deletion"),
    "the channels": ("By joining you agree to receive offers by text message and e-mail.", "title", "text messages"),
}


@pytest.mark.parametrize(("sentence", "category"), DETECTED, ids=[sentence for sentence, _ in DETECTED])
def test_detects(sentence: str, category: str) -> None:
    assert [proposal.category for proposal in read_terms(sentence, title="Privacy Policy")] == [category]


@pytest.mark.parametrize(("sentence", "category"), BORDERLINES.values(), ids=list(BORDERLINES))
def test_detects_in_a_borderline_case(sentence: str, category: str) -> None:
    assert [proposal.category for proposal in read_terms(sentence, title="Privacy Policy")] == [category]


@pytest.mark.parametrize("sentence", NOTHING.values(), ids=list(NOTHING))
def test_detects_nothing_in(sentence: str) -> None:
    assert read_terms(sentence, title="Privacy Policy") == []


@pytest.mark.parametrize(("sentence", "level"), LEVELS.values(), ids=list(LEVELS))
def test_severity_follows_the_words(sentence: str, level: str) -> None:
    assert severity(only(sentence, title="Privacy Policy").factors) == level


@pytest.mark.parametrize(("sentence", "field", "words"), STATED.values(), ids=list(STATED))
def test_copy_states(sentence: str, field: str, words: str) -> None:
    assert words in getattr(only(sentence, title="Privacy Policy"), field)


@pytest.mark.parametrize(
    "sentence",
    [
        "This means that we collect your name and your e-mail address when you register.",
        "We may use any means to collect your name, your e-mail address and your phone number.",
        "We collect your name and e-mail address so that we may contact you by e-mail.",
    ],
    ids=["what follows is stated", "means to an end", "what the address is for"],
)
def test_a_sentence_with_the_words_of_a_definition_is_still_a_term(sentence: str) -> None:
    assert only(sentence, title="Privacy Policy").category == "data_collection"


def test_a_statutory_right_cites_its_law_and_names_no_agency() -> None:
    right = only("You have the right to access, correct and delete your personal data.", title="Privacy Policy")
    assert right.frameworks
    assert right.agencies == ()


def test_sentences_of_opposite_direction_are_two_provisions() -> None:
    proposals = read_terms(
        "We cannot guarantee that your data is secure. "
        "If a breach affects your data, we will notify you within 72 hours.",
        title="Privacy Policy",
    )
    assert [(proposal.category, severity(proposal.factors)) for proposal in proposals] == [
        ("data_security", "low"),
        ("data_security", "beneficial"),
    ]
