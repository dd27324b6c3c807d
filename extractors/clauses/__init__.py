"""A document's text cut into clauses: spans of the size that a lawyer cites, with number, headings and lead-in."""

from collections.abc import Sequence

from extractors.clauses.citing import cite_numbers
from extractors.clauses.definitions import defined_terms, speaks_of_terms, terms_of_rows
from extractors.clauses.grouping import Group, group_lines
from extractors.clauses.headings import find_headings
from extractors.clauses.lines import read_lines
from extractors.clauses.outline import headings_above, read_outline
from extractors.clauses.slicing import slices
from extractors.layout import page_at
from smallprint.records import Clause, Document


def cut_clauses(document: Document) -> tuple[Clause, ...]:
    """The clauses of ``document`` in order; they tile its text.

    Every character but white space between clauses is in exactly one clause, and no clause is longer than
    ``slicing.LONGEST``. Ids are c1, c2, ... Linear in the size of the document; raises nothing.
    """
    lines = find_headings(read_lines(document))
    places = read_outline(lines)
    cited = cite_numbers([place.own for place in places if place.own is not None], document.language)
    groups = group_lines(lines, places)
    clauses: list[Clause] = []
    first: list[str] = []  # the id of each group's first clause
    for group in groups:
        first.append(f"c{len(clauses) + 1}")
        clauses.extend(_clauses(document, group, cited.get(group.node) if group.node else None, first, len(clauses)))
    return tuple(clauses)


def _clauses(document: Document, group: Group, number: str | None, first: Sequence[str], before: int) -> list[Clause]:
    path = (*headings_above(group.under), *((group.label,) if group.label else ()))
    made: list[Clause] = []
    for start, end in slices(document.text, group.start, group.end):
        text = document.text[start:end]
        body = max(0, group.words - start)
        terms = () if group.heading_only else defined_terms(text, body)
        if group.table and any(speaks_of_terms(heading) for heading in path):
            terms = tuple(dict.fromkeys((*terms_of_rows(text), *terms)))
        made.append(
            Clause(
                id=f"c{before + len(made) + 1}",
                start=start,
                end=end,
                text=text,
                number=number,
                heading_path=path,
                page_start=page_at(document.blocks, start),
                page_end=page_at(document.blocks, end - 1),
                lead_in=first[group.lead_in] if group.lead_in is not None else None,
                defines=terms,
                heading_only=group.heading_only,
            )
        )
    return made
