"""Words of one PDF page with their boxes and type, what a reader cannot see left out, ruled tables found."""

import re
import unicodedata
from typing import Any

from extractors.pdf.page import Page, Place, PlumberPage, Word
from extractors.pdf.tables import take_tables
from extractors.pdf.turn import direction, is_askew, mend_frame, set_upright

_BOLD = re.compile(r"bold|black|heavy|semibold|demi|cmbx|[-,](?:bd|b)\b", re.IGNORECASE)
# Glyphs without a character, and with one of private use, bullets of symbol fonts excepted.
_UNMAPPED = re.compile("\\(cid:\\d+\\)|(?![\uf0b7\uf0a7\uf0d8\uf02d])[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_BULLET = "(cid:127)"  # ISO 32000-1 D.2: codes that WinAnsiEncoding leaves free mean a bullet
_ACCENTS = {
    "ˆ": "\u0302",
    "´": "\u0301",
    "`": "\u0300",
    "¨": "\u0308",
    "˜": "\u0303",
    "¸": "\u0327",
    "ˇ": "\u030c",
    "˚": "\u030a",
}
LARGE = 0.1  # share of a page from which an image may hold text that matters
_OVER = 100  # characters printed over an image, such as a stamp or a caption
_TINY = 1.5  # points; nobody reads smaller type
_GAP = 0.16  # of the type size: a wider gap parts words where the file has no space characters


def read_page(page: PlumberPage, number: int) -> Page:
    """The words of a pdfplumber page; rotated side notes, specks, white-on-white and off-page text are left out."""
    mend_frame(page)
    width, height = float(page.width), float(page.height)
    result = Page(number, width, height, [], pictured=_pictured(page), rules=_rules(page))
    shown = _visible(page, result)
    result.turn = direction(shown.chars)
    if result.turn:
        set_upright(shown.chars, result.turn, width, height)
        result.width, result.height, result.rules = height, width, []
    found = shown.extract_words(extra_attrs=["fontname", "size"], x_tolerance_ratio=_GAP, y_tolerance=2)
    for one in found:
        text, lost = _UNMAPPED.subn("", "•" if one["text"] == _BULLET else one["text"])
        result.unmapped += lost
        if text:
            result.words.append(
                Word(
                    text,
                    float(one["x0"]),
                    float(one["top"]),
                    float(one["x1"]),
                    float(one["bottom"]),
                    float(one["size"]),
                    bool(_BOLD.search(str(one["fontname"]))),
                )
            )
    if not result.turn:
        result.pictures = _bare_pictures(page, result.words)
        take_tables(shown, result)
        result.rules += _picture_edges(page, result.words)
    return result


def _pictured(page: PlumberPage) -> float:
    area = float(page.width) * float(page.height)
    return max((min(1.0, i["width"] * i["height"] / area) for i in page.images), default=0.0) if area else 0.0


def _bare_pictures(page: PlumberPage, words: list[Word]) -> list[Place]:
    """Large images with next to no text over them, as a background has: they may hold text of their own."""
    width, height = float(page.width), float(page.height)
    found: list[Place] = []
    for one in page.images:
        x0, x1 = max(float(one["x0"]), 0.0), min(float(one["x1"]), width)
        top, bottom = max(float(one["top"]), 0.0), min(float(one["bottom"]), height)
        if x1 <= x0 or bottom <= top or (x1 - x0) * (bottom - top) <= LARGE * width * height:
            continue
        over = sum(len(w.text) for w in words if x0 < w.x1 and w.x0 < x1 and top < w.bottom and w.top < bottom)
        if over < _OVER and (x0, top, x1, bottom) not in found:
            found.append((x0, top, x1, bottom))
    return found


def _rules(page: PlumberPage) -> list[tuple[float, float, float]]:
    """Lines drawn over most of the page's width: what stands above them is read before what stands below."""
    drawn = [*page.lines, *(box for box in page.rects if box["height"] < 2)]
    return [
        (float(one["x0"]), float(one["x1"]), float(one["top"]))
        for one in drawn
        if one["height"] < 2 and one["width"] > 0.6 * float(page.width)
    ]


def _picture_edges(page: PlumberPage, words: list[Word]) -> list[tuple[float, float, float]]:
    """Upper and lower edges of pictures that no text is printed on: columns are read down to one and on below it."""
    edges = []
    for one in page.images:
        x0, x1, top, bottom = (float(one[key]) for key in ("x0", "x1", "top", "bottom"))
        if bottom - top > 20 and not any(x0 < w.x1 and w.x0 < x1 and top < w.bottom and w.top < bottom for w in words):
            edges += [(x0, x1, top), (x0, x1, bottom)]
    return edges


def _visible(page: PlumberPage, result: Page) -> PlumberPage:
    x0, top, x1, bottom = page.bbox
    upright = sum(1 for c in page.chars if c.get("upright", True))
    drop_turned = upright * 2 >= len(page.chars)  # a page wholly set sideways keeps its text
    fills = [
        box for box in (*page.rects, *page.curves) if box.get("fill") and not _is_white(box.get("non_stroking_color"))
    ]

    spent = _compose_accents(page.chars) | _overprinted(page.chars)

    def seen(one: dict[str, Any]) -> bool:
        if one.get("object_type") != "char":
            return True
        if id(one) in spent:
            return False
        if (drop_turned and not one.get("upright", True)) or is_askew(one):
            result.turned += 1
            return False
        x, y = (one["x0"] + one["x1"]) / 2, (one["top"] + one["bottom"]) / 2
        inside = x0 <= x <= x1 and top <= y <= bottom and float(one["size"]) >= _TINY
        visible = inside and (not _is_white(one.get("non_stroking_color")) or _lies_on(fills, page.images, x, y))
        result.hidden += not visible and not one["text"].isspace()
        return visible

    return page.filter(seen)


def _overprinted(characters: list[dict[str, Any]]) -> set[int]:
    """Characters printed again a hair beside themselves, as some writers make bold type; the first ones become bold.

    Returns the ids of the repetitions.
    """
    spent: set[int] = set()
    first: dict[tuple[str, int, int], dict[str, Any]] = {}
    for one in characters:
        text, x, y = one["text"], one["x0"], one["top"]
        if text.isspace():
            continue
        near = min(0.5, 0.25 * (one["x1"] - x))  # so that four squares of a point hold all that is near
        squares = {(int(x + dx), int(y + dy)) for dx in (-near, near) for dy in (-near, near)}
        alike = (first.get((text, *square)) for square in squares)
        twin = next((t for t in alike if t and abs(t["x0"] - x) < near and abs(t["top"] - y) < near), None)
        if twin is None:
            first[text, int(x), int(y)] = one
        else:
            twin["fontname"] = f"{twin['fontname']}-Bold"
            spent.add(id(one))
    return spent


def _compose_accents(characters: list[dict[str, Any]]) -> set[int]:
    """Put accents that a file draws as glyphs of their own onto the letter they stand over.

    Returns the ids of the accents spent; the letters are changed in place.
    """
    spent: set[int] = set()
    for index, one in enumerate(characters):
        mark = _ACCENTS.get(one["text"])
        if mark is None:
            continue
        middle = (one["x0"] + one["x1"]) / 2
        for beside in characters[max(0, index - 1) : index + 2]:
            over = beside["x0"] <= middle <= beside["x1"] and abs(beside["top"] - one["top"]) < one["size"]
            composed = unicodedata.normalize("NFC", beside["text"] + mark)
            if beside is not one and over and len(beside["text"]) == 1 and len(composed) == 1:
                beside["text"] = composed
                spent.add(id(one))
                break
    return spent


def _is_white(color: object) -> bool:
    """White in gray, RGB or CMYK; what cannot be told counts as visible."""
    if isinstance(color, int | float):
        color = (color,)
    if not isinstance(color, tuple | list) or not all(isinstance(part, int | float) for part in color):
        return False
    if len(color) == 4:
        return all(part <= 0.02 for part in color)
    return len(color) in (1, 3) and all(part >= 0.98 for part in color)


def _lies_on(fills: list[Any], images: list[Any], x: float, y: float) -> bool:
    return any(b["x0"] <= x <= b["x1"] and b["top"] <= y <= b["bottom"] for b in (*fills, *images))
