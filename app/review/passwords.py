"""Passwords: argon2 through pwdlib, and what makes one acceptable."""

from functools import cache

from pwdlib import PasswordHash

MIN_LENGTH, MAX_LENGTH = 10, 200  # characters; the bound above keeps hashing short
MIN_DISTINCT_CHARACTERS = 4


def problem_with(password: str, name: str) -> str | None:
    """Why this password is not accepted, or None."""
    if len(password) < MIN_LENGTH:
        return f"Choose at least {MIN_LENGTH} characters; a few words in a row are good."
    if len(password) > MAX_LENGTH:
        return f"At most {MAX_LENGTH} characters."
    is_the_name = password.lower().replace(" ", "") == name.lower().replace(" ", "")
    if len(set(password)) < MIN_DISTINCT_CHARACTERS or is_the_name:
        return "That is too easy to guess."
    return None


def hash_password(password: str) -> str:
    """The argon2 hash to store."""
    return _hasher().hash(password)


def verify(password: str, stored: str | None) -> bool:
    """Whether the password is right; takes as long for people who do not exist (``stored`` None)."""
    if len(password) > MAX_LENGTH:
        return False
    return _hasher().verify(password, stored or _hash_of_nobody()) and stored is not None


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _hash_of_nobody() -> str:
    return hash_password("nobody has this password")
