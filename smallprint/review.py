"""Review, pure: a draft and a person's decision make a verdict, or a conflict or a refusal that says why.

The analyst's proposal and the person's version are two drafts with one id; severity is always computed. A decision
carries the version that the person saw: decided on anything else it is a conflict with both sides in it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from smallprint.errors import SmallprintError
from smallprint.publishable import unpublishable
from smallprint.records import Clause, Draft, DraftStatus, Evidence, Noun, Provenance
from smallprint.registry import Registry
from smallprint.severity import severity

Kind = Literal["approve", "amend", "reject", "second_opinion", "split", "merge", "add", "nothing_here", "undo", "carry"]

REASONS = {
    "not_said": "The document does not say this",
    "misread": "The clause is read wrongly",
    "no_effect": "An ordinary term without effect worth a record",
    "no_provision": "A heading, a definition or boilerplate",
    "duplicate": "Another draft says it already",
    "wrong_place": "The quote is not the passage meant",
    "too_vague": "Too vague to be of use to a reader",
    "other": "Another reason, given below",
}
# Why drafts leave the queue without anybody's judgment on their quality.
RETIRED = {
    "split": "Split into several drafts",
    "merged": "Merged into another draft",
    "undone": "The act that made it was undone",
    "carried": "Carried over to the newer version of its document",
    "document_changed": "Its passage changed in the newer version of its document",
}

EDITABLE = (
    "title",
    "category",
    "secondary",
    "severity",
    "factors",
    "factor_reasons",
    "what_it_is",
    "consumer_impact",
    "why_it_matters",
    "frameworks",
    "enforcement_risk",
    "due_diligence",
    "agencies",
    "evidence",
)
_MAX_NOTE_CHARACTERS = 4000

# The queue's order: points by severity, and further ones for what a reader should doubt. Set by hand, not
# fitted: a disputed or badly proven draft of one level comes before a sound one of the level above it.
_LEVEL_NEED = {"critical": 40, "high": 30, "medium": 20, "low": 10, "beneficial": 5}
_FLAG_NEED = {
    "severity_disagreement": 30,
    "ambiguous_evidence": 20,
    "fuzzy_evidence": 20,
    "document_changed": 20,
    "ungrounded_number": 10,
    "invalid_citation": 10,
}


class Standing(Noun):
    """How a draft stands: as a person edited it, else as it was proposed."""

    draft: Draft
    proposal: Draft
    version: int
    second_by: str | None = None  # who asks for a second opinion
    record: int | None = None
    decided_by: str | None = None  # who decided last
    decided_at: datetime | None = None

    def snapshot(self) -> dict[str, Any]:
        """What an undo brings back, as JSON."""
        return {"status": self.draft.status, "second_by": self.second_by, "body": body(self.draft)}


class Decision(Noun):
    """What a person does with a draft, and the version that they saw."""

    kind: Kind
    draft: str
    seen_version: int
    by: str
    at: datetime
    reasons: tuple[str, ...] = ()
    note: str = ""
    edited_draft: Draft | None = None  # as the person wants it; None: as it stands


class Change(Noun):
    """One field before and after, as JSON values."""

    field: str
    before: Any
    after: Any


class Verdict(Noun):
    """How the draft stands after a decision."""

    kind: Kind
    draft: Draft
    version: int
    second_by: str | None
    changes: tuple[Change, ...]


class ConflictError(SmallprintError):
    """Somebody has changed the draft meanwhile; nothing was written, both sides are here."""

    def __init__(self, standing: Standing, decision: Decision) -> None:
        author = standing.decided_by or "a new run"
        super().__init__(
            f"{author} changed this draft "
            f"(version {decision.seen_version} is now {standing.version}, {standing.draft.status})"
        )
        self.standing, self.decision = standing, decision


class RefusedError(SmallprintError):
    """A decision that the rules do not allow; ``problems`` say what to correct, by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def body(draft: Draft) -> dict[str, Any]:
    """A draft as it is stored: without its status, which has a column."""
    return draft.model_dump(mode="json", exclude={"status"})


