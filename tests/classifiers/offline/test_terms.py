"""The offline analyst on terms of service, one sentence at a time: disputes, liability, control, content."""

import pytest

from smallprint.severity import severity
from tests.classifiers.offline.reading import only, read_terms, table

DETECTED = table("terms.yml")

NOTHING = {
    "a question": "Can Kestrel Kettles suspend or terminate your account?",
    "a definition": "“Content” means text, images, recordings and other material.",
    "a definition with personal details": "“User data” means the name, e-mail address and photos that you give us.",
    "what your notice contains": "Your notice must include your name, your e-mail address and your telephone number.",
    "what to send along": "Please also include your name and the e-mail address and phone number of your account.",
    "an address that works": "If you provide us with a name and e-mail, you are responsible for providing your own.",
    "how the company writes": "We may contact you at any e-mail address or phone number you provide with your name.",
    "software once it is out": "We may ask for your opinion after the general release of the kettle app.",
    "arbitration fees among damages": "You must compensate us for all losses, arbitration fees included.",
    "the language of arbitration": "The arbitration is conducted in the English language.",
    "warranties that are kept": "Nothing here limits or excludes any warranty that we must not disclaim.",
    "the end of a life": "In the event of a member's death, we may close the account.",
    "small batches": "Our kettles are made in small batches in Duluth.",
    "what arbitration is": "Arbitration can be quicker and less formal than a lawsuit.",
    "what an ombudsman does": "An ombudsman looks into a complaint and gives a decision.",
    "an announcement of a section": "This section describes how arbitration works and when it applies.",
    "marketing": "We build kettles that help people make tea in the mountains.",
    "what some states allow": "Some states do not allow the exclusion of implied warranties.",
    "a store speaking for itself": "Apple has no liability to you and will not provide a refund or a warranty.",
    "a run-in head": "Notice of Dispute and Informal Resolution.",
    "a table of contents": "Table of contents: arbitration, class action waiver, limitation of liability.",
    "license in another sense": "You must hold a valid driver's license to rent the van.",
    "court in another sense": "The tennis court is open to all members of the club.",
    "a ban on the user's own training": "You will not use the kettle service or its output to train a language model.",
    "what ends when the user leaves": "We keep your brewing notes until you terminate your account.",
    "an older version": "The previous privacy policy can be found here.",
    "a part that leaves another alone": "Nothing in this paragraph is to affect the subsection entitled Batches.",
    "another person's image": "Your post must not show the image or likeness of another person without consent.",
    "sanction in another sense": "We do not verify, adopt, ratify or sanction what members write.",
    "contract notices by e-mail": "You consent to receive communications from us in electronic form.",
    "a shop that is called a store": "Your use of the app must comply with the App Store terms.",
    "copies to give back": "Upon termination, you must delete the licensed materials and all copies of them.",
    "what third parties own": "We do not claim ownership over such third-party recipes.",
    "limits of the law": "In some countries, using the service may be restricted or forbidden by law.",
    "going back on a purchase": "This page tells you about your statutory right to withdraw.",
}

