"""URL -> snapshot: robots.txt heard, unchanged pages not fetched twice, archives understood, scripts run if asked."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from extractors.capture.hops import AGENT, Limits, Request, follow, limits_of, status_error
from extractors.capture.media import detect_media_type
from extractors.capture.wayback import nearest, request_save, understand
from extractors.layout import Options
from smallprint.errors import DocumentError
from smallprint.records import Snapshot
from smallprint.settings import Settings

_KEPT_HEADERS = ("content-type", "last-modified", "etag", "date", "content-language", "server", "age", "cache-control")
_ROBOTS_BYTES = 500_000


def capture_url(
    url: str, settings: Settings, options: Options, previous: Snapshot | None = None
) -> tuple[Snapshot, bytes | None]:
    """Fetch a page.

    Args:
        url: http or https address.
        settings: ``fetch_timeout`` seconds and ``fetch_max_bytes`` for the whole capture, redirects included.
        options: ``allow_private`` for servers of one's own, ``ignore_robots``, ``render`` for pages that scripts fill.
        previous: the last snapshot of this page; its ETag and Last-Modified make the request conditional.

    Returns:
        The snapshot and its bytes; None for the bytes when the server says that the page is unchanged, in which case
        the snapshot carries the previous hash.

    Raises:
        DocumentError: unreachable, refused by robots.txt, private address, too large, too slow, an error status.

    """
    limits = limits_of(settings)
    archived = understand(url, settings)
    asked, url = url, archived.raw_url if archived else url
    notes = _ask_robots(url, options, limits)
    # A page that scripts fill may have changed although its shell has not.
    conditions = {} if options.render else _conditions(previous)
    response, final_url, redirects = follow(url, options, limits, Request(conditions))
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    facts: dict[str, Any] = {
        "captured_at": datetime.now(UTC),
        "url": asked,
        "final_url": final_url,
        "redirects": tuple(redirects),
        "original_url": archived.original_url if archived else None,
        "original_captured_at": archived.captured_at if archived else None,
    }
    if response.status == 304 and previous is not None:
        facts |= _archive_facts(asked, settings, options, [*notes, "not modified (304)"], archived=archived is not None)
        return previous.model_copy(update={**facts, "headers": {**previous.headers, **headers}}), None
    if response.status != 200:
        raise status_error(response.status)
    if not response.body:
        raise DocumentError("empty", "the server sent an empty page", transient=True)
    data = response.body
    media_type = detect_media_type(data, declared=headers.get("content-type"), name=final_url)
    if options.render and media_type == "text/html":
        from extractors.capture.render import render_page

        data, browser = render_page(final_url, response, options, limits)
        notes.append(f"scripts run by {browser}; the bytes are the page after them")
    facts |= _archive_facts(asked, settings, options, notes, archived=archived is not None)
    return Snapshot(
        sha256=sha256(data).hexdigest(), size=len(data), media_type=media_type, headers=headers, **facts
    ), data


def _archive_facts(
    url: str, settings: Settings, options: Options, notes: list[str], *, archived: bool
) -> dict[str, object]:
    """What a web archive knows of a live page; an archive that fails is noted and does not cost us the page."""
    if archived or not (options.wayback or options.wayback_save):
        return {"notes": tuple(notes)}
    found = None
    try:
        if options.wayback_save:
            request_save(url, settings, options)
            notes.append("a capture was requested from the Wayback Machine")
        found = nearest(url, settings, options)
        if found is None:
            notes.append("the Wayback Machine has no capture of this page")
    except DocumentError as error:
        notes.append(f"the Wayback Machine could not be asked ({error.detail})")
    stamp = found and f"{found.captured_at:%Y%m%d%H%M%S}"
    return {
        "notes": tuple(notes),
        "wayback_url": f"{settings.wayback_url}/web/{stamp}/{found.original_url}" if found else None,
    }


def _conditions(previous: Snapshot | None) -> dict[str, str]:
    if previous is None:
        return {}
    asked = {"If-None-Match": previous.headers.get("etag"), "If-Modified-Since": previous.headers.get("last-modified")}
    return {name: value for name, value in asked.items() if value}


def _ask_robots(url: str, options: Options, limits: Limits) -> list[str]:
    """Notes for the record; a robots.txt that cannot be had forbids nothing.

    Source: RFC 9309, sections 2.3.1.3 and 2.3.1.4 (unavailable allows, unreachable disallows; we allow, since a
    page on a server that cannot be reached fails on its own).
    """
    if options.ignore_robots:
        return ["robots.txt not asked, because ignore_robots is set"]
    parts = urlsplit(url)
    address = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
    try:
        response, _, _ = follow(address, options, Limits(limits.deadline, _ROBOTS_BYTES))
    except DocumentError as error:
        if error.code in ("private_address", "bad_url"):
            raise
        return [f"robots.txt not available ({error.code})"]
    if response.status != 200:
        return []
    rules = RobotFileParser(address)
    rules.parse(response.body.decode("utf-8", "replace").splitlines())
    if not rules.can_fetch(AGENT, url):
        raise DocumentError(
            "robots", "robots.txt asks programs not to read this page", advice="--ignore-robots reads it all the same"
        )
    return []
