"""Frames: what stands at another address is named, what a page brings along is read."""

import pytest

from extractors import extract
from smallprint.errors import DocumentError
from smallprint.records import Document

FEE = "You agree to pay the fee on the first day of every month, as section 2 says."
NAMED = "part of this page is in a frame that was not read: "


def read(body: str) -> Document:
    page = f"<!doctype html><html><head><title>Terms</title></head><body>{body}</body></html>"
    return extract(page.encode(), source="https://harbor.example/legal/terms", media_type="text/html")


TOLD = [
    ("an address of the site", '<iframe src="/schedule"></iframe>', ["https://harbor.example/schedule"]),
    ("a relative address", '<iframe src="fees.html"></iframe>', ["https://harbor.example/legal/fees.html"]),
    ("a file that the browser shows", '<embed src="//a.example/t.pdf">', ["https://a.example/t.pdf"]),
    ("the same address twice", '<iframe src="/a"></iframe><iframe src="/a"></iframe>', ["https://harbor.example/a"]),
    ("a counter of one pixel", '<iframe src="/count" width="1" height="1"></iframe>', []),
    ("a frame that nobody sees", '<iframe src="/x" style="display: none"></iframe>', []),
    ("a chat window beside the page", '<iframe src="/chat" style="position: fixed"></iframe>', []),
    ("markup for readers without scripts", '<noscript><iframe src="/n"></iframe></noscript>', []),
    ("a video", '<embed src="/v.mp4" type="video/mp4">', []),
    ("half an address", '<iframe src="http://[x"></iframe>', []),
]


@pytest.mark.parametrize(("frames", "named"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_a_frame_that_readers_see_is_named(frames: str, named: list[str]) -> None:
    document = read(f"<main><h1>Terms</h1><p>{FEE}</p>{frames}</main>")
    assert FEE in document.text
    assert [(one.code, one.detail) for one in document.warnings] == [("frame", NAMED + address) for address in named]


def test_frames_in_menus_and_feet_are_no_part_of_the_document() -> None:
    assert not read(f'<main><p>{FEE}</p></main><footer><iframe src="/ad"></iframe></footer>').warnings


def test_many_frames_are_counted() -> None:
    frames = "".join(f'<iframe src="/part{number}"></iframe>' for number in range(9))
    (warning,) = read(f"<main><p>{FEE}</p>{frames}</main>").warnings
    assert warning.detail.endswith("/part2 and 6 more")


def test_a_page_that_a_frame_brings_along_is_read() -> None:
    inner = "<h2>Fees</h2><p>A day that has begun counts in full, also where you leave in the morning.</p>"
    document = read(f"<main><h1>Terms</h1><p>{FEE}</p><iframe srcdoc='{inner}'></iframe></main>")
    assert [document.text[block.start : block.end] for block in document.blocks if block.kind == "heading"] == [
        "Terms",
        "Fees",
    ]
    assert not document.warnings


ONLY_FRAMES = [
    ("a set of frames", "<html><frameset><frame src=/menu><frame src=/text></frameset></html>", "/menu, "),
    ("one large frame", "<html><body><h1>Terms</h1><iframe src=/text></iframe></body></html>", "/text"),
    ("a frame that scripts fill", "<html><body><iframe src=/text></iframe><script>x()</script></body></html>", "/text"),
]


@pytest.mark.parametrize(("page", "named"), [row[1:] for row in ONLY_FRAMES], ids=[row[0] for row in ONLY_FRAMES])
def test_a_page_whose_text_is_in_frames_says_which(page: str, named: str) -> None:
    with pytest.raises(DocumentError) as caught:
        extract(page.encode(), source="https://harbor.example/terms", media_type="text/html")
    assert caught.value.code == "no_text"
    assert f"https://harbor.example{named}" in str(caught.value)
    assert "own address" in caught.value.advice
