"""Boxes beside a document that offer something: related pages, letters, apps, votes. Told by what they are made of."""

from extractors.html.survey import HEADINGS, Survey

_OFFERED = 0.5  # share of a box's characters inside links and buttons
_SOME_LINKS = 0.05
_LITTLE = 250  # characters of prose in a box that can be an offer
_CARDS = 1500  # the same for a box of cards, which quote what they lead to
_MOST_ELEMENTS = 1000
_FIELDS = frozenset(("email", "text", "search", "tel", "submit", "image"))
_PICTURES = ("img", "svg", "picture")


def is_offer(page: Survey, index: int) -> bool:
    """Mostly links, or little text beside buttons that open nothing: related pages, letters, votes, share bars."""
    prose, density = page.prose[index], page.link_density(index)
    if page.count("mail", index):
        return False  # an address to write to is part of the text
    if density >= _OFFERED:
        return prose < _LITTLE
    if page.count("button", index) > 0 and prose < _LITTLE and density > _SOME_LINKS:
        return True
    return is_sales_box(page, index)


def is_sales_box(page: Survey, index: int) -> bool:
    """A box that no section of a document looks like, whatever heading it has: little text beside fields to fill in or
    beside pictures that lead elsewhere, or cards whose headings lead to other pages.
    """
    prose = page.prose[index]
    if prose >= _CARDS or page.count("mail", index) or page.end[index] - index > _MOST_ELEMENTS:
        return False
    if prose < _LITTLE and (_has_field(page, index) or _has_badge(page, index)):
        return True
    return page.count("heading", index) > 1 and _has_cards(page, index)


def _has_field(page: Survey, index: int) -> bool:
    fields = page.elements[index].iter("input")
    return any((field.get("type") or "text").lower() in _FIELDS for field in fields)


def _has_badge(page: Survey, index: int) -> bool:
    """A picture that is a link without words, as those of stores and networks are."""
    for at in range(index, page.end[index] + 1):
        element = page.elements[at]
        leads = element.tag == "a" and not page.chars[at] and not (element.get("href") or "#").startswith("#")
        if leads and next(element.iter(*_PICTURES), None) is not None:
            return True
    return False


def _has_cards(page: Survey, index: int) -> bool:
    """All headings but one, which may be the box's own, are links to other pages, and two or more of them are."""
    linked = plain = 0
    for at in range(index, page.end[index] + 1):
        if page.elements[at].tag not in HEADINGS or not page.chars[at]:
            continue
        leads = page.links[at] == page.chars[at] and not page.count("in_page_link", at)
        linked, plain = linked + leads, plain + (not leads)
    return linked > 1 and plain <= 1
