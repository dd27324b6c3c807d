"""The desk's databases for the kernel's tests."""

from tests.desk import desk, migrated, postgres_urls, sqlite_url, url

__all__ = ["desk", "migrated", "postgres_urls", "sqlite_url", "url"]
