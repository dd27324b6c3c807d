"""``smallprint eval`` beside running: compare two runs, bless a baseline, set a floor, freeze records into cases."""

from datetime import UTC, datetime
from pathlib import Path

from app.cli import eval_tables
from app.cli.evaluation import EvalOptions, read_scores, run_named_suite, write
from app.terminal import stderr, stdout
from app.workspace import existing_store
from evals.comparing import compare
from evals.freezing import ApprovedRecord, freeze
from evals.gate import MIN_REASON_WORDS, FloorChange, baseline_path, gate_path, set_floor
from evals.gold import Split
from evals.integrity import faults
from evals.leaks import leaks
from evals.loading import load_cases
from evals.scoring import score
from smallprint.errors import UserError
from smallprint.registry import load
from smallprint.settings import Settings
from smallprint.store import Store, documents, drafts
from smallprint.store.records import stream_records


def show_comparison(run_file: Path, baseline_file: Path) -> None:
    """Print how a run differs from another; raises UserError where their yardsticks differ."""
    scores, baseline = read_scores(run_file), read_scores(baseline_file)
    comparison = compare(scores, baseline)
    stdout().print(eval_tables.figure_table(scores, comparison))
    stdout().print(eval_tables.comparison_lines(comparison))


def bless_run(settings: Settings, reason: str, budget: float | None) -> Path:
    """Run the gold suite and write its scores as the baseline; returns the baseline's file.

    Raises:
        UserError: the reason is too short, or the run has errors, faults or leaks.

    """
    if len(reason.split()) < MIN_REASON_WORDS:
        raise UserError(f"give a reason of at least {MIN_REASON_WORDS} words; it is stored with the baseline")
    run = run_named_suite(EvalOptions(budget=budget), settings)
    problems = [f"{case_run.case.id}: {case_run.error}" for case_run in run.cases if case_run.error]
    problems += [str(fault) for fault in faults(run, load())]
    problems += [str(leak) for leak in leaks(case_run.case for case_run in run.cases)]
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise UserError(f"a run with faults cannot be a baseline: {problems[0]}{more}")
    path = baseline_path(run.subject.model)
    scores = score(run).model_copy(update={"reason": reason})
    write(path, scores.model_dump_json() + "\n")
    stderr().print(f"{path.name}: baseline of {len(run.cases)} documents", markup=False)
    return path


def change_floor(model: str, metric: str, split: str, value: float, reason: str) -> None:
    """Set a floor in the model's gate; its history gets the day and the reason."""
    path = gate_path(model)
    change = FloorChange(day=datetime.now(UTC).date(), metric=metric, split=_split(split), floor=value, reason=reason)
    lowered = set_floor(path, change)
    stderr().print(f"{path.name}: {metric} {split} {'lowered' if lowered else 'set'} to {value}", markup=False)


def _split(name: str) -> Split:
    if name == "dev":
        return "dev"
    if name == "test":
        return "test"
    raise UserError(f"no split is called {name!r}; use dev or test")


def freeze_records(settings: Settings, ids: list[str], split: str, output: Path | None) -> None:
    """Write approved records as cases and print the paths of the case files."""
    folder = output or settings.home / "evals" / "cases"
    with existing_store(settings) as store:
        if store is None:
            raise UserError("there is no workspace here yet; approve drafts in 'smallprint review' first")
        approved = _approved(store, ids)
    known = [*load_cases(), *(load_cases(folder) if any(folder.glob("*.yml")) else ())]
    for path in freeze(approved, folder, _split(split), known=known, registry=load()):
        stdout().print(str(path), markup=False)
    stderr().print(f"Run them with: smallprint eval {folder}", markup=False)


def _approved(store: Store, ids: list[str]) -> list[ApprovedRecord]:
    """The approved records with these record or draft ids, or all of them for ``all``.

    Raises:
        UserError: no approved record has one of the ids.

    """
    with store.read() as connection:
        record_ids = {record.draft.id: record.id for record in stream_records(connection)}
        approved = []
        for stored in drafts.stream_drafts(connection, status="approved"):
            record_id = record_ids.get(stored.draft.id, stored.draft.id)
            if "all" in ids or {stored.draft.id, record_id} & set(ids):
                document = documents.load_document(connection, stored.document_id).document
                approved.append(
                    ApprovedRecord(id=record_id, draft=stored.draft, source=stored.source, document=document)
                )
    missing = set(ids) - {"all"} - {name for record in approved for name in (record.id, record.draft.id)}
    if missing or not approved:
        raise UserError(f"no approved record is called {', '.join(sorted(missing)) or 'that; nothing is approved yet'}")
    return approved
