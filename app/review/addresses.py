"""Addresses of the desk's pages: the filters of a view as a query string and back, the page of a draft."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from app.review.auth import Visit
from smallprint.store.queue import Filters

MAX_FILTER_LENGTH = 200  # characters
MAX_VIEW_LENGTH = 4000  # characters of a form's hidden field; ten filters of the greatest length have some 2,200
STATUSES = ("draft", "approved", "rejected", "all")


def filters_from(query: Mapping[str, str]) -> Filters:
    """Filters of an address; what is not a filter, or not a status, is ignored."""
    known = {
        name: query[name][:MAX_FILTER_LENGTH].replace("\x00", "") for name in Filters.model_fields if query.get(name)
    }
    if known.get("status") not in STATUSES:
        known.pop("status", None)
    return Filters.model_validate(known)


def filters_of(visit: Visit) -> Filters:
    """Filters of the view that a person works in: of a form's hidden field ``view``, else of the address."""
    view = visit.form.first("view")
    return filters_from(dict(parse_qsl(view[:MAX_VIEW_LENGTH]) if view else visit.request.query_params))


def view_query(filters: Filters, **changes: object) -> str:
    """The filters as a query string, without empty ones and the usual status."""
    return _query(filters, tuple(changes.items()))


@lru_cache(4096)  # a page of the queue asks for it some two hundred times, and the next one for most of the same
def _query(filters: Filters, changes: tuple[tuple[str, object], ...]) -> str:
    changed = {**filters.model_dump(), **dict(changes)}
    return urlencode(
        {name: str(value) for name, value in changed.items() if value and (name, value) != ("status", "draft")}
    )


def draft_address(draft_id: str, *query: str) -> str:
    """The page of a draft, at its evidence; empty parts of the query are left out."""
    return f"{_with_query(f'/draft/{draft_id}', *query)}#evidence"


def queue_address(*query: str) -> str:
    """The queue; empty parts of the query are left out."""
    return _with_query("/queue", *query)


def _with_query(path: str, *parts: str) -> str:
    query = "&".join(part for part in parts if part)
    return f"{path}?{query}" if query else path
