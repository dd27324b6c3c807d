"""Calls by the provider's batch service: half the price, found again after an interruption, failures sent again."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from classifiers.analysts import choose_analyst
from classifiers.analyze import analyze
from classifiers.model import batches, retry
from classifiers.work import Answers, Budget, MemoryAnswers
from smallprint.errors import ModelStopError
from smallprint.records import Analysis
from tests.classifiers.reading import ask, once, settings, terms
from tests.fakes import FAULTS, FakeServer

PRICES = {"input_price": 1.0, "output_price": 4.0}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_GATHER_SECONDS", 0.05)
    monkeypatch.setattr(batches, "_FIRST_POLL_SECONDS", 0.01)
    monkeypatch.setattr(retry, "_FIRST_BACKOFF_SECONDS", 0.01)


class StoppedError(Exception):
    """The process was killed."""


def by_batch(
    server: FakeServer,
    home: Path,
    *,
    answers: Answers | None = None,
    budget: Budget | None = None,
    stop_at: str = "",
    announced: list[str] | None = None,
) -> Analysis:
    """The analysis by batch; an announcement with the words ``stop_at`` ends the process."""
    sentences = announced if announced is not None else []

    async def run() -> Analysis:
        task = asyncio.current_task()

        def announce(sentence: str) -> None:
            sentences.append(sentence)
            if stop_at and stop_at in sentence and task is not None:
                task.cancel()

        configured = settings(server, home=home, **PRICES)
        model = choose_analyst("openai:fake", configured, announce_batch=announce)
        try:
            return await analyze(
                *terms(),
                model,
                answers=answers if answers is not None else MemoryAnswers(),
                budget=budget,
                now=datetime(2026, 1, 2, tzinfo=UTC),
            )
        finally:
            await model.close()

    try:
        return asyncio.run(run())
    except asyncio.CancelledError as cancelled:
        raise StoppedError from cancelled


@pytest.fixture(scope="module")
def clean() -> Analysis:
    with FakeServer() as server:
        return ask(server, terms(), **PRICES)


def ids(analysis: Analysis) -> list[str]:
    return [draft.id for draft in analysis.drafts]


def test_all_windows_go_in_one_batch_at_half_the_price(tmp_path: Path, clean: Analysis) -> None:
    announced: list[str] = []
    with FakeServer() as server:
        analysis = by_batch(server, tmp_path, announced=announced)
    assert [len(requests) for requests in server.batches.sent.values()] == [clean.windows]
    assert ids(analysis) == ids(clean)
    assert analysis.usage.cost_usd == pytest.approx(clean.usage.cost_usd / 2)
    assert analysis.usage.calls == clean.usage.calls
    assert announced == [
        f"Batch batch-0 with {clean.windows} calls is on its way; the answers may take up to a day.",
        f"Batch batch-0 is completed: {clean.windows} of {clean.windows} calls answered.",
    ]


def test_a_batch_has_the_requests_of_direct_calls(tmp_path: Path) -> None:
    with FakeServer() as direct:
        ask(direct, terms(), **PRICES)
    with FakeServer() as server:
        by_batch(server, tmp_path)
    (lines,) = server.batches.sent.values()
    assert {line["url"] for line in lines} == {"/v1/chat/completions"}
    bodies = sorted(str(line["body"]) for line in lines)
    assert bodies == sorted(str({key: request.body[key] for key in lines[0]["body"]}) for request in direct.requests)


def test_answers_are_stored_and_not_asked_again(tmp_path: Path) -> None:
    answers = MemoryAnswers()
    with FakeServer() as server:
        by_batch(server, tmp_path, answers=answers)
        again = by_batch(server, tmp_path, answers=answers)
    assert len(server.batches.sent) == 1
    assert again.usage.calls == 0


def test_the_next_process_waits_for_a_running_batch(tmp_path: Path, clean: Analysis) -> None:
    with FakeServer() as server:
        with pytest.raises(StoppedError):
            by_batch(server, tmp_path, stop_at="on its way")
        analysis = by_batch(server, tmp_path)
    assert len(server.batches.sent) == 1
    assert ids(analysis) == ids(clean)


def test_results_fetched_before_an_interruption_are_used(tmp_path: Path, clean: Analysis) -> None:
    with FakeServer() as server:
        with pytest.raises(StoppedError):
            by_batch(server, tmp_path, stop_at="is completed")
        analysis = by_batch(server, tmp_path)
    assert len(server.batches.sent) == 1
    assert ids(analysis) == ids(clean)


def test_a_batch_whose_id_was_never_recorded_is_found_by_its_digest(tmp_path: Path, clean: Analysis) -> None:
    import json

    with FakeServer() as server:
        with pytest.raises(StoppedError):
            by_batch(server, tmp_path, stop_at="on its way")
        (path,) = (tmp_path / "batches").rglob("*.json")
        path.write_text(json.dumps({**json.loads(path.read_text()), "id": None}))
        analysis = by_batch(server, tmp_path)
    assert len(server.batches.sent) == 1
    assert ids(analysis) == ids(clean)


def test_a_batch_that_was_recorded_and_never_sent_is_sent(tmp_path: Path, clean: Analysis) -> None:
    import json

    with FakeServer() as server:
        with pytest.raises(StoppedError):
            by_batch(server, tmp_path, stop_at="on its way")
        (path,) = (tmp_path / "batches").rglob("*.json")
        path.write_text(json.dumps({**json.loads(path.read_text()), "id": None, "mark": "0" * 32}))
        analysis = by_batch(server, tmp_path)
    assert len(server.batches.sent) == 2
    assert ids(analysis) == ids(clean)


@pytest.mark.parametrize(
    "name", ["429 without", "500", "dropped connection", "truncated JSON", "unknown category", "refusal"]
)
def test_requests_that_failed_are_sent_again(name: str, tmp_path: Path, clean: Analysis) -> None:
    with FakeServer(faults=once(FAULTS[name])) as server:
        analysis = by_batch(server, tmp_path)
    sizes = [len(requests) for requests in server.batches.sent.values()]
    assert sizes[0] == clean.windows
    assert sum(sizes[1:]) <= 2
    assert ids(analysis) == ids(clean)


def test_requests_that_an_expired_batch_did_not_answer_are_sent_again(tmp_path: Path, clean: Analysis) -> None:
    with FakeServer() as server:
        server.batches.end = "expired"
        analysis = by_batch(server, tmp_path)
    sizes = [len(requests) for requests in server.batches.sent.values()]
    assert sizes[0] == clean.windows
    assert sizes[1:] == [clean.windows - clean.windows // 2]
    assert ids(analysis) == ids(clean)


def test_a_batch_that_the_provider_rejects_fails_with_its_message(tmp_path: Path) -> None:
    with FakeServer() as server:
        server.batches.end = "failed"
        server.batches.problem = "Enqueued token limit reached"
        analysis = by_batch(server, tmp_path)
    assert analysis.ledger(terms()[1]).failed == len(terms()[1])
    assert all("Enqueued token limit reached" in entry.why for entry in analysis.entries)


def test_a_response_mode_that_the_model_does_not_take_is_dropped_for_all_requests(
    tmp_path: Path, clean: Analysis
) -> None:
    with FakeServer(modes=("json",)) as server:
        analysis = by_batch(server, tmp_path)
    assert ids(analysis) == ids(clean)
    assert len(server.batches.sent) == 3


def test_a_wrong_key_stops_the_run(tmp_path: Path) -> None:
    with FakeServer(api_key="right") as server, pytest.raises(ModelStopError, match="check OPENAI_API_KEY"):
        by_batch(server, tmp_path)


def test_a_budget_bounds_the_batch(tmp_path: Path, clean: Analysis) -> None:
    with FakeServer() as server:
        budget = Budget((clean.usage.cost_usd or 0) / 12)
        analysis = by_batch(server, tmp_path, budget=budget)
    assert 0 < len(next(iter(server.batches.sent.values()))) < clean.windows
    assert analysis.ledger(terms()[1]).over_budget > 0
