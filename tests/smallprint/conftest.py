"""The desk's databases for the kernel's tests."""

from tests.desk import desk, url

__all__ = ["desk", "url"]
