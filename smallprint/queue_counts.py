"""A page of the queue with its counts: how many drafts each filter would leave, given the others."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from smallprint import tables as t
from smallprint.queue_store import ORDER, PAGE, Filters, Line, line_of, lines, lines_of, total, where
from smallprint.records import Noun


def facets(c: Connection, filters: Filters) -> dict[str, list[tuple[str, int]]]:
    """For each filter the values that the other filters leave, with how many drafts, the most frequent first.

    Over the whole queue each count reads one index; under filters one pass over what they leave counts all that is
    not filtered by.
    """
    entities = _entities(c)
    chosen = _chosen(filters)
    alone = list(_COUNTED) if not filters.document and chosen <= {"status"} else [n for n in _COUNTED if n in chosen]
    counted: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    for name in alone:
        column = _COUNTED[name]
        for value, number in c.execute(
            select(column, func.count()).where(where(filters, without=name)).group_by(column)
        ):
            _count(counted[name], _values(name, value, entities), number)
    together = [name for name in _COUNTED if name not in alone]
    if together:
        columns = [_COUNTED[name] for name in together]
        for row in c.execute(select(*columns, func.count()).where(where(filters)).group_by(*columns)):
            for name, value in zip(together, row, strict=False):
                _count(counted[name], _values(name, value, entities), row[-1])
    return {name: _ranked(one) for name, one in counted.items()}


def _chosen(filters: Filters) -> set[str]:
    return {name for name in _COUNTED if getattr(filters, name) not in ("", "all")}


def _count(counted: Counter[str], values: tuple[str, ...], number: int) -> None:
    for one in values:
        counted[one] += number


_COUNTED: dict[str, Any] = {
    "severity": t.queue.c.severity,
    "category": t.queue.c.category,
    "entity": t.queue.c.source_id,
    "model": t.queue.c.model,
    "prompt": t.queue.c.prompt,
    "status": t.queue.c.status,
    "assignee": t.queue.c.assignee,
    "flag": t.queue.c.flags,
}


def _entities(c: Connection) -> dict[int, str | None]:
    return {row.id: row.entity for row in c.execute(select(t.sources.c.id, t.sources.c.entity))}


def _ranked(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


class Survey(Noun):
    """One page of the queue with its counts."""

    total: int
    page: int
    pages: int
    lines: tuple[Line, ...]
    facets: dict[str, list[tuple[str, int]]]


def survey(c: Connection, filters: Filters, now: datetime, *, page: int = 1) -> Survey:
    """A page of the queue, the last one where there are fewer, with all counts."""
    if filters.q:
        return _searched(c, filters, now, page)
    number = total(c, filters)
    pages = max(1, -(-number // PAGE))
    page = max(1, min(page, pages))
    shown = lines(c, filters, now, page=page)
    return Survey(total=number, page=page, pages=pages, lines=tuple(shown), facets=facets(c, filters))


def _searched(c: Connection, filters: Filters, now: datetime, page: int) -> Survey:
    """The same for a text search, which looks through the words once and counts what it found by hand."""
    only = Filters(document=filters.document, q=filters.q, status="all")
    columns = [t.queue.c.draft_id.label("id"), *(column.label(name) for name, column in _COUNTED.items())]
    rows = c.execute(select(*columns).where(where(only)).order_by(*ORDER)).all()
    entities = _entities(c)
    wanted = {name: getattr(filters, name) for name in _chosen(filters)}
    counted: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    found: set[str] = set()
    kinds: dict[tuple[Any, ...], list[str]] = {}  # drafts that are the same in all that is counted
    for row in rows:
        kinds.setdefault(tuple(row[1:]), []).append(row[0])
    for kind, drafts in kinds.items():
        values = {name: _values(name, value, entities) for name, value in zip(_COUNTED, kind, strict=True)}
        missed = [name for name, value in wanted.items() if value not in values[name]]
        if not missed:
            found.update(drafts)
        for name in (missed or _COUNTED) if len(missed) <= 1 else ():
            _count(counted[name], values[name], len(drafts))
    shown_ids = [row[0] for row in rows if row[0] in found]
    pages = max(1, -(-len(shown_ids) // PAGE))
    page = max(1, min(page, pages))
    chosen = select(t.queue.c.draft_id).where(t.queue.c.draft_id.in_(shown_ids[(page - 1) * PAGE : page * PAGE]))
    shown = tuple(line_of(row, now) for row in c.execute(lines_of(chosen.subquery())).mappings())
    ranked = {name: _ranked(one) for name, one in counted.items()}
    return Survey(total=len(shown_ids), page=page, pages=pages, lines=shown, facets=ranked)


def _values(name: str, value: Any, entities: dict[int, str | None]) -> tuple[str, ...]:  # noqa: ANN401 -- a column's
    if name == "entity":
        value = entities.get(value)
    if not value:
        return ()
    return tuple(flag for flag in value.split("|") if flag) if name == "flag" else (str(value),)