LEVELS = {
    "arbitration without a way out": (
        "Any dispute will be resolved by binding arbitration, and you may not bring it in court.",
        {"critical", "high"},
    ),
    "arbitration with an opt-out is not critical": (
        "Any dispute will be resolved by binding arbitration unless you opt out of this agreement within 30 days.",
        {"high", "medium"},
    ),
    "a right to refuse arbitration": (
        "You may reject this arbitration agreement by writing to us within 30 days.",
        {"beneficial"},
    ),
    "a place of arbitration alone": ("Any arbitration will be held in Portland, Oregon.", {"medium"}),
    "arbitration near home": ("The arbitration shall take place in the county where you live.", {"low"}),
    "a hearing without a journey": (
        "You may choose to have the arbitration conducted by telephone, on the papers or in person where you live.",
        {"low"},
    ),
    "arbitration imposed together with its place": (
        "Any dispute will be settled by binding arbitration held in Portland, Oregon.",
        {"critical"},
    ),
    "fees of arbitration that the company pays": (
        "If you start arbitration, we will reimburse your filing fee for that arbitration.",
        {"low"},
    ),
    "batches": ("If 30 or more similar demands are filed, they proceed to arbitration in batches of ten.", {"high"}),
    "informal talks are no scheme": (
        "You and we agree to participate in good faith in informal talks to resolve a dispute before a claim.",
        {"low"},
    ),
    "a scheme that the company takes part in": (
        "We are committed to take part in proceedings before the consumer conciliation body.",
        {"beneficial"},
    ),
    "a scheme that is named and turned down": (
        "There is an online dispute resolution platform of the EU, but we are not required to use it.",
        {"low"},
    ),
    "all liability excluded": ("We are not liable for any damages whatsoever.", {"critical", "high"}),
    "liability kept": (
        "Nothing in these terms excludes our liability for death or personal injury caused by negligence.",
        {"beneficial"},
    ),
    "lost data alone": (
        "We will not be liable for any loss or corruption of your files, or for the costs of backing them up.",
        {"high", "medium"},
    ),
    "one failure alone": (
        "We incur no liability if we cannot complete a payment because your account holds too little money.",
        {"high", "medium"},
    ),
    "liability without limit": (
        "Each party shall without limitation be liable for damages caused by injury or death.",
        {"beneficial"},
    ),
    "liability kept, in a list": (
        "These terms don't limit our liability for:\n\n- fraud;\n- death or personal injury.",
        {"beneficial"},
    ),
    "closure at will": ("We may terminate your account at any time without notice or reason.", {"high"}),
    "closure for breach, weighed fairly": (
        "We may suspend your account if we determine, acting reasonably and objectively, that you breached them.",
        {"medium"},
    ),
    "what the user makes public": (
        "We are not responsible for the information that you choose to disclose to the public.",
        {"low"},
    ),
    "closure for breach": ("We may suspend your account if you breach these terms.", {"medium", "low"}),
    "change with notice and a free way out": (
        "We will notify you 60 days before we change these terms, and you may cancel free of charge.",
        {"beneficial"},
    ),
    "change without notice": ("We may change these terms at any time without notice.", {"high", "medium"}),
    "training without a choice": (
        "We use your content to train our machine-learning models.",
        {"high", "critical"},
    ),
    "training only after a yes": (
        "We use your content to train our models only if you opt in.",
        {"beneficial", "low"},
    ),
    "no training": ("We do not use your content to train machine-learning models.", {"beneficial"}),
    "license for the service's sake": (
        "You grant us a license to use your content solely to provide the service, until you delete it.",
        {"low"},
    ),
    "perpetual and irrevocable license": (
        "You grant us a perpetual, irrevocable license to use and modify your content.",
        {"high"},
    ),
    "governing law": ("These terms are governed by the laws of Vermont.", {"low"}),
    "output assigned to the user": (
        "We assign to you all our rights, title and interest in the output.",
        {"beneficial"},
    ),
    "work assigned to the company": (
        "You assign to us all rights and title in the recipes you write.",
        {"high", "medium"},
    ),
    "loss from the user's neglect": (
        "We are not liable for any loss or damage arising from your failure to protect your password.",
        {"low", "medium"},
    ),
    "injury left out of the limits": (
        "We are liable for foreseeable damage only. This limitation of liability will not apply to personal injury.",
        {"high", "medium"},
    ),
    "dealings with an advertiser": (
        "We are not responsible for any loss or damage of any sort that results from such dealings with advertisers.",
        {"medium", "low"},
    ),
    "what members post": (
        "We take no responsibility and assume no liability for any content posted by you or any third party.",
        {"medium", "low"},
    ),
    "a picture in an ad, with a way to stop it": (
        "We may show your name and picture in our advertising. You can opt out in your account settings.",
        {"low", "medium"},
    ),
    "closing the accounts of repeat infringers": (
        "We will terminate the accounts of members who are repeat infringers.",
        {"low", "medium"},
    ),
}

TITLES = {
    "the body that arbitrates": (
        "Any dispute will be settled by binding arbitration under the rules of the American Arbitration Association.",
        "American Arbitration Association",
    ),
    "the seat": ("Any arbitration will be held in Portland, Oregon.", "Portland, Oregon"),
    "home or a seat": (
        "Arbitration hearings are held in Boston or, if you ask for it, in your own county.",
        "near you or in Boston",
    ),
    "the batches": (
        "If 30 or more similar demands are filed, they proceed to arbitration in batches of ten.",
        "batches",
    ),
    "the cap": ("Our total liability to you is limited to the greater of US$100 and what you paid us.", "US$100"),
    "the law": ("These terms are governed by the laws of the State of Vermont.", "Vermont"),
    "the court": (
        "Any lawsuit must be brought exclusively in the courts located in Burlington, Vermont.",
        "Burlington, Vermont",
    ),
    "the notice of a change": (
        "We will notify you by e-mail at least 45 days before we change these terms.",
        "45 days",
    ),
    "the deadline": ("Any claim must be filed within one year after it arose, or it is barred.", "1 year"),
    "a place ends with its sentence": (
        "Lawsuits must be brought only in the courts located in Vermont. You and we consent to their jurisdiction.",
        "in Vermont",
    ),
    "accuracy, not advice, where rights are legal": (
        "We do not guarantee that what the site says is accurate, and your legal rights stay as they are.",
        "accuracy",
    ),
    "a remedy other than leaving": (
        "If a kettle is not as described, your sole remedy is to return it unused.",
        "One remedy",
    ),
    "a change without liability": (
        "We may change any feature of the service, or suspend it, without liability to you or any third party.",
        "without",
    ),
    "a country with its article": ("These terms are governed by the laws of the Netherlands.", "the Netherlands"),
}


