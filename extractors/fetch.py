"""URL -> bytes, politely and within bounds: every redirect is checked, every body is limited in size and time."""

import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from extractors.addresses import resolve
from extractors.layout import Options
from extractors.media import detect_media_type
from extractors.wayback import nearest, request_save, understand
from smallprint import __version__
from smallprint.errors import DocumentError
from smallprint.records import Snapshot
from smallprint.settings import Settings

if TYPE_CHECKING:
    import httpx

AGENT = f"smallprint/{__version__} (reads published terms and policies)"
_MAX_HOPS = 10
_MAX_RATIO = 200  # decompressed bytes for one compressed byte; text rarely passes 20
_RATIO_FROM = 5_000_000  # bytes under which no ratio matters
_KEPT_HEADERS = ("content-type", "last-modified", "etag", "date", "content-language", "server", "age", "cache-control")
_ROBOTS_BYTES = 500_000


class _Response:
    """What one hop gave: status, headers, body."""

    def __init__(self, status: int, headers: "httpx.Headers", body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def capture_url(
    url: str, settings: Settings, options: Options, previous: Snapshot | None = None
) -> tuple[Snapshot, bytes | None]:
    """Fetch a page.

    Args:
        url: http or https address.
        settings: ``fetch_timeout`` seconds and ``fetch_max_bytes`` for the whole capture, redirects included.
        options: ``allow_private`` for servers of one's own, ``ignore_robots``.
        previous: the last snapshot of this page; its ETag and Last-Modified make the request conditional.

    Returns:
        The snapshot and its bytes; None for the bytes when the server says that the page is unchanged, in which case
        the snapshot carries the previous hash.

    Raises:
        DocumentError: unreachable, refused by robots.txt, private address, too large, too slow, an error status.

    """
    deadline = time.monotonic() + settings.fetch_timeout
    archived = understand(url, settings)
    asked, url = url, archived.raw_url if archived else url
    notes = [] if options.ignore_robots else _ask_robots(url, settings, options, deadline)
    notes += ["robots.txt not asked, by the user's choice"] if options.ignore_robots else []
    conditions = _conditions(previous)
    response, final_url, redirects = _follow(url, settings, options, deadline, conditions)
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    facts: dict[str, Any] = {
        "captured_at": datetime.now(UTC),
        "url": asked,
        "final_url": final_url,
        "redirects": tuple(redirects),
        "original_url": archived.original_url if archived else None,
        "original_captured_at": archived.captured_at if archived else None,
        **_archive_facts(asked, settings, options, notes, archived=archived is not None),
    }
    if response.status == 304 and previous is not None:
        unchanged = {"notes": (*facts["notes"], "not modified (304)"), "headers": {**previous.headers, **headers}}
        return previous.model_copy(update={**facts, **unchanged}), None
    if response.status != 200:
        raise _status_error(response.status)
    if not response.body:
        raise DocumentError("empty", "the server sent an empty page", transient=True)
    return Snapshot(
        sha256=sha256(response.body).hexdigest(),
        size=len(response.body),
        media_type=detect_media_type(response.body, declared=headers.get("content-type"), name=final_url),
        headers=headers,
        **facts,
    ), response.body


def fetch_bytes(url: str, settings: Settings, options: Options) -> bytes:
    """The body at an address, for the archive's own services; redirects and limits as for pages.

    Raises:
        DocumentError: it cannot be had.

    """
    response, _, _ = _follow(url, settings, options, time.monotonic() + settings.fetch_timeout, {})
    if response.status != 200:
        raise _status_error(response.status)
    return response.body


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


def _follow(
    url: str, settings: Settings, options: Options, deadline: float, headers: dict[str, str]
) -> tuple[_Response, str, list[str]]:
    """The first response that is no redirect, its URL, and the URLs before it."""
    hops: list[str] = []
    for _ in range(_MAX_HOPS + 1):
        response = _get(url, options, deadline, headers, settings.fetch_max_bytes)
        target = response.headers.get("location")
        if response.status not in (301, 302, 303, 307, 308) or not target:
            return response, url, hops
        hops.append(url)
        url = urljoin(url, target)
    raise DocumentError("redirects", f"more than {_MAX_HOPS} redirects", advice="name the final address")


def _get(url: str, options: Options, deadline: float, headers: dict[str, str], max_bytes: int) -> _Response:
    """One request to the address that was checked, under the name that was asked for."""
    import httpx

    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise DocumentError("bad_url", f"{url!r} is not an address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise DocumentError("bad_url", f"{url!r} is not an http or https address")
    address = resolve(host, port or (443 if parts.scheme == "https" else 80), allow_private=options.allow_private)
    at = f"[{address}]" if ":" in address else address
    where = urlunsplit((parts.scheme, f"{at}:{port}" if port else at, parts.path or "/", parts.query, ""))
    name = f"[{host}]" if ":" in host else host
    sent = {
        "Host": f"{name}:{port}" if port else name,
        "User-Agent": AGENT,
        "Accept": "text/html,application/xhtml+xml,application/pdf,text/markdown,text/plain;q=0.9,*/*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        **headers,
    }
    try:
        with (
            httpx.Client(trust_env=False, timeout=min(30.0, _left(deadline))) as client,
            client.stream("GET", where, headers=sent, extensions={"sni_hostname": host}) as response,
        ):
            return _Response(response.status_code, response.headers, _body(response, deadline, max_bytes))
    except httpx.TimeoutException as error:
        raise DocumentError("timeout", f"{host} did not answer in time", transient=True) from error
    except httpx.DecodingError as error:
        raise DocumentError("malformed", f"{host} sent a body that does not decompress ({error})") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DocumentError("unreachable", f"{host} cannot be reached ({error})", transient=True) from error


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise DocumentError(
            "timeout", "the page took too long", advice="raise SMALLPRINT_FETCH_TIMEOUT", transient=True
        )
    return left


def _body(response: "httpx.Response", deadline: float, max_bytes: int) -> bytes:
    """The decompressed body, stopped at the limits and not read at all for redirects and 304."""
    if response.status_code != 200:
        return b""
    parts, size = [], 0
    for part in response.iter_bytes(65536):
        size += len(part)
        _left(deadline)
        if size > max_bytes:
            raise DocumentError(
                "too_large",
                f"the page has more than {max_bytes:,} bytes",
                advice="raise SMALLPRINT_FETCH_MAX_BYTES if that is right",
            )
        if size > _RATIO_FROM and size > _MAX_RATIO * max(response.num_bytes_downloaded, 1):
            raise DocumentError("decompression_bomb", "the page decompresses to many times its size; it is not read")
        parts.append(part)
    return b"".join(parts)


def _status_error(status: int) -> DocumentError:
    advice = {
        401: "the page needs a login; save it and read the file",
        403: "the server refuses programs; save the page and read the file",
        404: "check the address",
        410: "the page is gone; look for a capture in a web archive",
        429: "the server asks to slow down; try again later",
    }.get(status, "")
    transient = status in (408, 425, 429) or status >= 500
    return DocumentError("http_status", f"the server answered with status {status}", advice=advice, transient=transient)


def _ask_robots(url: str, settings: Settings, options: Options, deadline: float) -> list[str]:
    """Notes for the record; a robots.txt that cannot be had forbids nothing.

    Source: RFC 9309, sections 2.3.1.3 and 2.3.1.4 (unavailable allows, unreachable disallows; we allow, since a
    page on a server that cannot be reached fails on its own).
    """
    parts = urlsplit(url)
    address = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
    bounded = settings.model_copy(update={"fetch_max_bytes": _ROBOTS_BYTES})
    try:
        response, _, _ = _follow(address, bounded, options, deadline, {})
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
