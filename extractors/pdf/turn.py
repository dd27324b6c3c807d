"""Pages set sideways: one frame with upright text for reading, and the way back for boxes."""

from typing import Any

from extractors.pdf.page import PlumberPage

_ASKEW = 0.2  # sine over cosine; text at a greater angle is a watermark or a stamp


def mend_frame(page: PlumberPage) -> None:
    """Some writers swap the corners of the page's box, and pdfminer then shifts everything off the page."""
    x0, y0, x1, y1 = page.page_obj.mediabox
    page.page_obj.mediabox = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def is_askew(character: dict[str, Any]) -> bool:
    """Whether a character stands at an angle that is none of the four upright or sideways ones."""
    a, b = abs(character["matrix"][0]), abs(character["matrix"][1])
    return bool(min(a, b) > _ASKEW * max(a, b))


def direction(characters: list[dict[str, Any]]) -> int:
    """1 where most text runs up the page, -1 where it runs down, 0 where it is upright."""
    turned = [one for one in characters if not one.get("upright", True)]
    if 2 * len(turned) <= len(characters):
        return 0
    return 1 if 2 * sum(one["matrix"][1] > 0 for one in turned) >= len(turned) else -1


def set_upright(characters: list[dict[str, Any]], turn: int, width: float, height: float) -> None:
    """Move the characters of a page set sideways to where they stand once it is turned; in place."""
    for one in characters:
        if one.get("upright", True):
            continue
        x0, x1, top, bottom = one["x0"], one["x1"], one["top"], one["bottom"]
        if turn > 0:
            x0, x1, top, bottom = height - bottom, height - top, x0, x1
        else:
            x0, x1, top, bottom = top, bottom, width - x1, width - x0
        one.update(x0=x0, x1=x1, top=top, bottom=bottom, doctop=top, upright=True, size=bottom - top)


def turned_back(
    box: tuple[float, float, float, float], turn: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """A box (x0, top, x1, bottom) of the upright frame on the page as it is shown, ``width`` by ``height`` points."""
    x0, top, x1, bottom = box
    if turn > 0:
        return top, height - x1, bottom, height - x0
    return (width - bottom, x0, width - top, x1) if turn < 0 else box
