"""The banner after an act: what was done, to which draft, and whether it can still be undone."""

from dataclasses import dataclass

from app.review.auth import Visit
from smallprint.review import record_id
from smallprint.store import Connection, documents, history, records

WORDS_SHOWN = 8  # of a clause, which has no title


@dataclass(frozen=True)
class ActBanner:
    """What the banner says of the act that was just done."""

    act: str  # its id
    kind: str
    past_tense: str
    drafts: int
    title: str
    draft: str  # id; empty where the act was about a clause
    record: str  # id; empty where none was approved
    undone: bool


PAST_TENSE = {
    "approve": "Approved",
    "amend": "Approved with your changes",
    "reject": "Rejected",
    "second_opinion": "Sent for a second opinion",
    "split": "Split",
    "merge": "Merged",
    "add": "Added",
    "undo": "Undone",
    "nothing_here": "Marked as empty",
}


def act_banner(connection: Connection, visit: Visit) -> ActBanner | None:
    """The banner of the act that the page's address names with ``done``; None for acts of others."""
    act_id = visit.request.query_params.get("done", "")
    if not act_id:
        return None
    decisions = [decision for decision in history.list_act(connection, act_id) if decision.by == visit.person.name]
    if not decisions:
        return None
    first = decisions[0]
    title, record = first.title, ""
    if title is None and first.clause is not None:
        title = _first_words(documents.load_clause_text(connection, first.document_id, first.clause))
    if first.draft_id is not None and len(decisions) == 1 and first.kind in ("approve", "amend"):
        number = records.find_record_number(connection, first.draft_id)
        record = record_id(number) if number else ""
    return ActBanner(
        act=act_id,
        kind=first.kind,
        past_tense=PAST_TENSE.get(first.kind, "Done"),
        drafts=len(decisions),
        title=title or "",
        draft=first.draft_id or "",
        record=record,
        undone=history.is_undone(connection, act_id),
    )


def _first_words(text: str) -> str:
    """The beginning of a clause: people do not know it by its id."""
    words = text.split()
    return f"“{' '.join(words[:WORDS_SHOWN])}{'…' if len(words) > WORDS_SHOWN else ''}”"
