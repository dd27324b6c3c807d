"""Frames: the address of an external page is named in a warning, a page in ``srcdoc`` is read."""

import pytest

from extractors import extract
from smallprint.errors import DocumentError
from smallprint.records import Document

FEE = "You agree to pay the fee on the first day of every month, as section 2 says."
NAMED_IN_WARNING = "part of this page is in a frame that was not read: "


def read(body: str) -> Document:
    page = f"<!doctype html><html><head><title>Terms</title></head><body>{body}</body></html>"
    return extract(page.encode(), source="https://harbor.example/legal/terms", media_type="text/html")


FRAMES = [
    ("an address of the site", '<iframe src="/schedule"></iframe>', ["https://harbor.example/schedule"]),
    ("a relative address", '<iframe src="fees.html"></iframe>', ["https://harbor.example/legal/fees.html"]),
    ("a file that the browser shows", '<embed src="//a.example/t.pdf">', ["https://a.example/t.pdf"]),
    ("the same address twice", '<iframe src="/a"></iframe><iframe src="/a"></iframe>', ["https://harbor.example/a"]),
    ("a counter of one pixel", '<iframe src="/count" width="1" height="1"></iframe>', []),
    ("a hidden frame", '<iframe src="/x" style="display: none"></iframe>', []),
    ("a chat window beside the page", '<iframe src="/chat" style="position: fixed"></iframe>', []),
    ("markup for readers without scripts", '<noscript><iframe src="/n"></iframe></noscript>', []),
    ("a video", '<embed src="/v.mp4" type="video/mp4">', []),
    ("an address that does not parse", '<iframe src="http://[x"></iframe>', []),
]


@pytest.mark.parametrize(("frames", "named"), [row[1:] for row in FRAMES], ids=[row[0] for row in FRAMES])
def test_only_visible_frames_of_the_document_are_named(frames: str, named: list[str]) -> None:
    document = read(f"<main><h1>Terms</h1><p>{FEE}</p>{frames}</main>")
    assert FEE in document.text
    assert [(warning.code, warning.detail) for warning in document.warnings] == [
        ("frame", NAMED_IN_WARNING + address) for address in named
    ]


def test_frames_in_footers_are_not_named() -> None:
    assert not read(f'<main><p>{FEE}</p></main><footer><iframe src="/ad"></iframe></footer>').warnings


def test_more_than_three_frames_are_counted() -> None:
    frames = "".join(f'<iframe src="/part{number}"></iframe>' for number in range(9))
    (warning,) = read(f"<main><p>{FEE}</p>{frames}</main>").warnings
    assert warning.detail.endswith("/part2 and 6 more")


def test_a_page_in_srcdoc_is_read() -> None:
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
def test_a_page_whose_text_is_all_in_frames_is_refused_with_their_addresses(page: str, named: str) -> None:
    with pytest.raises(DocumentError) as caught:
        extract(page.encode(), source="https://harbor.example/terms", media_type="text/html")
    assert caught.value.code == "no_text"
    assert f"https://harbor.example{named}" in str(caught.value)
    assert "own address" in caught.value.advice
