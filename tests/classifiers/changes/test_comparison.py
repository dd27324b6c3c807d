"""Two versions of a sample document compared whole."""

from collections.abc import Callable
from pathlib import Path

import pytest

from classifiers.changes import compare_versions
from extractors.layout import Options
from extractors.reading import CapturedDocument, read_source
from samples import folder
from smallprint.records import Clause, Document, Source, VersionComparison
from smallprint.settings import Settings


def read(name: str) -> CapturedDocument:
    return read_source(Source(location=str(folder() / "brambleframe" / name)), Settings(), Options())


@pytest.fixture(scope="module")
def comparison() -> VersionComparison:
    old, new = read("terms-2025-03.html"), read("terms-2026-02.html")
    return compare_versions(old.document, old.clauses, new.document, new.clauses, entity="Brambleframe")


def test_a_document_compared_with_itself_has_no_change():
    reading = read("terms-2026-02.html")
    comparison = compare_versions(reading.document, reading.clauses, reading.document, reading.clauses)
    assert (comparison.changes, comparison.kind, comparison.direction) == ((), None, "neutral")


def test_the_sample_terms_were_changed_in_substance(comparison: VersionComparison):
    assert comparison.kind == "substantive"
    assert {change.kind for change in comparison.changes} <= {"technical", "editorial", "substantive"}


def test_every_difference_is_a_change_with_a_reason(comparison: VersionComparison):
    differing = [pair for pair in comparison.pairs if pair.relation != "unchanged"]
    assert [change.pair for change in comparison.changes] == differing
    assert all(change.reasons for change in comparison.changes)


def test_only_substantive_changes_have_a_direction(comparison: VersionComparison):
    assert all(change.direction == "neutral" for change in comparison.changes if change.kind != "substantive")


@pytest.fixture
def document(tmp_path: Path) -> Callable[[str], tuple[Document, tuple[Clause, ...]]]:
    def read_text(text: str) -> tuple[Document, tuple[Clause, ...]]:
        path = tmp_path / "terms.txt"
        path.write_text(text, encoding="utf-8")
        reading = read_source(Source(location=str(path)), Settings(), Options())
        return reading.document, reading.clauses

    return read_text


def test_a_text_that_changed_under_its_old_date_is_a_finding(document):
    old = document("Last updated: 1 May 2024\n\nYou may cancel within 30 days.")
    new = document("Last updated: 1 May 2024\n\nYou may cancel within 14 days.")
    comparison = compare_versions(*old, *new)
    assert (comparison.old_date, comparison.date_findings) == ("2024-05-01", ("text_changed_date_did_not",))


def test_a_date_that_changed_over_the_same_text_is_a_finding(document):
    old = document("Last updated: 1 May 2024\n\nYou may cancel within 30 days.")
    new = document("Last updated: 1 June 2024\n\nYou may cancel within 30 days.")
    comparison = compare_versions(*old, *new)
    assert (comparison.kind, comparison.date_findings) == ("technical", ("date_changed_text_did_not",))


def test_a_redefined_term_lists_the_clauses_that_use_it(document):
    head = "1. “Content” means {}\n\n2. You keep all rights in Content.\n\n3. We may close accounts."
    old, new = document(head.format("photos.")), document(head.format("photos and messages."))
    (change,) = compare_versions(*old, *new).changes
    texts = {clause.id: clause.text for clause in new[1]}
    assert [texts[key] for key in change.uses_redefined] == ["2. You keep all rights in Content."]