def decide(standing: Standing, decision: Decision, registry: Registry) -> Verdict:
    """Approve (amend, where words differ), reject or ask for a second opinion.

    Raises:
        ConflictError: the person saw another version.
        RefusedError: a rule stands against it.

    """
    if decision.seen_version != standing.version:
        raise ConflictError(standing, decision)
    draft = (
        standing.draft if decision.edited_draft is None else apply_person_edits(standing.draft, decision.edited_draft)
    )
    touched = body(draft) != body(standing.draft)
    _check_state(standing, decision, touched=touched)
    if len(decision.note) > _MAX_NOTE_CHARACTERS:
        raise RefusedError({"note": f"A note has at most {_MAX_NOTE_CHARACTERS:,} characters."})
    if decision.kind == "approve":
        problems = unpublishable(draft, registry)
        if problems:
            raise RefusedError(problems)
        amended = touched or body(draft) != body(standing.proposal)
        return verdict(standing, draft, "amend" if amended else "approve", "approved", None)
    if decision.kind == "reject":
        _check_reasons(decision)
        return verdict(standing, standing.draft, "reject", "rejected", None)
    if decision.kind == "second_opinion":
        return verdict(standing, draft, "second_opinion", "draft", decision.by)
    raise RefusedError({"kind": f"{decision.kind} is not decided here"})


def _check_state(standing: Standing, decision: Decision, *, touched: bool) -> None:
    status = standing.draft.status
    if status == "rejected" or (status == "approved" and not (decision.kind == "approve" and touched)):
        raise RefusedError({"status": f"It is {status} already; undo that decision first."})


def _check_reasons(decision: Decision) -> None:
    unknown = [reason for reason in decision.reasons if reason not in REASONS]
    if unknown or not decision.reasons:
        raise RefusedError({"reasons": "Choose at least one reason from the list."})
    if "other" in decision.reasons and not decision.note.strip():
        raise RefusedError({"note": "Say what the other reason is."})


def verdict(standing: Standing, draft: Draft, kind: Kind, status: DraftStatus, second_by: str | None) -> Verdict:
    """The next version of a draft, with its changes field by field."""
    after = draft.model_copy(update={"status": status})
    changed = [*changes(standing.draft, after)]
    if second_by != standing.second_by:
        changed.append(Change(field="second_opinion", before=standing.second_by, after=second_by))
    return Verdict(kind=kind, draft=after, version=standing.version + 1, second_by=second_by, changes=tuple(changed))


def apply_person_edits(standing: Draft, edited: Draft) -> Draft:
    """The person's version: what people may edit is theirs, severity is computed, the rest stays what it was."""
    fields = {name: getattr(edited, name) for name in EDITABLE if name != "severity"}
    return standing.model_copy(update={**fields, "severity": severity(edited.factors)})


def changes(before: Draft | None, after: Draft | None) -> tuple[Change, ...]:
    """The fields that differ; a draft that does not exist has None in all of them."""
    fields = ("status", *EDITABLE)
    old = before.model_dump(mode="json", include=set(fields)) if before else {}
    new = after.model_dump(mode="json", include=set(fields)) if after else {}
    return tuple(
        Change(field=name, before=old.get(name), after=new.get(name))
        for name in fields
        if old.get(name) != new.get(name)
    )


def split(standing: Standing, decision: Decision, parts: Sequence[Draft]) -> tuple[Verdict, tuple[Draft, ...]]:
    """Retire a draft and put several in its place; ``parts`` give each one's title, category and evidence.

    Raises:
        ConflictError, RefusedError: as ``decide``.

    """
    _check_open(standing, decision)
    if len(parts) < 2:
        raise RefusedError({"parts": "A split needs at least two parts."})
    if len({(part.category, part.evidence) for part in parts}) < len(parts):
        raise RefusedError({"parts": "Two parts have the same passage and category."})
    children = tuple(
        apply_person_edits(standing.draft, part).model_copy(
            update={
                "id": _derived_id(standing.draft.id, f"{standing.version}.{number}"),
                "status": "draft",
                "flags": tuple(sorted({*standing.draft.flags, "split_by_person"})),
            }
        )
        for number, part in enumerate(parts)
    )
    return verdict(standing, standing.draft, "split", "rejected", None), children


