"""Clauses to proven drafts: one path for every analyst, with an account of every clause and of every cent."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

from classifiers.drafting import Drafting, Maker, merge
from classifiers.work import Analyst, Answers, Budget, Job, MemoryAnswers, Outcome, Plan, Progress, Step
from smallprint.records import (
    Analysis,
    Clause,
    ClauseState,
    Document,
    Draft,
    LedgerEntry,
    Rejection,
    Source,
    Usage,
)
from smallprint.registry import Registry, load

__all__ = ["Analyst", "Answers", "Budget", "MemoryAnswers", "Plan", "Progress", "Step", "analyze", "estimate"]


async def analyze(
    document: Document,
    clauses: tuple[Clause, ...],
    model: Analyst,
    *,
    source: Source | None = None,
    run: str | None = None,
    answers: Answers | None = None,
    budget: Budget | None = None,
    progress: Progress | None = None,
    registry: Registry | None = None,
    now: datetime | None = None,
) -> Analysis:
    """Have an analyst read the clauses and prove what it proposes.

    Args:
        document: the text that the clauses tile.
        clauses: in order, as ``extractors.clauses.cut_clauses`` gives them.
        model: from ``classifiers.analysts.choose_analyst``.
        source: what is known of the document beside its text.
        run: id kept in the drafts' provenance.
        answers: where paid answers are kept and found again; default: for this call only.
        budget: shared by the documents of a run; default: unbounded.
        progress: told of every window.
        registry: default: the one that is shipped.
        now: the drafts' time of making, aware; default: the clock.

    Returns:
        Drafts in document order, rejections, one ledger entry for every clause, the bill.

    Raises:
        ModelStopError: the model's server refuses us for good; what was answered before is in ``answers``.

    """
    job = _job(document, clauses, source=source, answers=answers, budget=budget, registry=registry)
    hashes = model.hashes(job.registry)
    drafting = Drafting(
        job.document,
        job.clauses,
        job.registry,
        Maker(
            prompt=model.prompt,
            prompt_sha256=hashes["prompt"],
            schema_sha256=hashes["schema"],
            run=run,
            created_at=now or datetime.now(UTC),
        ),
        english=model.language == "English",
    )
    # Proving takes the processor, sending the next call must not wait for it: it has a thread of its own.
    proving: list[tuple[Outcome, Future[tuple[list[Draft], list[Rejection]]]]] = []
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prove") as prover:

        def deliver(outcome: Outcome) -> None:
            proving.append((outcome, prover.submit(drafting.prove, outcome)))
            if progress:
                progress(Step(done=len(proving), clauses=len(outcome.clauses), usage=outcome.usage))

        try:
            if clauses:
                await model.propose(job, deliver)
            await asyncio.gather(*(asyncio.wrap_future(made) for _, made in proving))
        except BaseException:
            prover.shutdown(wait=False, cancel_futures=True)
            raise
    outcomes = [(outcome, *made.result()) for outcome, made in proving]
    position = {clause.id: n for n, clause in enumerate(clauses)}
    outcomes.sort(key=lambda one: min(position[clause] for clause in one[0].clauses))
    drafts = merge(some for _, some, _ in outcomes)
    return Analysis(
        drafts=tuple(drafts),
        rejections=tuple(
            rejection.model_copy(update={"window": n}) for n, (_, _, some) in enumerate(outcomes) for rejection in some
        ),
        entries=_entries(clauses, [outcome for outcome, _, _ in outcomes], drafts),
        usage=sum((outcome.usage for outcome, _, _ in outcomes), Usage()),
        windows=len(outcomes),
    )


def estimate(
    document: Document,
    clauses: tuple[Clause, ...],
    model: Analyst,
    *,
    source: Source | None = None,
    answers: Answers | None = None,
    registry: Registry | None = None,
) -> Plan:
    """What ``analyze`` would take of calls, tokens and money, without making a call; stored answers are free."""
    return model.plan(_job(document, clauses, source=source, answers=answers, budget=None, registry=registry))


def _job(
    document: Document,
    clauses: tuple[Clause, ...],
    *,
    source: Source | None,
    answers: Answers | None,
    budget: Budget | None,
    registry: Registry | None,
) -> Job:
    return Job(
        document=document,
        clauses=clauses,
        registry=registry or load(),
        answers=answers if answers is not None else MemoryAnswers(),
        budget=budget or Budget(),
        source=source,
    )


def _entries(clauses: tuple[Clause, ...], outcomes: list[Outcome], drafts: list[Draft]) -> tuple[LedgerEntry, ...]:
    """One entry a clause, in order; a clause that no window covered is a failure and says so."""
    proven = {clause for draft in drafts for evidence in draft.evidence for clause in evidence.clauses}
    by_clause = {clause: outcome for outcome in outcomes for clause in outcome.clauses}

    def entry(clause: Clause) -> LedgerEntry:
        outcome = by_clause.get(clause.id)
        if outcome is None:
            return LedgerEntry(clause=clause.id, state="failed", why="no window covered this clause")
        if outcome.state != "done":
            return LedgerEntry(clause=clause.id, state=outcome.state, why=outcome.why)
        state: ClauseState = "analyzed" if clause.id in proven else "nothing_found"
        return LedgerEntry(clause=clause.id, state=state)

    return tuple(entry(clause) for clause in clauses)
