"""A page that scripts fill -> its HTML after they have run, in a system Chromium without any network of its own.

Every request of the browser is answered by us, through the checks of ``hops.py``: public addresses only, bounded in
number, size and time. Anything else goes to a proxy that does not exist, so nothing gets past the checks.
Pictures, fonts and videos are not loaded. Needs the ``render`` extra (Playwright) and a Chromium.
"""

import asyncio
import os
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from extractors.capture.hops import AGENT, Limits, Request, Response, for_host, host_of, send
from extractors.layout import Options
from smallprint.errors import DocumentError, UserError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Bounds on what the scripts of a page may ask for; chosen by eye.
_MAX_REQUESTS = 300
_MAX_POST_BYTES = 1_000_000
_MAX_IDLE_WAIT = 10.0  # seconds until the page sends no more requests; then it is read as it is
_BLOCKED_RESOURCES = frozenset(("image", "media", "font", "texttrack", "eventsource", "websocket", "manifest", "ping"))
_ALLOWED_METHODS = frozenset(("GET", "HEAD", "POST"))
_DEAD_PROXY = "http://127.0.0.1:9"  # the discard port: what the browser sends by itself goes nowhere
_BROWSER_ARGUMENTS = (
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # the same for older versions
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
_READ_BY_SCRIPTS = frozenset(("fetch", "xhr"))
_REDIRECT_STATUSES = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 10
_REQUEST_HEADERS = ("accept", "accept-language", "content-type", "origin", "referer", "x-requested-with")
_RESPONSE_HEADERS = ("content-type", "access-control-allow-origin", "access-control-allow-credentials", "cache-control")


def browser_path() -> str | None:
    """The path of a Chromium on this machine; None where there is none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def render_page(
    url: str, first: Response, options: Options, limits: Limits, *, sandbox: bool = True
) -> tuple[bytes, str]:
    """The page after its scripts have run.

    Args:
        url: the page's address after redirects, which its scripts see as theirs.
        first: the page as fetched; it is not fetched again.
        options: ``allow_private`` applies to the requests of scripts too.
        limits: of the whole capture.
        sandbox: whether the browser keeps its pages in its own sandbox.

    Returns:
        The HTML as UTF-8, and the browser's name and version, with a warning where it had no sandbox.

    Raises:
        UserError: Playwright or a Chromium is missing.
        DocumentError: ``timeout``, or ``render`` when the browser gives up on the page.

    """
    path = _require_browser()
    if sandbox and os.name == "posix" and os.geteuid() == 0:
        raise UserError(
            "--render needs the browser's sandbox, which the user root cannot have; run as another user "
            "(SMALLPRINT_RENDER_SANDBOX=false renders without it, for pages that you trust)"
        )
    # Playwright runs its own event loop; callers may be inside one, so it gets a thread.
    with ThreadPoolExecutor(1) as thread:
        html, browser = thread.submit(
            _run, _render(path, url, _Responder(url, first, options, limits), sandbox)
        ).result()
    return html, browser if sandbox else f"{browser} without its sandbox"


def _run(work: Coroutine[Any, Any, tuple[bytes, str]]) -> tuple[bytes, str]:
    return asyncio.run(work)


def _require_browser() -> str:
    """The path of the browser, once Playwright and a Chromium are known to be installed."""
    try:
        import playwright.async_api  # noqa: F401
    except ImportError as error:
        raise UserError("--render needs Playwright: pip install 'smallprint[render]'") from error
    path = browser_path()
    if path is None:
        raise UserError(f"--render needs a browser: install Chromium (looked for {', '.join(BROWSERS[:3])})")
    return path


async def _render(path: str, url: str, responder: "_Responder", sandbox: bool) -> tuple[bytes, str]:
    from playwright.async_api import Error, async_playwright

    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=path,
                args=list(_BROWSER_ARGUMENTS),
                proxy={"server": _DEAD_PROXY},
                chromium_sandbox=sandbox,
                timeout=responder.limits.seconds_left() * 1000,
            )
        except Error as error:
            raise DocumentError("render", f"the browser does not start ({_first_line(error)})") from error
        try:
            async with asyncio.timeout(responder.limits.seconds_left()):
                return await _rendered_html(browser, url, responder), f"Chromium {browser.version}"
        except TimeoutError as error:
            raise DocumentError(
                "timeout", "the page's scripts took too long", advice="raise SMALLPRINT_FETCH_TIMEOUT", transient=True
            ) from error
        except Error as error:
            raise DocumentError("render", f"the browser cannot show the page ({_first_line(error)})") from error
        finally:
            await browser.close()


async def _rendered_html(browser: "Browser", url: str, responder: "_Responder") -> bytes:
    from playwright.async_api import Error

    context = await browser.new_context(
        user_agent=AGENT, accept_downloads=False, service_workers="block", java_script_enabled=True
    )
    await context.route_web_socket("**/*", lambda socket: socket.close())
    await context.route("**/*", responder.respond)
    page = await context.new_page()
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
    await page.goto(url, wait_until="domcontentloaded", timeout=0)
    with suppress(Error):  # a page that never stops sending requests is read as it is then
        await page.wait_for_load_state(
            "networkidle", timeout=min(_MAX_IDLE_WAIT, responder.limits.seconds_left() / 2) * 1000
        )
    html = (await _serialize(page)).encode("utf-8", "replace")
    if len(html) > responder.limits.max_bytes:
        raise DocumentError("too_large", f"the page has grown to {len(html):,} bytes when its scripts have run")
    return html


async def _serialize(page: "Page") -> str:
    """The document with the contents of its shadow trees, which readers see like any other element."""
    html: str = await page.evaluate(
        """() => {
          const roots = [...document.querySelectorAll('*')].filter(element => element.shadowRoot)
            .map(element => element.shadowRoot);
          const root = document.documentElement;
          return root.getHTML ? '<!doctype html><html lang="' + (root.lang || '').replace(/[^a-zA-Z-]/g, '') + '">'
            + root.getHTML({shadowRoots: roots}) + '</html>' : root.outerHTML;
        }"""
    )
    return html


class _Responder:
    """Answers the browser's requests, each checked like any other of ours and bounded in number and size."""

    def __init__(self, url: str, first: Response, options: Options, limits: Limits) -> None:
        self.url, self.options, self.limits = url, options, limits
        self.first: Response | None = first  # for the page itself, which is not fetched again
        self.requests = self.received_bytes = 0

    async def respond(self, route: "Route") -> None:
        """Fulfills or aborts one request."""
        request = route.request
        if self.first is not None and request.is_navigation_request():
            response, self.first = self.first, None
        elif request.is_navigation_request() and request.frame.parent_frame is None:
            await route.fulfill(status=204)  # navigation by a script: the page that was requested stays
            return
        else:
            allowed = self._allowed_request(route)
            if allowed is None:
                await route.abort("blockedbyclient")
                return
            try:
                limits = Limits(self.limits.deadline, max(self.limits.max_bytes - self.received_bytes, 0))
                response = await asyncio.to_thread(self._answer, request.url, limits, allowed)
            except DocumentError:
                # A script that gets no answer does not cost us the page; the text shows whether it mattered.
                await route.abort("addressunreachable")
                return
            if not _may_be_read(request.resource_type, _origin(self.url), request.url, response):
                await route.abort("accessdenied")
                return
        self.received_bytes += len(response.body)
        headers = {name: response.headers[name] for name in _RESPONSE_HEADERS if name in response.headers}
        await route.fulfill(status=response.status, headers=headers, body=response.body)

    def _answer(self, url: str, limits: Limits, request: Request) -> Response:
        """The answer, with redirects followed within one origin only: elsewhere they would carry its rights along."""
        host = host_of(self.url)
        for _ in range(_MAX_REDIRECTS):
            response = send(url, for_host(self.options, url, host), limits, request)
            target = response.headers.get("location")
            if response.status not in _REDIRECT_STATUSES or not target:
                return response
            target = urljoin(url, target)
            if _origin(target) != _origin(url):
                raise DocumentError("redirects", "a redirect to another origin is not followed for scripts")
            url = target
        raise DocumentError("redirects", f"more than {_MAX_REDIRECTS} redirects")

    def _allowed_request(self, route: "Route") -> Request | None:
        """The request as we send it; None for one that is refused."""
        request = route.request
        self.requests += 1
        if (
            self.requests > _MAX_REQUESTS
            or request.resource_type in _BLOCKED_RESOURCES
            or request.method not in _ALLOWED_METHODS
        ):
            return None
        content = request.post_data_buffer
        if content is not None and len(content) > _MAX_POST_BYTES:
            return None
        headers = {name: value for name, value in request.headers.items() if name in _REQUEST_HEADERS}
        return Request(headers, request.method, content)


def _origin(url: str) -> str:
    """Scheme, host and port of a URL, as browsers compare them."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _may_be_read(kind: str, page_origin: str, url: str, response: Response) -> bool:
    """Whether the page's scripts may read an answer: of their own origin, or one that allows it (CORS).

    The browser would decide that itself, but Playwright adds the permission to answers that it hands over.
    """
    if kind not in _READ_BY_SCRIPTS or _origin(url) == page_origin:
        return True
    allowed = response.headers.get("access-control-allow-origin", "").strip()
    return allowed == "*" or (bool(allowed) and _origin(allowed) == page_origin)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
