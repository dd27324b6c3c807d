"""Signing in and out, and the one-time link by which a person gets a password (the first of them becomes admin)."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.review.auth import (
    COOKIE,
    GUEST_COOKIE,
    DeniedError,
    Fields,
    Posted,
    SignInNeededError,
    check_guest,
    from_elsewhere,
    guest_token,
    now,
    own_path,
)
from app.review.forms import edit_fields
from app.review.pages import page
from app.review.passwords import hash_password, problem_with, verify
from smallprint.errors import UserError
from smallprint.store import Store, decisions, kept_forms, people

router = APIRouter()
_DRAFT_PATH = re.compile(r"^/draft/([A-Za-z0-9_-]{1,40})$")
_SECRET = ("csrf", "password", "again", "kept", "kept_path")


def _store(request: Request) -> Store:
    found: Store = request.app.state.store
    return found


def sign_in_page(request: Request, *, status: int = 200, **values: str | bool) -> Response:
    """The form, with a token of its own in a cookie."""
    token = guest_token(request)
    shown: dict[str, Any] = {"problem": "", "name": "", "next": "/queue", "kept": "", "kept_path": "", "expired": False}
    shown |= {"kept_elsewhere": False} | values
    response = page(request, "sign_in.html", status=status, csrf=token, **shown)
    _set(response, request, GUEST_COOKIE, token)
    return response


def _set(response: Response, request: Request, name: str, value: str) -> None:
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=request.url.scheme == "https", path="/")


@router.get("/sign-in")
def show_sign_in(request: Request, next: str = "/queue") -> Response:  # noqa: A002 -- a query parameter
    """The form."""
    return sign_in_page(request, next=own_path(next))


@router.post("/sign-in")
def sign_in(request: Request, fields: Posted) -> Response:
    """Check name and password; a browser that came with a half-done form gets it back."""
    check_guest(request, fields)
    name, password = fields.get("name", [""])[0].strip(), fields.get("password", [""])[0]
    shown = {key: fields.get(key, [""])[0] for key in ("name", "next", "kept", "kept_path")}
    at, store = now(request), _store(request)
    name_key, address = f"name:{name.lower()[:80]}", f"address:{request.client.host if request.client else '?'}"
    with store.read() as connection:
        wait = people.wait_before_sign_in(connection, (name_key, address), at)
        known = people.password_hash(connection, name)
    if wait > timedelta():
        seconds = int(wait.total_seconds()) + 1
        said = f"Too many wrong passwords. Try again in {seconds} seconds."
        response = sign_in_page(request, status=429, problem=said, **shown)
        response.headers["retry-after"] = str(seconds)
        return response
    if not verify(password, known[1] if known else None) or known is None:
        with store.write() as connection:
            people.sign_in_failed(connection, (name_key, address), at)
        return sign_in_page(request, status=401, problem="Name or password is wrong.", **shown)
    with store.write() as connection:
        people.sign_in_worked(connection, name_key)
        token = people.start_session(connection, known[0], at, instead_of=request.cookies.get(COOKIE))
    kept, path = kept_form(fields)
    return signed_in(request, token, known[0], kept=kept, path=path, next_path=fields.get("next", ["/queue"])[0])


def signed_in(
    request: Request, token: str, name: str, *, kept: Fields, path: str = "", next_path: str = "/queue"
) -> Response:
    """The first page of a new session: what an ended one had typed for ``path``, else the page that was asked for."""
    if not kept:
        response: Response = RedirectResponse(own_path(next_path), 303)
    elif match := _DRAFT_PATH.match(path):
        where = _keep_typed(request, match.group(1), name, kept)
        response = RedirectResponse(where, 303)
    else:
        with _store(request).read() as connection:
            session = people.session(connection, token, now(request))
        csrf = session.csrf if session else ""
        response = page(request, "send_again.html", csrf=csrf, to=path, fields=kept)
    _set(response, request, COOKIE, token)
    response.delete_cookie(GUEST_COOKIE, path="/")
    return response


def _keep_typed(request: Request, draft_id: str, name: str, kept: Fields) -> str:
    """Put what an expired session had typed where the draft's page finds it; nothing is decided by this."""
    saw = kept.get("saw", ["0"])[0]
    with _store(request).write() as connection:
        if decisions.standing(connection, draft_id) is None:
            return "/queue"
        typed = edit_fields(kept) | {key: kept[key] for key in ("note", "reasons") if key in kept}
        decisions.keep_half_edit(
            connection, draft_id, name, saw=int(saw) if saw.isdigit() else 0, fields=typed, at=now(request)
        )
    return f"/draft/{draft_id}#evidence"


