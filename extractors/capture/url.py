"""URL -> snapshot: robots.txt is obeyed, unchanged pages are not fetched twice, scripts run on request.

Addresses in the Wayback Machine are read as the page that they archive, with its own address and time.
"""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from extractors.capture.hops import AGENT, Limits, Request, follow, limits_of, status_error
from extractors.capture.media import detect_media_type
from extractors.capture.wayback import ArchivedPage, nearest_capture, parse_capture_url, request_capture
from extractors.layout import Options
from smallprint.errors import DocumentError
from smallprint.records import Snapshot
from smallprint.settings import Settings

_RECORDED_HEADERS = (
    "content-type",
    "last-modified",
    "etag",
    "date",
    "content-language",
    "server",
    "age",
    "cache-control",
)
_MAX_ROBOTS_BYTES = 500_000  # a longer file counts as one that cannot be fetched


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
    capture = parse_capture_url(url, settings)
    page_url = capture.raw_url if capture else url
    if capture:  # a capture has no need of another one
        options = replace(options, wayback=False, wayback_save=False)
    notes = _check_robots(page_url, options, limits)
    # A page that scripts fill may have changed although its shell has not.
    conditions = {} if options.render else _conditional_headers(previous)
    response, final_url, redirects = follow(page_url, options, limits, Request(conditions))
    headers = {name: response.headers[name] for name in _RECORDED_HEADERS if name in response.headers}
    fields: dict[str, Any] = {
        "captured_at": datetime.now(UTC),
        "url": url,
        "final_url": final_url,
        "redirects": tuple(redirects),
        "original_url": capture.original_url if capture else None,
        "original_captured_at": capture.captured_at if capture else None,
    }
    if response.status == 304 and previous is not None:
        notes.append("not modified (304)")
        fields |= _archive_fields(url, settings, options, notes)
        return previous.model_copy(update={**fields, "headers": {**previous.headers, **headers}}), None
    if response.status != 200:
        raise status_error(response.status)
    if not response.body:
        raise DocumentError("empty", "the server sent an empty page", transient=True)
    data = response.body
    media_type = detect_media_type(data, declared=headers.get("content-type"), name=final_url)
    if options.render and media_type == "text/html":
        from extractors.capture.render import render_page

        data, browser = render_page(final_url, response, options, limits, sandbox=settings.render_sandbox)
        notes.append(f"scripts run by {browser}; the bytes are the page after them")
    fields |= _archive_fields(url, settings, options, notes)
    return Snapshot(
        sha256=sha256(data).hexdigest(), size=len(data), media_type=media_type, headers=headers, **fields
    ), data


def _archive_fields(url: str, settings: Settings, options: Options, notes: list[str]) -> dict[str, object]:
    """The snapshot's notes and, where the options ask for it, the address of a public capture of the page.

    An archive that fails is noted and does not cost us the page.
    """
    if not (options.wayback or options.wayback_save):
        return {"notes": tuple(notes)}
    nearest: ArchivedPage | None = None
    try:
        if options.wayback_save:
            request_capture(url, settings, options)
            notes.append("a capture was requested from the Wayback Machine")
        nearest = nearest_capture(url, settings, options)
        if nearest is None:
            notes.append("the Wayback Machine has no capture of this page")
    except DocumentError as error:
        notes.append(f"the Wayback Machine could not be asked ({error.detail})")
    wayback_url = None
    if nearest:
        wayback_url = f"{settings.wayback_url}/web/{nearest.captured_at:%Y%m%d%H%M%S}/{nearest.original_url}"
    return {"notes": tuple(notes), "wayback_url": wayback_url}


def _conditional_headers(previous: Snapshot | None) -> dict[str, str]:
    """Request headers that let the server answer 304 where the page is unchanged."""
    if previous is None:
        return {}
    headers = {
        "If-None-Match": previous.headers.get("etag"),
        "If-Modified-Since": previous.headers.get("last-modified"),
    }
    return {name: value for name, value in headers.items() if value}


def _check_robots(url: str, options: Options, limits: Limits) -> list[str]:
    """Notes for the snapshot; a robots.txt that cannot be fetched forbids nothing.

    Source: RFC 9309, sections 2.3.1.3 and 2.3.1.4 (unavailable allows, unreachable disallows; we allow, since a
    page on a server that cannot be reached fails by itself).

    Raises:
        DocumentError: ``robots`` where the file forbids the page, or as ``follow`` does for an address that is refused.

    """
    if options.ignore_robots:
        return ["robots.txt not asked, because ignore_robots is set"]
    parts = urlsplit(url)
    robots_url = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
    try:
        response, _, _ = follow(robots_url, options, Limits(limits.deadline, _MAX_ROBOTS_BYTES))
    except DocumentError as error:
        if error.code in ("private_address", "bad_url"):
            raise
        return [f"robots.txt not available ({error.code})"]
    if response.status != 200:
        return []
    rules = RobotFileParser(robots_url)
    rules.parse(response.body.decode("utf-8", "replace").splitlines())
    if not rules.can_fetch(AGENT, url):
        raise DocumentError(
            "robots", "robots.txt asks programs not to read this page", advice="--ignore-robots reads it all the same"
        )
    return []
