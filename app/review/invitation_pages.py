"""The page behind a one-time link, where a person chooses a password; the first of them becomes admin."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.review.auth import COOKIE, GUEST_COOKIE, Posted, check_guest, guest_token
from app.review.denials import DeniedError
from app.review.interrupted_forms import InterruptedForm, first_page
from app.review.pages import page, set_cookie
from app.review.passwords import hash_password, problem_with
from app.review.state import state_of
from smallprint.errors import UserError
from smallprint.store import invitations, sessions

router = APIRouter()


@router.get("/welcome/{token}")
def show_welcome(request: Request, token: str) -> Response:
    """The form."""
    return _welcome_page(request, token, _invitation(request, token))


def _invitation(request: Request, token: str) -> tuple[str | None, str]:
    """Name (None: to be chosen) and role that the link stands for; raises DeniedError for a used or expired one."""
    state = state_of(request)
    with state.store.read() as connection:
        invitation = invitations.find_invitation(connection, token, state.clock())
    if invitation is None:
        raise DeniedError("This link was used already or has expired. Ask an admin for a new one.")
    return invitation


def _welcome_page(
    request: Request,
    token: str,
    invitation: tuple[str | None, str],
    *,
    status: int = 200,
    name: str = "",
    problem: str = "",
) -> Response:
    csrf = guest_token(request)
    invited, role = invitation
    response = page(
        request,
        "welcome.html",
        status=status,
        csrf=csrf,
        token=token,
        invited=invited,
        role=role,
        name=name,
        problem=problem,
    )
    set_cookie(response, request, GUEST_COOKIE, csrf)
    return response


@router.post("/welcome/{token}")
def welcome(request: Request, token: str, form: Posted) -> Response:
    """Use the link up: name, password, signed in."""
    check_guest(request, form)
    invitation = _invitation(request, token)
    state = state_of(request)
    now = state.clock()
    name, password = invitation[0] or form.first("name"), form.first("password")
    problem = problem_with(password, name)
    if problem is None and password != form.first("again"):
        problem = "The two passwords differ."
    if problem is None:
        try:
            hashed = hash_password(password)
            with state.store.write() as connection:
                person = invitations.accept_invitation(connection, token, name, hashed, now)
                session = sessions.start_session(connection, person.name, now, instead_of=request.cookies.get(COOKIE))
        except UserError as error:
            problem = str(error)
        else:
            return first_page(request, session, person.name, InterruptedForm())
    return _welcome_page(request, token, invitation, status=422, name=name, problem=problem)
