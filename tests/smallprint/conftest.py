"""The desk's databases for the kernel's tests."""

from tests.desk import desk, postgres_urls, url

__all__ = ["desk", "postgres_urls", "url"]
