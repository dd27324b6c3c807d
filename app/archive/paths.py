"""The addresses of pages inside the archive; once published they never change."""

import posixpath
import re
import unicodedata

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
MAX_SLUG_LENGTH = 80  # characters; addresses stay readable in a citation


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; "untitled" where nothing is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    words = _NOT_SLUG.sub("-", ascii_text).strip("-")
    return words[:MAX_SLUG_LENGTH].rstrip("-") or "untitled"


def record_path(record_id: str) -> str:
    """The record's own page: today's wording."""
    return f"r/{record_id}/index.html"


def wording_path(record_id: str, version: int) -> str:
    """One wording, frozen."""
    return f"r/{record_id}/v{version}/index.html"


def document_path(document_id: str) -> str:
    """A document's page."""
    return f"d/{document_id}/index.html"


def company_path(entity: str) -> str:
    """A company's page."""
    return f"company/{slug(entity)}/index.html"


def category_path(category_id: str) -> str:
    """A category's page, which compares companies."""
    return f"category/{category_id}/index.html"


def law_path(framework_id: str) -> str:
    """A law's page."""
    return f"law/{framework_id}/index.html"


def agency_path(agency_id: str) -> str:
    """An agency's page."""
    return f"agency/{agency_id}/index.html"


def severity_path(level: str) -> str:
    """A level's page."""
    return f"severity/{level}/index.html"


def relative(target: str, page: str) -> str:
    """The target's address as seen from a page, so that the site works in any folder and from a disk."""
    path, mark, fragment = target.partition("#")
    address = posixpath.relpath(path, posixpath.dirname(page)) if path else ""
    return f"{address}{mark}{fragment}"
