"""People and their roles (admins), one's own password and API tokens (everybody)."""

from typing import get_args

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.auth import COOKIE, Admin, See, Visit
from app.review.pages import page
from app.review.passwords import hash_password, problem_with, verify
from smallprint.errors import UserError
from smallprint.store import people
from smallprint.store.people import Role

router = APIRouter()


def _people(visit: Visit, *, status: int = 200, problem: str = "", link: str = "", guest: str = "") -> Response:
    with visit.store.read() as connection:
        everybody = people.people(connection)
    return page(
        visit.request,
        "people.html",
        visit=visit,
        status=status,
        people=everybody,
        roles=get_args(Role),
        problem=problem,
        link=link,
        guest=guest,
    )


@router.get("/people")
def show_people(visit: Admin) -> Response:
    """Everybody, with what they may do."""
    return _people(visit)


@router.post("/people")
def change_people(visit: Admin) -> Response:
    """Add somebody, change a role, disable, enable, or make a new one-time link."""
    name, act = visit.one("name"), visit.one("act")
    by, at = visit.person.name, visit.now
    try:
        with visit.store.write() as connection:
            if act == "add":
                found = people.add_person(connection, name, people.role_named(visit.one("role")), by=by, at=at)
            else:
                found = people.known(connection, name)
            token = people.invite(connection, found.name, found.role, at) if act in ("add", "link") else ""
            if act == "role":
                people.set_role(connection, name, people.role_named(visit.one("role")), by=by, at=at)
            if act in ("disable", "enable"):
                people.disable(connection, name, by=by, at=at, disabled=act == "disable")
    except UserError as error:
        return _people(visit, status=422, problem=str(error))
    if token:
        link = f"{str(visit.request.base_url).rstrip('/')}/welcome/{token}"
        return _people(visit, link=link, guest=found.name)
    return RedirectResponse("/people", 303)


@router.get("/account")
def show_account(visit: See) -> Response:
    """One's own place."""
    return _account(visit)


def _account(visit: Visit, *, status: int = 200, problem: str = "", fresh: str = "", said: str = "") -> Response:
    with visit.store.read() as connection:
        tokens = people.tokens(connection, visit.person.name)
    return page(
        visit.request,
        "account.html",
        visit=visit,
        status=status,
        tokens=tokens,
        problem=problem,
        fresh=fresh,
        said=said,
    )


@router.post("/account/password")
def change_password(visit: See) -> Response:
    """Change one's password; every other session of one's own ends."""
    old, new, again = (visit.one(name) for name in ("old", "password", "again"))
    name = visit.person.name
    with visit.store.read() as connection:
        known = people.password_hash(connection, name)
    problem = problem_with(new, name) or ("The two passwords differ." if new != again else None)
    if not verify(old, known[1] if known else None):
        problem = "The old password is wrong."
    if problem:
        return _account(visit, status=422, problem=problem)
    hashed = hash_password(new)
    with visit.store.write() as connection:
        people.set_password(connection, name, hashed, by=name, at=visit.now)
        token = people.start_session(connection, name, visit.now)
    response = RedirectResponse("/account", 303)
    https = visit.request.url.scheme == "https"
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=https, path="/")
    return response


@router.post("/account/tokens")
def change_tokens(visit: See) -> Response:
    """Make a token, which is shown this once, or end one."""
    name = visit.person.name
    if visit.one("revoke"):
        with visit.store.write() as connection:
            people.revoke_token(connection, name, visit.one("revoke"), visit.now)
        return RedirectResponse("/account", 303)
    label = " ".join(visit.one("label").split())
    if not label:
        return _account(visit, status=422, problem="Give the token a name, so that you know it again.")
    with visit.store.write() as connection:
        token = people.make_token(connection, name, label, visit.now)
    return _account(visit, fresh=token)
