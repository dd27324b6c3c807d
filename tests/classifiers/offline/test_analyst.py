"""The offline analyst as a whole: whom it names, which laws it cites, what it proposes, and that it invents nothing."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import offline
from classifiers.citations import resolve_frameworks
from classifiers.offline import rules
from classifiers.offline.rules import condition_terms
from extractors.clauses import cut_clauses
from smallprint.errors import RegistryError
from smallprint.records import Source
from smallprint.registry import load
from tests.classifiers.offline.reading import document, read_terms

ARBITRATION = "Any dispute will be settled by binding arbitration administered by JAMS."

NAMES = {
    "a defined short name": ("You contract with Osprey Kettle Works, Inc. (“Osprey”, “we” or “us”).", "Osprey"),
    "a company without short name": ("This site is run by Osprey Kettle Works LLC.", "Osprey Kettle Works"),
    "a name in a welcome": ("Welcome to Ospreytea! Please read on.", "Ospreytea"),
    "a list number is no name": ("1.2 Osprey Works Ltd. operates the site.", "Osprey Works"),
    "no name at all": ("Please read this with care.", "the company"),
    "a role is no name": ("This agreement is between you and the Provider (“Company”, “we”).", "the company"),
}  # fmt: skip

JURISDICTIONS = {
    "the manifest's": (Source(location="x", jurisdictions=("AU",)), "", {"au-consumer-law"}),
    "the text's American body": (None, "Claims are heard by the American Arbitration Association.", {"faa", "ftc-act"}),
    "the text's European people": (None, "Residents of the European Union keep their rights.", {"uctd"}),
    "none where the text shows none": (None, "", set()),
}


@pytest.mark.parametrize(("introduction", "name"), NAMES.values(), ids=list(NAMES))
def test_names_the_provider_as_the_document_does(introduction: str, name: str) -> None:
    proposals = read_terms(introduction, ARBITRATION, source=None)
    assert f"Disputes with {name} are decided" in proposals[-1].what_it_is


def test_the_providers_name_is_read_as_we() -> None:
    introduction = "These terms are between you and Osprey Kettle Works, Inc. (“Osprey”)."
    proposals = read_terms(introduction, "Osprey may suspend or close your account without notice.", source=None)
    assert [proposal.category for proposal in proposals] == ["account_termination"]


@pytest.mark.parametrize(("source", "sentence", "frameworks"), JURISDICTIONS.values(), ids=list(JURISDICTIONS))
def test_cites_the_law_of_applicable_jurisdictions(source: Source | None, sentence: str, frameworks: set[str]) -> None:
    plain = "Any dispute will be settled by binding arbitration."
    proposals = read_terms(*filter(None, [plain, sentence]), source=source)
    cited = {law.id for proposal in proposals for law in resolve_frameworks(proposal.frameworks, load())}
    assert frameworks <= cited
    assert bool(frameworks) == bool(cited)


def test_a_law_of_an_excluded_jurisdiction_is_not_cited() -> None:
    exclusion = "The service is not available to residents of the European Union."
    proposals = read_terms(
        exclusion, ARBITRATION, "Claims may go to the American Arbitration Association.", source=None
    )
    assert not any("UCTD" in law.citation for proposal in proposals for law in proposal.frameworks)


def test_a_clause_in_the_users_favor_names_no_agency() -> None:
    (proposal,) = read_terms("You retain ownership of all content that you upload.")
    assert proposal.agencies == ()


def test_a_term_that_is_repeated_is_proposed_once() -> None:
    repeated = [f"In section {n}, you agree that you will indemnify us from any claims." for n in range(1, 9)]
    assert len(read_terms(*repeated)) == 1


def test_a_clearer_passage_replaces_a_vaguer_one() -> None:
    proposals = read_terms("Disputes go to arbitration.", ARBITRATION)
    assert [proposal.title for proposal in proposals] == ["Arbitration under the rules of JAMS"]


def test_a_passage_whose_words_are_all_in_another_is_left_out() -> None:
    proposals = read_terms(
        "You may not use your points in any way that is misleading or harmful.",
        "You may not use your points in any way that is misleading, harmful or illegal.",
    )
    assert [proposal.quote for proposal in proposals] == [
        "You may not use your points in any way that is misleading, harmful or illegal."
    ]


def test_two_rights_in_almost_the_same_words_are_both_proposed() -> None:
    proposals = read_terms(
        "You have the right to withdraw from an order within 14 days.",
        "You have the right to withdraw from an order in Vermont within 10 days.",
    )
    assert [proposal.title for proposal in proposals] == [
        "Right to withdraw within 14 days",
        "Right to withdraw within 10 days",
    ]


def test_a_condition_reads_as_alternatives_of_conjunctions() -> None:
    assert condition_terms("a and not b@section or c") == [
        [("a", "quote", True), ("b", "section", False)],
        [("c", "quote", True)],
    ]


@pytest.mark.parametrize(
    ("file", "edit", "complaint"),
    [
        ("words.yml", ("may: ", "might: "), "not defined"),
        ("signals/disputes.yml", ("score: 3", "score: 9"), "arbitration"),
        ("signals/disputes.yml", ("{body}", "{bodyguard}"), "bodyguard"),
        ("signals/liability.yml", ("yields_to: [indemnification, ", "yields_to: [levitation, "), "levitation"),
        ("signals/liability.yml", ("hold .. harmless", "hold .. (harmless"), "bracket"),
    ],
    ids=[
        "a list of words is missing",
        "a score out of range",
        "an unknown slot",
        "an unknown category",
        "a bad pattern",
    ],
)
def test_a_mistake_in_the_rules_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, edit: tuple[str, str], complaint: str
) -> None:
    folder = tmp_path / "offline"
    shutil.copytree(Path(rules.__file__).parent, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    text = (folder / file).read_text(encoding="utf-8")
    assert edit[0] in text
    (folder / file).write_text(text.replace(*edit, 1), encoding="utf-8")
    monkeypatch.setattr(rules, "_FOLDER", folder)
    with pytest.raises(RegistryError, match=complaint):
        rules.load_rules.__wrapped__()


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=120), max_size=8))
def test_every_quote_from_any_text_is_the_documents_own_words(paragraphs: list[str]) -> None:
    terms = document(ARBITRATION, *paragraphs)
    for proposal in offline.propose(terms, cut_clauses(terms), load()):
        assert proposal.quote in terms.text
        assert proposal.title
        assert proposal.what_it_is
        copy = proposal.title + proposal.what_it_is + proposal.consumer_impact + proposal.why_it_matters
        assert not re.search(r"[{}]", copy)


def test_a_second_reading_gives_the_same_proposals() -> None:
    readings = [read_terms(ARBITRATION, "We may change these terms at any time.") for _ in range(2)]
    assert readings[0] == readings[1]
