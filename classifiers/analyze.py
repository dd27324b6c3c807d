"""Clauses to proven drafts: one path for every analyst, with an account of every clause and of every cent."""

from datetime import UTC, datetime

from classifiers.drafting import Drafting, Origin, merge
from classifiers.proving import Proven, Proving
from classifiers.work import Analyst, Answers, Budget, Job, MemoryAnswers, Outcome, Plan, Progress, Step
from smallprint.records import (
    Analysis,
    Clause,
    ClauseState,
    Document,
    Draft,
    LedgerEntry,
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
        progress: called for every window that is through.
        registry: default: the one that is shipped.
        now: the drafts' time of making, aware; default: the clock.

    Returns:
        Drafts in document order, rejections, one ledger entry for every clause, the bill.

    Raises:
        ModelStopError: the model's server refuses us for good; what was answered before is in ``answers``.

    """
    job = _job(document, clauses, source=source, answers=answers, budget=budget, registry=registry)
    drafting = Drafting(job, _origin(job, model, run, now), english=model.language == "English")
    async with Proving(drafting).in_background() as proving:

        def deliver(outcome: Outcome) -> None:
            proving.add(outcome)
            if progress:
                progress(Step(clauses=len(outcome.clauses), usage=outcome.usage))

        if clauses:
            await model.propose(job, deliver)
    return _analysis(clauses, proving.proven)


def _origin(job: Job, model: Analyst, run: str | None, now: datetime | None) -> Origin:
    hashes = model.hashes(job.registry)
    return Origin(
        prompt=model.prompt,
        prompt_sha256=hashes["prompt"],
        schema_sha256=hashes["schema"],
        run=run,
        created_at=now or datetime.now(UTC),
    )


def _analysis(clauses: tuple[Clause, ...], proven: list[Proven]) -> Analysis:
    """All windows' drafts, rejections and bills as one, in document order."""
    position = {clause.id: n for n, clause in enumerate(clauses)}
    windows = sorted(proven, key=lambda window: min(position[clause] for clause in window.outcome.clauses))
    drafts = merge(window.drafts for window in windows)
    return Analysis(
        drafts=tuple(drafts),
        rejections=tuple(
            rejection.model_copy(update={"window": n})
            for n, window in enumerate(windows)
            for rejection in window.rejections
        ),
        entries=_entries(clauses, [window.outcome for window in windows], drafts),
        usage=sum((window.outcome.usage for window in windows), Usage()),
        windows=len(windows),
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
