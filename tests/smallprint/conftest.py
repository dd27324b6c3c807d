"""The desk's databases for the kernel's tests."""

from tests.databases import url
from tests.drafts import store

__all__ = ["store", "url"]
