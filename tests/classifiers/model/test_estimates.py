"""A dry run's estimate, before the first answer and once the model's own answers are stored."""

from pathlib import Path

import pytest

from classifiers.analysts import choose_analyst
from classifiers.analyze import Plan, estimate
from classifiers.work import Answers, MemoryAnswers
from smallprint.store import open_store
from smallprint.store.answers import StoredAnswers
from tests.classifiers.reading import Text, ask, markdown, read, settings, terms
from tests.fakes import FakeServer

OTHER = read(markdown(60).replace("Tansy and Thistle", "Bramble and Sons"))


def plan(server: FakeServer, text: Text, answers: Answers) -> Plan:
    configured = settings(server)
    return estimate(*text, choose_analyst(configured.model, configured), answers=answers)


@pytest.mark.parametrize("stored", ["in memory", "in the store"])
def test_after_one_document_the_estimate_of_the_next_is_near(stored: str, tmp_path: Path) -> None:
    answers = MemoryAnswers() if stored == "in memory" else StoredAnswers(open_store(f"sqlite:///{tmp_path / 'a.db'}"))
    with FakeServer() as server:
        ask(server, terms(), answers=answers)
        planned = plan(server, OTHER, answers).usage
        used = ask(server, OTHER, answers=answers).usage
    assert planned.input_tokens == pytest.approx(used.input_tokens, rel=0.15)
    assert planned.output_tokens == pytest.approx(used.output_tokens, rel=0.15)


def test_windows_with_stored_answers_are_free() -> None:
    answers = MemoryAnswers()
    with FakeServer() as server:
        before = plan(server, terms(), answers)
        ask(server, terms(), answers=answers)
        after = plan(server, terms(), answers)
        asked = len(server.requests)
    assert before.windows == after.windows == asked
    assert (before.usage.calls, before.usage.cached_calls) == (asked, 0)
    assert (after.usage.calls, after.usage.cached_calls, after.usage.output_tokens) == (0, asked, 0)
