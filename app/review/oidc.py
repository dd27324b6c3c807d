"""An OpenID provider: its metadata, its keys, and the verification of the identity tokens that it signs."""

import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.review.denials import DeniedError
from smallprint.errors import UserError
from smallprint.store.people import Role

CLOCK_LEEWAY = 60  # seconds by which the provider's clock and ours may differ
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]  # signatures only; "none" and shared secrets are not among them


@dataclass(frozen=True)
class Provider:
    """An OpenID provider as configured."""

    issuer: str
    client_id: str
    client_secret: str
    role: Role | None  # of newcomers; None: only people who have been here before
    label: str = "your organization"

    def __post_init__(self) -> None:
        address = urlsplit(self.issuer)
        if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise UserError("SMALLPRINT_OIDC_ISSUER must be an https address")


def provider_metadata(provider: Provider) -> dict[str, Any]:
    """The provider's configuration document; raises DeniedError where it does not answer under its own name."""
    metadata = load_json(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if metadata.get("issuer") != provider.issuer:
        raise DeniedError("The sign-in provider gives another name than the one configured.", 502)
    return metadata


def load_json(address: str) -> dict[str, Any]:
    """A JSON object of the provider's; raises DeniedError where there is none."""
    try:
        response = httpx.get(address, timeout=10, follow_redirects=False)
        response.raise_for_status()
        loaded = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise DeniedError("The sign-in provider does not answer; sign in with a password.", 502) from error
    if not isinstance(loaded, dict):
        raise DeniedError("The sign-in provider does not answer as a provider does.", 502)
    return loaded


def verified_claims(token: str, provider: Provider, keys: dict[str, Any], nonce: str, now: int) -> dict[str, Any]:
    """The claims of an identity token; raises DeniedError unless signature, issuer, audience, times and nonce hold.

    Args:
        token: as the provider's token endpoint gave it.
        provider: who must have signed it.
        keys: the provider's JSON Web Key Set.
        nonce: of the sign-in that began in this browser.
        now: seconds since 1970.

    Source: OpenID Connect Core 1.0, section 3.1.3.7.

    """
    try:
        claims: dict[str, Any] = dict(
            jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
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
        and claims["exp"] > now - CLOCK_LEEWAY
        and isinstance(claims.get("sub"), str)
        and hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
    )
    if not holds:
        raise DeniedError("The provider's answer is not for this desk, or has expired. Begin again.")
    return claims
