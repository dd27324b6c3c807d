"""Tokens are random and stored only as hashes: whoever reads the database cannot sign in with what it holds."""

from hashlib import sha256


def token_hash(token: str) -> str:
    """The hash under which a token is stored, SHA-256 in hex."""
    return sha256(token.encode()).hexdigest()
