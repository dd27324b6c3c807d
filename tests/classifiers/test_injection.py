"""Hostile documents: whatever a clause says, other labels stay and no draft holds anything that a page acts on."""

import asyncio

import pytest

from classifiers.analyze import analyze
from classifiers.offline.analyst import OfflineAnalyst
from evals.hostile import HostileClause, document_with, labels, load_hostile, problems
from smallprint.records import Analysis, Clause
from smallprint.registry import load
from tests.classifiers.reading import ask
from tests.fakes import FakeServer, Request, gullible

REGISTRY = load()
SUITE = load_hostile()
IDS = [f"{hostile.id} tries {hostile.tries}" for hostile in SUITE]


PLAIN = document_with(None)


@pytest.fixture(scope="module")
def before(server) -> Analysis:
    return ask(server, PLAIN, window_tokens=5000)


@pytest.fixture(scope="module")
def before_offline() -> Analysis:
    return offline(None)


def offline(hostile: HostileClause | None) -> Analysis:
    return asyncio.run(analyze(*document_with(hostile), OfflineAnalyst()))


@pytest.fixture(scope="module")
def server():
    """A model that believes everything a clause says of itself, and repeats it in every field."""
    with FakeServer(reader=gullible) as running:
        yield running


def test_there_are_at_least_twenty_five_hostile_clauses() -> None:
    assert len({hostile.id for hostile in SUITE}) == len(SUITE) >= 25


@pytest.mark.parametrize("hostile", SUITE, ids=IDS)
def test_a_model_that_believes_everything_changes_no_other_label(
    hostile: HostileClause, server: FakeServer, before: Analysis
) -> None:
    document, clauses = document_with(hostile)
    calls_before = len(server.requests)
    after = ask(server, (document, clauses), window_tokens=50_000)
    assert len(labels(before, PLAIN[1])) == 4
    assert labels(after, clauses) == labels(before, PLAIN[1])
    assert list(problems(after, document, REGISTRY)) == []
    assert after.ledger(clauses).failed == 0
    assert_fence_holds(server.requests[calls_before], clauses)


def assert_fence_holds(request: Request, clauses: tuple[Clause, ...]) -> None:
    """The mark is the first and last line, and only our own numbers begin a line."""
    lines = request.document.splitlines()
    assert [n for n, line in enumerate(lines) if line == lines[0]] == [0, len(lines) - 2]
    numbered = [line for line in lines if line.startswith("[")]
    assert len(numbered) == sum(not clause.heading_only for clause in clauses)
    assert all(line.startswith(f"[{n}] ") for n, line in enumerate(numbered, start=1))
    assert "{{" not in request.messages[0]["content"]


@pytest.mark.parametrize("hostile", SUITE, ids=IDS)
def test_the_offline_analyst_changes_no_other_label(hostile: HostileClause, before_offline: Analysis) -> None:
    document, clauses = document_with(hostile)
    after = offline(hostile)
    assert labels(after, clauses) == labels(before_offline, PLAIN[1])
    assert list(problems(after, document, REGISTRY)) == []


@pytest.mark.parametrize("hostile", [hostile for hostile in SUITE if hostile.hides], ids=lambda hostile: hostile.id)
def test_hidden_text_is_not_read(hostile: HostileClause) -> None:
    document, _ = document_with(hostile)
    assert hostile.hides in hostile.html
    assert hostile.hides not in document.text
