"""Passwords: argon2 through pwdlib, and what makes one acceptable."""

from functools import cache

from pwdlib import PasswordHash

SHORTEST, LONGEST = 10, 200


def problem_with(password: str, name: str) -> str | None:
    """Why this password will not do, or None."""
    if len(password) < SHORTEST:
        return f"Choose at least {SHORTEST} characters; a few words in a row are good."
    if len(password) > LONGEST:
        return f"At most {LONGEST} characters."
    if len(set(password)) < 4 or password.lower().replace(" ", "") == name.lower().replace(" ", ""):
        return "That would be guessed at once."
    return None


def hash_password(password: str) -> str:
    """The argon2 hash to store."""
    return _hasher().hash(password)


def verify(password: str, stored: str | None) -> bool:
    """Whether the password is right; takes as long for people who do not exist (``stored`` None)."""
    if len(password) > LONGEST:
        return False
    return _hasher().verify(password, stored or _nobody()) and stored is not None


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")
