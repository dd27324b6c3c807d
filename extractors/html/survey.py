"""One pass over the tree: every element in reading order with how much text, link text and prose it holds."""

from collections.abc import Callable
from dataclasses import dataclass, field

from extractors.html.parsing import Element
from extractors.html.vocabulary import words

# Never text of the page, whatever it holds.
SILENT = words(
    "script style template noscript head title meta link base svg math canvas iframe object embed applet audio video"
    " picture source track map area img input select option optgroup datalist textarea progress meter param"
    " frame frameset noframes rp rt"
)
INLINE = words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr output q rb ruby s samp"
    " small span strike strong sub sup time tt u var wbr br button"
)
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_KINDS: dict[str, Callable[[Element], bool]] = {
    "heading": lambda element: element.tag in HEADINGS,
    "main": lambda element: element.tag in ("h1", "main", "article"),
    # Buttons that act; those that open a section say so.
    "button": lambda element: (
        (element.tag == "button" or element.get("role") == "button")
        and element.get("aria-expanded") is None
        and element.get("aria-controls") is None
        and element.getparent().tag not in HEADINGS
    ),
    "mail": lambda element: (
        element.tag == "a"
        and (
            element.get("data-cfemail") is not None
            or (element.get("href") or "").startswith(("mailto:", "tel:", "/cdn-cgi/l/email-protection"))
        )
    ),
    "link": lambda element: element.tag == "a" and element.get("href") is not None,
    "in_page_link": lambda element: element.tag == "a" and (element.get("href") or "").startswith("#"),
}
PROSE = 60  # characters that a run of text needs to count as prose
PROSE_SENTENCE = 30  # the same for a run that ends like a sentence
_ENDS = (".", ";", ":", "!", "?", "。", "；", "：", "！", "？", "،", "؟", "।")


@dataclass
class Survey:
    """Parallel lists over the elements in document order; ``end[i]`` is the last index of element i's subtree."""

    elements: list[Element] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    in_link: list[bool] = field(default_factory=list)
    chars: list[int] = field(default_factory=list)  # visible characters in the subtree
    links: list[int] = field(default_factory=list)  # of these, inside links and buttons
    prose: list[int] = field(default_factory=list)  # of these, in runs long enough to be sentences
    prints: list[int] = field(default_factory=list)  # fingerprint of tags and text of the subtree
    dropped: set[int] = field(default_factory=set)
    closed: list[int] = field(default_factory=list)  # hidden until a reader opens them, in order
    seen: dict[str, list[int]] = field(default_factory=dict)  # kind -> how many stand before each index
    ids: dict[str, int] = field(default_factory=dict)  # filled when first asked for

    def count(self, kind: str, index: int) -> int:
        """How many elements of a kind (see ``_KINDS``) the subtree holds, itself included, dropped ones too."""
        before = self.seen[kind]
        return before[self.end[index] + 1] - before[index]

    def by_id(self, identifier: str) -> int | None:
        """The index of the first element with this id."""
        if not self.ids:
            for index in range(len(self.elements) - 1, -1, -1):
                own = self.elements[index].get("id")
                if own:
                    self.ids[own] = index
        return self.ids.get(identifier)

    def drop(self, index: int) -> None:
        """Leaves the subtree out, and takes its text off the accounts of what is above it."""
        self.dropped.add(index)
        chars, links, prose = self.chars[index], self.links[index], self.prose[index]
        if not chars:
            return
        at = self.parent[index]
        while at >= 0:
            self.chars[at] -= chars
            self.links[at] -= links
            self.prose[at] -= prose
            at = self.parent[at]

    def children(self, index: int) -> list[int]:
        """Indices of the children that are not dropped."""
        found, at, last = [], index + 1, self.end[index]
        while at <= last:
            if at not in self.dropped:
                found.append(at)
            at = self.end[at] + 1
        return found

    def link_density(self, index: int) -> float:
        """Share of the element's characters inside links and buttons; 0 for an element without text."""
        return self.links[index] / self.chars[index] if self.chars[index] else 0.0

    def text(self, index: int, limit: int = 2000) -> str:
        """The element's text with single spaces, up to about ``limit`` characters, dropped parts included."""
        parts: list[str] = []
        size = 0
        for piece in self.elements[index].itertext():
            parts.append(piece)
            size += len(piece)
            if size > limit * 2:
                break
        return " ".join("".join(parts).split())[:limit]


def survey(body: Element) -> Survey:
    """The survey of a body element; silent elements are not part of it, but their tails count for their parents."""
    page = Survey()
    _list_elements(page, body)
    _account(page)
    _count_kinds(page)
    return page


def _list_elements(page: Survey, body: Element) -> None:
    elements, parent, in_link = page.elements, page.parent, page.in_link
    stack: list[tuple[Element, int]] = [(body, -1)]
    while stack:
        element, above = stack.pop()
        index = len(elements)
        elements.append(element)
        parent.append(above)
        tag = element.tag
        if ":" in tag:
            element.tag = tag = "span"  # an element that a word processor made up; browsers set it inline
        in_link.append(
            (tag == "a" and element.get("href") is not None) or tag == "button" or (above >= 0 and in_link[above])
        )
        if len(element):
            stack.extend((child, index) for child in reversed(element) if child.tag not in SILENT)
    page.end = list(range(len(elements)))
    for index in range(len(elements) - 1, 0, -1):
        above = parent[index]
        page.end[above] = max(page.end[above], page.end[index])


def _account(page: Survey) -> None:
    elements, parent, in_link = page.elements, page.parent, page.in_link
    count = len(elements)
    chars, links, prose, run = [0] * count, [0] * count, [0] * count, [0] * count
    prints = [0] * count
    for index in range(count - 1, -1, -1):
        element = elements[index]
        above = parent[index]
        text = element.text
        own = len(" ".join(text.split())) if text else 0
        if len(element) and any(child.tag in SILENT for child in element):
            own += sum(len(child.tail.strip()) for child in element if child.tag in SILENT and child.tail)
        chars[index] += own
        prints[index] = hash((element.tag, text.strip() if text else "", prints[index]))
        if in_link[index]:
            links[index] += own
        else:
            run[index] += own
        inline = element.tag in INLINE
        if not inline and (run[index] >= PROSE or (run[index] >= PROSE_SENTENCE and _is_sentence(element))):
            prose[index] += run[index]
        if above < 0:
            continue
        tail = element.tail
        outside = len(" ".join(tail.split())) if tail else 0
        chars[above] += chars[index] + outside
        prints[above] = hash((prints[above], prints[index], tail.strip() if outside and tail else ""))
        links[above] += links[index]
        prose[above] += prose[index]
        if in_link[above]:
            links[above] += outside
        else:
            run[above] += outside
        if inline:
            run[above] += run[index]
    page.chars, page.links, page.prose, page.prints = chars, links, prose, prints


def _count_kinds(page: Survey) -> None:
    for kind, is_one in _KINDS.items():
        before, so_far = [0], 0
        for element in page.elements:
            so_far += is_one(element)
            before.append(so_far)
        page.seen[kind] = before


def _is_sentence(element: Element) -> bool:
    while len(element):
        last = element[-1]
        if last.tail and not last.tail.isspace():
            return bool(last.tail.rstrip().endswith(_ENDS))
        element = last
    return bool(element.text) and element.text.rstrip().endswith(_ENDS)
