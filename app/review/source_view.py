"""The source as the desk shows it: clauses with their numbers, text cut into runs so that evidence stands out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from smallprint.records import Block, Clause, Document, Evidence

CLAUSES_BEFORE, CLAUSES_AFTER = 60, 90  # shown around the evidence of a very long document
MAX_NUMBER_LENGTH = 9  # characters that the margin has room for
MAX_WHOLE_CLAUSES = 260  # a document of no more is shown whole (chosen by eye; a page of 1,000 clauses takes 41 ms)


@dataclass(frozen=True)
class TextRun:
    """A run of text of one kind: plain, this draft's evidence, or another draft's."""

    text: str
    mark: str = ""  # "", "evidence", "other"
    draft: str = ""  # id, of an "other" run
    first: bool = False  # the run begins its evidence


@dataclass(frozen=True)
class ShownBlock:
    """One block of a clause."""

    kind: str
    level: int
    page: int | None  # set where a new page begins
    runs: tuple[TextRun, ...]


@dataclass(frozen=True)
class ShownClause:
    """A clause as the page shows it."""

    clause: Clause
    blocks: tuple[ShownBlock, ...]
    lit: bool  # it holds evidence of this draft
    nothing: bool  # somebody has marked it as empty

    @property
    def has_evidence(self) -> bool:
        """Whether some draft has evidence here."""
        return any(run.mark for block in self.blocks for run in block.runs)

    @property
    def number(self) -> str:
        """Its number, unless its text begins with it anyway, or it is as long as a heading."""
        number = self.clause.number or ""
        return "" if self.clause.text.startswith(number) or len(number) > MAX_NUMBER_LENGTH else number


@dataclass(frozen=True)
class Excerpt:
    """The clauses that a page shows, and how many were left out around them."""

    clauses: tuple[ShownClause, ...]
    before: int
    after: int


DraftSpan = tuple[int, int, str]  # start, end, draft id; empty id: this draft's evidence


def excerpt(
    document: Document,
    clauses: Sequence[Clause],
    evidence: Sequence[Evidence],
    others: Iterable[DraftSpan] = (),
    *,
    nothing: Iterable[str] = (),
    whole: bool = False,
) -> Excerpt:
    """The document around the evidence; all of it where it is short or ``whole`` is asked for."""
    cited = {clause for proof in evidence for clause in proof.clauses}
    cited_numbers = [number for number, clause in enumerate(clauses) if clause.id in cited] or [0]
    first, last = 0, len(clauses)
    if not whole and len(clauses) > MAX_WHOLE_CLAUSES:
        first, last = max(0, cited_numbers[0] - CLAUSES_BEFORE), cited_numbers[-1] + CLAUSES_AFTER
    chosen = clauses[first:last]
    if not chosen:
        return Excerpt((), 0, 0)
    spans = sorted((*((proof.start, proof.end, "") for proof in evidence), *others))
    spans = [span for span in spans if span[0] < chosen[-1].end and span[1] > chosen[0].start]
    empty = set(nothing)
    shown_clauses, page = list[ShownClause](), None
    for clause, blocks in zip(chosen, _blocks_by_clause(document.blocks, chosen), strict=True):
        shown_blocks = []
        for block in blocks:
            new_page = block.page if block.page != page else None
            page = block.page or page
            start, end = max(block.start, clause.start), min(block.end, clause.end)
            runs = _runs(document.text, start, end, spans)
            shown_blocks.append(ShownBlock(block.kind, block.level or 1, new_page, tuple(runs)))
        shown_clauses.append(ShownClause(clause, tuple(shown_blocks), clause.id in cited, clause.id in empty))
    return Excerpt(tuple(shown_clauses), first, max(0, len(clauses) - last))


def _blocks_by_clause(blocks: Sequence[Block], clauses: Sequence[Clause]) -> list[list[Block]]:
    """For each clause the blocks that overlap it; both are in text order, so one pass is enough."""
    by_clause: list[list[Block]] = []
    first = 0
    for clause in clauses:
        while first < len(blocks) and blocks[first].end <= clause.start:
            first += 1
        number, inside = first, []
        while number < len(blocks) and blocks[number].start < clause.end:
            inside.append(blocks[number])
            number += 1
        by_clause.append(inside or [Block(kind="paragraph", start=clause.start, end=clause.end)])
    return by_clause


def _runs(text: str, start: int, end: int, spans: Sequence[DraftSpan]) -> list[TextRun]:
    """The text between two offsets, cut at the borders of spans; this draft's evidence wins over others'."""
    inside = [span for span in spans if span[0] < end and span[1] > start]
    if not inside:
        return [TextRun(text[start:end])]
    borders = sorted({start, end, *(max(start, span[0]) for span in inside), *(min(end, span[1]) for span in inside)})
    runs = []
    for low, high in pairwise(borders):
        covering = [span for span in inside if span[0] <= low and span[1] >= high]
        own = next((span for span in covering if not span[2]), None)
        if own is not None:
            runs.append(TextRun(text[low:high], "evidence", first=low == own[0]))
        elif covering:
            runs.append(TextRun(text[low:high], "other", covering[0][2]))
        else:
            runs.append(TextRun(text[low:high]))
    return runs
