"""Cuts a document's text into clauses: spans of the size that a lawyer cites, with number, headings and lead-in."""

from collections.abc import Sequence

from extractors.clauses.citing import cite_numbers
from extractors.clauses.definitions import announces_definitions, defined_terms, terms_of_rows
from extractors.clauses.grouping import RawClause, group_lines
from extractors.clauses.headings import find_headings
from extractors.clauses.lines import read_lines
from extractors.clauses.outline import headings_above, read_outline
from extractors.clauses.slicing import slices
from extractors.layout import page_at
from smallprint.records import Clause, Document


def cut_clauses(document: Document) -> tuple[Clause, ...]:
    """The clauses of ``document`` in order; they tile its text.

    Every character except white space between clauses is in exactly one clause, and no clause is longer than
    ``slicing.MAX_CLAUSE_CHARS``. Ids are c1, c2, ... Linear in the size of the document; raises nothing.
    """
    lines = find_headings(read_lines(document))
    positions = read_outline(lines)
    numbers = cite_numbers([position.own for position in positions if position.own is not None], document.language)
    clauses: list[Clause] = []
    first_ids: list[str] = []  # of each raw clause: the id of its first slice
    for raw in group_lines(lines, positions):
        first_ids.append(f"c{len(clauses) + 1}")
        number = numbers.get(raw.node) if raw.node else None
        clauses.extend(_sliced(document, raw, number, first_ids, len(clauses)))
    return tuple(clauses)


def _sliced(
    document: Document, raw: RawClause, number: str | None, first_ids: Sequence[str], before: int
) -> list[Clause]:
    """The clauses of a raw clause, several if it is too long; ``before`` is the number of clauses before it."""
    path = (*headings_above(raw.under), *((raw.label,) if raw.label else ()))
    clauses: list[Clause] = []
    for start, end in slices(document.text, raw.start, raw.end):
        text = document.text[start:end]
        terms = () if raw.heading_only else defined_terms(text, max(0, raw.words - start))
        if raw.table and any(announces_definitions(heading) for heading in path):
            terms = tuple(dict.fromkeys((*terms_of_rows(text), *terms)))
        clauses.append(
            Clause(
                id=f"c{before + len(clauses) + 1}",
                start=start,
                end=end,
                text=text,
                number=number,
                heading_path=path,
                page_start=page_at(document.blocks, start),
                page_end=page_at(document.blocks, end - 1),
                lead_in=first_ids[raw.lead_in] if raw.lead_in is not None else None,
                defines=terms,
                heading_only=raw.heading_only,
            )
        )
    return clauses
