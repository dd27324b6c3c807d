"""Who is asking and what they may do: sessions, roles, forged forms refused, and what an expired session had typed."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from app.review.shield import TooLargeError
from smallprint.registry import Registry
from smallprint.store import Store, people
from smallprint.store.people import Person, Right, Session

COOKIE, GUEST_COOKIE = "smallprint", "smallprint_guest"
Fields = dict[str, list[str]]
_MOST_FIELDS = 2000
_OWN_PATH = re.compile(r"^/(?:queue|draft|document|dashboard|people|account|keys|next|blind)(?:[/?][^\\\s]*)?$")


class DeniedError(Exception):
    """Something that this visitor may not do; ``status`` 403 or 413."""

    def __init__(self, sentence: str, status: int = 403) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


class SignInNeededError(Exception):
    """Nobody is signed in (any more); what was posted is kept."""

    def __init__(self, path: str, fields: Fields) -> None:
        super().__init__(path)
        self.path, self.fields = path, fields


@dataclass
class Visit:
    """One request of somebody who is signed in."""

    request: Request
    session: Session
    fields: Fields = field(default_factory=dict)

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.session.person

    @property
    def store(self) -> Store:
        """The database."""
        found: Store = self.request.app.state.store
        return found

    @property
    def registry(self) -> Registry:
        """What drafts may name."""
        found: Registry = self.request.app.state.registry
        return found

    @property
    def now(self) -> datetime:
        """The time of this request."""
        return now(self.request)

    def one(self, name: str, default: str = "") -> str:
        """The first value of a posted field."""
        return self.fields.get(name, [default])[0]


def now(request: Request) -> datetime:
    """The desk's clock."""
    clock: Callable[[], datetime] = request.app.state.clock
    return clock()


def own_path(path: str) -> str:
    """The path if it is one of our pages, else the queue: nobody is sent elsewhere by a link of ours."""
    return path if _OWN_PATH.match(path) and not path.startswith("//") else "/queue"


async def posted(request: Request) -> Fields:
    """The fields of a form; a repeated name is a list."""
    if request.method != "POST":
        return {}
    try:
        body = await request.body()
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, encoding="utf-8"
        )
    except TooLargeError as error:
        raise DeniedError("That is more than a form of ours can hold.", 413) from error
    except ValueError as error:
        raise DeniedError("That form has too many fields.", 413) from error
    fields: Fields = {}
    for name, value in pairs:
        # Browsers send line ends as CR LF; NUL is nothing that a database takes.
        fields.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\x00", ""))
    return fields


Posted = Annotated[Fields, Depends(posted)]


def from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site sent this request."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    return urlsplit(origin).netloc != request.headers.get("host")


def may(right: Right) -> Callable[..., Visit]:
    """A dependency: the visit of somebody with this right, its form checked."""

    def visit(request: Request, fields: Posted) -> Visit:
        store: Store = request.app.state.store
        token = request.cookies.get(COOKIE, "")
        at = now(request)
        with store.read() as connection:
            session = people.session(connection, token, at) if token else None
        if session is None:
            raise SignInNeededError(_where(request), fields)
        if session.expires_at - at < people.SESSION / 2:
            with store.write() as connection:
                people.prolong_session(connection, token, at)
        if request.method == "POST":
            given = request.headers.get("x-csrf") or fields.get("csrf", [""])[0]
            if from_elsewhere(request) or not hmac.compare_digest(given.encode(), session.csrf.encode()):
                raise DeniedError("This form is not of this session. Go back, reload the page and send it again.")
        if not session.person.may(right):
            raise DeniedError(f"A {session.person.role} account may not do this; ask a lead or an admin.")
        made = Visit(request, session, fields)
        request.state.visit = made  # for pages that tell of errors
        return made

    return visit


def _where(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query


def guest_token(request: Request) -> str:
    """What a form before signing in carries, the same in cookie and field."""
    return request.cookies.get(GUEST_COOKIE) or token_urlsafe(18)


def check_guest(request: Request, fields: Fields) -> None:
    """Refuse a sign-in form that another site sent."""
    given = fields.get("csrf", [""])[0]
    known = request.cookies.get(GUEST_COOKIE, "")
    if from_elsewhere(request) or not known or not hmac.compare_digest(given.encode(), known.encode()):
        raise DeniedError("This form has run out, or cookies are off. Go back, reload the page and send it again.")


See = Annotated[Visit, Depends(may("see"))]
Decide = Annotated[Visit, Depends(may("decide"))]
Lead = Annotated[Visit, Depends(may("lead"))]
Admin = Annotated[Visit, Depends(may("admin"))]
