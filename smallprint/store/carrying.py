"""When a document changes: decisions follow evidence that is unchanged word for word, the rest returns to the queue.

A newer text of a source brings drafts of its own. Where an older draft's passages stand in it unchanged, the person's
wording moves onto the new draft, with the record and its permanent number; nobody has to decide the same twice. Where
a passage changed, an approval is withdrawn and the draft waits again, marked as of a changed document.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection, select, update

from smallprint import review
from smallprint.records import Clause, Draft, DraftStatus, Evidence
from smallprint.review import Decision, Standing
from smallprint.store import audit
from smallprint.store import tables as t
from smallprint.store.documents import clauses_from_json
from smallprint.store.drafts import find_standing
from smallprint.store.verdicts import create_draft, write_verdict

CARRIED_BY = "document change"  # who decided, in history and audit chain


def carry_decisions(connection: Connection, document_id: str, at: datetime) -> None:
    """Carry the decisions of a source's older texts over to its newest, when that is this document.

    Doing it twice changes nothing.
    """
    decided = _decided_before(connection, document_id)
    if not decided:
        return
    audit.lock_chain(connection)
    act = _Act(connection, document_id, token_hex(8), at)
    text, clauses = _text_of(connection, document_id)
    open_here = _open_drafts(connection, document_id)
    for old in decided:
        moved = review.follow(old.draft, text, clauses)
        if moved is None:
            act.reopen(old)
            continue
        target = next((new for new in open_here if _same_provision(new.draft, old.draft, moved)), None)
        if target is not None:
            open_here.remove(target)
        elif old.draft.status == "approved":
            target = act.create_continuation(old, moved)
        if target is not None:
            act.move(old, target, moved)


def _decided_before(connection: Connection, document_id: str) -> list[Standing]:
    """Decided drafts of the source's other texts that are older than this one."""
    here = t.documents.alias("here")
    query = (
        select(t.drafts.c.id)
        .join(t.documents, t.documents.c.id == t.drafts.c.document_id)
        .join(here, here.c.source_id == t.documents.c.source_id)
        .where(here.c.id == document_id, t.documents.c.created_at < here.c.created_at, t.drafts.c.status != "draft")
        .order_by(t.documents.c.created_at, t.drafts.c.start, t.drafts.c.id)
    )
    carried = select(t.decisions.c.draft_id).where(t.decisions.c.kind == "carry", t.decisions.c.draft_id.is_not(None))
    retired = select(t.decisions.c.draft_id).where(t.decisions.c.kind.in_(("split", "merge")))
    query = query.where(t.drafts.c.id.not_in(carried), t.drafts.c.id.not_in(retired))
    return _standings(connection, connection.execute(query).scalars().all())


def _open_drafts(connection: Connection, document_id: str) -> list[Standing]:
    query = select(t.drafts.c.id).where(t.drafts.c.document_id == document_id, t.drafts.c.status == "draft")
    return _standings(connection, connection.execute(query.order_by(t.drafts.c.start)).scalars().all())


def _standings(connection: Connection, draft_ids: Iterable[str]) -> list[Standing]:
    standings = (find_standing(connection, draft_id) for draft_id in draft_ids)
    return [standing for standing in standings if standing is not None]


def _text_of(connection: Connection, document_id: str) -> tuple[str, tuple[Clause, ...]]:
    row = connection.execute(
        select(t.documents.c.text, t.documents.c.clauses).where(t.documents.c.id == document_id)
    ).one()
    return row.text, clauses_from_json(row.text, row.clauses)


def _same_provision(new: Draft, old: Draft, moved: tuple[Evidence, ...]) -> bool:
    """Whether a new draft proposes the same again: its category (or the old one's proposal) on overlapping words."""
    overlaps = any(a.start < b.end and b.start < a.end for a in new.evidence for b in moved)
    return overlaps and new.category in (old.category, *old.secondary)


@dataclass(frozen=True)
class _Act:
    """The act as which the decisions of one document's older texts are carried over."""

    connection: Connection
    document_id: str  # the newer text
    id: str
    at: datetime

    def move(self, old: Standing, new: Standing, moved: tuple[Evidence, ...]) -> None:
        """Decide the new draft as the old one was; record and number go with it, and the old draft retires."""
        edited = new.draft
        if old.draft.status == "approved":
            # The record moves before either draft changes, so that nothing is withdrawn on the way.
            of_old = t.records.c.draft_id == old.draft.id
            self.connection.execute(update(t.records).where(of_old).values(draft_id=new.draft.id))
            edited = review.apply_person_edits(new.draft, old.draft.model_copy(update={"evidence": moved}))
        self._write(new, edited, old.draft.status, "carried")
        without_record = old.model_copy(update={"record": None})
        self._write(without_record, old.draft, "rejected", "carried")

    def create_continuation(self, old: Standing, moved: tuple[Evidence, ...]) -> Standing:
        """Create a draft for a record that no analyst proposed again; ``move`` decides it at once."""
        query = select(t.documents.c.sha256).where(t.documents.c.id == self.document_id)
        sha256 = self.connection.execute(query).scalar_one()
        draft = review.continued(old.draft, moved, self.document_id, sha256, self.at)
        new = Standing(draft=draft, proposal=draft, version=1)
        create_draft(self.connection, self.id, draft, "carry", self._decision(new, "carried"))
        return new

    def reopen(self, old: Standing) -> None:
        """Put an approval whose passage changed back into the queue; a rejection stays as it is."""
        if old.draft.status == "approved":
            self._write(old, old.draft, "draft", "document_changed")

    def _write(self, standing: Standing, edited: Draft, status: DraftStatus, reason: str) -> None:
        verdict = review.verdict(standing, edited, "carry", status, None)
        write_verdict(self.connection, self.id, standing, self._decision(standing, reason), verdict)

    def _decision(self, standing: Standing, reason: str) -> Decision:
        return Decision(
            kind="carry",
            draft=standing.draft.id,
            seen_version=standing.version,
            by=CARRIED_BY,
            at=self.at,
            reasons=(reason,),
        )
