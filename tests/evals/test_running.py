"""Running a suite: the same path as a batch, variants beside it, and nothing done twice."""

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
from tests.evals.factory import NOW, case, gold
from tests.fakes import FakeServer

TEXT = """1. Disputes

1.1 Any dispute will be resolved by final and binding arbitration and not in court.

1.2 You waive any right to bring a class action against Kestrel Kettles.

2. Changes

2.1 We may change these terms at any time without notice by posting a new version on this page.
"""
ARBITRATION = "final and binding arbitration and not in court"


class Counting(OfflineAnalyst):
    """The offline analyst, counting what it is asked to read."""

    def __init__(self) -> None:
        self.read = 0

    async def propose(self, job: Job, deliver: Deliver) -> None:
        self.read += 1
        await super().propose(job, deliver)


class Failing(OfflineAnalyst):
    """An analyst whose windows all fail."""

    async def propose(self, job: Job, deliver: Deliver) -> None:
        ids = tuple(clause.id for clause in job.clauses)
        deliver(Outcome(clauses=ids, state="failed", model=self.name, why="the server was away"))


def kestrel(language: str = "en"):
    made = case("kestrel", TEXT, [gold(1, TEXT, ARBITRATION)])
    return made.model_copy(update={"source": made.source.model_copy(update={"language": language})})


def run(analyst: OfflineAnalyst, cache: AnalysisCache | None = None, *, language: str = "en", repeats: int = 0) -> Run:
    plan = RunPlan(analyst, cache=cache or AnalysisCache(), with_variants=True, repeats=repeats)
    return asyncio.run(run_suite("gold", [kestrel(language)], plan, now=NOW))


def test_the_second_run_analyzes_nothing_and_gives_the_same(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    one = run(first, AnalysisCache(tmp_path), repeats=1)
    other = run(second, AnalysisCache(tmp_path), repeats=1)
    assert first.read == 2 + len(list(variants(kestrel())))
    assert second.read == 0
    assert score(one) == score(other)
    assert one.cases[0].drafts == other.cases[0].drafts


def test_a_torn_cache_file_is_as_good_as_none(tmp_path: Path) -> None:
    run(Counting(), AnalysisCache(tmp_path))
    for path in tmp_path.iterdir():
        path.write_text(path.read_text()[:100])
    again = Counting()
    run(again, AnalysisCache(tmp_path))
    assert again.read > 0


def test_failed_windows_are_an_error_of_the_case_and_are_tried_again(tmp_path: Path) -> None:
    made = run(Failing(), AnalysisCache(tmp_path))
    assert made.cases[0].error is not None
    assert "were not analyzed: the server was away" in made.cases[0].error
    assert not list(tmp_path.iterdir())


def test_a_language_without_rules_is_left_out_and_said() -> None:
    made = run(Counting(), language="de")
    assert made.cases == ()
    assert made.left_out == {"kestrel": "the offline analyst does not read the language 'de'"}


def test_a_run_is_kept_whole_and_scores_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    made = run(Counting())
    save_run(made, tmp_path / "run.json")
    assert score(load_run(tmp_path / "run.json")) == score(made)


@pytest.mark.parametrize("content", [None, "{}", "no JSON"], ids=["no file", "another file", "no JSON"])
def test_what_is_no_run_is_refused_in_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UserError, match=r"run\.json"):
        load_run(path)


def test_variants_lead_back_to_the_original() -> None:
    of = kestrel()
    seen = list(variants(of))
    assert {one.kind for one in seen} == {"paraphrase", "injection"}
    drafts = run(Counting()).cases[0]
    assert drafts.drafts
    for variant in drafts.variants:
        if variant.kind == "injection":
            places = {(part.start, part.end) for one in variant.found for part in one.spans}
            assert {(part.start, part.end) for draft in drafts.drafts for part in draft.evidence} <= places


@pytest.mark.parametrize("variant", list(variants(kestrel())), ids=lambda one: f"{one.kind} {one.name}")
def test_a_variant_is_a_document_like_any_other(variant) -> None:
    text, end = variant.document.text, 0
    for block in variant.document.blocks:
        assert end <= block.start < block.end <= len(text)
        assert text[block.start : block.end].strip() == text[block.start : block.end]
        end = block.end
    assert " ".join(one.text for one in variant.clauses).split() == text.split()


def test_the_samples_are_a_suite_whose_gold_is_not_complete() -> None:
    cases = sample_cases()
    assert len(cases) == 7
    assert not any(one.complete for one in cases)
    assert sum(len(one.provisions) for one in cases) > 200


def test_an_unknown_suite_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="gold, dev, test, samples"):
        suite("gould")


def test_definitions_that_changed_are_named() -> None:
    made = run(Counting())
    other = made.yardstick.model_copy(
        update={"cases": {"kestrel": "x", "new": "y"}, "registry_sha256": "r", "scorers_sha256": "s"}
    )
    assert changed_yardstick(other, made.yardstick) == [
        "dataset: 1 case changed (kestrel)",
        "dataset: 1 case added (new)",
        "registry: categories, laws or agencies were edited",
        "scorers: a formula was edited",
    ]
    assert changed_yardstick(made.yardstick, made.yardstick) == []


def test_a_models_calls_are_paid_once_and_variants_are_on_the_bill(tmp_path: Path) -> None:
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
