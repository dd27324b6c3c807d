"""Signing in at an OpenID provider: authorization code with PKCE, the identity token verified with the provider's keys.

A provider's person is known by issuer and subject, never by name or mail: a name that a local account bears is not
taken over. Newcomers get the role of the settings, or are refused where there is none.
"""

import hmac
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.review.auth import COOKIE, DeniedError, now, own_path
from app.review.sign_in import signed_in
from smallprint.errors import UserError
from smallprint.store import Store, kept_forms, people
from smallprint.store.people import Role

router = APIRouter()
_COOKIE = "smallprint_elsewhere"
_LONGEST_PATH = 1000  # characters; a cookie has some 4,000
_LEEWAY = 60  # seconds by which clocks may differ
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]  # signatures alone; "none" and shared secrets are not among them


@dataclass(frozen=True)
class Provider:
    """An OpenID provider as configured."""

    issuer: str
    client_id: str
    client_secret: str
    role: Role | None  # of newcomers; None: only people who have been here before
    label: str = "your organization"

    def __post_init__(self) -> None:
        where = urlsplit(self.issuer)
        if where.scheme != "https" and where.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise UserError("SMALLPRINT_OIDC_ISSUER must be an https address")

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself; raises DeniedError where it does not answer as itself."""
        found = _json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise DeniedError("The sign-in provider calls itself by another name than the one configured.", 502)
        return found


def _json(address: str) -> dict[str, Any]:
    try:
        answer = httpx.get(address, timeout=10, follow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise DeniedError("The sign-in provider does not answer; sign in with a password.", 502) from error
    if not isinstance(found, dict):
        raise DeniedError("The sign-in provider answers with something else.", 502)
    return found


def _provider(request: Request) -> Provider:
    found: Provider | None = request.app.state.oidc
    if found is None:
        raise DeniedError("Signing in elsewhere is not configured.", 404)
    return found


def _client(request: Request, provider: Provider) -> OAuth2Client:
    back = f"{str(request.base_url).rstrip('/')}/sign-in/back"
    return OAuth2Client(
        provider.client_id,
        provider.client_secret,
        scope="openid profile email",
        redirect_uri=back,
        code_challenge_method="S256",
    )


@router.get("/sign-in/elsewhere")
def leave(request: Request, next: str = "/queue") -> Response:  # noqa: A002 -- a query parameter
    """Go to the provider; what the answer must carry, and where it leads, waits in a cookie of this browser."""
    provider = _provider(request)
    nonce, verifier = token_urlsafe(24), token_urlsafe(48)
    with _client(request, provider) as client:
        address, state = client.create_authorization_url(
            provider.metadata()["authorization_endpoint"], nonce=nonce, code_verifier=verifier
        )
    response = RedirectResponse(address, 303)
    https = request.url.scheme == "https"
    response.set_cookie(
        _COOKIE,
        f"{state}|{nonce}|{verifier}|{quote(own_path(next[:_LONGEST_PATH]), safe='')}",
        httponly=True,
        samesite="lax",
        secure=https,
        path="/sign-in",
        max_age=600,
    )
    return response


@router.get("/sign-in/back")
def come_back(request: Request, state: str = "", code: str = "") -> Response:
    """The provider's answer: verified, then a session."""
    provider = _provider(request)
    parts = request.cookies.get(_COOKIE, "").split("|")
    if len(parts) != 4 or not code or not hmac.compare_digest(parts[0].encode(), state.encode()):
        raise DeniedError("This answer does not belong to a sign-in that began in this browser. Begin again.")
    _, nonce, verifier, asked = parts
    metadata = provider.metadata()
    try:
        with _client(request, provider) as client:
            token = client.fetch_token(
                metadata["token_endpoint"], authorization_response=str(request.url), state=state, code_verifier=verifier
            )
    except (OAuthError, httpx.HTTPError) as error:
        raise DeniedError("The provider did not confirm this sign-in. Begin again.") from error
    claims = verified(str(token.get("id_token", "")), provider, _json(metadata["jwks_uri"]), nonce, _seconds(request))
    name = _person(request, provider, claims)
    store: Store = request.app.state.store
    ended = request.cookies.get(COOKIE)
    with store.write() as connection:
        path, kept = (kept_forms.take(connection, ended, name, now(request)) if ended else None) or ("", {})
        session = people.start_session(connection, name, now(request), instead_of=ended)
    response = signed_in(request, session, name, kept=kept, path=path, next_path=unquote(asked))
    response.delete_cookie(_COOKIE, path="/sign-in")
    return response


def _seconds(request: Request) -> int:
    return int(now(request).timestamp())


def verified(token: str, provider: Provider, keys: dict[str, Any], nonce: str, at: int) -> dict[str, Any]:
    """The claims of an identity token; raises DeniedError unless signature, issuer, audience, times and nonce hold.

    Source: OpenID Connect Core 1.0, section 3.1.3.7.
    """
    try:
        claims: dict[str, Any] = dict(
            jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims  # type: ignore[arg-type]
        )
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise DeniedError("The provider's answer is not signed by the provider.") from error
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    holds = (
        claims.get("iss") == provider.issuer
        and provider.client_id in audiences
        and (len(audiences) == 1 or claims.get("azp") == provider.client_id)
        and isinstance(claims.get("exp"), int | float)
        and claims["exp"] > at - _LEEWAY
        and isinstance(claims.get("sub"), str)
        and hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
    )
    if not holds:
        raise DeniedError("The provider's answer is not for this desk, or has run out. Begin again.")
    return claims


def _person(request: Request, provider: Provider, claims: dict[str, Any]) -> str:
    """The name of the person with this subject, who is added where newcomers are welcome."""
    subject = f"{provider.issuer}#{claims['sub']}"
    said = claims.get("name") or claims.get("preferred_username") or claims.get("email") or claims["sub"]
    store: Store = request.app.state.store
    with store.write() as connection:
        found = people.by_subject(connection, subject)
        if found is None and provider.role is None:
            raise DeniedError("You are not known here. Ask an admin to let newcomers of your provider in.")
        if found is None and provider.role is not None:
            try:
                name = str(said).replace(":", " ")[: people.LONGEST_NAME]
                found = people.add_person(
                    connection,
                    name,
                    provider.role,
                    by=f"provider {provider.issuer}"[:80],
                    at=now(request),
                    subject=subject,
                )
            except UserError as error:
                raise DeniedError(f"You cannot be added: {error}. Ask an admin.") from error
    if found is None or found.disabled:
        raise DeniedError("This account is disabled.")
    return found.name
