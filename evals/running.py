"""Cases -> run: every document, and its variants where asked for, through the same ``analyze`` as any batch."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from classifiers.analyze import Answers, Budget, MemoryAnswers, analyze
from classifiers.work import Analyst
from evals.cache import AnalysisCache, analysis_key
from evals.fingerprints import subject, yardstick
from evals.gold import Case, Span
from evals.results import CaseRun, Found, Run, Subject, VariantRun
from evals.variants import variants
from smallprint import __version__
from smallprint.records import Analysis, Clause, Document, Draft, Source, Usage
from smallprint.registry import Registry, load

Progress = Callable[[str], None]


@dataclass
class Plan:
    """How a suite is run."""

    analyst: Analyst
    registry: Registry = field(default_factory=load)
    cache: AnalysisCache = field(default_factory=AnalysisCache)
    answers: Answers | None = None  # where paid answers live
    budget: Budget = field(default_factory=Budget)
    with_variants: bool = False
    repeats: int = 0  # further readings of every document, each paid for
    at_once: int = 4  # documents; the calls in flight have their own limit


async def read_case(case: Case, plan: Plan, who: Subject) -> CaseRun:
    """Have the analyst read one case, and its variants and repeats where the plan asks for them."""
    analysis, spent = await _analysis(case.document, case.clauses, case.source, plan, who)
    variants_read, spent_on_them = await _variants(case, plan, who)
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
        usage=sum(spent_on_them, spent or Usage(cached_calls=analysis.usage.calls)),
        variants=tuple(variants_read),
        error=error,
        cached=spent is None,
    )


async def run_suite(
    suite: str,
    cases: Sequence[Case],
    plan: Plan,
    *,
    progress: Progress = lambda _case: None,
    now: datetime | None = None,
) -> Run:
    """Have the analyst read every case.

    Args:
        suite: the name that the run is kept under.
        cases: what is read.
        plan: who reads and how.
        progress: told the id of every case that is done.
        now: the time of the run, aware; default: the clock.

    Raises:
        ModelStopError: the model's server refuses us for good; what was answered before is kept.

    """
    who = subject(plan.analyst, plan.registry)
    left_out = {case.id: why for case in cases if (why := _unreadable(plan.analyst, case))}
    readable = [case for case in cases if case.id not in left_out]
    gate = asyncio.Semaphore(plan.at_once)

    async def one(case: Case) -> CaseRun:
        async with gate:
            made = await read_case(case, plan, who)
            progress(case.id)
            return made

    runs = await asyncio.gather(*(one(case) for case in readable))
    return Run(
        suite=suite,
        created_at=now or datetime.now(UTC),
        version=__version__,
        subject=who,
        yardstick=yardstick(readable, plan.registry),
        cases=tuple(runs),
        left_out=left_out,
    )


def _unreadable(analyst: Analyst, case: Case) -> str:
    language = case.source.language
    return "" if analyst.traits.reads(language) else f"{analyst.traits.label} does not read the language {language!r}"


async def _variants(case: Case, plan: Plan, who: Subject) -> tuple[list[VariantRun], list[Usage]]:
    """The repeats and changed copies, and what each of them cost now."""
    made, spent = [], []
    for n in range(1, plan.repeats + 1):
        analysis, usage = await _analysis(case.document, case.clauses, case.source, plan, who, repeat=n)
        made.append(VariantRun(kind="repeat", name=str(n), found=tuple(_found(draft) for draft in analysis.drafts)))
        spent.append(usage or Usage(cached_calls=analysis.usage.calls))
    for variant in variants(case) if plan.with_variants else ():
        analysis, usage = await _analysis(variant.document, variant.clauses, case.source, plan, who)
        made.append(VariantRun(kind=variant.kind, name=variant.name, found=variant.found(analysis.drafts)))
        spent.append(usage or Usage(cached_calls=analysis.usage.calls))
    return made, spent


def _found(draft: Draft) -> Found:
    spans = tuple(Span(start=one.start, end=one.end) for one in draft.evidence)
    return Found(spans=spans, category=draft.category, severity=draft.severity)


async def _analysis(
    document: Document, clauses: tuple[Clause, ...], source: Source, plan: Plan, who: Subject, *, repeat: int = 0
) -> tuple[Analysis, Usage | None]:
    """The analysis, and what it cost; None where it was there before. A repeat asks anew, and not the store."""
    key = analysis_key(who, document, source, repeat)
    known = plan.cache.get(key)
    if known is not None:
        return known, None
    analysis = await analyze(
        document,
        clauses,
        plan.analyst,
        source=source,
        answers=MemoryAnswers() if repeat else plan.answers,
        budget=plan.budget,
        registry=plan.registry,
    )
    # What failed or was over budget is work left, never an answer.
    if all(entry.state in ("analyzed", "nothing_found") for entry in analysis.entries):
        plan.cache.put(key, analysis)
    return analysis, analysis.usage
