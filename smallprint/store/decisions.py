"""The desk's acts on the database: each decision, its audit row, the record and the queue in one transaction.

An act is what one press of a key did: one decision, or the several of a bulk, a split or a merge. It is undone whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from smallprint import review
from smallprint.records import Draft
from smallprint.registry import Registry
from smallprint.review import Change, ConflictError, Decision, Kind, RefusedError, Standing, Verdict
from smallprint.store import audit, outbox, queue
from smallprint.store import tables as t
from smallprint.store.records import keep_record, withdraw_record


@dataclass(frozen=True)
class Act:
    """An act as it was written."""

    id: str
    verdicts: tuple[Verdict, ...]
    records: tuple[int, ...] = ()  # numbers of the records that it approved


@dataclass(frozen=True)
class HalfEdit:
    """What somebody has typed and not decided, and the version that they saw."""

    seen_version: int
    fields: dict[str, list[str]]
    at: datetime


def standing(connection: Connection, draft_id: str) -> Standing | None:
    """How a draft stands now, or None for an unknown id."""
    row = (
        connection.execute(
            select(
                t.drafts,
                t.amendments.c.body.label("amended"),
                t.queue.c.second_by,
                t.queue.c.decided_by,
                t.queue.c.decided_at,
                t.records.c.number,
                t.records.c.withdrawn_at,
            )
            .outerjoin(t.amendments, t.amendments.c.draft_id == t.drafts.c.id)
            .outerjoin(t.queue, t.queue.c.draft_id == t.drafts.c.id)
            .outerjoin(t.records, t.records.c.draft_id == t.drafts.c.id)
            .where(t.drafts.c.id == draft_id)
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    return Standing(
        draft=Draft.model_validate({**(row["amended"] or row["body"]), "status": row["status"]}),
        proposal=Draft.model_validate(row["body"]),
        version=row["version"],
        second_by=row["second_by"],
        record=row["number"] if row["withdrawn_at"] is None else None,
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )


def _must(connection: Connection, draft_id: str) -> Standing:
    found = standing(connection, draft_id)
    if found is None:
        raise RefusedError({"draft": "There is no such draft."})
    return found


def decide(connection: Connection, decision: Decision, registry: Registry) -> Act:
    """One decision on one draft.

    Raises:
        ConflictError: the person saw another version; nothing is written.
        RefusedError: a rule stands against it; nothing is written.

    """
    audit.hold(connection)
    before = _must(connection, decision.draft)
    return _write_act(connection, before, decision, review.decide(before, decision, registry))


def write_decision(connection: Connection, before: Standing, decision: Decision, verdict: Verdict) -> Act:
    """Write the verdict on a draft that was loaded earlier.

    Raises:
        ConflictError: the draft has changed since it was loaded; nothing is written.

    """
    audit.hold(connection)
    return _write_act(connection, before, decision, verdict)


def _write_act(connection: Connection, before: Standing, decision: Decision, verdict: Verdict) -> Act:
    act = token_hex(8)
    number = write(connection, act, before, decision, verdict)
    return Act(act, (verdict,), (number,) if number else ())


def decide_many(
    connection: Connection, decisions: Sequence[Decision], registry: Registry
) -> tuple[Act, dict[str, ConflictError | RefusedError]]:
    """One act over many drafts: those that can be decided are, each of the others comes back with its reason."""
    audit.hold(connection)
    act, verdicts, numbers = token_hex(8), list[Verdict](), list[int]()
    left: dict[str, ConflictError | RefusedError] = {}
    for decision in decisions:
        try:
            before = _must(connection, decision.draft)
            made = review.decide(before, decision, registry)
        except (ConflictError, RefusedError) as error:
            left[decision.draft] = error
            continue
        number = write(connection, act, before, decision, made)
        verdicts.append(made)
        numbers += [number] if number else []
    return Act(act, tuple(verdicts), tuple(numbers)), left


def split(connection: Connection, decision: Decision, parts: Sequence[Draft]) -> Act:
    """Retire a draft, put several in its place; raises as ``decide``."""
    audit.hold(connection)
    act = token_hex(8)
    before = _must(connection, decision.draft)
    made, children = review.split(before, decision, parts)
    write(connection, act, before, decision.model_copy(update={"reasons": ("split",)}), made)
    for child in children:
        create(connection, act, child, "split", decision)
    return Act(act, (made, *(_born(child) for child in children)))


def merge(connection: Connection, decision: Decision, others: Sequence[Decision]) -> Act:
    """Merge other drafts of the document into one; raises as ``decide``."""
    audit.hold(connection)
    act = token_hex(8)
    before = _must(connection, decision.draft)
    seen = [(_must(connection, one.draft), one) for one in others]
    made = review.merge(before, decision, seen)
    write(connection, act, before, decision, made[0])
    for (other, seen_decision), gone in zip(seen, made[1:], strict=True):
        write(connection, act, other, seen_decision.model_copy(update={"reasons": ("merged",)}), gone)
    return Act(act, made)


def add(connection: Connection, words: Draft, *, by: str, at: datetime, note: str = "") -> Act:
    """Put a provision that the analyst missed into the queue; raises RefusedError when it is there already."""
    audit.hold(connection)
    act = token_hex(8)
    draft = review.added(words, by, at)
    if standing(connection, draft.id) is not None:
        raise RefusedError({"evidence": "You have added a provision of this category for this passage already."})
    decision = Decision(kind="add", draft=draft.id, seen_version=0, by=by, at=at, note=note)
    create(connection, act, draft, "add", decision)
    return Act(act, (_born(draft),))


def _born(draft: Draft) -> Verdict:
    return Verdict(kind="add", draft=draft, version=1, second_by=None, changes=review.changes(None, draft))


def mark_nothing(
    connection: Connection, document_id: str, clause: str, *, by: str, at: datetime, nothing: bool = True
) -> str:
    """Say of a clause that there is nothing here, or take that back; returns the act, empty where it was so already."""
    audit.hold(connection)
    act = token_hex(8)
    return act if _mark(connection, act, (document_id, clause), by, at, nothing=nothing) else ""


def _mark(
    connection: Connection,
    act: str,
    place: tuple[str, str],
    by: str,
    at: datetime,
    *,
    nothing: bool,
    undoes: str | None = None,
) -> bool:
    document_id, clause = place
    here = (t.clause_marks.c.document_id == document_id, t.clause_marks.c.clause == clause)
    marked = connection.execute(select(t.clause_marks.c.by).where(*here)).scalar() is not None
    if marked == nothing:
        return False
    if nothing:
        connection.execute(insert(t.clause_marks).values(document_id=document_id, clause=clause, by=by, at=at))
    else:
        connection.execute(delete(t.clause_marks).where(*here))
    change = Change(field="nothing_here", before=marked, after=nothing)
    kind = "undo" if undoes else "nothing_here"
    row = audit.append(connection, at=at, actor=by, what=kind, subject=f"{document_id}/{clause}", changes=[change])
    connection.execute(
        insert(t.decisions).values(
            act=act,
            kind=kind,
            document_id=document_id,
            clause=clause,
            by=by,
            at=at,
            reasons=[],
            note="",
            before={"nothing": marked},
            after={"nothing": nothing},
            undoes=undoes,
            audit_id=row,
        )
    )
    return True


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
    audit.hold(connection)
    rows = (
        connection.execute(select(t.decisions).where(t.decisions.c.act == act).order_by(t.decisions.c.id))
        .mappings()
        .all()
    )
    if not rows:
        raise RefusedError({"act": "There is nothing to undo."})
    if any(row["kind"] == "carry" for row in rows):
        raise RefusedError({"act": "A decision that followed its document is not undone; decide the draft anew."})
    if not anyone and any(row["by"] != by for row in rows):
        raise RefusedError({"act": "Only a lead undoes what others decided."})
    if connection.execute(select(t.decisions.c.id).where(t.decisions.c.undoes == act).limit(1)).scalar() is not None:
        raise RefusedError({"act": "That is undone already."})
    new, verdicts = token_hex(8), list[Verdict]()
    for row in reversed(rows):
        if row["draft_id"] is not None:
            verdicts.append(_undo_one(connection, row, new, by, at))
        elif not _mark(
            connection,
            new,
            (row["document_id"], row["clause"]),
            by,
            at,
            nothing=bool(row["before"]["nothing"]),
            undoes=act,
        ):
            raise RefusedError({"act": "Somebody changed that mark meanwhile."})
    return Act(new, tuple(verdicts))


def _undo_one(connection: Connection, row: Any, act: str, by: str, at: datetime) -> Verdict:  # noqa: ANN401 -- a row mapping
    now = _must(connection, row["draft_id"])
    if now.version != row["version"]:
        raise RefusedError({"act": f"{now.draft.title!r} was changed after that; undo the later change first."})
    decision = Decision(kind="undo", draft=now.draft.id, seen_version=now.version, by=by, at=at)
    if row["before"] is None:
        decision = decision.model_copy(update={"reasons": ("undone",)})
        made = review.verdict(now, now.draft, "undo", "rejected", None)
    else:
        back = Draft.model_validate({**row["before"]["body"], "status": row["before"]["status"]})
        made = review.verdict(now, back, "undo", back.status, row["before"]["second_by"])
    write(connection, act, now, decision, made, undoes=row["act"])
    return made


# ---- writing


def write(
    connection: Connection, act: str, before: Standing, decision: Decision, made: Verdict, *, undoes: str | None = None
) -> int | None:
    """Everything that one decision changes; returns the record's number where it is approved."""
    draft = made.draft
    moved = connection.execute(
        update(t.drafts)
        .where(t.drafts.c.id == draft.id, t.drafts.c.version == before.version)
        .values(version=made.version, status=draft.status)
    )
    if moved.rowcount != 1:
        raise ConflictError(_must(connection, draft.id), decision)
    _keep_word(connection, draft, before.proposal)
    number = keep_record(connection, before, made, decision) if draft.status == "approved" else None
    if draft.status != "approved" and before.record is not None:
        withdraw_record(connection, draft.id, decision.at)
    _tell(connection, act, before, decision, made, number=number, undoes=undoes)
    _announce(connection, before, decision, made, number)
    connection.execute(
        update(t.queue)
        .where(t.queue.c.draft_id == draft.id)
        .values(
            second_by=made.second_by, decided_by=decision.by, decided_at=decision.at, lease_by=None, lease_until=None
        )
    )
    queue.place(connection, draft.id)
    connection.execute(
        delete(t.half_edits).where(t.half_edits.c.draft_id == draft.id, t.half_edits.c.by == decision.by)
    )
    return number


