"""From a proposal to a draft or a rejection: every rule that touches it leaves its flag."""

from datetime import UTC, datetime
from typing import Any

import pytest

from classifiers.drafting import FLAGS, Drafting, Origin, draft_id, merge
from classifiers.proposals import CitedFramework, NamedAgency, Proposal
from classifiers.work import Budget, Job, MemoryAnswers, Outcome
from smallprint.records import Clause, Document, Draft, Factors, Rejection, Source
from smallprint.registry import load
from tests.classifiers.reading import read

# ruff: noqa: E501 -- proposals stand on one line each, as the table they are
REGISTRY = load()
TEXT = read(
    """# Terms of Tansy and Thistle

## 1. Disputes

1.1 Any dispute is finally settled by binding arbitration before the Northmarch Panel, and you give up a trial by jury.

1.2 You may opt out within 30 days by a letter to our office at Tannery Row, and we answer each letter at once.

## 2. Liability

2.1 We are not liable for lost profits beyond the sum of $100 that you paid for the lantern in the shop.

2.2 Nothing here limits liability for death. Notices go to the address that we have of you in our books.

2.3 Parcels are insured. Notices go to the address that we have of you in our books.
"""
)
IDS = {clause.number: clause.id for clause in TEXT[1] if clause.number}
GOOD: dict[str, Any] = {
    "clauses": (IDS["1.1"],),
    "quote": "Any dispute is finally settled by binding arbitration",
    "title": "Binding arbitration of every dispute",
    "category": "arbitration",
    "factors": Factors(rights_waived=3, opt_out=2, breadth=3, exposure=1, discretion=0),
    "severity": "high",
    "what_it_is": "Every dispute with the shop goes to arbitration instead of court.",
    "consumer_impact": "You cannot sue the shop in court. A panel decides, and no jury hears you.",
    "why_it_matters": "The panel is named by the shop and its decision is final.",
    "enforcement_risk": "Consumers may contest that they agreed to the panel.",
    "confidence": 0.9,
}


