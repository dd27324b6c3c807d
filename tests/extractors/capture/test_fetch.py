"""Fetching: whole pages or a reason, no redirect into a private network, bodies within bounds."""

import gzip
import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from extractors.capture.addresses import is_public
from extractors.capture.url import capture_url
from extractors.layout import Options
from extractors.reading import read_source
from smallprint.errors import DocumentError
from smallprint.records import Source
from smallprint.settings import Settings

PAGE = b"<!doctype html><html><body><h1>Terms</h1><p>You agree to these terms.</p></body></html>"
LOCAL = Options(allow_private=True)
SETTINGS = Settings(fetch_timeout=5, fetch_max_bytes=8_000_000)


@dataclass
class Site:
    """A web site of the tests: its pages as path -> (status, headers, body), and the requests it got."""

    url: str = ""
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # path and headers


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            served.requests.append((self.path, dict(self.headers)))
            status, headers, body = served.pages.get(self.path, (404, {}, b"no"))
            if status == 200 and headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if self.path == "/trickle":
                self.end_headers()
                with suppress(OSError):
                    while True:
                        self.wfile.write(b"<p>and so on</p>")
                        time.sleep(0.05)
                return
            if self.path != "/endless":
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"<p>and so on</p>" * 4096)
            except OSError:
                pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    served.pages["/terms"] = (200, {"Content-Type": "text/html; charset=utf-8", "ETag": '"v1"'}, PAGE)
    yield served
    server.shutdown()
    server.server_close()


def failure(url: str, options: Options = LOCAL) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        capture_url(url, SETTINGS, options)
    return caught.value


def test_a_page_arrives_with_its_provenance(site: Site) -> None:
    snapshot, data = capture_url(f"{site.url}/terms", SETTINGS, LOCAL)
    assert data == PAGE
    assert (snapshot.media_type, snapshot.headers["etag"], snapshot.redirects) == ("text/html", '"v1"', ())


def test_the_media_type_comes_from_the_bytes_and_not_from_the_header(site: Site) -> None:
    site.pages["/pdf"] = (200, {"Content-Type": "application/pdf"}, PAGE)
    assert capture_url(f"{site.url}/pdf", SETTINGS, LOCAL)[0].media_type == "text/html"


def test_redirects_are_followed_and_recorded(site: Site) -> None:
    site.pages["/old"] = (301, {"Location": "/middle"}, b"")
    site.pages["/middle"] = (302, {"Location": "/terms"}, b"")
    snapshot, _ = capture_url(f"{site.url}/old", SETTINGS, LOCAL)
    assert snapshot.final_url == f"{site.url}/terms"
    assert snapshot.redirects == (f"{site.url}/old", f"{site.url}/middle")


def test_an_unchanged_page_is_verified_without_its_bytes(site: Site) -> None:
    first, _ = capture_url(f"{site.url}/terms", SETTINGS, LOCAL)
    again, data = capture_url(f"{site.url}/terms", SETTINGS, LOCAL, first)
    assert data is None
    assert again.sha256 == first.sha256
    assert again.captured_at > first.captured_at
    assert "not modified (304)" in again.notes


def test_robots_txt_is_obeyed_and_overriding_it_is_noted(site: Site) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /terms\n")
    error = failure(f"{site.url}/terms")
    assert (error.code, "--ignore-robots" in error.advice) == ("robots", True)
    snapshot, _ = capture_url(f"{site.url}/terms", SETTINGS, Options(allow_private=True, ignore_robots=True))
    assert snapshot.notes == ("robots.txt not asked, because ignore_robots is set",)


def test_robots_txt_can_be_overridden_for_one_source(site: Site) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /terms\n")
    source = Source(location=f"{site.url}/terms", ignore_robots=True)
    assert read_source(source, SETTINGS, LOCAL).snapshot.notes == (
        "robots.txt not asked, because ignore_robots is set",
    )


def test_loopback_is_refused_by_address_and_by_name(site: Site) -> None:
    port = site.url.rsplit(":", 1)[1]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
        assert failure(f"http://{host}:{port}/terms", Options()).code == "private_address"
    assert site.requests == []


def test_a_name_that_also_resolves_to_a_private_address_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("10.0.0.7", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kwargs: resolved)
    error = failure("http://terms.example/", Options())
    assert (error.code, "10.0.0.7" in error.detail) == ("private_address", True)


def test_a_redirect_to_the_metadata_address_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pages["/in"] = (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")
    port = int(site.url.rsplit(":", 1)[1])
    # Only the test's own server counts as public here, so that the redirect is what is refused.
    real = is_public
    monkeypatch.setattr(
        "extractors.capture.addresses.is_public", lambda address: str(address) == "127.0.0.1" or real(address)
    )
    error = failure(f"http://127.0.0.1:{port}/in", Options())
    assert (error.code, "169.254.169.254" in error.detail) == ("private_address", True)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104 -- refused, not bound
     "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_public_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_a_redirect_loop_ends(site: Site) -> None:
    site.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    assert failure(f"{site.url}/loop").code == "redirects"


def test_a_redirect_to_a_file_is_refused(site: Site) -> None:
    site.pages["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    assert failure(f"{site.url}/file").code == "bad_url"


def test_an_endless_body_is_cut_off(site: Site) -> None:
    site.pages["/endless"] = (200, {"Content-Type": "text/html"}, b"")
    assert failure(f"{site.url}/endless").code == "too_large"


def test_a_body_that_arrives_slowly_meets_the_deadline(site: Site) -> None:
    site.pages["/trickle"] = (200, {"Content-Type": "text/html"}, b"")
    with pytest.raises(DocumentError) as caught:
        capture_url(f"{site.url}/trickle", Settings(fetch_timeout=1), LOCAL)
    assert caught.value.code == "timeout"


def test_a_decompression_bomb_is_not_read(site: Site) -> None:
    bomb = gzip.compress(b" " * 7_900_000)
    site.pages["/bomb"] = (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, bomb)
    assert failure(f"{site.url}/bomb").code == "decompression_bomb"


STATUSES = [(401, "login", False), (403, "refuses programs", False), (404, "address", False), (503, "", True)]


@pytest.mark.parametrize(("status", "advice", "transient"), STATUSES)
def test_an_error_status_comes_with_advice(site: Site, status: int, advice: str, transient: bool) -> None:
    site.pages["/broken"] = (status, {}, b"no")
    error = failure(f"{site.url}/broken")
    assert (error.code, error.transient) == ("http_status", transient)
    assert advice in error.advice


def test_a_closed_port_is_unreachable() -> None:
    assert failure("http://127.0.0.1:9/terms").code == "unreachable"


def test_an_empty_page_is_refused(site: Site) -> None:
    site.pages["/empty"] = (200, {"Content-Type": "text/html"}, b"")
    assert failure(f"{site.url}/empty").code == "empty"
