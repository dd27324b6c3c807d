"""What every response and request passes through: security headers, a bound on bodies, the time that it took."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 512 * 1024  # of a request; the longest form has some 20 kB

HEADERS = {
    # Scripts, styles and images of our own and nothing else; no inline code, no frames, no foreign form targets.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cache-control": "no-store",
}


class TooLargeError(Exception):
    """A request body beyond the bound, or a form with too many fields."""


class Shield:
    """ASGI middleware; headers that a route sets itself (caching of files) stay."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.headers = dict(HEADERS)
        if https:
            self.headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, received = perf_counter(), 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise TooLargeError
            return message

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                added = [(name.encode(), text.encode()) for name, text in self.headers.items()]
                added = [header for header in added if header[0] not in present]
                duration = f"app;dur={(perf_counter() - started) * 1000:.1f}"
                message["headers"] = [*message["headers"], *added, (b"server-timing", duration.encode())]
            await send(message)

        await self.app(scope, receive_bounded, send_with_headers)
