"""Running a suite: the same analysis as a batch, variants beside it, and nothing analyzed twice."""

import asyncio
from pathlib import Path

import pytest

from classifiers.analysts import choose_analyst
from classifiers.offline.analyst import OfflineAnalyst
from classifiers.work import Deliver, Job, MemoryAnswers, Outcome
from evals.cache import AnalysisCache
from evals.fingerprints import changed_yardstick
from evals.results import Run, load_run, save_run
from evals.running import RunPlan, run_suite
from evals.scoring import score
from evals.suites import sample_cases, suite
from evals.variants import variants
from smallprint.errors import UserError
from smallprint.settings import Settings
from tests.evals.factory import NOW, make_case, make_gold
from tests.fakes import FakeServer

TEXT = """1. Disputes

1.1 Any dispute will be resolved by final and binding arbitration and not in court.

1.2 You waive any right to bring a class action against Kestrel Kettles.

2. Changes

2.1 We may change these terms at any time without notice by posting a new version on this page.
"""
ARBITRATION = "final and binding arbitration and not in court"


class CountingAnalyst(OfflineAnalyst):
    """The offline analyst, counting what it is asked to read."""

    def __init__(self) -> None:
        self.read = 0

    async def propose(self, job: Job, deliver: Deliver) -> None:
        self.read += 1
        await super().propose(job, deliver)


class FailingAnalyst(OfflineAnalyst):
    """An analyst whose windows all fail."""

    async def propose(self, job: Job, deliver: Deliver) -> None:
        ids = tuple(clause.id for clause in job.clauses)
        deliver(Outcome(clauses=ids, state="failed", model=self.name, why="the server was away"))


def kestrel(language: str = "en"):
    case = make_case("kestrel", TEXT, [make_gold(1, TEXT, ARBITRATION)])
    return case.model_copy(update={"source": case.source.model_copy(update={"language": language})})


def run(analyst: OfflineAnalyst, cache: AnalysisCache | None = None, *, language: str = "en", repeats: int = 0) -> Run:
    plan = RunPlan(analyst, cache=cache or AnalysisCache(), with_variants=True, repeats=repeats)
    return asyncio.run(run_suite("gold", [kestrel(language)], plan, now=NOW))


def test_the_second_run_analyzes_nothing_and_has_the_same_scores(tmp_path: Path) -> None:
    first, second = CountingAnalyst(), CountingAnalyst()
    analyzed = run(first, AnalysisCache(tmp_path), repeats=1)
    cached = run(second, AnalysisCache(tmp_path), repeats=1)
    assert first.read == 2 + len(list(variants(kestrel())))
    assert second.read == 0
    assert score(cached) == score(analyzed)
    assert cached.cases[0].drafts == analyzed.cases[0].drafts


def test_a_damaged_cache_file_is_analyzed_again(tmp_path: Path) -> None:
    run(CountingAnalyst(), AnalysisCache(tmp_path))
    for path in tmp_path.iterdir():
        path.write_text(path.read_text()[:100])
    again = CountingAnalyst()
    run(again, AnalysisCache(tmp_path))
    assert again.read > 0


def test_failed_windows_are_an_error_of_the_case_and_are_not_cached(tmp_path: Path) -> None:
    (case_run,) = run(FailingAnalyst(), AnalysisCache(tmp_path)).cases
    assert case_run.error is not None
    assert "were not analyzed: the server was away" in case_run.error
    assert not list(tmp_path.iterdir())


def test_a_case_in_a_language_without_rules_is_left_out_with_its_reason() -> None:
    german = run(CountingAnalyst(), language="de")
    assert german.cases == ()
    assert german.left_out == {"kestrel": "the offline analyst does not read the language 'de'"}


def test_a_stored_run_has_the_same_scores_when_it_is_read_again(tmp_path: Path) -> None:
    finished = run(CountingAnalyst())
    save_run(finished, tmp_path / "run.json")
    assert score(load_run(tmp_path / "run.json")) == score(finished)


@pytest.mark.parametrize("content", [None, "{}", "no JSON"], ids=["no file", "another file", "no JSON"])
def test_a_file_without_a_run_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UserError, match=r"run\.json"):
        load_run(path)


def test_drafts_on_variants_are_at_the_offsets_of_the_original() -> None:
    assert {variant.kind for variant in variants(kestrel())} == {"paraphrase", "injection"}
    (case_run,) = run(CountingAnalyst()).cases
    assert case_run.drafts
    original = {(evidence.start, evidence.end) for draft in case_run.drafts for evidence in draft.evidence}
    for variant in case_run.variants:
        if variant.kind == "injection":
            assert original <= {(span.start, span.end) for draft in variant.found for span in draft.spans}


@pytest.mark.parametrize("variant", list(variants(kestrel())), ids=lambda variant: f"{variant.kind} {variant.name}")
def test_a_variant_has_valid_blocks_and_clauses_that_tile_its_text(variant) -> None:
    text, end = variant.document.text, 0
    for block in variant.document.blocks:
        assert end <= block.start < block.end <= len(text)
        assert text[block.start : block.end].strip() == text[block.start : block.end]
        end = block.end
    assert " ".join(clause.text for clause in variant.clauses).split() == text.split()


def test_the_samples_are_a_suite_whose_gold_is_not_complete() -> None:
    cases = sample_cases()
    assert len(cases) == 7
    assert not any(case.complete for case in cases)
    assert sum(len(case.provisions) for case in cases) > 200


def test_an_unknown_suite_is_refused_and_the_known_ones_are_listed() -> None:
    with pytest.raises(UserError, match="gold, dev, test, samples"):
        suite("gould")


def test_every_part_of_the_yardstick_that_changed_is_named() -> None:
    yardstick = run(CountingAnalyst()).yardstick
    changed = yardstick.model_copy(
        update={"cases": {"kestrel": "x", "new": "y"}, "registry_sha256": "r", "scorers_sha256": "s"}
    )
    assert changed_yardstick(changed, yardstick) == [
        "dataset: 1 case changed (kestrel)",
        "dataset: 1 case added (new)",
        "registry: categories, laws or agencies were edited",
        "scorers: a formula was edited",
    ]
    assert changed_yardstick(yardstick, yardstick) == []


def test_a_models_calls_are_paid_once_and_the_usage_includes_variants(tmp_path: Path) -> None:
    with FakeServer() as server:
        settings = Settings(
            base_url=server.base_url, api_key="x", model="openai:fake", input_price=1.0, output_price=1.0
        )
        bills = []
        for _ in range(2):
            analyst = choose_analyst("openai:fake", settings)
            plan = RunPlan(
                analyst, cache=AnalysisCache(tmp_path), answers=MemoryAnswers(), with_variants=True, repeats=1
            )
            bills.append(asyncio.run(run_suite("gold", [kestrel()], plan)).usage)
        first, second = bills
        assert first.calls == server.calls == 2 + len(list(variants(kestrel())))
    assert first.cost_usd
    assert (second.calls, second.cost_usd, second.cached_calls) == (0, 0.0, first.calls)
