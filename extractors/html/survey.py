"""One pass over the tree: every element in reading order with how much text, link text and prose it holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from extractors.html.parsing import Element
from extractors.html.vocabulary import words

# What these elements hold is never text of the page.
SILENT_TAGS = words(
    "script style template noscript head title meta link base svg math canvas iframe object embed applet audio video"
    " picture source track map area img input select option optgroup datalist textarea progress meter param"
    " frame frameset noframes rp rt"
)
INLINE_TAGS = words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rb ruby s samp"
    " small span strike strong sub sup time tt u var wbr br button"
)
HEADING_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
ElementKind = Literal["heading", "landmark", "button", "contact", "link", "in_page_link"]
_KIND_TESTS: dict[ElementKind, Callable[[Element], bool]] = {
    "heading": lambda element: element.tag in HEADING_LEVELS,
    # Elements that mark where the document itself stands.
    "landmark": lambda element: element.tag in ("h1", "main", "article"),
    # Buttons that act. A button that opens a section declares it (aria-expanded, aria-controls, a heading around it).
    "button": lambda element: (
        (element.tag == "button" or element.get("role") == "button")
        and element.get("aria-expanded") is None
        and element.get("aria-controls") is None
        and element.getparent().tag not in HEADING_LEVELS
    ),
    # Links to write or to call; "data-cfemail" is an address that a content network hides from robots.
    "contact": lambda element: (
        element.tag == "a"
        and (
            element.get("data-cfemail") is not None
            or (element.get("href") or "").startswith(("mailto:", "tel:", "/cdn-cgi/l/email-protection"))
        )
    ),
    "link": lambda element: element.tag == "a" and element.get("href") is not None,
    "in_page_link": lambda element: element.tag == "a" and (element.get("href") or "").startswith("#"),
}
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
MIN_PROSE_CHARS = 60  # unlinked characters in one block that count as prose
MIN_SENTENCE_CHARS = 30  # the same where the block ends like a sentence
_SENTENCE_ENDS = (".", ";", ":", "!", "?", "。", "；", "：", "！", "？", "،", "؟", "।")


@dataclass
class PageSurvey:
    """Parallel lists over the elements in document order.

    An element is named by its index. Its subtree is the indices from ``index`` to ``end[index]``, both included.
    Character counts are of a subtree, with runs of white space as one character, and fall when parts are dropped.
    """

    elements: list[Element] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)  # -1 for the body
    end: list[int] = field(default_factory=list)
    in_link: list[bool] = field(default_factory=list)  # inside a link or button, or one itself
    chars: list[int] = field(default_factory=list)
    link_chars: list[int] = field(default_factory=list)  # of ``chars``, inside links and buttons
    prose: list[int] = field(default_factory=list)  # of ``chars``, in blocks long enough to be sentences
    fingerprints: list[int] = field(default_factory=list)  # hash of the subtree's tags and text
    dropped: set[int] = field(default_factory=set)
    collapsed: list[int] = field(default_factory=list)  # hidden until a reader opens them, in order
    counts_before: dict[ElementKind, list[int]] = field(default_factory=dict)  # elements of a kind before each index
    ids: dict[str, int] = field(default_factory=dict)  # element id -> first index, filled by ``by_id``

    def count(self, kind: ElementKind, index: int) -> int:
        """How many elements of a kind the subtree holds, its root and dropped ones included."""
        counts = self.counts_before[kind]
        return counts[self.end[index] + 1] - counts[index]

    def by_id(self, identifier: str) -> int | None:
        """The index of the first element with this id."""
        if not self.ids:
            for index in range(len(self.elements) - 1, -1, -1):
                own_id = self.elements[index].get("id")
                if own_id:
                    self.ids[own_id] = index
        return self.ids.get(identifier)

    def drop(self, index: int) -> None:
        """Leave the subtree out, and subtract its text from the counts of its ancestors."""
        self.dropped.add(index)
        chars, link_chars, prose = self.chars[index], self.link_chars[index], self.prose[index]
        if not chars:
            return
        ancestor = self.parent[index]
        while ancestor >= 0:
            self.chars[ancestor] -= chars
            self.link_chars[ancestor] -= link_chars
            self.prose[ancestor] -= prose
            ancestor = self.parent[ancestor]

    def children(self, index: int) -> list[int]:
        """Indices of the children that are not dropped."""
        children, child, last = [], index + 1, self.end[index]
        while child <= last:
            if child not in self.dropped:
                children.append(child)
            child = self.end[child] + 1
        return children

    def link_density(self, index: int) -> float:
        """Share of the element's characters inside links and buttons; 0 for an element without text."""
        return self.link_chars[index] / self.chars[index] if self.chars[index] else 0.0

    def text(self, index: int, limit: int = 2000) -> str:
        """The element's text with single spaces, up to about ``limit`` characters, dropped parts included."""
        parts: list[str] = []
        size = 0
        for part in self.elements[index].itertext():
            parts.append(part)
            size += len(part)
            if size > limit * 2:
                break
        return " ".join("".join(parts).split())[:limit]