def _announce(connection: Connection, before: Standing, decision: Decision, made: Verdict, number: int | None) -> None:
    """What listeners hear of the record, in the same transaction: never lost, never of what did not happen."""
    if number is not None:
        anew = made.kind == "approve" or (made.kind == "undo" and before.record is None)
        event: outbox.News = "record.approved" if anew else "record.amended"
        outbox.put(connection, event, number, made, decision.at)
    elif before.record is not None:
        outbox.put(connection, "record.withdrawn", before.record, made, decision.at)


def _keep_word(connection: Connection, draft: Draft, proposal: Draft) -> None:
    """The person's word beside the proposal, or nothing where both are the same."""
    connection.execute(delete(t.amendments).where(t.amendments.c.draft_id == draft.id))
    if review.body(draft) != review.body(proposal):
        connection.execute(insert(t.amendments).values(draft_id=draft.id, body=review.body(draft)))


def _tell(
    connection: Connection,
    act: str,
    before: Standing | None,
    decision: Decision,
    made: Verdict,
    *,
    number: int | None = None,
    undoes: str | None = None,
) -> None:
    """The decision and its row in the chain."""
    body = review.body(made.draft)
    detail: dict[str, Any] = {"act": act, "saw": decision.seen_version, "body_sha256": audit.digest(body)}
    if decision.reasons or decision.note:
        detail |= {"reasons": list(decision.reasons), "note": decision.note}
    if number is not None:
        detail["record"] = review.record_id(number)
    if undoes is not None:
        detail["undoes"] = undoes
    row = audit.append(
        connection,
        at=decision.at,
        actor=decision.by,
        what=made.kind,
        subject=made.draft.id,
        version=made.version,
        changes=made.changes,
        detail=detail,
    )
    connection.execute(
        insert(t.decisions).values(
            act=act,
            kind=made.kind,
            draft_id=made.draft.id,
            document_id=made.draft.provenance.document,
            saw=decision.seen_version,
            version=made.version,
            by=decision.by,
            at=decision.at,
            reasons=list(decision.reasons),
            note=decision.note,
            before=before.snapshot() if before else None,
            after={"status": made.draft.status, "second_by": made.second_by, "body": body},
            undoes=undoes,
            audit_id=row,
        )
    )


