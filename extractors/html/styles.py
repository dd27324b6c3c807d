"""The few style rules that change what a reader sees: hidden text, list numbers, bold type, CSS counters.

Only the page's own ``<style>`` elements and ``style`` attributes are read, with simple selectors (tag, class, id,
descendant, child, ``::before``). Rules inside ``@media`` and other at-rules are left alone: they depend on the screen.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from extractors.html.parsing import Element

MAX_CSS = 3_000_000  # characters of style text that we read
_CLASSES = 100  # class names of an element that are looked at
_RELEVANT = re.compile(
    r"^(?:display|visibility|font-size|text-indent|position|left|top|clip|font-weight|list-style(?:-type)?|content"
    r"|counter-(?:reset|increment|set)|grid-template-columns)$"
)
_COMPOUND = re.compile(r"^(\*|[a-z][a-z0-9-]*)?((?:[.#][A-Za-z0-9_\\:/\[\]%-]+)*)$", re.IGNORECASE)
_PART = re.compile(r"([.#])((?:[A-Za-z0-9_-]|\\.)+)")
_BEFORE = re.compile(r"::?(before|marker)$")
_SPACES = re.compile(r"\s+")
Declarations = dict[str, str]


def class_names(element: Element) -> list[str]:
    """The element's class names, no more than any author writes."""
    names = element.get("class")
    return names.split(None, _CLASSES)[:_CLASSES] if names else []


@dataclass(frozen=True)
class _Compound:
    """One step of a selector: tag, id and classes that must all hold."""

    tag: str | None
    identifier: str | None
    classes: frozenset[str]

    def may_hold(self, names: frozenset[str]) -> bool:
        """False if the page has no such id or class anywhere."""
        if self.identifier and "#" + self.identifier not in names:
            return False
        return all("." + name in names for name in self.classes)

    def holds(self, element: Element) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        if self.identifier and element.get("id") != self.identifier:
            return False
        return not self.classes or self.classes <= set(class_names(element))


@dataclass(frozen=True)
class _Rule:
    steps: tuple[tuple[str, _Compound], ...]  # (combinator before it, compound), subject last
    before: bool
    declarations: Declarations
    rank: tuple[int, int, int, int]  # specificity, then order


@dataclass
class Stylesheet:
    """Relevant rules, indexed by what their subject must have."""

    by_key: dict[str, list[_Rule]] = field(default_factory=dict)
    has_counters: bool = False
    computed: dict[Element, Declarations] = field(default_factory=dict)
    work: int = 1_000_000  # steps that matching may take; real pages need up to 100,000, and past it no rule holds

    def of(self, element: Element, *, before: bool = False) -> Declarations:
        """The relevant declarations that hold for the element (or its ``::before``), inline style included."""
        if before:
            return self._compute(element, before=True)
        known = self.computed.get(element)
        if known is None:
            known = self.computed[element] = self._compute(element, before=False)
        return known

    def _compute(self, element: Element, *, before: bool) -> Declarations:
        found: list[_Rule] = []
        if self.by_key and self.work > 0:
            keys = [element.tag]
            keys.extend("." + name for name in class_names(element))
            identifier = element.get("id")
            if identifier:
                keys.append("#" + identifier)
            for key in keys:
                found.extend(
                    rule
                    for rule in self.by_key.get(key, ())
                    if rule.before == before and self.work > 0 and self._matches(rule.steps, element)
                )
        inline = None if before else element.get("style")
        if not found:
            return inline_style(inline) if inline else {}
        self.work -= len(found)
        found.sort(key=lambda rule: rule.rank)
        merged: Declarations = {}
        for rule in found:
            merged.update(rule.declarations)
        if inline:
            merged.update(inline_style(inline))
        return merged

    def _matches(self, steps: tuple[tuple[str, _Compound], ...], element: Element) -> bool:
        """Whether the element is the subject; ancestors are tried greedily from below, which is exact without '>'."""
        combinator, subject = steps[-1]
        self.work -= 1
        if not subject.holds(element):
            return False
        at = element
        for next_combinator, compound in reversed(steps[:-1]):
            at = at.getparent()
            if combinator == " ":
                while at is not None and not compound.holds(at):
                    at = at.getparent()
                    self.work -= 1
            elif at is not None and not compound.holds(at):
                return False
            if at is None:
                return False
            combinator = next_combinator
        return True


def read_styles(root: Element) -> Stylesheet:
    """The relevant rules of the page's style elements, in order; rules for names that the page lacks are left out."""
    sheet = Stylesheet()
    texts = [element.text for element in root.iter("style") if element.text]
    if not texts:
        return sheet
    names = _names(root)
    order = budget = 0
    for text in texts:
        budget += len(text)
        if budget > MAX_CSS:
            break
        for selectors, body in _rules(text):
            declarations = inline_style(body)
            if not declarations:
                continue
            for selector in selectors.split(","):
                order += 1
                _add(sheet, selector.strip(), declarations, order, names)
    return sheet


