"""Templates and what they may call: every value is escaped, links go only where a browser may safely follow."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.review.auth import Visit
from app.review.forms import LABELS, named
from classifiers.drafting import FLAGS
from smallprint.review import REASONS, RETIRED, document_record_id, record_id
from smallprint.store.queue import Filters

DESK_FLAGS = {
    **FLAGS,
    "second_opinion": "Somebody asks for a second opinion.",
    "document_changed": "A newer version of the document was captured.",
    "split_by_person": "A reviewer split it off another draft.",
}


def words(name: str) -> str:
    """An id as a phrase: data_sharing -> data sharing."""
    return name.replace("_", " ").replace("-", " ")


def safe_link(url: str | None) -> str:
    """The address if it is an ordinary web address, else nothing: documents and models choose some of them."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:  # brackets that hold no address
        return ""


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in one unit."""
    passed = max(now - at, timedelta())
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        number = int(passed.total_seconds() // seconds)
        if number:
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"


def moment(at: datetime) -> str:
    """A time for people: 2 Mar 2026, 09:00 UTC."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


_NAMED = ("citation", "name", "text")  # what an entry of a list is called by
_SAID = ("why", "reason")


def told(value: object) -> list[str]:
    """A field of the audit as lines for people: lists by their entries, entries by their names and reasons."""
    if value is None or value in ("", [], {}):
        return ["—"]
    if isinstance(value, list):
        return [line for one in value for line in told(one)]
    if isinstance(value, dict):
        name = next((str(value[key]) for key in _NAMED if value.get(key)), "")
        why = next((str(value[key]) for key in _SAID if value.get(key)), "")
        return [f"{name}: {why}" if why else name] if name else [f"{words(key)}: {one}" for key, one in value.items()]
    return [str(value)]


def view_query(filters: Filters, **changes: object) -> str:
    """The filters as a query string, without those that say nothing."""
    return _query(filters, tuple(changes.items()))


@lru_cache(4096)  # a page of the queue asks for it some two hundred times, and the next one for most of the same
def _query(filters: Filters, changes: tuple[tuple[str, object], ...]) -> str:
    said = {**filters.model_dump(), **dict(changes)}
    return urlencode(
        {name: str(value) for name, value in said.items() if value and (name, value) != ("status", "draft")}
    )


@cache
def rubric() -> Mapping[str, Any]:
    """The severity rubric, as reviewers read it."""
    text = files("smallprint").joinpath("registry", "severity.yml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def _version(name: str) -> str:
    """A mark of a static file's content: browsers keep the file until it changes."""
    return sha256(files("app.review").joinpath("static", name).read_bytes()).hexdigest()[:10]


@cache
def environment() -> Environment:
    """The one Jinja environment; a name that a page does not get is an error, not an empty space."""
    made = Environment(
        loader=PackageLoader("app.review"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(words=words, safe_link=safe_link, moment=moment, record_id=record_id)
    made.globals.update(
        FLAGS=DESK_FLAGS,
        LABELS=LABELS,
        REASONS=REASONS,
        RETIRED=RETIRED,
        ago=ago,
        told=told,
        named=named,
        view_query=view_query,
        rubric=rubric,
        document_record_id=document_record_id,
        static=lambda name: f"/static/{name}?{_version(name)}",
    )
    return made


def warm() -> None:
    """Compile every template now, so that the first reader of each page does not wait for it."""
    for name in environment().list_templates():
        environment().get_template(name)


def page(
    request: Request,
    template: str,
    /,
    *,
    visit: Visit | None = None,
    status: int = 200,
    csrf: str = "",
    **values: Any,  # noqa: ANN401 -- what a template shows
) -> HTMLResponse:
    """One page."""
    shared = {
        "request": request,
        "visit": visit,
        "person": visit.person if visit else None,
        "csrf": visit.session.csrf if visit else csrf,
        "path": request.url.path,
    }
    return HTMLResponse(environment().get_template(template).render(**shared, **values), status_code=status)
