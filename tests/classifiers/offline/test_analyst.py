"""The offline analyst as a whole: whom it names, which law it cites, what it keeps, and that it invents nothing."""

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

PLACES = {
    "the manifest's": (Source(location="x", jurisdictions=("AU",)), "", {"au-consumer-law"}),
    "the text's American body": (None, "Claims are heard by the American Arbitration Association.", {"faa", "ftc-act"}),
    "the text's European people": (None, "Residents of the European Union keep their rights.", {"uctd"}),
    "none without a sign of any": (None, "", set()),
}


@pytest.mark.parametrize(("introduction", "name"), NAMES.values(), ids=list(NAMES))
def test_names_the_provider_as_the_document_does(introduction: str, name: str) -> None:
    found = read_terms(introduction, ARBITRATION, source=None)
    assert f"Disputes with {name} are decided" in found[-1].what_it_is


def test_the_provider_speaks_under_its_own_name() -> None:
    introduction = "These terms are between you and Osprey Kettle Works, Inc. (“Osprey”)."
    found = read_terms(introduction, "Osprey may suspend or close your account without notice.", source=None)
    assert [one.category for one in found] == ["account_termination"]


@pytest.mark.parametrize(("source", "also", "frameworks"), PLACES.values(), ids=list(PLACES))
def test_cites_the_law_of_the_places_a_document_reaches(source: Source | None, also: str, frameworks: set[str]) -> None:
    plain = "Any dispute will be settled by binding arbitration."
    found = read_terms(*filter(None, [plain, also]), source=source)
    cited = {one.id for proposal in found for one in resolve_frameworks(proposal.frameworks, load())}
    assert frameworks <= cited
    assert bool(frameworks) == bool(cited)


def test_a_law_whose_people_are_kept_out_is_not_cited() -> None:
    out = "The service is not available to residents of the European Union."
    found = read_terms(out, ARBITRATION, "Claims may go to the American Arbitration Association.", source=None)
    assert not any("UCTD" in cited.citation for one in found for cited in one.frameworks)


def test_a_clause_in_the_users_favor_names_nobody_to_complain_to() -> None:
    (found,) = read_terms("You retain ownership of all content that you upload.")
    assert found.agencies == ()


def test_one_category_is_said_once_however_often_it_is_repeated() -> None:
    repeated = [f"In section {n}, you agree that you will indemnify us from any claims." for n in range(1, 9)]
    assert len(read_terms(*repeated)) == 1


def test_a_clearer_passage_replaces_a_vaguer_one() -> None:
    found = read_terms("Disputes go to arbitration.", ARBITRATION)
    assert [one.title for one in found] == ["Arbitration under the rules of JAMS"]


def test_a_shorter_telling_of_the_same_is_left_out() -> None:
    found = read_terms(
        "You may not use your points in any way that is misleading or harmful.",
        "You may not use your points in any way that is misleading, harmful or illegal.",
    )
    assert [one.quote for one in found] == [
        "You may not use your points in any way that is misleading, harmful or illegal."
    ]


def test_two_rights_in_almost_the_same_words_are_two() -> None:
    found = read_terms(
        "You have the right to withdraw from an order within 14 days.",
        "You have the right to withdraw from an order in Vermont within 10 days.",
    )
    assert [one.title for one in found] == ["Right to withdraw within 14 days", "Right to withdraw within 10 days"]


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
def test_rules_with_a_mistake_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, edit: tuple[str, str], complaint: str
) -> None:
    here = tmp_path / "offline"
    shutil.copytree(Path(rules.__file__).parent, here, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    text = (here / file).read_text(encoding="utf-8")
    assert edit[0] in text
    (here / file).write_text(text.replace(*edit, 1), encoding="utf-8")
    monkeypatch.setattr(rules, "_FOLDER", here)
    with pytest.raises(RegistryError, match=complaint):
        rules.load_rules.__wrapped__()


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=120), max_size=8))
def test_any_text_is_read_and_every_quote_is_the_documents(paragraphs: list[str]) -> None:
    whole = document(ARBITRATION, *paragraphs)
    for one in offline.propose(whole, cut_clauses(whole), load()):
        assert one.quote in whole.text
        assert one.title
        assert one.what_it_is
        assert not re.search(r"[{}]", one.title + one.what_it_is + one.consumer_impact + one.why_it_matters)


def test_the_same_document_reads_the_same_twice() -> None:
    terms_twice = [read_terms(ARBITRATION, "We may change these terms at any time.") for _ in range(2)]
    assert terms_twice[0] == terms_twice[1]
