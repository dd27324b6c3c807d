"""Templates and what they may call: every value is escaped, links go only where a browser may safely follow."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import yaml
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.review.addresses import view_query
from app.review.auth import Visit
from app.review.edit_form import LABELS, named
from app.review.state import state_of
from classifiers.drafting import FLAGS
from smallprint.review import REASONS, RETIRED, record_id

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


def time_ago(at: datetime, now: datetime) -> str:
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


NAME_KEYS = ("citation", "name", "text")  # by which an entry of a list is called
REASON_KEYS = ("why", "reason")


def audit_lines(change: object) -> list[str]:
    """A field of the audit as lines for people: lists by their entries, entries by their names and reasons."""
    if change is None or change in ("", [], {}):
        return ["—"]
    if isinstance(change, list):
        return [line for entry in change for line in audit_lines(entry)]
    if isinstance(change, dict):
        name = next((str(change[key]) for key in NAME_KEYS if change.get(key)), "")
        reason = next((str(change[key]) for key in REASON_KEYS if change.get(key)), "")
        if name:
            return [f"{name}: {reason}" if reason else name]
        return [f"{words(key)}: {value}" for key, value in change.items()]
    return [str(change)]


@cache
def rubric() -> Mapping[str, Any]:
    """The severity rubric, as reviewers read it."""
    text = files("smallprint").joinpath("registry", "severity.yml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def _static_address(name: str) -> str:
    """The address of a static file, with a mark of its content: browsers keep the file until it changes."""
    digest = sha256(files("app.review").joinpath("static", name).read_bytes()).hexdigest()
    return f"/static/{name}?{digest[:10]}"


@cache
def environment() -> Environment:
    """The Jinja environment; a name that a page does not pass is an error, not an empty space."""
    jinja = Environment(
        loader=PackageLoader("app.review"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters.update(words=words, safe_link=safe_link, moment=moment, record_id=record_id)
    jinja.globals.update(
        FLAGS=DESK_FLAGS,
        LABELS=LABELS,
        REASONS=REASONS,
        RETIRED=RETIRED,
        time_ago=time_ago,
        audit_lines=audit_lines,
        named=named,
        view_query=view_query,
        rubric=rubric,
        static=_static_address,
    )
    return jinja


def compile_templates() -> None:
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
        "person": visit.person if visit else None,
        "csrf": visit.session.csrf if visit else csrf,
        "path": request.url.path,
        "reads_blind": bool(state_of(request).blind_share),
    }
    return HTMLResponse(environment().get_template(template).render(**shared, **values), status_code=status)


def set_cookie(
    response: Response, request: Request, name: str, text: str, *, path: str = "/", max_age: int | None = None
) -> None:
    """A cookie that neither scripts nor other sites can read; only by https where the desk is reached so."""
    https = request.url.scheme == "https"
    response.set_cookie(name, text, httponly=True, samesite="lax", secure=https, path=path, max_age=max_age)
