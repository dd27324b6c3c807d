"""Approved records become cases that load, and nothing leaks between the splits."""

from pathlib import Path

import pytest

from evals.freezing import ApprovedRecord, freeze, likeness
from evals.loading import load_cases
from smallprint.errors import UserError
from smallprint.records import Source
from smallprint.registry import load
from tests.evals.factory import GRAVE, MILD, make_case, make_draft, make_sentences

LINES = make_sentences(6, "teapot")
TEXT = "\n\n".join(LINES)
SOURCE = Source(
    location="t.txt",
    entity="Teapot Two",
    title="Terms",
    terms_type="Terms of Service",
    language="en",
    jurisdictions=("US",),
)


def approved(text: str = TEXT, lines=(0, 2)) -> list[ApprovedRecord]:
    case = make_case("t", text)
    spans = [(case.document.text.index(LINES[n]), len(LINES[n])) for n in lines]
    return [
        ApprovedRecord(
            id=f"SP-P-00000{n}",
            draft=make_draft(case, start, start + length, ["arbitration", "venue"][n % 2], [GRAVE, MILD][n % 2]),
            source=SOURCE,
            document=case.document,
        )
        for n, (start, length) in enumerate(spans)
    ]


def test_records_become_a_case_that_loads_with_its_provenance(tmp_path: Path) -> None:
    (path,) = freeze(approved(), tmp_path, "dev", known=[], registry=load())
    (case,) = load_cases(tmp_path)
    assert path.name == "teapot-two-terms.yml"
    assert [(provision.category, provision.severity, provision.text) for provision in case.provisions] == [
        ("arbitration", "high", LINES[0]),
        ("venue", "low", LINES[2]),
    ]
    assert case.provenance == "records SP-P-000000, SP-P-000001"
    assert case.complete is False


def test_a_document_that_is_already_a_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is already the case old"):
        freeze(approved(), tmp_path, "dev", known=[make_case("old", TEXT)], registry=load())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("split", "other"), [("dev", "test"), ("test", "dev")])
def test_a_version_of_a_case_stays_in_its_split(tmp_path: Path, split: str, other: str) -> None:
    text = "\n\n".join([*LINES[:4], "This new sentence is about something else."])
    version = make_case("old", text, split=other)
    with pytest.raises(UserError, match=f"freeze it with --split {other}"):
        freeze(approved(), tmp_path, split, known=[version], registry=load())
    assert freeze(approved(), tmp_path, other, known=[version], registry=load())


def test_a_document_that_a_prompt_quotes_cannot_become_a_test_case(tmp_path: Path) -> None:
    quoted = "You may opt out of this Section by writing to our registered office within 30 days of today."
    text = f"{TEXT}\n\n{quoted}"
    with pytest.raises(UserError, match=r"may not be a test case: it shares .* with prompts/examples\.yml"):
        freeze(approved(text), tmp_path, "test", known=[], registry=load())


def test_existing_case_files_are_not_overwritten(tmp_path: Path) -> None:
    freeze(approved(), tmp_path, "dev", known=[], registry=load())
    with pytest.raises(UserError, match="exists already"):
        freeze(approved(), tmp_path, "dev", known=[], registry=load())


def test_a_quote_that_occurs_twice_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="occurs 2 times"):
        freeze(approved(f"{TEXT}\n\n{LINES[0]}"), tmp_path, "dev", known=[], registry=load())
    assert not list(tmp_path.iterdir())


def test_likeness_is_the_share_of_the_shorter_text() -> None:
    assert likeness(TEXT, TEXT) == 1.0
    assert likeness(TEXT, "Nothing in common with that at all, not a word of it.") == 0.0
