"""The analyze flow: captured documents become drafts, rejections and a ledger in the store."""

import asyncio
import time

from prefect import flow, task

from classifiers.analyze import Step
from classifiers.analyze import analyze as analyze_clauses
from flows.session import Event, session_of
from smallprint.store import documents, runs
from smallprint.store.answers import StoredAnswers


@task(name="analyze-document", task_run_name="analyze {label}")
async def analyze_document(run_id: str, position: int, document_id: str, label: str) -> int:
    """Analyze one captured document of a run; returns how many drafts it gave."""
    session = session_of(run_id)
    with session.store.read() as connection:
        stored = documents.load_document(connection, document_id)
        source = runs.load_run_document(connection, run_id, position).source
    started = time.monotonic()

    def tell(step: Step) -> None:
        used = step.usage
        tokens = used.input_tokens + used.output_tokens
        session.listener(
            Event("window", position, clauses=step.clauses, calls=used.calls, tokens=tokens, cost_usd=used.cost_usd)
        )

    analysis = await analyze_clauses(
        stored.document,
        stored.clauses,
        session.analyst,
        source=source,
        run=run_id,
        answers=StoredAnswers(session.store),
        budget=session.budget,
        progress=tell,
    )
    with session.store.write() as connection:
        runs.save_analysis(
            connection,
            run_id=run_id,
            position=position,
            document_id=document_id,
            clauses=stored.clauses,
            analysis=analysis,
            seconds=time.monotonic() - started,
        )
    session.listener(Event("analyzed", position, drafts=len(analysis.drafts)))
    return len(analysis.drafts)


@flow(name="analyze", validate_parameters=False)
async def analyze(run_id: str, positions: list[int], document_ids: list[str], labels: list[str]) -> list[int]:
    """Analyze documents of a run that are in the store; the number of drafts of each."""
    return list(
        await asyncio.gather(
            *(
                analyze_document(run_id, position, document_id, label)
                for position, document_id, label in zip(positions, document_ids, labels, strict=True)
            )
        )
    )