def merge(standing: Standing, decision: Decision, others: Sequence[tuple[Standing, Decision]]) -> tuple[Verdict, ...]:
    """Put the evidence and categories of other drafts into one; the first verdict is its, the rest retire the others.

    Raises:
        ConflictError, RefusedError: as ``decide``; drafts of different documents, or none to merge.

    """
    _check_open(standing, decision)
    for other, other_decision in others:
        _check_open(other, other_decision)
    document = standing.draft.provenance.document
    if not others or any(other.draft.provenance.document != document for other, _ in others):
        raise RefusedError({"others": "Choose at least one other draft of the same document."})
    merged_drafts = [standing.draft, *(other.draft for other, _ in others)]
    spans = {(proof.start, proof.end): proof for draft in reversed(merged_drafts) for proof in draft.evidence}
    categories = [*standing.draft.secondary, *(draft.category for draft in merged_drafts[1:])]
    secondary = tuple(dict.fromkeys(name for name in categories if name != standing.draft.category))[:2]
    merged = standing.draft.model_copy(
        update={"evidence": _without_nested(spans[key] for key in sorted(spans)), "secondary": secondary}
    )
    return (
        verdict(standing, merged, "merge", "draft", standing.second_by),
        *(verdict(other, other.draft, "merge", "rejected", None) for other, _ in others),
    )


def _without_nested(proofs: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Evidence in order of its spans, without spans that lie inside another."""
    outer: list[Evidence] = []
    for proof in proofs:
        if outer and proof.start >= outer[-1].start and proof.end <= outer[-1].end:
            continue
        if outer and outer[-1].start == proof.start:
            outer.pop()
        outer.append(proof)
    return tuple(outer)


def _check_open(standing: Standing, decision: Decision) -> None:
    if decision.seen_version != standing.version:
        raise ConflictError(standing, decision)
    if standing.draft.status != "draft":
        raise RefusedError({"status": f"{standing.draft.title!r} is {standing.draft.status} already; undo that first."})


def _derived_id(parent: str, distinction: str) -> str:
    return "d" + sha256(f"{parent}|{distinction}".encode()).hexdigest()[:20]


def added(draft: Draft, by: str, at: datetime) -> Draft:
    """A provision that the analyst missed, with the person as its maker."""
    spans = ",".join(f"{proof.start}-{proof.end}" for proof in draft.evidence)
    maker = f"person:{by}"
    provenance = draft.provenance
    return draft.model_copy(
        update={
            "id": _derived_id(provenance.document, f"{spans}|{draft.category}|{maker}"),
            "severity": severity(draft.factors),
            "confidence": 1.0,
            "flags": (),
            "status": "draft",
            "provenance": Provenance(
                model=maker,
                prompt="review-desk@1",
                prompt_sha256=provenance.prompt_sha256,
                schema_sha256=sha256(",".join(EDITABLE).encode()).hexdigest(),
                registry_sha256=provenance.registry_sha256,
                snapshot_sha256=provenance.snapshot_sha256,
                document=provenance.document,
                run=None,
                created_at=at,
            ),
        }
    )


def continued(old: Draft, moved: tuple[Evidence, ...], document: str, snapshot: str, at: datetime) -> Draft:
    """An approved provision in a newer text of its document, which no analyst proposed there."""
    provenance = old.provenance.model_copy(update={"document": document, "snapshot_sha256": snapshot, "created_at": at})
    return old.model_copy(
        update={"id": _derived_id(old.id, document), "evidence": moved, "provenance": provenance, "status": "draft"}
    )


def need(draft: Draft, *, second: bool = False, changed: bool = False) -> int:
    """How much a draft needs a person, from 0: severity, doubt of the analyst and of the proof, disagreement."""
    flags = {*draft.flags, *(("document_changed",) if changed else ())}
    doubt = round(20 * (1 - draft.confidence))
    return _LEVEL_NEED[draft.severity] + doubt + (15 if second else 0) + sum(_FLAG_NEED.get(flag, 0) for flag in flags)


def follow(draft: Draft, text: str, clauses: Sequence[Clause]) -> tuple[Evidence, ...] | None:
    """The draft's evidence in a newer text of its document, or None where a passage changed or occurs twice.

    The stale rule: a decision follows evidence that is unchanged word for word; all else goes back to the queue.
    """
    moved: list[Evidence] = []
    for proof in draft.evidence:
        start = text.find(proof.text)
        if start < 0 or text.find(proof.text, start + 1) >= 0:
            return None
        end = start + len(proof.text)
        touched = tuple(clause for clause in clauses if clause.start < end and clause.end > start)
        if not touched:
            return None
        moved.append(
            proof.model_copy(
                update={
                    "start": start,
                    "end": end,
                    "clauses": tuple(clause.id for clause in touched),
                    "page": touched[0].page_start,
                }
            )
        )
    return tuple(moved)


def record_id(number: int) -> str:
    """SP-P-000123: a provision's permanent id."""
    return f"SP-P-{number:06d}"


def document_record_id(number: int) -> str:
    """SP-D-00045: the permanent id of a document as followed."""
    return f"SP-D-{number:05d}"
