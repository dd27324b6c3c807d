"""Pages that scripts fill, rendered in a real Chromium that has no network of its own; skipped where there is none."""

import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from extractors import extract
from extractors.capture.addresses import is_public
from extractors.capture.render import browser_path
from extractors.capture.url import capture_url
from extractors.layout import Options
from extractors.reading import read_source
from smallprint.errors import DocumentError, UserError
from smallprint.records import Source
from smallprint.settings import Settings

pytest.importorskip("playwright", reason="Playwright is not installed")
if browser_path() is None:
    pytest.skip("there is no Chromium here", allow_module_level=True)

# These tests may run as root, who cannot have the sandbox; the pages are our own.
SETTINGS = Settings(fetch_timeout=60, render_sandbox=False)
RENDER = Options(allow_private=True, render=True)
CLAUSE = "You may cancel the subscription at any time, and we refund what you have paid in advance."
# Text comes by a script of the site and by a POST; the script then tries every way into the private network.
SHELL = b"""<!doctype html><html lang="en"><head><title>Terms</title></head><body><div id="app">Loading...</div>
<script src="/app.js"></script></body></html>"""
SCRIPT = """
const app = document.getElementById('app');
const tried = (name, work) => work.then(() => name + ' answered', () => name + ' refused');
(async () => {
  const text = await (await fetch('/terms.json', {method: 'POST', body: '{"q": 1}'})).json();
  app.innerHTML = '<h1>Terms</h1><p>' + text.clause + '</p><x-shade></x-shade>';
  const shade = document.querySelector('x-shade').attachShadow({mode: 'open'});
  shade.innerHTML = '<p>Text in a shadow tree is text as well.</p>';
  const results = [
    await tried('fetch', fetch('PRIVATE/fetch', {mode: 'no-cors'})),
    await tried('metadata', fetch('http://169.254.169.254/latest/meta-data/', {mode: 'no-cors'})),
    await tried('socket', new Promise((yes, no) => {
      const socket = new WebSocket('PRIVATE'.replace('http', 'ws') + '/socket');
      socket.onmessage = yes; socket.onclose = no; socket.onerror = no;
    })),
  ];
  navigator.sendBeacon('PRIVATE/beacon');
  const frame = document.createElement('iframe'); frame.src = 'PRIVATE/frame'; document.body.append(frame);
  const picture = new Image(); picture.src = 'PRIVATE/picture';
  app.insertAdjacentHTML('beforeend', '<p>In the end: ' + results.join(', ') + '.</p>');
  location.href = 'PRIVATE/away';
})();
"""


@pytest.fixture
def servers() -> Iterator[tuple[str, str, list[str]]]:
    """(address of the site, address of a private server, paths requested from the private server)."""
    private_paths: list[str] = []
    private_url = ""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            if self.server is private:
                private_paths.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            clause = f'{{"clause": "{CLAUSE}"}}'
            pages = {
                "/terms": ("text/html", SHELL),
                "/app.js": ("text/javascript", SCRIPT.replace("PRIVATE", private_url).encode()),
                "/terms.json": ("application/json", clause.encode() if self.command == "POST" else b"{}"),
                "/restless": ("text/html", SHELL.replace(b"/app.js", b"/restless.js")),
                "/restless.js": ("text/javascript", b"while (true) {}"),
            }
            kind, body = pages.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    private = ThreadingHTTPServer(("127.0.0.2", 0), Handler)
    private_url = f"http://127.0.0.2:{private.server_port}"
    for server in (site, private):
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}", private_url, private_paths
    for server in (site, private):
        server.shutdown()
        server.server_close()


