"""Signing in at an OpenID provider: authorization code with PKCE, there and back.

A provider's person is known by issuer and subject, never by name or mail: an account of ours that has the same name
is not taken over. Newcomers get the role of the settings, or are refused where there is none.
"""

import hmac
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote, unquote

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.review.auth import COOKIE, own_path
from app.review.denials import DeniedError
from app.review.interrupted_forms import InterruptedForm, first_page
from app.review.oidc import Provider, load_json, provider_metadata, verified_claims
from app.review.pages import set_cookie
from app.review.state import DeskState, state_of
from smallprint.errors import UserError
from smallprint.store import interrupted_forms, people, sessions

router = APIRouter()
SIGN_IN_COOKIE = "smallprint_elsewhere"
MAX_PATH_LENGTH = 1000  # characters; a cookie holds some 4,000
MAX_SECONDS_AWAY = 600  # that a sign-in at the provider may take


def _provider(request: Request) -> Provider:
    provider = state_of(request).provider
    if provider is None:
        raise DeniedError("Signing in elsewhere is not configured.", 404)
    return provider


def _client(request: Request, provider: Provider) -> OAuth2Client:
    return OAuth2Client(
        provider.client_id,
        provider.client_secret,
        scope="openid profile email",
        redirect_uri=f"{str(request.base_url).rstrip('/')}/sign-in/back",
        code_challenge_method="S256",
    )


@router.get("/sign-in/elsewhere")
def go_to_provider(request: Request, next: str = "/queue") -> Response:  # noqa: A002 -- a query parameter
    """Redirect to the provider; what its answer is checked against, and where it leads, waits in a cookie."""
    provider = _provider(request)
    nonce, verifier = token_urlsafe(24), token_urlsafe(48)
    with _client(request, provider) as client:
        address, state = client.create_authorization_url(
            provider_metadata(provider)["authorization_endpoint"], nonce=nonce, code_verifier=verifier
        )
    response = RedirectResponse(address, 303)
    next_path = quote(own_path(next[:MAX_PATH_LENGTH]), safe="")
    cookie = f"{state}|{nonce}|{verifier}|{next_path}"
    set_cookie(response, request, SIGN_IN_COOKIE, cookie, path="/sign-in", max_age=MAX_SECONDS_AWAY)
    return response


@router.get("/sign-in/back")
def come_back(request: Request, state: str = "", code: str = "") -> Response:
    """The provider's answer: verified, then a session."""
    provider, desk = _provider(request), state_of(request)
    parts = request.cookies.get(SIGN_IN_COOKIE, "").split("|")
    if len(parts) != 4 or not code or not hmac.compare_digest(parts[0].encode(), state.encode()):
        raise DeniedError("This answer does not belong to a sign-in that began in this browser. Begin again.")
    _, nonce, verifier, next_path = parts
    metadata = provider_metadata(provider)
    try:
        with _client(request, provider) as client:
            token = client.fetch_token(
                metadata["token_endpoint"], authorization_response=str(request.url), state=state, code_verifier=verifier
            )
    except (OAuthError, httpx.HTTPError) as error:
        raise DeniedError("The provider did not confirm this sign-in. Begin again.") from error
    keys, now = load_json(metadata["jwks_uri"]), desk.clock()
    claims = verified_claims(str(token.get("id_token", "")), provider, keys, nonce, int(now.timestamp()))
    name = _person_with_subject(desk, provider, claims)
    ended_session = request.cookies.get(COOKIE)
    with desk.store.write() as connection:
        kept_form = interrupted_forms.take_form(connection, ended_session, name, now) if ended_session else None
        session = sessions.start_session(connection, name, now, instead_of=ended_session)
    form = InterruptedForm(*kept_form) if kept_form else InterruptedForm()
    response = first_page(request, session, name, form, next_path=unquote(next_path))
    response.delete_cookie(SIGN_IN_COOKIE, path="/sign-in")
    return response


def _person_with_subject(desk: DeskState, provider: Provider, claims: dict[str, Any]) -> str:
    """The name of the person with this subject, who is added where newcomers are welcome."""
    subject = f"{provider.issuer}#{claims['sub']}"
    with desk.store.write() as connection:
        person = people.find_person_by_subject(connection, subject)
        if person is None and provider.role is None:
            raise DeniedError("You have no account here. Ask an admin to let newcomers of your provider in.")
        if person is None and provider.role is not None:
            stated = claims.get("name") or claims.get("preferred_username") or claims.get("email") or claims["sub"]
            name = str(stated).replace(":", " ")[: people.MAX_NAME_CHARACTERS]
            added_by = f"provider {provider.issuer}"[:80]
            try:
                person = people.add_person(
                    connection, name, provider.role, by=added_by, at=desk.clock(), subject=subject
                )
            except UserError as error:
                raise DeniedError(f"You cannot be added: {error}. Ask an admin.") from error
    if person is None or person.disabled:
        raise DeniedError("This account is disabled.")
    return person.name
