"""The review desk's databases for the load script's tests."""

from tests.desk import desk

__all__ = ["desk"]