def survey(body: Element) -> PageSurvey:
    """The survey of a body element; silent elements are not part of it, but their tails count for their parents."""
    page = PageSurvey()
    _list_elements(page, body)
    _measure(page)
    _count_kinds(page)
    return page


def _list_elements(page: PageSurvey, body: Element) -> None:
    elements, parents, in_link = page.elements, page.parent, page.in_link
    stack: list[tuple[Element, int]] = [(body, -1)]
    while stack:
        element, parent = stack.pop()
        index = len(elements)
        elements.append(element)
        parents.append(parent)
        tag = element.tag
        if ":" in tag:
            element.tag = tag = "span"  # an element that a word processor made up; browsers set it inline
        in_link.append(
            (tag == "a" and element.get("href") is not None) or tag == "button" or (parent >= 0 and in_link[parent])
        )
        if len(element):
            stack.extend((child, index) for child in reversed(element) if child.tag not in SILENT_TAGS)
    page.end = list(range(len(elements)))
    for index in range(len(elements) - 1, 0, -1):
        parent = parents[index]
        page.end[parent] = max(page.end[parent], page.end[index])


def _measure(page: PageSurvey) -> None:
    """Sum up characters from the leaves to the body; ``block_chars`` is unlinked text that stands in one block."""
    elements, parents, in_link = page.elements, page.parent, page.in_link
    count = len(elements)
    chars, link_chars, prose, block_chars = [0] * count, [0] * count, [0] * count, [0] * count
    fingerprints = [0] * count
    for index in range(count - 1, -1, -1):
        element = elements[index]
        parent = parents[index]
        text = element.text
        own_chars = len(" ".join(text.split())) if text else 0
        if len(element) and any(child.tag in SILENT_TAGS for child in element):
            own_chars += sum(len(child.tail.strip()) for child in element if child.tag in SILENT_TAGS and child.tail)
        chars[index] += own_chars
        fingerprints[index] = hash((element.tag, text.strip() if text else "", fingerprints[index]))
        if in_link[index]:
            link_chars[index] += own_chars
        else:
            block_chars[index] += own_chars
        inline = element.tag in INLINE_TAGS
        if not inline and _is_prose(block_chars[index], element):
            prose[index] += block_chars[index]
        if parent < 0:
            continue
        tail = element.tail
        tail_chars = len(" ".join(tail.split())) if tail else 0
        chars[parent] += chars[index] + tail_chars
        fingerprints[parent] = hash(
            (fingerprints[parent], fingerprints[index], tail.strip() if tail_chars and tail else "")
        )
        link_chars[parent] += link_chars[index]
        prose[parent] += prose[index]
        if in_link[parent]:
            link_chars[parent] += tail_chars
        else:
            block_chars[parent] += tail_chars
        if inline:
            block_chars[parent] += block_chars[index]
    page.chars, page.link_chars, page.prose, page.fingerprints = chars, link_chars, prose, fingerprints


def _is_prose(chars: int, element: Element) -> bool:
    return chars >= MIN_PROSE_CHARS or (chars >= MIN_SENTENCE_CHARS and _ends_like_sentence(element))


def _count_kinds(page: PageSurvey) -> None:
    for kind, is_kind in _KIND_TESTS.items():
        counts, count = [0], 0
        for element in page.elements:
            count += is_kind(element)
            counts.append(count)
        page.counts_before[kind] = counts


def _ends_like_sentence(element: Element) -> bool:
    while len(element):
        last = element[-1]
        if last.tail and not last.tail.isspace():
            return bool(last.tail.rstrip().endswith(_SENTENCE_ENDS))
        element = last
    return bool(element.text) and element.text.rstrip().endswith(_SENTENCE_ENDS)
