"""Writes one verdict on a draft: the draft, the person's wording, the record, its audit row, news and the queue.

Everything happens in the caller's transaction, which has locked the audit chain, as part of an act.
"""

from typing import Any

from sqlalchemy import Connection, delete, insert, update

from smallprint import review
from smallprint.records import Draft
from smallprint.review import ConflictError, Decision, Kind, Standing, Verdict
from smallprint.store import audit, outbox
from smallprint.store import tables as t
from smallprint.store.drafts import load_standing
from smallprint.store.queue_rows import write_decided_queue_row, write_queue_row
from smallprint.store.records import save_record, withdraw_record
from smallprint.store.unfinished_edits import delete_unfinished_edit


def write_verdict(
    connection: Connection,
    act: str,
    before: Standing,
    decision: Decision,
    verdict: Verdict,
    *,
    undoes: str | None = None,
) -> int | None:
    """Write everything that one decision changes.

    Args:
        connection: a transaction that writes and has locked the audit chain.
        act: the act that the decision is part of.
        before: how the draft stood.
        decision: what the person wants.
        verdict: what the rules make of it.
        undoes: the act that this one compensates.

    Returns:
        The record's number where the draft is approved.

    Raises:
        ConflictError: the draft has changed since it stood so; nothing is written.

    """
    draft, before_json = verdict.draft, before.snapshot()
    body, proposal_body = review.body(draft), review.body(before.proposal)
    amended = [change.field for change in review.changes(before.proposal, draft) if change.field != "status"]
    updated = connection.execute(
        update(t.drafts)
        .where(t.drafts.c.id == draft.id, t.drafts.c.version == before.version)
        .values(version=verdict.version, status=draft.status)
    )
    if updated.rowcount != 1:
        raise ConflictError(load_standing(connection, draft.id), decision)
    _save_amendment(connection, draft.id, body, proposal_body)
    number = None
    if draft.status == "approved":
        number = save_record(connection, verdict, decision, body, amended)
    elif before.record is not None:
        withdraw_record(connection, draft.id, decision.at)
    _append_decision(connection, act, decision, verdict, body, before=before_json, number=number, undoes=undoes)
    _put_news(connection, before, decision, verdict, number)
    write_decided_queue_row(connection, verdict, by=decision.by, at=decision.at)
    delete_unfinished_edit(connection, draft.id, decision.by)
    return number


def create_draft(connection: Connection, act: str, draft: Draft, kind: Kind, decision: Decision) -> Verdict:
    """Put a draft that a person made into the queue, by the same rules; returns the verdict that made it."""
    verdict = Verdict(kind=kind, draft=draft, version=1, second_by=None, changes=review.changes(None, draft))
    body = review.body(draft)
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
            body=body,
            created_at=decision.at,
        )
    )
    write_queue_row(connection, draft.id)
    _append_decision(connection, act, decision.model_copy(update={"seen_version": 0}), verdict, body)
    return verdict


def _save_amendment(connection: Connection, draft_id: str, body: dict[str, Any], proposal_body: dict[str, Any]) -> None:
    """Save the person's wording beside the proposal, or nothing where both are the same."""
    connection.execute(delete(t.amendments).where(t.amendments.c.draft_id == draft_id))
    if body != proposal_body:
        connection.execute(insert(t.amendments).values(draft_id=draft_id, body=body))


def _put_news(
    connection: Connection, before: Standing, decision: Decision, verdict: Verdict, number: int | None
) -> None:
    """Put news of the record into the outbox, in the same transaction: never lost, never of what did not happen."""
    if number is not None:
        is_new = verdict.kind == "approve" or (verdict.kind == "undo" and before.record is None)
        event: outbox.News = "record.approved" if is_new else "record.amended"
        outbox.put(connection, event, number, verdict, decision.at)
    elif before.record is not None:
        outbox.put(connection, "record.withdrawn", before.record, verdict, decision.at)


def _append_decision(
    connection: Connection,
    act: str,
    decision: Decision,
    verdict: Verdict,
    body: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    number: int | None = None,
    undoes: str | None = None,
) -> None:
    """Append the decision and its row in the audit chain; ``body`` is the draft's, ``before`` what an undo restores."""
    detail: dict[str, Any] = {"act": act, "saw": decision.seen_version}
    if decision.reasons or decision.note:
        detail |= {"reasons": list(decision.reasons), "note": decision.note}
    if number is not None:
        detail["record"] = review.record_id(number)
    if undoes is not None:
        detail["undoes"] = undoes
    detail["body_sha256"] = audit.body_hash(body)
    audit_id = audit.append_row(
        connection,
        at=decision.at,
        actor=decision.by,
        event=verdict.kind,
        subject=verdict.draft.id,
        version=verdict.version,
        changes=verdict.changes,
        detail=detail,
    )
    connection.execute(
        insert(t.decisions).values(
            act=act,
            kind=verdict.kind,
            draft_id=verdict.draft.id,
            document_id=verdict.draft.provenance.document,
            saw=decision.seen_version,
            version=verdict.version,
            by=decision.by,
            at=decision.at,
            reasons=list(decision.reasons),
            note=decision.note,
            before=before,
            after={"status": verdict.draft.status, "second_by": verdict.second_by, "body": body},
            undoes=undoes,
            audit_id=audit_id,
        )
    )