def test_a_page_that_scripts_fill_is_read_and_its_scripts_reach_no_private_server(
    servers: tuple[str, str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, _, private_paths = servers
    # The site counts as public here, so that the requests of its scripts are what is refused.
    monkeypatch.setattr(
        "extractors.capture.addresses.is_public", lambda address: str(address) == "127.0.0.1" or is_public(address)
    )
    snapshot, data = capture_url(f"{site}/terms", SETTINGS, Options(render=True))
    assert data is not None
    text = extract(data, source=f"{site}/terms", media_type=snapshot.media_type).text
    assert CLAUSE in text
    assert "Text in a shadow tree is text as well." in text
    assert "fetch refused, metadata refused, socket refused" in text
    assert private_paths == []
    assert "scripts run by Chromium" in " ".join(snapshot.notes)
    assert (snapshot.final_url, snapshot.media_type) == (f"{site}/terms", "text/html")


async def test_a_page_is_rendered_inside_a_running_event_loop(servers: tuple[str, str, list[str]]) -> None:
    reading = read_source(Source(location=f"{servers[0]}/terms"), SETTINGS, RENDER)
    assert any(CLAUSE in clause.text for clause in reading.clauses)


def test_without_the_render_option_the_error_names_it(servers: tuple[str, str, list[str]]) -> None:
    with pytest.raises(DocumentError, match="--render") as caught:
        read_source(Source(location=f"{servers[0]}/terms"), SETTINGS, Options(allow_private=True))
    assert caught.value.code == "needs_browser"


def test_scripts_that_never_end_are_stopped_at_the_deadline(servers: tuple[str, str, list[str]]) -> None:
    with pytest.raises(DocumentError) as caught:
        capture_url(f"{servers[0]}/restless", Settings(fetch_timeout=5, render_sandbox=False), RENDER)
    assert caught.value.code == "timeout"


def test_without_playwright_the_error_says_what_to_install(
    servers: tuple[str, str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    with pytest.raises(UserError, match=r"smallprint\[render\]"):
        capture_url(f"{servers[0]}/terms", SETTINGS, RENDER)


def test_without_a_browser_the_error_says_what_to_install(
    servers: tuple[str, str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractors.capture.render.BROWSERS", ())
    with pytest.raises(UserError, match="install Chromium"):
        capture_url(f"{servers[0]}/terms", SETTINGS, RENDER)


INTRANET = b"""<!doctype html><html lang="en"><head><title>Terms</title></head><body>
<div id="app">Loading...</div><script>
const say = words => document.getElementById('app').insertAdjacentHTML('beforeend', '<p>' + words + '</p>');
const read = (name, url, options) => fetch(url, options).then(answer => answer.text())
  .then(text => say(name + ' read ' + text), () => say(name + ' refused'));
(async () => {
  document.getElementById('app').innerHTML = '<h1>Terms</h1><p>CLAUSE</p>';
  await read('other host', 'PRIVATE/secret', {});
  await read('other host by post', 'PRIVATE/secret', {method: 'POST', body: 'x'});
  await read('redirect', '/to-private', {});
  await read('other port', 'OTHER/secret', {});
})();
</script></body></html>"""


@pytest.fixture
def intranet() -> Iterator[tuple[str, list[str]]]:
    """(address of a site inside a private network, requests that its neighbors got)."""
    asked: list[str] = []
    addresses: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.server is private:
                asked.append(self.path)
            page = INTRANET.replace(b"CLAUSE", CLAUSE.encode())
            for name, address in addresses.items():
                page = page.replace(name.encode(), address.encode())
            body = page if self.path == "/terms" else b"the secret"
            self.send_response(302 if self.path == "/to-private" else 200)
            if self.path == "/to-private":
                self.send_header("Location", f"{addresses['PRIVATE']}/secret")
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    site, other = (ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2))
    private = ThreadingHTTPServer(("127.0.0.2", 0), Handler)
    addresses |= {
        "PRIVATE": f"http://127.0.0.2:{private.server_port}",
        "OTHER": f"http://127.0.0.1:{other.server_port}",
    }
    servers = (site, other, private)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}", asked
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_page_of_ones_own_network_reads_none_of_its_neighbors(intranet: tuple[str, list[str]]) -> None:
    site, asked = intranet
    _, data = capture_url(f"{site}/terms", SETTINGS, RENDER)
    assert data is not None
    text = extract(data, source=f"{site}/terms", media_type="text/html").text
    assert CLAUSE in text
    for way in ("other host", "other host by post", "redirect", "other port"):
        assert f"{way} refused" in text
    assert "the secret" not in text
    assert asked == []


def test_a_redirect_of_ones_own_server_leads_to_no_other_private_host(intranet: tuple[str, list[str]]) -> None:
    site, asked = intranet
    with pytest.raises(DocumentError) as caught:
        capture_url(f"{site}/to-private", SETTINGS, Options(allow_private=True))
    assert caught.value.code == "private_address"
    assert asked == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root cannot have the sandbox")
def test_root_renders_only_where_the_sandbox_was_switched_off(intranet: tuple[str, list[str]]) -> None:
    with pytest.raises(UserError, match="SMALLPRINT_RENDER_SANDBOX=false"):
        capture_url(f"{intranet[0]}/terms", Settings(fetch_timeout=30), RENDER)


def test_a_page_that_was_rendered_without_the_sandbox_says_so(intranet: tuple[str, list[str]]) -> None:
    snapshot, _ = capture_url(f"{intranet[0]}/terms", SETTINGS, RENDER)
    assert "without its sandbox" in " ".join(snapshot.notes)
