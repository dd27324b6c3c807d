"""The Wayback Machine: parse its addresses into page and time, look up the nearest capture, request a new one.

Source: the Wayback Availability JSON API and the ``/save/`` endpoint, as the Internet Archive documents them.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from extractors.capture.hops import fetch_bytes
from extractors.layout import Options
from smallprint.errors import DocumentError
from smallprint.settings import Settings

_CAPTURE_PATH = re.compile(r"^/web/(\d{4,14})(?:[a-z]{2}_)?/(https?:/{1,2}.+)$", re.IGNORECASE)
_HOSTS = ("web.archive.org", "web-beta.archive.org", "wayback.archive.org")


@dataclass(frozen=True)
class ArchivedPage:
    """A capture in a web archive."""

    original_url: str
    captured_at: datetime
    raw_url: str  # the page's own bytes, without the archive's banner


def parse_capture_url(url: str, settings: Settings) -> ArchivedPage | None:
    """The capture that a Wayback Machine address shows; None for any other address."""
    parts = urlsplit(url)
    configured_host = urlsplit(settings.wayback_url).netloc
    if parts.netloc not in (*_HOSTS, configured_host):
        return None
    match = _CAPTURE_PATH.match(parts.path + (f"?{parts.query}" if parts.query else ""))
    if not match:
        return None
    timestamp, original_url = match.groups()
    # Archive addresses are often pasted with one of the two slashes lost.
    original_url = re.sub(r"^(https?):/{1,2}", r"\1://", original_url, flags=re.IGNORECASE)
    captured_at = _parse_timestamp(timestamp)
    if captured_at is None:
        return None
    raw_url = f"{parts.scheme}://{parts.netloc}/web/{captured_at:%Y%m%d%H%M%S}id_/{original_url}"
    return ArchivedPage(original_url, captured_at, raw_url)


def nearest_capture(url: str, settings: Settings, options: Options) -> ArchivedPage | None:
    """The public capture of a page nearest to now; None where there is none.

    Raises:
        DocumentError: the archive does not answer, or not in the form that it documents.

    """
    body = fetch_bytes(f"{settings.wayback_api_url}/wayback/available?url={quote(url, safe='')}", settings, options)
    try:
        closest = json.loads(body)["archived_snapshots"].get("closest") or {}
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise DocumentError("wayback", "the Wayback Machine's answer cannot be understood", transient=True) from error
    if not closest.get("available"):
        return None
    return parse_capture_url(str(closest.get("url", "")), settings)


def request_capture(url: str, settings: Settings, options: Options) -> None:
    """Ask the archive to capture a page now.

    Raises:
        DocumentError: the archive refuses or does not answer.

    """
    fetch_bytes(f"{settings.wayback_url}/save/{url}", settings, options)


def _parse_timestamp(timestamp: str) -> datetime | None:
    """The moment of a timestamp, a short one as the earliest that it can mean, as the archive reads it."""
    padded = timestamp + "00000101000000"[len(timestamp) :]
    try:
        return datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
