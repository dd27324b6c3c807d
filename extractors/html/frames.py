"""Frames: text of another address inside a page. It is not fetched, but never lost in silence."""

from urllib.parse import urljoin, urlsplit

from extractors.html.parsing import Element, parse
from extractors.html.styles import inline_style, is_hiding
from extractors.html.survey import Survey
from smallprint.errors import DocumentError
from smallprint.records import DocumentWarning

_ADDRESS = {"iframe": "src", "frame": "src", "object": "data", "embed": "src"}
_MEDIA = ("image/", "video/", "audio/", "application/x-shockwave-flash")
_SMALLEST = 100  # pixels; what is narrower or lower is a badge, a button or a counter
_NAMED = 3  # addresses that a message names
_LONGEST = 300  # characters of an address in a message


def open_inner_pages(root: Element) -> None:
    """Frames that bring their page along (``srcdoc``) become boxes of this page."""
    for frame in list(root.iter("iframe")):
        inner = frame.get("srcdoc")
        if not inner or not _is_shown(frame):
            continue
        try:
            body = parse(inner).find("body")
        except DocumentError:
            continue  # nothing to read in it, and the page around it stands for itself
        frame.tag, frame.text = "div", body.text
        frame.extend(list(body))


def frame_addresses(page: Survey, root: Element, source: str) -> list[str]:
    """Addresses of the shown frames in what is read of the page, in order.

    Args:
        page: the survey, with everything outside the document dropped.
        root: the page.
        source: its URL or file name, which relative addresses start from.

    """
    frames = [frame for frame in root.iter(*_ADDRESS) if _is_shown(frame)]
    if not frames:
        return []
    base = root.find(".//base[@href]")
    start = urljoin(source, base.get("href")) if base is not None else source
    places = {element: index for index, element in enumerate(page.elements)}
    found: list[str] = []
    for frame in frames:
        address = _joined(start, frame.get(_ADDRESS[frame.tag]))
        if address and address not in found and (frame.tag == "frame" or _is_read(page, places, frame)):
            found.append(address)
    return found


def note_frames(addresses: list[str]) -> tuple[DocumentWarning, ...]:
    """A warning that names the frames, empty for no frame."""
    if not addresses:
        return ()
    detail = f"part of this page is in a frame that was not read: {listed(addresses)}"
    return (DocumentWarning(code="frame", detail=detail),)


def listed(addresses: list[str]) -> str:
    """The first addresses, and how many more there are."""
    more = len(addresses) - _NAMED
    return ", ".join(one[:_LONGEST] for one in addresses[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _joined(start: str, address: str | None) -> str | None:
    """The whole address, None for what is no page; a page read from a file keeps relative ones as they are."""
    address = (address or "").strip()
    try:
        whole = urljoin(start, address) if "://" in start else address
        scheme = urlsplit(whole).scheme.lower()
    except ValueError:
        return None  # not an address at all, such as one with half a bracket
    return whole if address and scheme in ("http", "https", "") and not address.startswith("#") else None


def _is_shown(frame: Element) -> bool:
    if frame.get("hidden") is not None or (frame.get("type") or "").lower().startswith(_MEDIA):
        return False
    style = inline_style(frame.get("style") or "")
    if is_hiding(style) or style.get("position") == "fixed":  # a chat or consent window beside the page
        return False
    return not any(_is_small(frame.get(side)) for side in ("width", "height"))


def _is_small(size: str | None) -> bool:
    size = (size or "").strip().removesuffix("px")
    return size.isdecimal() and len(size) < 6 and int(size) < _SMALLEST


def _is_read(page: Survey, places: dict[Element, int], frame: Element) -> bool:
    """Whether the box around it is part of the document; markup for readers without scripts is not."""
    above = frame.getparent()
    index = places.get(above)
    while index is not None and index >= 0:
        if index in page.dropped:
            return False
        index = page.parent[index]
    return index is not None