def drafting(text: tuple[Document, tuple[Clause, ...]] = TEXT, places: tuple[str, ...] = ()) -> Drafting:
    origin = Origin(
        prompt="provisions@1",
        prompt_sha256="a" * 64,
        schema_sha256="b" * 64,
        run="r1",
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    source = Source(location="terms.txt", jurisdictions=places)
    job = Job(*text, registry=REGISTRY, answers=MemoryAnswers(), budget=Budget(), source=source)
    return Drafting(job, origin)


def prove(**changes: Any) -> Draft | Rejection:
    return prove_by(drafting(), **changes)


def prove_by(maker: Drafting, **changes: Any) -> Draft | Rejection:
    proposal = Proposal(**{**GOOD, **changes})
    return maker.prove(proposal, Outcome(tuple(maker.clauses), "done", "openai:fake", proposals=(proposal,)))


def test_a_good_proposal_is_a_draft_without_flags() -> None:
    made = prove()
    assert isinstance(made, Draft)
    assert made.flags == ()
    assert made.severity == "high"
    assert made.evidence[0].clauses == (IDS["1.1"],)
    assert made.provenance.model == "openai:fake"
    assert made.provenance.run == "r1"
    assert made.status == "draft"


KEPT_OUT = read(
    """# Terms of Tansy and Thistle

1. Our service is not available to residents of the European Economic Area or Canada.

2. Any dispute is finally settled by binding arbitration before the Northmarch Panel, and you give up a trial by jury.
"""
)


@pytest.mark.parametrize(
    ("text", "places", "citation", "problem"),
    [
        pytest.param(KEPT_OUT, (), "GDPR Art. 13", "whom the document keeps out", id="people whom the text keeps out"),
        pytest.param(KEPT_OUT, (), "15 U.S.C. §45", None, id="people whom the text does not mention"),
        pytest.param(
            KEPT_OUT, ("EU",), "GDPR Art. 13", None, id="the manifest says that it applies there all the same"
        ),
        pytest.param(
            TEXT, ("US",), "GDPR Art. 13", "the document applies in US", id="a place that the manifest leaves out"
        ),
        pytest.param(TEXT, (), "GDPR Art. 13", None, id="nobody says where it applies"),
    ],
)
def test_a_law_that_cannot_apply_to_the_document_is_flagged(
    text: tuple[Document, tuple[Clause, ...]], places: tuple[str, ...], citation: str, problem: str | None
) -> None:
    cited = (CitedFramework(citation=citation, why="It covers the clause."),)
    made = prove_by(drafting(text, places), frameworks=cited, clauses=())
    assert isinstance(made, Draft)
    (law,) = made.frameworks
    assert law.valid
    assert (law.problem or "").endswith(f"{problem}." if problem else "")
    assert bool(law.problem) == bool(problem) == ("invalid_citation" in made.flags)


FLAGGED = {
    "a severity two levels from the computed one": ({"severity": "low"}, "severity_disagreement"),
    "a quote with a word changed": (
        {
            "quote": "Any dispute is finally resolved by binding arbitration before the Northmarch Panel, and you give up a trial by jury"
        },
        "fuzzy_evidence",
    ),
    "words that stand twice, without a clause": (
        {"quote": "Notices go to the address that we have of you in our books.", "clauses": ()},
        "ambiguous_evidence",
    ),
    "a law that nobody knows": (
        {"frameworks": (CitedFramework(citation="Lantern Act 1850", why="w"),)},
        "unknown_framework",
    ),
    "an article that does not exist": (
        {"frameworks": (CitedFramework(citation="GDPR Art. 400", why="w"),)},
        "invalid_citation",
    ),
    "an agency that nobody knows": (
        {"agencies": (NamedAgency(name="Guild of Lamplighters", reason="r"),)},
        "unknown_agency",
    ),
    "an agency for no law cited": ({"agencies": (NamedAgency(name="FTC", reason="r"),)}, "agency_without_framework"),
    "a secondary category that does not exist": ({"secondary": ("space_travel",)}, "unknown_secondary"),
    "a link": ({"why_it_matters": "More at https://evil.example/x of this panel."}, "markup_removed"),
    "markup": ({"title": "<b>Binding</b> arbitration of disputes"}, "markup_removed"),
    "a text that is too long": ({"why_it_matters": "The panel decides all of it. " * 40}, "overlong_text"),
    "another language": (
        {
            "what_it_is": "Alle Streitigkeiten werden vor einem Schiedsgericht entschieden und nicht vor einem Richter.",
            "consumer_impact": "Sie können nicht klagen und verlieren den Anspruch auf Geschworene.",
            "why_it_matters": "",
            "enforcement_risk": "",
        },
        "wrong_language",
    ),
    "sentences for lawyers": (
        {
            "consumer_impact": "Notwithstanding contractual indemnification obligations, adjudicatory determination of "
            "contractual controversies necessitates exclusively extrajudicial institutional arbitration proceedings."
        },
        "hard_to_read",
    ),
    "a number from nowhere": ({"consumer_impact": "You have 90 days to say no to the panel."}, "ungrounded_number"),
    "a quote from another clause": ({"clauses": (IDS["2.1"],)}, "uncited_evidence"),
    "a quote that says little alone": ({"quote": "We are not liable", "clauses": (IDS["2.1"],)}, "short_evidence"),
    "little confidence": ({"confidence": 0.3}, "low_confidence"),
}


@pytest.mark.parametrize(("changes", "flag"), FLAGGED.values(), ids=FLAGGED)
def test_what_a_reviewer_should_look_at_is_flagged(changes: dict[str, Any], flag: str) -> None:
    made = prove(**changes)
    assert isinstance(made, Draft)
    assert made.flags == (flag,)
    assert flag in FLAGS


REJECTED = {
    "a quote that is nowhere": ({"quote": "You assign your firstborn to the shop in perpetuity"}, "unlocated_quote"),
    "a category that does not exist": ({"category": "space_travel"}, "unknown_category"),
    "a title that is nothing but a link": ({"title": "https://evil.example/x"}, "invalid_answer"),
    "an impact that is nothing but markup": ({"consumer_impact": "<img src=x>"}, "invalid_answer"),
}


@pytest.mark.parametrize(("changes", "reason"), REJECTED.values(), ids=REJECTED)
def test_what_cannot_be_a_draft_says_why(changes: dict[str, Any], reason: str) -> None:
    made = prove(**changes)
    assert isinstance(made, Rejection)
    assert made.reason == reason
    assert made.detail


def test_severity_is_computed_and_the_models_view_is_kept_beside_it() -> None:
    made = prove(factors=Factors(rights_waived=0, opt_out=0, breadth=1, exposure=0, discretion=0), severity="low")
    assert isinstance(made, Draft)
    assert (made.severity, made.model_severity) == ("beneficial", "low")


def test_a_law_and_its_agency_resolve_to_the_registry() -> None:
    made = prove(
        frameworks=(CitedFramework(citation="Section 5 of the FTC Act", why="The panel's fees may be unfair."),),
        agencies=(NamedAgency(name="FTC", reason="Fees that are not shown at sign-up."),),
    )
    assert isinstance(made, Draft)
    assert (made.frameworks[0].id, made.frameworks[0].citation) == ("ftc-act", "FTC Act Section 5")
    assert made.agencies[0].complaint_url == "https://reportfraud.ftc.gov"
    assert made.flags == ()


def test_numbers_of_cited_clauses_are_known() -> None:
    made = prove(clauses=(IDS["1.1"], IDS["1.2"]), consumer_impact="You have 30 days to say no by letter to the shop.")
    assert isinstance(made, Draft)
    assert made.flags == ()


def test_every_text_is_bounded() -> None:
    endless = "Your shop decides all of it. " * 10_000
    made = prove(
        **dict.fromkeys(("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk"), endless),
        due_diligence=(endless,) * 9,
        factor_reasons={"opt_out": endless},
        frameworks=(CitedFramework(citation=endless, why=endless),),
        agencies=(NamedAgency(name=endless, reason=endless),),
    )
    assert isinstance(made, Draft)
    assert len(made.model_dump_json()) < 8_000
    assert len(made.due_diligence) == 4


def test_the_same_work_gives_the_same_ids() -> None:
    one, other = prove(), prove(title="Another title for the same passage")
    assert isinstance(one, Draft)
    assert isinstance(other, Draft)
    assert one.id == other.id == draft_id(TEXT[0], one.evidence, "arbitration", "openai:fake")
    assert one.id != draft_id(TEXT[0], one.evidence, "arbitration", "openai:other")
    assert one.id != draft_id(TEXT[0], one.evidence, "venue", "openai:fake")


def draft(quote: str, category: str, *, confidence: float = 0.9, cited: str = "1.1") -> Draft:
    made = prove(quote=quote, category=category, confidence=confidence, clauses=(IDS[cited],))
    assert isinstance(made, Draft)
    return made


WHOLE = "Any dispute is finally settled by binding arbitration before the Northmarch Panel"
PART = "finally settled by binding arbitration before the Northmarch Panel"
END = "and you give up a trial by jury"

# drafts of the first and of the second window -> categories that are left, and the first one's secondary ones
MERGED = {
    "the same passage twice in one window": ([(WHOLE, "arbitration"), (PART, "arbitration")], [], ["arbitration"], ()),
    "the same passage in two windows": ([(WHOLE, "arbitration")], [(PART, "arbitration")], ["arbitration"], ()),
    "two passages of one clause in two windows": (
        [(WHOLE, "arbitration")],
        [(END, "arbitration")],
        ["arbitration"],
        (),
    ),
    "two passages of one clause in one window stay": (
        [(WHOLE, "arbitration"), (END, "arbitration")],
        [],
        ["arbitration", "arbitration"],
        (),
    ),
    "two categories on the same words": (
        [(WHOLE, "arbitration"), (WHOLE, "class_action_waiver")],
        [],
        ["arbitration"],
        ("class_action_waiver",),
    ),
    "two categories on different words stay": (
        [(WHOLE, "arbitration"), (END, "class_action_waiver")],
        [],
        ["arbitration", "class_action_waiver"],
        (),
    ),
}


@pytest.mark.parametrize(("first", "second", "left", "secondary"), MERGED.values(), ids=MERGED)
def test_duplicates_are_merged(first: list, second: list, left: list[str], secondary: tuple[str, ...]) -> None:
    windows = [[draft(*one) for one in window] for window in (first, second)]
    kept = merge(windows)
    assert [one.category for one in kept] == left
    assert kept[0].secondary == secondary
    assert ("merged_duplicate" in kept[0].flags) == (len(kept) < len(first) + len(second))


def test_a_right_and_its_limit_stay_two_provisions() -> None:
    right = prove(
        factors=Factors(rights_waived=0, opt_out=0, breadth=3, exposure=0, discretion=0), severity="beneficial"
    )
    limit = prove(quote=WHOLE)
    assert isinstance(right, Draft)
    assert isinstance(limit, Draft)
    assert len(merge([[right, limit]])) == 2


def test_the_more_confident_duplicate_is_kept() -> None:
    (kept,) = merge([[draft(WHOLE, "arbitration", confidence=0.6), draft(PART, "arbitration", confidence=0.8)]])
    assert kept.confidence == 0.8


def test_drafts_come_in_document_order() -> None:
    late = draft("We are not liable for lost profits", "liability_limitation", cited="2.1", confidence=0.99)
    assert [one.category for one in merge([[late], [draft(WHOLE, "arbitration")]])] == [
        "arbitration",
        "liability_limitation",
    ]
