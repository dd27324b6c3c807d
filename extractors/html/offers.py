"""Boxes beside a document that offer something: related pages, newsletters, apps, votes. Told by their content."""

from extractors.html.survey import HEADING_LEVELS, PageSurvey

# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_LINK_DENSITY = 0.5  # of a box that is an offer for its links alone
_MIN_BUTTON_DENSITY = 0.05  # the same for a box with a button
_MAX_PROSE = 250  # characters of a box that can be an offer
_MAX_CARDS_PROSE = 1500  # the same for a box of cards, which quote the pages that they lead to
_MAX_ELEMENTS = 1000  # of a box that can be an offer; bounds the work on large pages
_FIELD_TYPES = frozenset(("email", "text", "search", "tel", "submit", "image"))
_PICTURE_TAGS = ("img", "svg", "picture")


def is_offer(page: PageSurvey, index: int) -> bool:
    """Mostly links, or little text beside buttons that open nothing: related pages, newsletters, votes, share bars."""
    prose, density = page.prose[index], page.link_density(index)
    if page.count("contact", index):
        return False  # an address to write to is part of the text
    if density >= _MIN_LINK_DENSITY:
        return prose < _MAX_PROSE
    if page.count("button", index) > 0 and prose < _MAX_PROSE and density > _MIN_BUTTON_DENSITY:
        return True
    return is_sales_box(page, index)


def is_sales_box(page: PageSurvey, index: int) -> bool:
    """A box that no section of a document looks like, whatever heading it has: little text beside fields to fill in or
    beside pictures that lead elsewhere, or cards whose headings lead to other pages.
    """
    prose = page.prose[index]
    if prose >= _MAX_CARDS_PROSE or page.count("contact", index) or page.end[index] - index > _MAX_ELEMENTS:
        return False
    if prose < _MAX_PROSE and (_has_field(page, index) or _has_badge(page, index)):
        return True
    return page.count("heading", index) > 1 and _has_cards(page, index)


def _has_field(page: PageSurvey, index: int) -> bool:
    fields = page.elements[index].iter("input")
    return any((field.get("type") or "text").lower() in _FIELD_TYPES for field in fields)


def _has_badge(page: PageSurvey, index: int) -> bool:
    """A picture that is a link without words, as those of app stores and social networks are."""
    for inner in range(index, page.end[index] + 1):
        element = page.elements[inner]
        leads_away = element.tag == "a" and not page.chars[inner] and not (element.get("href") or "#").startswith("#")
        if leads_away and next(element.iter(*_PICTURE_TAGS), None) is not None:
            return True
    return False


def _has_cards(page: PageSurvey, index: int) -> bool:
    """All headings but one, which may be the box's own, are links to other pages, and two or more of them are."""
    linked = plain = 0
    for inner in range(index, page.end[index] + 1):
        if page.elements[inner].tag not in HEADING_LEVELS or not page.chars[inner]:
            continue
        leads_away = page.link_chars[inner] == page.chars[inner] and not page.count("in_page_link", inner)
        linked, plain = linked + leads_away, plain + (not leads_away)
    return linked > 1 and plain <= 1
