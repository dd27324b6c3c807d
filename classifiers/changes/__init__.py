"""Two versions of a document -> what happened to each clause: aligned, redlined, its kind, its direction for users."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classifiers.changes.alignment import align
from classifiers.changes.dates import claimed_date
from classifiers.changes.direction import direction_of_edit, direction_of_presence, together
from classifiers.changes.kinds import kind_of_edit, kind_of_presence, weightiest
from classifiers.changes.redefinitions import clauses_using, redefined_terms
from classifiers.changes.redline import edits, redline
from smallprint.records import Clause, ClauseChange, ClausePair, Document, RedlinePart, VersionComparison

__all__ = ["compare_versions"]

# A name counts as replaced throughout when this many edits replace the same words; fewer are judged by themselves.
MIN_RENAMES = 3
_NAME = re.compile(r"[A-Z][\w&'’.-]*(?:\s+[A-Z][\w&'’.-]*){0,4}")


def compare_versions(
    old: Document,
    old_clauses: Sequence[Clause],
    new: Document,
    new_clauses: Sequence[Clause],
    *,
    entity: str | None = None,
) -> VersionComparison:
    """Compare two versions of one document, both derived by the same extractor version.

    Args:
        old: the older version.
        old_clauses: its clauses in order, as ``extractors.clauses.cut_clauses`` gives them.
        new: the newer version.
        new_clauses: its clauses.
        entity: the company's name, which its own text uses for "we".

    Returns:
        Every clause of both in one pair, and a change for every pair that differs. Directions are read from English
        words; in another language a change is ``neutral`` unless numbers alone decide.

    """
    before = {clause.id: clause for clause in old_clauses}
    after = {clause.id: clause for clause in new_clauses}
    pairs = align(old_clauses, new_clauses)
    redlines = {
        pair: redline(_joined(before[key] for key in pair.old), _joined(after[key] for key in pair.new))
        for pair in pairs
        if _differs(pair)
    }
    renamed = _renamed(edit for parts in redlines.values() for edit in edits(parts))
    changes = [
        _change(
            pair,
            parts,
            [before[key] for key in pair.old],
            [after[key] for key in pair.new],
            _Surroundings(new_clauses, renamed, entity),
        )
        for pair, parts in redlines.items()
    ]
    old_date, new_date = claimed_date(old.text), claimed_date(new.text)
    kind = weightiest([change.kind for change in changes])
    return VersionComparison(
        pairs=pairs,
        changes=tuple(changes),
        kind=kind,
        direction=together([reason for change in changes for reason in change.reasons]),
        old_date=old_date,
        new_date=new_date,
        date_findings=_date_findings(old_date, new_date, substantive=kind == "substantive"),
    )


@dataclass(frozen=True)
class _Surroundings:
    """What a change of one clause is judged with."""

    new_clauses: Sequence[Clause]
    renamed: tuple[str, str] | None
    entity: str | None


def _change(
    pair: ClausePair,
    parts: tuple[RedlinePart, ...],
    old: Sequence[Clause],
    new: Sequence[Clause],
    surroundings: _Surroundings,
) -> ClauseChange:
    """The kind and direction of one pair that differs, with their reasons."""
    old_text, new_text = (_joined(clauses) for clauses in (old, new))
    if old and new:
        verdict = kind_of_edit(parts, old_text, new_text, surroundings.renamed)
        reasons = direction_of_edit(parts, surroundings.entity)
    else:
        heading = all(clause.heading_only for clause in (*old, *new))
        verdict = kind_of_presence(old_text or new_text, heading=heading)
        reasons = direction_of_presence(old_text or new_text, surroundings.entity, added=bool(new))
    substantive = verdict.kind == "substantive"
    reasons = reasons if substantive else ()
    terms = redefined_terms(old, new) if substantive else ()
    return ClauseChange(
        pair=pair,
        kind=verdict.kind,
        direction=together(reasons),
        reasons=(*verdict.reasons, *reasons),
        redline=parts,
        uses_redefined=clauses_using(terms, surroundings.new_clauses, defining=set(pair.new)),
    )


def _differs(pair: ClausePair) -> bool:
    return pair.relation != "unchanged"


def _joined(clauses: Iterable[Clause]) -> str:
    return "\n".join(clause.text for clause in clauses)


def _renamed(changed: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The name that most edits replace by one other name, where they are many."""
    names: Counter[tuple[str, str]] = Counter()
    for deleted, inserted in changed:
        pair = deleted.strip(), inserted.strip()
        if all(_NAME.fullmatch(name) for name in pair):
            names[pair] += 1
    pair, count = names.most_common(1)[0] if names else (("", ""), 0)
    return pair if count >= MIN_RENAMES else None


def _date_findings(old: str | None, new: str | None, *, substantive: bool) -> tuple[str, ...]:
    """What the service's own date says that its text does not, and the reverse."""
    if old is None or new is None:
        return ()
    if substantive and old == new:
        return ("text_changed_date_did_not",)
    if not substantive and old != new:
        return ("date_changed_text_did_not",)
    return ()