@pytest.mark.parametrize(("sentence", "category"), DETECTED, ids=[sentence for sentence, _ in DETECTED])
def test_detects(sentence: str, category: str) -> None:
    assert [proposal.category for proposal in read_terms(sentence)] == [category]


@pytest.mark.parametrize("sentence", NOTHING.values(), ids=list(NOTHING))
def test_detects_nothing_in(sentence: str) -> None:
    assert read_terms(sentence) == []


@pytest.mark.parametrize(("sentence", "levels"), LEVELS.values(), ids=list(LEVELS))
def test_severity_follows_the_words(sentence: str, levels: set[str]) -> None:
    assert severity(only(sentence).factors) in levels


@pytest.mark.parametrize(("sentence", "words"), TITLES.values(), ids=list(TITLES))
def test_title_states(sentence: str, words: str) -> None:
    assert words in only(sentence).title


FLOODS = "We are not liable for any loss that arises from:\n\n1. floods at our warehouse;\n2. strikes of our staff."


@pytest.mark.parametrize(
    ("paragraphs", "ends"),
    [
        ([FLOODS], "floods at our warehouse;"),
        ([f"We pay for no indirect loss. {FLOODS}"], "floods at our warehouse;"),
        (
            ["Our total liability is limited to the greater of:\n\n- $100, or\n- what you paid us in the last year."],
            "what you paid us in the last year.",
        ),
        (["You must send a notice of dispute to:", "Kestrel Kettles, 1 Spout Lane, Burlington"], "Lane, Burlington"),
        (["We may close your account without notice as shown:", "## Colors\n\nKettles are blue."], "as shown:"),
    ],
    ids=[
        "a lead-in with the first item",
        "also after another sentence",
        "two items where the first ends in or",
        "an address under its announcement",
        "nothing from under the next heading",
    ],
)
def test_a_lead_in_is_quoted_with_the_first_items_of_its_list(paragraphs: list[str], ends: str) -> None:
    assert only(*paragraphs).quote.endswith(ends)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(
            "When you use our generative AI features, your drawings are your content.",
            id="the content of AI features",
        ),
        pytest.param(
            "You will NOT use the data of Kestrel Kettles or of its users to train a language model.",
            id="a ban on the user",
        ),
        pytest.param(
            "We end accounts for misuse, such as using content from our service to develop machine learning models.",
            id="what others take from the service",
        ),
    ],
)
def test_no_training_on_user_data_is_detected_in(sentence: str) -> None:
    proposals = read_terms("## Artificial intelligence", sentence)
    assert "ai_training" not in {proposal.category for proposal in proposals}


@pytest.mark.parametrize(
    ("sentence", "category"),
    [
        pytest.param(
            "This license does not include any resale or commercial use of the shop, or of any user content.",
            "content_license",
            id="what the user may do with the company's content",
        ),
        pytest.param(
            "Every dispute must be started within the applicable statute of limitations, or it is forever barred.",
            "claim_time_limit",
            id="the law's own time to sue",
        ),
    ],
)
def test_the_opposite_direction_is_not_detected_as(sentence: str, category: str) -> None:
    assert category not in {proposal.category for proposal in read_terms("## Licenses and limits on claims", sentence)}


def test_damages_including_but_not_limited_to_are_no_cap() -> None:
    proposal = only(
        "Kestrel Kettles is not liable for any damages of any kind from the use of the site, including but not limited "
        "to direct and indirect damages."
    )
    assert "cap" not in proposal.title.lower()


@pytest.mark.parametrize(
    ("sentence", "category"),
    [
        pytest.param(
            "To understand which features people like, so we can improve the service and create more useful products.",
            "service_change",
            id="the purpose of improving is no change of the service",
        ),
        pytest.param(
            "If you close your Kestrel account, we will retain or delete the account information as we describe here.",
            "account_termination",
            id="the user's own leaving",
        ),
        pytest.param(
            "You can ask us to remove your details from our lists or to delete your account.",
            "account_termination",
            id="what the user asks for",
        ),
        pytest.param(
            "A shop that uses our tills has a privacy policy of its own; please refer to the shop's privacy policy.",
            "terms_incorporation",
            id="another company's policy is no part of the contract",
        ),
    ],
)
def test_a_privacy_policys_sentence_is_not_taken_for_a_term_of_service(sentence: str, category: str) -> None:
    proposals = read_terms(sentence, title="Privacy Policy of Kestrel Kettles")
    assert category not in {proposal.category for proposal in proposals}


def test_a_plain_term_of_service_is_detected_in_a_privacy_policy_too() -> None:
    sentence = (
        "You agree to indemnify and hold harmless Kestrel Kettles from any claim that arises from your use of the site."
    )
    assert only(sentence, title="Privacy Policy of Kestrel Kettles").category == "indemnification"