def inline_style(text: str) -> Declarations:
    """Relevant declarations of a style attribute or rule body, lower case but for ``content``."""
    found: Declarations = {}
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon or not _RELEVANT.match(name):
            continue
        value = value.replace("!important", "").strip()
        found[name] = value if name == "content" else value.lower()
    return found


def is_hiding(style: Declarations) -> bool:
    """True if these declarations keep the element's text from a sighted reader."""
    if style.get("display", "").startswith("none") or style.get("visibility") in ("hidden", "collapse"):
        return True
    if _zero(style.get("font-size")):
        return True
    if _far(style.get("text-indent")):
        return True
    if style.get("position") in ("absolute", "fixed"):
        return _far(style.get("left")) or _far(style.get("top")) or _clipped(style.get("clip"))
    return False


def is_bold(style: Declarations) -> bool | None:
    """True or False if the declarations settle the weight, else None."""
    weight = style.get("font-weight")
    if weight is None:
        return None
    if weight in ("bold", "bolder"):
        return True
    if weight in ("normal", "lighter"):
        return False
    # Between regular and bold (500) the element's own tag decides.
    if not weight.isdigit() or len(weight) > 4 or 400 < int(weight) < 600:
        return None
    return int(weight) >= 600


def _zero(size: str | None) -> bool:
    return size is not None and re.fullmatch(r"0(?:\.0{0,4})?(?:px|pt|em|rem|%)?", size) is not None


def _far(offset: str | None) -> bool:
    match = re.match(r"-(\d{1,9})(px|em|rem|%|vw)?", offset or "")
    if not match:
        return False
    return int(match.group(1)) >= {"px": 900, "%": 100, "vw": 100}.get(match.group(2) or "px", 90)


def _clipped(clip: str | None) -> bool:
    return clip is not None and re.match(r"rect\(\s{0,4}[01](?:px)?[,\s]{1,4}[01](?:px)?[,\s]", clip) is not None


def _rules(text: str) -> Iterable[tuple[str, str]]:
    """(selectors, body) of the top-level rules; at-rules with a block are skipped whole."""
    text = _uncomment(text)
    at, size = 0, len(text)
    while at < size:
        opening = text.find("{", at)
        if opening < 0:
            return
        prelude = text[at:opening].rpartition(";")[2].strip()
        if prelude.startswith("@"):
            at = _block_end(text, opening)
            continue
        closing = text.find("}", opening)
        if closing < 0:
            return
        yield prelude, text[opening + 1 : closing]
        at = closing + 1


def _block_end(text: str, opening: int) -> int:
    depth = 0
    for match in re.compile("[{}]").finditer(text, opening):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(text)


def _uncomment(text: str) -> str:
    parts: list[str] = []
    at = 0
    while True:
        start = text.find("/*", at)
        if start < 0:
            parts.append(text[at:])
            return "".join(parts).replace("<!--", " ").replace("-->", " ")
        parts.append(text[at:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return "".join(parts)
        at = end + 2


def _names(root: Element) -> frozenset[str]:
    """Every class (".name") and id ("#name") of the page."""
    found: set[str] = set()
    for element in root.iter():
        identifier = element.get("id")
        found.update("." + name for name in class_names(element))
        if identifier:
            found.add("#" + identifier)
    return frozenset(found)


def _add(sheet: Stylesheet, selector: str, declarations: Declarations, order: int, names: frozenset[str]) -> None:
    if not selector or len(selector) > 300:
        return
    before = _BEFORE.search(selector)
    if before:
        selector = selector[: before.start()] or "*"
    steps: list[tuple[str, _Compound]] = []
    combinator = " "
    for piece in _SPACES.split(selector.replace(">", " > ").strip()):
        if piece == ">":
            combinator = ">"
            continue
        compound = _compound(piece)
        if compound is None or not compound.may_hold(names):
            return
        steps.append((combinator, compound))
        combinator = " "
    if not steps:
        return
    compounds = [compound for _, compound in steps]
    rank = (
        sum(1 for c in compounds if c.identifier),
        sum(len(c.classes) for c in compounds),
        sum(1 for c in compounds if c.tag),
        order,
    )
    key = _key(compounds[-1])
    if key is None:
        return
    sheet.by_key.setdefault(key, []).append(_Rule(tuple(steps), before is not None, declarations, rank))
    if before and "counter" in declarations.get("content", ""):
        sheet.has_counters = True


def _compound(piece: str) -> _Compound | None:
    match = _COMPOUND.match(piece)
    if not match:
        return None
    identifier, classes = None, set()
    for sign, name in _PART.findall(match.group(2)):
        if sign == "#":
            identifier = name
        else:
            classes.add(name.replace("\\", ""))
    tag = match.group(1)
    return _Compound(tag.lower() if tag and tag != "*" else None, identifier, frozenset(classes))


def _key(subject: _Compound) -> str | None:
    if subject.identifier:
        return "#" + subject.identifier
    if subject.classes:
        return "." + min(subject.classes)
    return subject.tag
