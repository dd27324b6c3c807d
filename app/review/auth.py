"""Authentication of a request: its session, the rights of its role, and protection against forged forms."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from app.review.denials import DeniedError, SignInNeededError
from app.review.posted_form import PostedForm, read_form
from app.review.state import DeskState, state_of
from smallprint.registry import Registry
from smallprint.store import Store, sessions
from smallprint.store.people import Person, Right
from smallprint.store.sessions import Session

COOKIE, GUEST_COOKIE = "smallprint", "smallprint_guest"
OWN_PATH = re.compile(r"^/(?:queue|draft|document|dashboard|people|account|keys|next|blind)(?:[/?][^\\\s]*)?$")


@dataclass(frozen=True)
class Visit:
    """One request of somebody who is signed in, with what a page needs to answer it."""

    request: Request
    session: Session
    person: Person
    form: PostedForm
    now: datetime
    state: DeskState
    store: Store
    registry: Registry


def own_path(path: str) -> str:
    """The path if it is a page of the desk, else the queue: nobody is redirected to another site."""
    return path if OWN_PATH.match(path) and not path.startswith("//") else "/queue"


Posted = Annotated[PostedForm, Depends(read_form)]


def is_cross_site(request: Request) -> bool:
    """Whether a browser says that another site sent this request."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    return urlsplit(origin).netloc != request.headers.get("host")


def may(right: Right) -> Callable[..., Visit]:
    """A dependency: the visit of somebody with this right, whose form was sent from a page of their session."""

    def visit(request: Request, form: Posted) -> Visit:
        state = state_of(request)
        now = state.clock()
        session = _session(state.store, request.cookies.get(COOKIE, ""), now)
        if session is None:
            raise SignInNeededError(_path_and_query(request), form.fields)
        if request.method == "POST":
            token = request.headers.get("x-csrf") or form.first("csrf")
            if is_cross_site(request) or not hmac.compare_digest(token.encode(), session.csrf.encode()):
                raise DeniedError("This form belongs to another session. Go back, reload the page and send it again.")
        if not session.person.may(right):
            raise DeniedError(f"A {session.person.role} account may not do this; ask a lead or an admin.")
        current = Visit(request, session, session.person, form, now, state, state.store, state.registry)
        request.state.visit = current  # for pages that report errors
        return current

    return visit


def _session(store: Store, token: str, now: datetime) -> Session | None:
    """The session of this cookie, extended when half of its time is over."""
    if not token:
        return None
    with store.read() as connection:
        session = sessions.find_session(connection, token, now)
    if session is not None and session.expires_at - now < sessions.SESSION_DURATION / 2:
        with store.write() as connection:
            sessions.prolong_session(connection, token, now)
    return session


def _path_and_query(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query


def guest_token(request: Request) -> str:
    """The token of a form before signing in, the same in cookie and field."""
    return request.cookies.get(GUEST_COOKIE) or token_urlsafe(18)


def check_guest(request: Request, form: PostedForm) -> None:
    """Refuse a sign-in form that another site sent."""
    token, expected = form.first("csrf"), request.cookies.get(GUEST_COOKIE, "")
    if is_cross_site(request) or not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        raise DeniedError("This form has expired, or cookies are off. Go back, reload the page and send it again.")


See = Annotated[Visit, Depends(may("see"))]
Decide = Annotated[Visit, Depends(may("decide"))]
Lead = Annotated[Visit, Depends(may("lead"))]
Admin = Annotated[Visit, Depends(may("admin"))]
