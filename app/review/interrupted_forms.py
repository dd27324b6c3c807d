"""Forms that an ended session had sent: carried through signing in and given back, never acted on by themselves.

With a password they travel in the sign-in page; on the way to a provider and back they wait in the database.
"""

import json
import re
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.review.auth import COOKIE, GUEST_COOKIE, is_cross_site, own_path
from app.review.pages import page, set_cookie
from app.review.posted_form import FormFields, PostedForm, unsaved_fields
from app.review.state import state_of
from smallprint.store import drafts, interrupted_forms, sessions, unfinished_edits

DRAFT_PATH = re.compile(r"^/draft/([A-Za-z0-9_-]{1,40})$")
NEVER_CARRIED = ("csrf", "password", "again", "kept", "kept_path")


@dataclass(frozen=True)
class InterruptedForm:
    """The page that a form was sent to, and its fields; both empty where there is no such form."""

    path: str = ""
    fields: FormFields = field(default_factory=dict)


def interrupted_form(path: str, fields: FormFields) -> InterruptedForm:
    """The part of a form that may be carried: without its secrets, and only to a page of the desk."""
    path = path.partition("?")[0]
    return InterruptedForm(
        path=path if own_path(path) == path else "",
        fields={name: values for name, values in fields.items() if name not in NEVER_CARRIED},
    )


def carried_form(sign_in_form: PostedForm) -> InterruptedForm:
    """The form that a sign-in form carries; it came back from a browser and is checked like any input."""
    path = sign_in_form.first("kept_path")
    try:
        fields = json.loads(sign_in_form.first("kept") or "{}")
    except ValueError:
        return InterruptedForm()
    if own_path(path) != path or not isinstance(fields, dict):
        return InterruptedForm()
    return interrupted_form(
        path,
        {str(name): [str(text) for text in values] for name, values in fields.items() if isinstance(values, list)},
    )


def keep_for_provider(request: Request, csrf: str, form: InterruptedForm) -> bool:
    """Keep the form in the database while its sender signs in at the provider; whether it is kept."""
    state, token = state_of(request), request.cookies.get(COOKIE, "")
    if state.provider is None or not token or not form.path or is_cross_site(request):
        return False
    with state.store.write() as connection:
        return interrupted_forms.save_form(
            connection, token, csrf, path=form.path, fields=form.fields, at=state.clock()
        )


def first_page(
    request: Request, token: str, name: str, form: InterruptedForm, *, next_path: str = "/queue"
) -> Response:
    """The first page of a new session: the interrupted form if there is one, else the page that was asked for.

    Args:
        request: the one that signed in.
        token: of the new session.
        name: of the person.
        form: what an ended session of theirs had sent.
        next_path: the page that was asked for.

    """
    draft = DRAFT_PATH.match(form.path)
    if not form.fields:
        response: Response = RedirectResponse(own_path(next_path), 303)
    elif draft:
        response = RedirectResponse(_keep_as_unsaved_edits(request, draft.group(1), name, form), 303)
    else:
        response = _ask_to_send_again(request, token, form)
    set_cookie(response, request, COOKIE, token)
    response.delete_cookie(GUEST_COOKIE, path="/")
    return response


def _keep_as_unsaved_edits(request: Request, draft_id: str, name: str, form: InterruptedForm) -> str:
    """Put the fields where the draft's page finds them; returns the page's address."""
    state, posted = state_of(request), PostedForm(form.fields)
    with state.store.write() as connection:
        if drafts.find_standing(connection, draft_id) is None:
            return "/queue"
        unfinished_edits.save_unfinished_edit(
            connection,
            draft_id,
            name,
            seen_version=posted.number("saw"),
            fields=unsaved_fields(posted),
            at=state.clock(),
        )
    return f"/draft/{draft_id}#evidence"


def _ask_to_send_again(request: Request, token: str, form: InterruptedForm) -> Response:
    state = state_of(request)
    with state.store.read() as connection:
        session = sessions.find_session(connection, token, state.clock())
    csrf = session.csrf if session else ""
    return page(request, "send_again.html", csrf=csrf, to=form.path, fields=form.fields)
