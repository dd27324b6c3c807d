"""Signing in with a password, and out."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.review.auth import COOKIE, GUEST_COOKIE, Posted, check_guest, guest_token, own_path
from app.review.denials import DeniedError, SignInNeededError
from app.review.interrupted_forms import carried_form, first_page, interrupted_form, keep_for_provider
from app.review.pages import page, set_cookie
from app.review.passwords import verify
from app.review.state import state_of
from smallprint.store import people, sessions, sign_in_failures

router = APIRouter()


def _sign_in_page(request: Request, *, status: int = 200, **values: str | bool) -> Response:
    """The form, with a token of its own in a cookie."""
    token = guest_token(request)
    defaults: dict[str, Any] = {"problem": "", "name": "", "next": "/queue", "kept": "", "kept_path": ""}
    defaults |= {"expired": False, "kept_for_provider": False, "provider": state_of(request).provider}
    response = page(request, "sign_in.html", status=status, csrf=token, **(defaults | values))
    set_cookie(response, request, GUEST_COOKIE, token)
    return response


@router.get("/sign-in")
def show_sign_in(request: Request, next: str = "/queue") -> Response:  # noqa: A002 -- a query parameter
    """The form."""
    return _sign_in_page(request, next=own_path(next))


@router.post("/sign-in")
def sign_in(request: Request, form: Posted) -> Response:
    """Check name and password; the form of an ended session comes back after it."""
    check_guest(request, form)
    state = state_of(request)
    now, store = state.clock(), state.store
    name, password = form.first("name").strip(), form.first("password")
    typed = {field: form.first(field) for field in ("name", "next", "kept", "kept_path")}
    throttle_keys = (f"name:{name.lower()[:80]}", f"address:{request.client.host if request.client else '?'}")
    with store.read() as connection:
        wait = sign_in_failures.wait_before_sign_in(connection, throttle_keys, now)
        account = people.find_password(connection, name)
    if wait > timedelta():
        seconds = int(wait.total_seconds()) + 1
        problem = f"Too many wrong passwords. Try again in {seconds} seconds."
        response = _sign_in_page(request, status=429, problem=problem, **typed)
        response.headers["retry-after"] = str(seconds)
        return response
    if not verify(password, account.hash if account else None) or account is None:
        with store.write() as connection:
            sign_in_failures.count_sign_in_failure(connection, throttle_keys, now)
        return _sign_in_page(request, status=401, problem="Name or password is wrong.", **typed)
    with store.write() as connection:
        sign_in_failures.forget_sign_in_failures(connection, throttle_keys[0])
        token = sessions.start_session(connection, account.name, now, instead_of=request.cookies.get(COOKIE))
    return first_page(request, token, account.name, carried_form(form), next_path=form.first("next") or "/queue")


def sign_in_needed(request: Request, error: Exception) -> Response:
    """Answer a request without a session with the sign-in page, which carries the form that was sent."""
    assert isinstance(error, SignInNeededError)  # noqa: S101 -- registered for this class alone
    if request.method == "GET":
        return RedirectResponse(f"/sign-in?{urlencode({'next': own_path(error.path)})}", 303)
    if "application/json" in request.headers.get("accept", ""):
        return Response('{"signed_out": true}', 401, media_type="application/json")
    form = interrupted_form(error.path, error.fields)
    csrf = error.fields.get("csrf", [""])[0]
    return _sign_in_page(
        request,
        status=401,
        expired=True,
        kept=json.dumps(form.fields, ensure_ascii=False),
        kept_path=form.path,
        kept_for_provider=keep_for_provider(request, csrf, form),
    )


@router.post("/sign-out")
def sign_out(request: Request, form: Posted) -> Response:
    """End the session."""
    token, state = request.cookies.get(COOKIE, ""), state_of(request)
    with state.store.read() as connection:
        session = sessions.find_session(connection, token, state.clock())
    if session is not None:
        if form.first("csrf") != session.csrf:
            raise DeniedError("This form belongs to another session.")
        with state.store.write() as connection:
            sessions.end_session(connection, token)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, path="/")
    return response
