"""``run --batch`` and ``run --failed-only`` as a user calls them."""

from pathlib import Path

import pytest

from classifiers.model import batches, retry
from tests.app.conftest import Smallprint
from tests.fakes import OK, FakeServer, error


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_GATHER_SECONDS", 0.5)
    monkeypatch.setattr(batches, "_FIRST_POLL_SECONDS", 0.01)
    monkeypatch.setattr(retry, "_FIRST_BACKOFF_SECONDS", 0.01)
    monkeypatch.setenv("SMALLPRINT_INPUT_PRICE", "1")
    monkeypatch.setenv("SMALLPRINT_OUTPUT_PRICE", "2")


def test_a_run_by_batch_reads_every_document_at_half_the_price(smallprint: Smallprint, policies: Path) -> None:
    with FakeServer() as server:
        model = ("-m", "openai:fake", "--base-url", server.base_url)
        whole = smallprint("run", str(policies), *model, "--dry-run")
        half = smallprint("run", str(policies), *model, "--dry-run", "--batch")
        completed = smallprint("run", str(policies), *model, "--batch")
        again = smallprint("run", str(policies), *model)
    assert completed.code == 0
    assert "on its way; the answers may take up to a day" in completed.err
    assert "2 of 2 documents" in completed.out
    assert sum(len(requests) for requests in server.batches.sent.values()) == 2
    assert again.code == 0
    assert "2 answers from the store" in again.out
    costs = [
        float(planned.out.rsplit("$", 1)[1].split(".  ")[0].split(" ")[0].rstrip(".")) for planned in (whole, half)
    ]
    assert costs[1] == pytest.approx(costs[0] / 2, rel=0.05)


def test_batch_without_a_model_is_refused(smallprint: Smallprint, policies: Path) -> None:
    completed = smallprint("run", str(policies), "--batch")
    assert completed.code == 2
    assert "--batch needs a model behind a batch service" in completed.err


def test_failed_only_reads_again_what_failed_and_nothing_else(smallprint: Smallprint, policies: Path) -> None:
    with FakeServer(faults=lambda n, _r: OK if n else error(400, "this gateway is out of order")) as server:
        model = ("-m", "openai:fake", "--base-url", server.base_url)
        first = smallprint("run", str(policies), *model, "--concurrency", "1")
        assert first.code == 1
        assert "this gateway is out of order" in first.out
        second = smallprint("run", "--failed-only")
    assert second.code == 0
    assert "Resuming run" in second.err
    assert len(server.requests) == 3


def test_failed_only_says_where_nothing_failed(smallprint: Smallprint, policies: Path) -> None:
    assert smallprint("run", str(policies)).code == 0
    completed = smallprint("run", "--failed-only")
    assert completed.code == 2
    assert "in no run has anything failed" in completed.err
