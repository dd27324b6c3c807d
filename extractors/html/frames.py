"""Frames: text of another address inside a page. It is not fetched, but a warning names each address."""

from urllib.parse import urljoin, urlsplit

from extractors.html.parsing import Element, parse
from extractors.html.styles import inline_style, is_hiding
from extractors.html.survey import PageSurvey
from smallprint.errors import DocumentError
from smallprint.records import DocumentWarning

_ADDRESS_ATTRIBUTES = {"iframe": "src", "frame": "src", "object": "data", "embed": "src"}
_MEDIA_TYPES = ("image/", "video/", "audio/", "application/x-shockwave-flash")
_MIN_SIDE_PIXELS = 100  # what is narrower or lower is a badge, a button or a counter; chosen by eye
_MAX_LISTED = 3  # addresses that a message names
_MAX_ADDRESS_CHARS = 300  # of each address in a message


def open_inner_pages(root: Element) -> None:
    """Turn frames that hold their page in the markup (``srcdoc``) into boxes of this page."""
    for frame in list(root.iter("iframe")):
        inner_page = frame.get("srcdoc")
        if not inner_page or not _is_shown(frame):
            continue
        try:
            body = parse(inner_page).find("body")
        except DocumentError:
            continue  # there is nothing to read in it; the page around it is read all the same
        frame.tag, frame.text = "div", body.text
        frame.extend(list(body))


def frame_addresses(page: PageSurvey, root: Element, source: str) -> list[str]:
    """Addresses of the visible frames in the part of the page that is read, in order.

    Args:
        page: the survey, with everything outside the document dropped.
        root: the page.
        source: its URL or file name, which relative addresses start from.

    """
    frames = [frame for frame in root.iter(*_ADDRESS_ATTRIBUTES) if _is_shown(frame)]
    if not frames:
        return []
    base = root.find(".//base[@href]")
    base_url = urljoin(source, base.get("href")) if base is not None else source
    index_of = {element: index for index, element in enumerate(page.elements)}
    addresses: list[str] = []
    for frame in frames:
        address = _absolute(base_url, frame.get(_ADDRESS_ATTRIBUTES[frame.tag]))
        if address and address not in addresses and (frame.tag == "frame" or _is_read(page, index_of, frame)):
            addresses.append(address)
    return addresses


def frame_warning(addresses: list[str]) -> tuple[DocumentWarning, ...]:
    """A warning that names the frames, empty for no frame."""
    if not addresses:
        return ()
    detail = f"part of this page is in a frame that was not read: {list_addresses(addresses)}"
    return (DocumentWarning(code="frame", detail=detail),)


def list_addresses(addresses: list[str]) -> str:
    """The first addresses, and how many more there are."""
    more = len(addresses) - _MAX_LISTED
    listed = ", ".join(address[:_MAX_ADDRESS_CHARS] for address in addresses[:_MAX_LISTED])
    return listed + (f" and {more} more" if more > 0 else "")


def _absolute(base_url: str, address: str | None) -> str | None:
    """The whole address, None for what is no page; a page read from a file keeps relative ones as they are."""
    address = (address or "").strip()
    try:
        absolute = urljoin(base_url, address) if "://" in base_url else address
        scheme = urlsplit(absolute).scheme.lower()
    except ValueError:
        return None  # not an address at all, such as one with half a bracket
    return absolute if address and scheme in ("http", "https", "") and not address.startswith("#") else None


def _is_shown(frame: Element) -> bool:
    if frame.get("hidden") is not None or (frame.get("type") or "").lower().startswith(_MEDIA_TYPES):
        return False
    style = inline_style(frame.get("style") or "")
    if is_hiding(style) or style.get("position") == "fixed":  # a chat or consent window beside the page
        return False
    return not any(_is_small(frame.get(side)) for side in ("width", "height"))


def _is_small(size: str | None) -> bool:
    size = (size or "").strip().removesuffix("px")
    return size.isdecimal() and len(size) < 6 and int(size) < _MIN_SIDE_PIXELS


def _is_read(page: PageSurvey, index_of: dict[Element, int], frame: Element) -> bool:
    """Whether the box around it is part of the document; markup for readers without scripts is not."""
    index = index_of.get(frame.getparent())
    while index is not None and index >= 0:
        if index in page.dropped:
            return False
        index = page.parent[index]
    return index is not None
