"""Cases -> run: every document, and its variants where wanted, through the same ``analyze`` as any batch."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from classifiers.analyze import Answers, Budget, MemoryAnswers, analyze
from classifiers.work import Analyst
from evals.cache import AnalysisCache, analysis_key
from evals.fingerprints import subject_of, yardstick_of
from evals.gold import Case, TextSpan
from evals.results import CaseRun, Run, Subject, VariantDraft, VariantRun
from evals.variants import variants
from smallprint import __version__
from smallprint.records import Analysis, Clause, Document, Draft, Source, Usage
from smallprint.registry import Registry, load

Progress = Callable[[str], None]


@dataclass
class RunPlan:
    """Who reads a suite, and how."""

    analyst: Analyst
    registry: Registry = field(default_factory=load)
    cache: AnalysisCache = field(default_factory=AnalysisCache)
    answers: Answers | None = None  # where a model's answers are stored
    budget: Budget = field(default_factory=Budget)
    with_variants: bool = False
    repeats: int = 0  # further readings of every document, each asked and paid for anew
    at_once: int = 4  # documents read concurrently; model calls have their own limit


async def read_case(case: Case, plan: RunPlan, subject: Subject) -> CaseRun:
    """Have the analyst read one case, and its variants and repeats where the plan has them."""
    analysis, spent = await _analysis(case.document, case.clauses, case.source, plan, subject)
    variant_runs, spent_on_variants = await _variants(case, plan, subject)
    ledger = analysis.ledger(case.clauses)
    error = None
    if ledger.failed or ledger.over_budget:
        why = next(entry.why for entry in analysis.entries if entry.why)
        error = f"{ledger.failed + ledger.over_budget} of {ledger.clauses} clauses were not analyzed: {why}"
    return CaseRun(
        case=case,
        drafts=analysis.drafts,
        rejections=analysis.rejections,
        ledger=ledger,
        usage=sum(spent_on_variants, spent or Usage(cached_calls=analysis.usage.calls)),
        variants=tuple(variant_runs),
        error=error,
        cached=spent is None,
    )


async def run_suite(
    suite: str,
    cases: Sequence[Case],
    plan: RunPlan,
    *,
    progress: Progress = lambda _case: None,
    now: datetime | None = None,
) -> Run:
    """Have the analyst read every case.

    Args:
        suite: the name that the run is stored under.
        cases: the cases to read.
        plan: who reads them, and how.
        progress: called with the id of every case that has been read.
        now: the time of the run, with time zone; default: the clock.

    Raises:
        ModelStopError: the model's server refuses every further call; the answers before that are stored.

    """
    measured = subject_of(plan.analyst, plan.registry)
    left_out = {case.id: why for case in cases if (why := _unreadable(plan.analyst, case))}
    readable = [case for case in cases if case.id not in left_out]
    slots = asyncio.Semaphore(plan.at_once)

    async def read_in_turn(case: Case) -> CaseRun:
        async with slots:
            case_run = await read_case(case, plan, measured)
            progress(case.id)
            return case_run

    case_runs = await asyncio.gather(*(read_in_turn(case) for case in readable))
    return Run(
        suite=suite,
        created_at=now or datetime.now(UTC),
        version=__version__,
        subject=measured,
        yardstick=yardstick_of(readable, plan.registry),
        cases=tuple(case_runs),
        left_out=left_out,
    )


def _unreadable(analyst: Analyst, case: Case) -> str:
    language = case.source.language
    return "" if analyst.traits.reads(language) else f"{analyst.traits.label} does not read the language {language!r}"


async def _variants(case: Case, plan: RunPlan, subject: Subject) -> tuple[list[VariantRun], list[Usage]]:
    """The repeats and changed copies, and the usage of each in this run."""
    runs, usages = [], []
    for n in range(1, plan.repeats + 1):
        analysis, usage = await _analysis(case.document, case.clauses, case.source, plan, subject, repeat=n)
        drafts = tuple(_repeated_draft(draft) for draft in analysis.drafts)
        runs.append(VariantRun(kind="repeat", name=str(n), found=drafts))
        usages.append(usage or Usage(cached_calls=analysis.usage.calls))
    for variant in variants(case) if plan.with_variants else ():
        analysis, usage = await _analysis(variant.document, variant.clauses, case.source, plan, subject)
        drafts = variant.drafts_in_original(analysis.drafts)
        runs.append(VariantRun(kind=variant.kind, name=variant.name, found=drafts))
        usages.append(usage or Usage(cached_calls=analysis.usage.calls))
    return runs, usages


def _repeated_draft(draft: Draft) -> VariantDraft:
    spans = tuple(TextSpan(start=evidence.start, end=evidence.end) for evidence in draft.evidence)
    return VariantDraft(spans=spans, category=draft.category, severity=draft.severity)


async def _analysis(
    document: Document, clauses: tuple[Clause, ...], source: Source, plan: RunPlan, subject: Subject, *, repeat: int = 0
) -> tuple[Analysis, Usage | None]:
    """The analysis, and its usage; None for usage where it came from the cache.

    A repeat asks the model anew: it does not read the stored answers.
    """
    key = analysis_key(subject, document, source, repeat)
    cached = plan.cache.get(key)
    if cached is not None:
        return cached, None
    analysis = await analyze(
        document,
        clauses,
        plan.analyst,
        source=source,
        answers=MemoryAnswers() if repeat else plan.answers,
        budget=plan.budget,
        registry=plan.registry,
    )
    # An analysis with failed clauses is not cached, so that the next run tries them again.
    if all(entry.state in ("analyzed", "nothing_found") for entry in analysis.entries):
        plan.cache.put(key, analysis)
    return analysis, analysis.usage
