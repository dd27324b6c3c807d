"""A page of the queue with its counts: how many drafts each filter would leave, given the others."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, func, select

from smallprint.records import Noun
from smallprint.store import tables as t
from smallprint.store.queue import PAGE_SIZE, STATUSES, Filters, QueuedDraft, list_page, matches, matches_search

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
Counts = dict[str, Counter[Any]]  # for each filter: values as the columns have them, with their numbers


class FilteredQueue(Noun):
    """One page of the queue with its counts."""

    total: int
    page: int
    pages: int
    drafts: tuple[QueuedDraft, ...]
    # For each filter the values that the other filters leave, with their numbers of drafts, the most frequent first.
    facets: dict[str, list[tuple[str, int]]]


def load_filtered_queue(connection: Connection, filters: Filters, now: datetime, *, page: int = 1) -> FilteredQueue:
    """A page of the queue, the last one where there are fewer, with all counts."""
    number, counts = _count(connection, filters)
    pages = max(1, -(-number // PAGE_SIZE))
    page = max(1, min(page, pages))
    drafts = list_page(connection, filters, now, page=page) if number else []
    return FilteredQueue(
        total=number, page=page, pages=pages, drafts=tuple(drafts), facets=_rank_facets(connection, counts)
    )


def _count(connection: Connection, filters: Filters) -> tuple[int, Counts]:
    """How many drafts the filters leave, and the counts of every filter."""
    chosen = {name for name in _COUNTED if getattr(filters, name) not in ("", "all")}
    if filters.q:
        return _searched(connection, filters, chosen)
    if chosen <= {"status"} and not filters.document:
        return _whole(connection, filters)
    return _filtered(connection, filters, chosen)


def _whole(connection: Connection, filters: Filters) -> tuple[int, Counts]:
    """Over a whole status: each count walks one index in its order, and none walks it twice."""
    counts: Counts = {name: Counter() for name in _COUNTED}
    number = _add(counts, ["severity", "category"], connection.execute(_grouped(filters, ["severity", "category"])))
    for name in ("entity", "model", "prompt", "flag"):
        _add(counts, [name], connection.execute(_grouped(filters, [name])))
    assigned = _grouped(filters, ["assignee"]).where(t.queue.c.assignee.is_not(None))
    _add(counts, ["assignee"], connection.execute(assigned))
    if filters.status == "all":
        _add(counts, ["status"], connection.execute(_grouped(filters, ["status"])))
    else:
        others = t.queue.c.status.in_([status for status in STATUSES if status != filters.status])
        _add(counts, ["status"], connection.execute(_grouped(Filters(status="all"), ["status"]).where(others)))
        counts["status"][filters.status] += number
    return number, counts


def _filtered(connection: Connection, filters: Filters, chosen: set[str]) -> tuple[int, Counts]:
    """Under filters: one pass over what they leave for all that is not filtered by, one for each of the others."""
    counts: Counts = {name: Counter() for name in _COUNTED}
    together = [name for name in _COUNTED if name not in chosen]
    number = _add(counts, together, connection.execute(_grouped(filters, together)))
    for name in chosen:
        _add(counts, [name], connection.execute(_grouped(filters, [name], without=name)))
    return number, counts


def _searched(connection: Connection, filters: Filters, chosen: set[str]) -> tuple[int, Counts]:
    """For a text search: the words are looked through once, for all counts, whatever else is filtered by."""
    only = Filters(document=filters.document, status="all")
    columns = list(_COUNTED.values())
    # Every words row has its queue row; the outer join keeps SQLite from walking the queue and jumping into the words.
    both = t.queue_words.outerjoin(t.queue, t.queue.c.draft_id == t.queue_words.c.draft_id)
    query = select(*columns, func.count()).select_from(both).where(matches(only), matches_search(filters.q))
    labels = cache(_label_reader(connection))
    required = [(column, name, getattr(filters, name)) for column, name in enumerate(_COUNTED) if name in chosen]
    counts: Counts = {name: Counter() for name in _COUNTED}
    counters, number = list(counts.values()), 0
    for *values, many in connection.execute(query.group_by(*columns)):
        missed = [column for column, name, label in required if label not in labels(name, values[column])]
        if not missed:
            number += many
            for counter, value in zip(counters, values, strict=True):
                counter[value] += many
        elif len(missed) == 1:  # what misses one filter alone is what that filter would leave, were it set otherwise
            counters[missed[0]][values[missed[0]]] += many
    return number, counts


def _grouped(filters: Filters, names: Sequence[str], *, without: str = "") -> Select[Any]:
    columns = [_COUNTED[name] for name in names]
    return select(*columns, func.count()).where(matches(filters, without=without)).group_by(*columns)


def _add(counts: Counts, names: Sequence[str], rows: Iterable[Any]) -> int:
    """Count rows of values and a number each; returns their sum."""
    counters, number = [counts[name] for name in names], 0
    for *values, many in rows:
        number += many
        for counter, value in zip(counters, values, strict=True):
            counter[value] += many
    return number


def _label_reader(connection: Connection) -> Callable[[str, Any], tuple[str, ...]]:
    """Reads the labels that a column's value counts for: an entity for its sources, each flag of a draft."""
    entities = {row.id: row.entity for row in connection.execute(select(t.sources.c.id, t.sources.c.entity))}

    def labels(name: str, value: Any) -> tuple[str, ...]:  # noqa: ANN401 -- a column's
        if name == "entity":
            value = entities.get(value)
        if not value:
            return ()
        return tuple(flag for flag in value.split("|") if flag) if name == "flag" else (str(value),)

    return labels


def _rank_facets(connection: Connection, counts: Counts) -> dict[str, list[tuple[str, int]]]:
    labels = _label_reader(connection)
    ranked = {}
    for name, counter in counts.items():
        by_label: Counter[str] = Counter()
        for value, number in counter.items():
            for label in labels(name, value):
                by_label[label] += number
        ranked[name] = sorted(by_label.items(), key=lambda item: (-item[1], item[0]))
    return ranked
