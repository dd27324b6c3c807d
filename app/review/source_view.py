"""The source as the desk shows it: clauses with their numbers, text in pieces so that evidence can be lit in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from smallprint.records import Block, Clause, Document, Evidence

BEFORE, AFTER = 60, 90  # clauses shown around the evidence of a very long document
_LONGEST_NUMBER = 9  # characters that the margin has room for
_LONG = 260  # clauses; a document of fewer is shown whole


@dataclass(frozen=True)
class Piece:
    """A run of text with one meaning: plain, this draft's evidence, or another draft's."""

    text: str
    mark: str = ""  # "", "evidence", "other"
    draft: str = ""  # of an "other" piece
    first: bool = False  # the piece begins its evidence


@dataclass(frozen=True)
class Part:
    """One block of a clause."""

    kind: str
    level: int
    page: int | None  # set where a new page begins
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class ShownClause:
    """A clause as the page shows it."""

    clause: Clause
    parts: tuple[Part, ...]
    lit: bool  # it holds evidence of this draft
    nothing: bool  # somebody has marked it as empty

    @property
    def taken(self) -> bool:
        """Whether some draft has evidence here."""
        return any(piece.mark for part in self.parts for piece in part.pieces)

    @property
    def number(self) -> str:
        """Its number, unless its text begins with it anyway, or it is as long as a heading."""
        number = self.clause.number or ""
        return "" if self.clause.text.startswith(number) or len(number) > _LONGEST_NUMBER else number


@dataclass(frozen=True)
class Excerpt:
    """The clauses that a page shows, and how many were left out around them."""

    clauses: tuple[ShownClause, ...]
    before: int
    after: int


Span = tuple[int, int, str]  # start, end, draft id; empty id: this draft's evidence


def excerpt(
    document: Document,
    clauses: Sequence[Clause],
    evidence: Sequence[Evidence],
    others: Iterable[Span] = (),
    *,
    nothing: Iterable[str] = (),
    whole: bool = False,
) -> Excerpt:
    """The document around the evidence; all of it where it is short or ``whole`` is asked for."""
    touched = {clause for one in evidence for clause in one.clauses}
    at = [number for number, clause in enumerate(clauses) if clause.id in touched] or [0]
    first, last = (0, len(clauses)) if whole or len(clauses) <= _LONG else (max(0, at[0] - BEFORE), at[-1] + AFTER)
    chosen = clauses[first:last]
    if not chosen:
        return Excerpt((), 0, 0)
    spans = sorted((*((one.start, one.end, "") for one in evidence), *others))
    spans = [one for one in spans if one[0] < chosen[-1].end and one[1] > chosen[0].start]
    empty = set(nothing)
    shown, page = [], None
    blocks = _by_clause(document.blocks, chosen)
    for clause, inside in zip(chosen, blocks, strict=True):
        parts = []
        for block in inside:
            new = block.page if block.page != page else None
            page = block.page or page
            start, end = max(block.start, clause.start), min(block.end, clause.end)
            pieces = _pieces(document.text, start, end, spans)
            parts.append(Part(block.kind, block.level or 1, new, tuple(pieces)))
        shown.append(ShownClause(clause, tuple(parts), clause.id in touched, clause.id in empty))
    return Excerpt(tuple(shown), first, max(0, len(clauses) - last))


def _by_clause(blocks: Sequence[Block], clauses: Sequence[Clause]) -> list[list[Block]]:
    """For each clause the blocks that it has text of; both are in order, so one walk does."""
    found: list[list[Block]] = []
    at = 0
    for clause in clauses:
        while at < len(blocks) and blocks[at].end <= clause.start:
            at += 1
        here, inside = at, []
        while here < len(blocks) and blocks[here].start < clause.end:
            inside.append(blocks[here])
            here += 1
        found.append(inside or [Block(kind="paragraph", start=clause.start, end=clause.end)])
    return found


def _pieces(text: str, start: int, end: int, spans: Sequence[Span]) -> list[Piece]:
    """The text between two offsets cut at the borders of spans; this draft's evidence wins over others'."""
    inside = [one for one in spans if one[0] < end and one[1] > start]
    if not inside:
        return [Piece(text[start:end])]
    borders = sorted({start, end, *(max(start, one[0]) for one in inside), *(min(end, one[1]) for one in inside)})
    pieces = []
    for low, high in pairwise(borders):
        over = [one for one in inside if one[0] <= low and one[1] >= high]
        mine = next((one for one in over if not one[2]), None)
        if mine is not None:
            pieces.append(Piece(text[low:high], "evidence", first=low == mine[0]))
        elif over:
            pieces.append(Piece(text[low:high], "other", over[0][2]))
        else:
            pieces.append(Piece(text[low:high]))
    return pieces
