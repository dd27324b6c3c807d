"""When a document changes: decisions follow evidence that is unchanged word for word, the rest returns to the queue.

A newer text of a source brings drafts of its own. Where an older draft's passages stand in it unchanged, the person's
word moves onto the new draft, with the record and its permanent number; nobody has to decide the same twice. Where a
passage changed, an approval is withdrawn and the draft waits again, marked as of a changed document.
"""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection, select, update

from smallprint import review
from smallprint.records import Clause, Draft, Evidence
from smallprint.review import Decision, Standing
from smallprint.store import audit, decisions
from smallprint.store import tables as t
from smallprint.store.documents import clauses_from_json

BY = "document change"


def carry(connection: Connection, document_id: str, at: datetime) -> tuple[int, int]:
    """Carry the decisions of a source's older texts over to its newest, when that is this document.

    Returns how many decisions followed, and how many drafts returned to the queue. Doing it twice changes nothing.
    """
    older = _decided_before(connection, document_id)
    if not older:
        return 0, 0
    audit.hold(connection)
    act = _Act(connection, document_id, token_hex(8), at)
    text, clauses = _text_of(connection, document_id)
    open_here = _open_drafts(connection, document_id)
    followed = returned = 0
    for old in older:
        moved = review.follow(old.draft, text, clauses)
        if moved is None:
            returned += act.give_back(old)
            continue
        place = next((one for one in open_here if _same_provision(one.draft, old.draft, moved)), None)
        if place is not None:
            open_here.remove(place)
        elif old.draft.status == "approved":
            place = act.continue_there(old, moved)
        if place is not None:
            act.move(old, place, moved)
            followed += 1
    return followed, returned


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
    found = (decisions.standing(connection, draft_id) for draft_id in connection.execute(query).scalars().all())
    return [one for one in found if one is not None]


def _open_drafts(connection: Connection, document_id: str) -> list[Standing]:
    query = select(t.drafts.c.id).where(t.drafts.c.document_id == document_id, t.drafts.c.status == "draft")
    found = (
        decisions.standing(connection, draft_id)
        for draft_id in connection.execute(query.order_by(t.drafts.c.start)).scalars().all()
    )
    return [one for one in found if one is not None]


def _text_of(connection: Connection, document_id: str) -> tuple[str, tuple[Clause, ...]]:
    row = connection.execute(
        select(t.documents.c.text, t.documents.c.clauses).where(t.documents.c.id == document_id)
    ).one()
    return row.text, clauses_from_json(row.text, row.clauses)


def _same_provision(new: Draft, old: Draft, moved: tuple[Evidence, ...]) -> bool:
    """Whether a new draft proposes the same again: its category (or the old one's proposal) on overlapping words."""
    overlaps = any(one.start < two.end and two.start < one.end for one in new.evidence for two in moved)
    return overlaps and new.category in (old.category, *old.secondary)


@dataclass(frozen=True)
class _Act:
    """One carrying-over, written as one act."""

    connection: Connection
    document_id: str  # the newer text
    name: str
    at: datetime

    def _decision(self, of: Standing, why: str) -> Decision:
        return Decision(kind="carry", draft=of.draft.id, seen_version=of.version, by=BY, at=self.at, reasons=(why,))

    def move(self, old: Standing, new: Standing, moved: tuple[Evidence, ...]) -> None:
        """The old draft's word onto the new draft; record and number go with it."""
        words = new.draft
        if old.draft.status == "approved":
            # The record moves before either draft changes, so that nothing is withdrawn on the way.
            here = t.records.c.draft_id == old.draft.id
            self.connection.execute(update(t.records).where(here).values(draft_id=new.draft.id))
            words = review.apply_person_edits(new.draft, old.draft.model_copy(update={"evidence": moved}))
        made = review.verdict(new, words, "carry", old.draft.status, None)
        decisions.write(self.connection, self.name, new, self._decision(new, "carried"), made)
        gone = old.model_copy(update={"record": None})
        made = review.verdict(gone, old.draft, "carry", "rejected", None)
        decisions.write(self.connection, self.name, gone, self._decision(gone, "carried"), made)

    def continue_there(self, old: Standing, moved: tuple[Evidence, ...]) -> Standing:
        """A draft for a record that no analyst proposed anew; ``move`` decides it at once."""
        query = select(t.documents.c.sha256).where(t.documents.c.id == self.document_id)
        draft = review.continued(
            old.draft, moved, self.document_id, self.connection.execute(query).scalar_one(), self.at
        )
        new = Standing(draft=draft, proposal=draft, version=1)
        decisions.create(self.connection, self.name, draft, "carry", self._decision(new, "carried"))
        return new

    def give_back(self, old: Standing) -> int:
        """An approval whose passage changed waits again; a rejection of words that are gone needs nobody."""
        if old.draft.status != "approved":
            return 0
        made = review.verdict(old, old.draft, "carry", "draft", None)
        decisions.write(self.connection, self.name, old, self._decision(old, "document_changed"), made)
        return 1