def kept_form(fields: Fields) -> tuple[Fields, str]:
    """What a sign-in form carries for the page that was left: its fields and a path of ours to send them to."""
    path = fields.get("kept_path", [""])[0]
    try:
        loaded = json.loads(fields.get("kept", [""])[0] or "{}")
    except ValueError:
        return {}, ""
    if own_path(path) != path or not isinstance(loaded, dict):
        return {}, ""
    kept = {
        str(name): [str(value) for value in values]
        for name, values in loaded.items()
        if isinstance(values, list) and name not in _SECRET
    }
    return kept, path


def sign_in_needed(request: Request, error: Exception) -> Response:
    """What somebody sees who is not signed in (any more): the form, holding what they had sent."""
    assert isinstance(error, SignInNeededError)  # noqa: S101 -- registered for this class alone
    if request.method == "GET":
        return RedirectResponse(f"/sign-in?{urlencode({'next': own_path(error.path)})}", 303)
    if "application/json" in request.headers.get("accept", ""):
        return Response('{"signed_out": true}', 401, media_type="application/json")
    kept = {name: values for name, values in error.fields.items() if name not in _SECRET}
    path = error.path.partition("?")[0]
    path = path if own_path(path) == path else ""
    return sign_in_page(
        request,
        status=401,
        expired=True,
        kept=json.dumps(kept, ensure_ascii=False),
        kept_path=path,
        kept_elsewhere=_keep_for_provider(request, error.fields.get("csrf", [""])[0], path, kept),
    )


def _keep_for_provider(request: Request, csrf: str, path: str, kept: Fields) -> bool:
    """Keep the form on this side for somebody who signs in at the provider, whose page carries nothing of ours."""
    token = request.cookies.get(COOKIE, "")
    if request.app.state.oidc is None or not token or not path or from_elsewhere(request):
        return False
    with _store(request).write() as connection:
        return kept_forms.keep(connection, token, csrf, path=path, fields=kept, at=now(request))


@router.post("/sign-out")
def sign_out(request: Request, fields: Posted) -> Response:
    """End the session."""
    token = request.cookies.get(COOKIE, "")
    store = _store(request)
    with store.read() as connection:
        session = people.session(connection, token, now(request))
    if session is not None:
        if fields.get("csrf", [""])[0] != session.csrf:
            raise DeniedError("This form is not of this session.")
        with store.write() as connection:
            people.end_session(connection, token)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


# ---- invitations


@router.get("/welcome/{token}")
def show_welcome(request: Request, token: str) -> Response:
    """The form behind a one-time link."""
    return _welcome(request, token)


def _welcome(request: Request, token: str, *, status: int = 200, name: str = "", problem: str = "") -> Response:
    with _store(request).read() as connection:
        offered = people.invitation(connection, token, now(request))
    if offered is None:
        raise DeniedError("This link was used already or has run out. Ask an admin for a new one.")
    guest = guest_token(request)
    known, role = offered
    values: dict[str, Any] = {"token": token, "known": known, "role": role, "name": name, "problem": problem}
    response = page(request, "welcome.html", status=status, csrf=guest, **values)
    _set(response, request, GUEST_COOKIE, guest)
    return response


@router.post("/welcome/{token}")
def welcome(request: Request, token: str, fields: Posted) -> Response:
    """Use the link up: name, password, signed in."""
    check_guest(request, fields)
    at, store = now(request), _store(request)
    with store.read() as connection:
        offered = people.invitation(connection, token, at)
    if offered is None:
        return _welcome(request, token)
    name = offered[0] or fields.get("name", [""])[0]
    password, again = (fields.get(key, [""])[0] for key in ("password", "again"))
    problem = problem_with(password, name) or ("The two passwords differ." if password != again else None)
    if problem is None:
        try:
            hashed = hash_password(password)
            with store.write() as connection:
                person = people.accept(connection, token, name, hashed, at)
                session = people.start_session(connection, person.name, at, instead_of=request.cookies.get(COOKIE))
        except UserError as error:
            problem = str(error)
        else:
            return signed_in(request, session, person.name, kept={})
    return _welcome(request, token, status=422, name=name, problem=problem)
