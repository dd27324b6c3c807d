"""People and their roles (for admins); one's own password and API tokens (for everybody)."""

from typing import get_args

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.auth import COOKIE, Admin, See, Visit
from app.review.pages import page, set_cookie
from app.review.passwords import hash_password, problem_with, verify
from smallprint.errors import UserError
from smallprint.store import api_tokens, invitations, people, sessions
from smallprint.store.people import Role

router = APIRouter()


def _people_page(visit: Visit, *, status: int = 200, problem: str = "", link: str = "", invited: str = "") -> Response:
    with visit.store.read() as connection:
        everybody = people.list_people(connection)
    return page(
        visit.request,
        "people.html",
        visit=visit,
        status=status,
        people=everybody,
        roles=get_args(Role),
        problem=problem,
        link=link,
        invited=invited,
    )


@router.get("/people")
def show_people(visit: Admin) -> Response:
    """Everybody, with what they may do."""
    return _people_page(visit)


@router.post("/people")
def change_people(visit: Admin) -> Response:
    """Add somebody, change a role, disable, enable, or make a new one-time link."""
    name, action, role = (visit.form.first(field) for field in ("name", "act", "role"))
    by, at = visit.person.name, visit.now
    try:
        with visit.store.write() as connection:
            if action == "add":
                person = people.add_person(connection, name, people.role_named(role), by=by, at=at)
            else:
                person = people.load_person(connection, name)
            token = (
                invitations.create_invitation(connection, person.name, person.role, at)
                if action in ("add", "link")
                else ""
            )
            if action == "role":
                people.set_role(connection, name, people.role_named(role), by=by, at=at)
            if action in ("disable", "enable"):
                people.set_disabled(connection, name, by=by, at=at, disabled=action == "disable")
    except UserError as error:
        return _people_page(visit, status=422, problem=str(error))
    if token:
        link = f"{str(visit.request.base_url).rstrip('/')}/welcome/{token}"
        return _people_page(visit, link=link, invited=person.name)
    return RedirectResponse("/people", 303)


@router.get("/account")
def show_account(visit: See) -> Response:
    """One's own account."""
    return _account_page(visit)


def _account_page(visit: Visit, *, status: int = 200, problem: str = "", new_token: str = "") -> Response:
    with visit.store.read() as connection:
        tokens = api_tokens.list_api_tokens(connection, visit.person.name)
    return page(
        visit.request,
        "account.html",
        visit=visit,
        status=status,
        tokens=tokens,
        problem=problem,
        new_token=new_token,
    )


@router.post("/account/password")
def change_password(visit: See) -> Response:
    """Change one's password; every other session of one's own ends."""
    old, new, repeated = (visit.form.first(field) for field in ("old", "password", "again"))
    name = visit.person.name
    with visit.store.read() as connection:
        account = people.find_password(connection, name)
    problem = problem_with(new, name) or ("The two passwords differ." if new != repeated else None)
    if not verify(old, account.hash if account else None):
        problem = "The old password is wrong."
    if problem:
        return _account_page(visit, status=422, problem=problem)
    hashed = hash_password(new)
    with visit.store.write() as connection:
        people.set_password(connection, name, hashed, by=name, at=visit.now)
        token = sessions.start_session(connection, name, visit.now)
    response = RedirectResponse("/account", 303)
    set_cookie(response, visit.request, COOKIE, token)
    return response


@router.post("/account/tokens")
def change_tokens(visit: See) -> Response:
    """Create a token, which is shown this once, or revoke one."""
    name, revoked = visit.person.name, visit.form.first("revoke")
    if revoked:
        with visit.store.write() as connection:
            api_tokens.revoke_api_token(connection, name, revoked, visit.now)
        return RedirectResponse("/account", 303)
    label = " ".join(visit.form.first("label").split())
    if not label:
        return _account_page(visit, status=422, problem="Give the token a name, so that you recognize it later.")
    with visit.store.write() as connection:
        token = api_tokens.create_api_token(connection, name, label, visit.now)
    return _account_page(visit, new_token=token)
