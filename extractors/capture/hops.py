"""Requests to public addresses only: every redirect is checked, every body bounded in size, time and compression."""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from extractors.capture.addresses import resolve
from extractors.capture.decoding import ACCEPT_ENCODING, BodyDecoder
from extractors.layout import Options
from smallprint import __version__
from smallprint.errors import DocumentError
from smallprint.settings import Settings

if TYPE_CHECKING:
    import httpx

AGENT = f"smallprint/{__version__} (reads published terms and policies)"
_MAX_REDIRECTS = 10  # half of what browsers allow
_MAX_WAIT = 30.0  # seconds for the network to answer, within the deadline
_REDIRECT_STATUSES = (301, 302, 303, 307, 308)
_ACCEPT = "text/html,application/xhtml+xml,application/pdf,text/markdown,text/plain;q=0.9,*/*;q=0.5"


@dataclass(frozen=True)
class Request:
    """A request without its address."""

    headers: dict[str, str]
    method: str = "GET"
    content: bytes | None = None


@dataclass(frozen=True)
class Response:
    """The answer of one hop; the body is read for status 200 only."""

    status: int
    headers: "httpx.Headers"
    body: bytes


@dataclass(frozen=True)
class Limits:
    """The bounds of one capture; ``deadline`` is a time of ``time.monotonic``."""

    deadline: float
    max_bytes: int

    def seconds_left(self) -> float:
        """Seconds until the deadline.

        Raises:
            DocumentError: ``timeout`` when there are none.

        """
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise DocumentError(
                "timeout", "the page took too long", advice="raise SMALLPRINT_FETCH_TIMEOUT", transient=True
            )
        return seconds


def follow(
    url: str, options: Options, limits: Limits, request: Request | None = None
) -> tuple[Response, str, list[str]]:
    """The first response that is no redirect, its URL, and the URLs before it.

    Raises:
        DocumentError: bad_url, private_address, unreachable, timeout, too_large, decompression_bomb, redirects.

    """
    request = request or Request(headers={})
    redirects: list[str] = []
    named_host = host_of(url)
    for _ in range(_MAX_REDIRECTS + 1):
        response = send(url, for_host(options, url, named_host), limits, request)
        target = response.headers.get("location")
        if response.status not in _REDIRECT_STATUSES or not target:
            return response, url, redirects
        redirects.append(url)
        url = urljoin(url, target)
        if response.status not in (307, 308):  # only these repeat the method and the body
            request = Request(request.headers)
    raise DocumentError("redirects", f"more than {_MAX_REDIRECTS} redirects", advice="name the final address")


def host_of(url: str) -> str:
    """The host that a URL names, in lower case; empty where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def for_host(options: Options, url: str, named_host: str) -> Options:
    """The options for one request: private addresses only at the host that the person named.

    A page or a redirect of a server of one's own must not lead to the other servers of its network.
    """
    if options.allow_private and host_of(url) != named_host:
        return replace(options, allow_private=False)
    return options


def send(url: str, options: Options, limits: Limits, request: Request) -> Response:
    """One request, its redirect not followed, to the address that was checked, with the host name of the URL.

    Raises:
        DocumentError: as ``follow`` does.

    """
    import httpx

    from extractors.capture.connection import deadline_transport

    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise DocumentError("bad_url", f"{url!r} is not an address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise DocumentError("bad_url", f"{url!r} is not an http or https address")
    address = resolve(host, port or (443 if parts.scheme == "https" else 80), allow_private=options.allow_private)
    checked_url = urlunsplit((parts.scheme, _netloc(address, port), parts.path or "/", parts.query, ""))
    headers = {
        "Host": _netloc(host, port),
        "User-Agent": AGENT,
        "Accept": _ACCEPT,
        "Accept-Encoding": ACCEPT_ENCODING,
        **request.headers,
    }
    try:
        with (
            httpx.Client(
                transport=deadline_transport(limits.deadline),
                trust_env=False,
                timeout=min(_MAX_WAIT, limits.seconds_left()),
            ) as client,
            client.stream(
                request.method, checked_url, headers=headers, content=request.content, extensions={"sni_hostname": host}
            ) as response,
        ):
            return Response(response.status_code, response.headers, _read_body(response, limits))
    except httpx.TimeoutException as error:
        raise DocumentError("timeout", f"{host} did not answer in time", transient=True) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DocumentError("unreachable", f"{host} cannot be reached ({error})", transient=True) from error


def _netloc(host: str, port: int | None) -> str:
    """Host and port as they stand in a URL, IPv6 addresses in brackets."""
    name = f"[{host}]" if ":" in host else host
    return f"{name}:{port}" if port else name


def _read_body(response: "httpx.Response", limits: Limits) -> bytes:
    """The decompressed body, stopped at the limits and not read at all for redirects and 304."""
    if response.status_code != 200:
        return b""
    decoder = BodyDecoder(response.headers.get("content-encoding"), limits.max_bytes)
    parts: list[bytes] = []
    for piece in response.iter_raw():  # as it arrives, so that a slow body meets the deadline too
        limits.seconds_left()
        parts.extend(decoder.feed(piece))
    decoder.finish()
    return b"".join(parts)


def limits_of(settings: Settings) -> Limits:
    """The bounds of one capture that begins now."""
    return Limits(time.monotonic() + settings.fetch_timeout, settings.fetch_max_bytes)


def fetch_bytes(url: str, settings: Settings, options: Options) -> bytes:
    """The body at an address, for the archive's own services; redirects and limits as for pages.

    Raises:
        DocumentError: as ``follow`` does, and ``http_status`` for a status other than 200.

    """
    response, _, _ = follow(url, options, limits_of(settings))
    if response.status != 200:
        raise status_error(response.status)
    return response.body


def status_error(status: int) -> DocumentError:
    """The error for a status other than 200, with advice where a person can do something about it."""
    advice = {
        401: "the page needs a login; save it and read the file",
        403: "the server refuses programs; save the page and read the file",
        404: "check the address",
        410: "the page is gone; look for a capture in a web archive",
        429: "the server asks to slow down; try again later",
    }.get(status, "")
    transient = status in (408, 425, 429) or status >= 500
    return DocumentError("http_status", f"the server answered with status {status}", advice=advice, transient=transient)
