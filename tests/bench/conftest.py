"""The review desk's databases for the load script's tests."""

from tests.drafts import store

__all__ = ["store"]