def create(connection: Connection, act: str, draft: Draft, kind: Kind, decision: Decision) -> None:
    """Put a draft that a person made into the queue."""
    connection.execute(
        insert(t.drafts).values(
            id=draft.id,
            document_id=draft.provenance.document,
            category=draft.category,
            severity=draft.severity,
            status="draft",
            confidence=draft.confidence,
            start=draft.evidence[0].start,
            version=1,
            body=review.body(draft),
            created_at=decision.at,
        )
    )
    queue.place(connection, draft.id)
    born = _born(draft).model_copy(update={"kind": kind})
    _tell(connection, act, None, decision.model_copy(update={"seen_version": 0}), born)


# ---- half-done edits


def keep_half_edit(
    connection: Connection, draft_id: str, by: str, *, seen_version: int, fields: dict[str, list[str]], at: datetime
) -> None:
    """Keep what somebody has typed; the newest wins."""
    forget_half_edit(connection, draft_id, by)
    connection.execute(insert(t.half_edits).values(draft_id=draft_id, by=by, saw=seen_version, fields=fields, at=at))


def half_edit(connection: Connection, draft_id: str, by: str) -> HalfEdit | None:
    """What this person has typed on this draft and not decided."""
    row = (
        connection.execute(select(t.half_edits).where(t.half_edits.c.draft_id == draft_id, t.half_edits.c.by == by))
        .mappings()
        .first()
    )
    return None if row is None else HalfEdit(seen_version=row["saw"], fields=dict(row["fields"]), at=row["at"])


def forget_half_edit(connection: Connection, draft_id: str, by: str) -> None:
    """Throw away what this person has typed on this draft."""
    connection.execute(delete(t.half_edits).where(t.half_edits.c.draft_id == draft_id, t.half_edits.c.by == by))
