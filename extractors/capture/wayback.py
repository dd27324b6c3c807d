"""The Wayback Machine: its addresses understood as (page, time), the nearest capture looked up, a save requested.

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

_PATH = re.compile(r"^/web/(\d{4,14})(?:[a-z]{2}_)?/(https?:/{1,2}.+)$", re.IGNORECASE)
_HOSTS = ("web.archive.org", "web-beta.archive.org", "wayback.archive.org")


@dataclass(frozen=True)
class ArchivedPage:
    """A capture in a web archive."""

    original_url: str
    captured_at: datetime
    raw_url: str  # the page's own bytes, without the archive's banner


def understand(url: str, settings: Settings) -> ArchivedPage | None:
    """What a Wayback Machine address shows; None for any other address."""
    parts = urlsplit(url)
    ours = urlsplit(settings.wayback_url).netloc
    if parts.netloc not in (*_HOSTS, ours):
        return None
    found = _PATH.match(parts.path + (f"?{parts.query}" if parts.query else ""))
    if not found:
        return None
    stamp, original = found.groups()
    # Archive addresses are often pasted with one of the two slashes lost.
    original = re.sub(r"^(https?):/{1,2}", r"\1://", original, flags=re.IGNORECASE)
    time = _time(stamp)
    if time is None:
        return None
    raw = f"{parts.scheme}://{parts.netloc}/web/{time:%Y%m%d%H%M%S}id_/{original}"
    return ArchivedPage(original, time, raw)


def nearest(url: str, settings: Settings, options: Options) -> ArchivedPage | None:
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
    return understand(str(closest.get("url", "")), settings)


def request_save(url: str, settings: Settings, options: Options) -> None:
    """Ask the archive to capture a page now.

    Raises:
        DocumentError: the archive refuses or does not answer.

    """
    fetch_bytes(f"{settings.wayback_url}/save/{url}", settings, options)


def _time(stamp: str) -> datetime | None:
    """The archive pads a short time stamp with the earliest moment that it can mean."""
    padded = stamp + "00000101000000"[len(stamp) :]
    try:
        return datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
