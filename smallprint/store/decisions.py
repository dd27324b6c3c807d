"""The desk's acts on the database: decide, decide many, split, merge, add, undo.

An act is what one press of a key did: one decision, or the several of a bulk, a split or a merge. It is undone whole.
Each function writes its act in the caller's transaction, whole or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection, RowMapping, select

from smallprint import review
from smallprint.records import Draft
from smallprint.registry import Registry
from smallprint.review import ConflictError, Decision, RefusedError, Standing, Verdict
from smallprint.store import audit
from smallprint.store import tables as t
from smallprint.store.clause_marks import write_mark
from smallprint.store.drafts import find_standing, load_standing
from smallprint.store.verdicts import create_draft, write_verdict


@dataclass(frozen=True)
class Act:
    """An act as it was written."""

    id: str
    verdicts: tuple[Verdict, ...]
    records: tuple[int, ...] = ()  # numbers of the records that it approved


def write_decision(connection: Connection, before: Standing, decision: Decision, verdict: Verdict) -> Act:
    """Write the verdict on a draft that was loaded earlier.

    Raises:
        ConflictError: the draft has changed since it was loaded; nothing is written.

    """
    audit.lock_chain(connection)
    act = _new_act_id()
    number = write_verdict(connection, act, before, decision, verdict)
    return Act(act, (verdict,), () if number is None else (number,))


def decide_many(
    connection: Connection, decisions: Sequence[Decision], registry: Registry
) -> tuple[Act, dict[str, ConflictError | RefusedError]]:
    """Decide many drafts in one act: those that can be are, each of the others comes back with its reason."""
    audit.lock_chain(connection)
    act, verdicts, numbers = _new_act_id(), list[Verdict](), list[int]()
    refusals: dict[str, ConflictError | RefusedError] = {}
    for decision in decisions:
        try:
            before = load_standing(connection, decision.draft)
            verdict = review.decide(before, decision, registry)
        except (ConflictError, RefusedError) as error:
            refusals[decision.draft] = error
            continue
        number = write_verdict(connection, act, before, decision, verdict)
        verdicts.append(verdict)
        numbers += [] if number is None else [number]
    return Act(act, tuple(verdicts), tuple(numbers)), refusals


def split(connection: Connection, decision: Decision, parts: Sequence[Draft]) -> Act:
    """Retire a draft and put several in its place.

    Raises:
        ConflictError: the person saw another version; nothing is written.
        RefusedError: a rule stands against it; nothing is written.

    """
    audit.lock_chain(connection)
    act = _new_act_id()
    before = load_standing(connection, decision.draft)
    verdict, children = review.split(before, decision, parts)
    write_verdict(connection, act, before, decision.model_copy(update={"reasons": ("split",)}), verdict)
    return Act(act, (verdict, *(create_draft(connection, act, child, "split", decision) for child in children)))


def merge(connection: Connection, decision: Decision, others: Sequence[Decision]) -> Act:
    """Merge other drafts of the document into one; raises as ``split``."""
    audit.lock_chain(connection)
    act = _new_act_id()
    before = load_standing(connection, decision.draft)
    retiring = [(load_standing(connection, other.draft), other) for other in others]
    merged, *retired = review.merge(before, decision, retiring)
    write_verdict(connection, act, before, decision, merged)
    for (standing, retiring_decision), verdict in zip(retiring, retired, strict=True):
        write_verdict(connection, act, standing, retiring_decision.model_copy(update={"reasons": ("merged",)}), verdict)
    return Act(act, (merged, *retired))


def add(connection: Connection, draft: Draft, *, by: str, at: datetime, note: str = "") -> Act:
    """Put a provision that the analyst missed into the queue; raises RefusedError when it is there already."""
    audit.lock_chain(connection)
    act = _new_act_id()
    added = review.added(draft, by, at)
    if find_standing(connection, added.id) is not None:
        raise RefusedError({"evidence": "You have added a provision of this category for this passage already."})
    decision = Decision(kind="add", draft=added.id, seen_version=0, by=by, at=at, note=note)
    return Act(act, (create_draft(connection, act, added, "add", decision),))


def undo(connection: Connection, act: str, *, by: str, at: datetime, anyone: bool = False) -> Act:
    """Compensate an act: every draft goes back to how it stood before, as a new version.

    Args:
        connection: a transaction that writes.
        act: what to undo.
        by: who undoes it.
        at: when.
        anyone: whether ``by`` may undo what others did (leads).

    Raises:
        RefusedError: unknown, another's, undone already, or something was decided on top of it.

    """
    audit.lock_chain(connection)
    query = select(t.decisions).where(t.decisions.c.act == act).order_by(t.decisions.c.id)
    rows = connection.execute(query).mappings().all()
    if not rows:
        raise RefusedError({"act": "There is nothing to undo."})
    if any(row["kind"] == "carry" for row in rows):
        raise RefusedError({"act": "A decision that followed its document is not undone; decide the draft anew."})
    if not anyone and any(row["by"] != by for row in rows):
        raise RefusedError({"act": "Only a lead undoes what others decided."})
    if connection.execute(select(t.decisions.c.id).where(t.decisions.c.undoes == act).limit(1)).scalar() is not None:
        raise RefusedError({"act": "That is undone already."})
    undoing, verdicts = _new_act_id(), list[Verdict]()
    for row in reversed(rows):
        if row["draft_id"] is not None:
            verdicts.append(_undo_decision(connection, undoing, row, by, at))
        elif not _undo_mark(connection, undoing, row, by, at):
            raise RefusedError({"act": "Somebody changed that mark meanwhile."})
    return Act(undoing, tuple(verdicts))


def _undo_decision(connection: Connection, undoing: str, row: RowMapping, by: str, at: datetime) -> Verdict:
    standing = load_standing(connection, row["draft_id"])
    if standing.version != row["version"]:
        raise RefusedError({"act": f"{standing.draft.title!r} was changed after that; undo the later change first."})
    decision = Decision(kind="undo", draft=standing.draft.id, seen_version=standing.version, by=by, at=at)
    if row["before"] is None:  # the act made the draft
        decision = decision.model_copy(update={"reasons": ("undone",)})
        verdict = review.verdict(standing, standing.draft, "undo", "rejected", None)
    else:
        earlier = Draft.model_validate({**row["before"]["body"], "status": row["before"]["status"]})
        verdict = review.verdict(standing, earlier, "undo", earlier.status, row["before"]["second_by"])
    write_verdict(connection, undoing, standing, decision, verdict, undoes=row["act"])
    return verdict


def _undo_mark(connection: Connection, undoing: str, row: RowMapping, by: str, at: datetime) -> bool:
    nothing = bool(row["before"]["nothing"])
    return write_mark(
        connection, undoing, row["document_id"], row["clause"], by=by, at=at, nothing=nothing, undoes=row["act"]
    )


def _new_act_id() -> str:
    return token_hex(8)
