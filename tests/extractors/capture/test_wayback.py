"""The Wayback Machine: a local server stands in for its API."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from extractors.capture.url import capture_url
from extractors.capture.wayback import parse_capture_url
from extractors.layout import Options
from smallprint.settings import Settings
from tests.extractors.capture.test_fetch import LOCAL, PAGE, Site, site

__all__ = ["site"]

LOOKUP = Options(allow_private=True, wayback=True)


@pytest.fixture
def archive(site: Site) -> Callable[[object], Settings]:
    """Settings for a server that answers the availability query with what the test passes."""

    def settings_for(answer: object) -> Settings:
        query = f"/wayback/available?url={site.url.replace(':', '%3A').replace('/', '%2F')}%2Fterms"
        site.pages[query] = (200, {"Content-Type": "application/json"}, json.dumps(answer).encode())
        return Settings(fetch_timeout=5, wayback_url=site.url, wayback_api_url=site.url)

    return settings_for


def closest(site: Site) -> dict[str, object]:
    url = f"{site.url}/web/20250131120000/{site.url}/terms"
    return {"archived_snapshots": {"closest": {"available": True, "url": url, "timestamp": "20250131120000"}}}


CAPTURE_URLS = [
    ("a full address", "https://web.archive.org/web/20250131120000/https://k.example/terms?a=1", "20250131120000"),
    ("the raw form", "https://web.archive.org/web/20250131120000id_/https://k.example/terms?a=1", "20250131120000"),
    ("a short time stamp", "http://web.archive.org/web/2025/https://k.example/terms?a=1", "20250101000000"),
    ("a lost slash", "https://web.archive.org/web/20250131/https:/k.example/terms?a=1", "20250131000000"),
]


@pytest.mark.parametrize(("url", "timestamp"), [row[1:] for row in CAPTURE_URLS], ids=[row[0] for row in CAPTURE_URLS])
def test_a_capture_url_is_parsed_into_page_and_time(url: str, timestamp: str) -> None:
    page = parse_capture_url(url, Settings())
    assert page is not None
    assert page.original_url == "https://k.example/terms?a=1"
    assert page.captured_at == datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    assert f"/web/{timestamp}id_/https://k.example/terms?a=1" in page.raw_url


@pytest.mark.parametrize(
    "url",
    [
        "https://k.example/web/20250131120000/https://k.example/",
        "https://web.archive.org/web/20259931/https://k.example/",
        "https://web.archive.org/details/texts",
    ],
    ids=["another host", "a time that does not exist", "a page of the archive itself"],
)
def test_other_urls_are_not_captures(url: str) -> None:
    assert parse_capture_url(url, Settings()) is None


def test_an_archived_page_is_fetched_without_the_banner_and_keeps_its_origin(site: Site) -> None:
    site.pages["/web/20250131120000id_/https://k.example/terms"] = (200, {"Content-Type": "text/html"}, PAGE)
    settings = Settings(fetch_timeout=5, wayback_url=site.url)
    url = f"{site.url}/web/20250131120000/https://k.example/terms"
    snapshot, data = capture_url(url, settings, LOCAL)
    assert data == PAGE
    assert (snapshot.url, snapshot.original_url) == (url, "https://k.example/terms")
    assert snapshot.original_captured_at == datetime(2025, 1, 31, 12, tzinfo=UTC)


def test_the_nearest_capture_is_recorded(site: Site, archive: Callable[[object], Settings]) -> None:
    snapshot, _ = capture_url(f"{site.url}/terms", archive(closest(site)), LOOKUP)
    assert snapshot.wayback_url == f"{site.url}/web/20250131120000/{site.url}/terms"


def test_a_page_without_a_capture_is_noted(site: Site, archive: Callable[[object], Settings]) -> None:
    snapshot, _ = capture_url(f"{site.url}/terms", archive({"archived_snapshots": {}}), LOOKUP)
    assert snapshot.wayback_url is None
    assert "the Wayback Machine has no capture of this page" in snapshot.notes


def test_a_capture_can_be_requested(site: Site, archive: Callable[[object], Settings]) -> None:
    site.pages[f"/save/{site.url}/terms"] = (200, {"Content-Type": "text/html"}, b"saved")
    options = Options(allow_private=True, wayback_save=True)
    snapshot, _ = capture_url(f"{site.url}/terms", archive(closest(site)), options)
    assert f"/save/{site.url}/terms" in [path for path, _ in site.requests]
    assert "a capture was requested from the Wayback Machine" in snapshot.notes


@pytest.mark.parametrize("answer", [[], {"archived_snapshots": 3}, "no"], ids=["a list", "a number", "a word"])
def test_a_malformed_answer_is_noted_and_the_page_is_captured(
    site: Site, archive: Callable[[object], Settings], answer: object
) -> None:
    snapshot, data = capture_url(f"{site.url}/terms", archive(answer), LOOKUP)
    assert data == PAGE
    assert any("could not be asked" in note for note in snapshot.notes)
