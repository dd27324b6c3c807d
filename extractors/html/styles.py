"""The few style rules that change what a reader sees: hidden text, list numbers, bold type, CSS counters.

Only the page's own ``<style>`` elements and ``style`` attributes are read, with simple selectors (tag, class, id,
descendant, child, ``::before``). Rules inside ``@media`` and other at-rules are left alone: they depend on the screen.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from extractors.html.parsing import Element

MAX_CSS_CHARS = 3_000_000  # style text beyond this is not read; bounds the work on hostile pages
_MAX_CLASS_NAMES = 100  # of one element; the rest are ignored
_MAX_SELECTOR_CHARS = 300  # longer selectors are skipped; ours are simple ones
# Steps of matching for one page, after which no further rule applies. Real pages take up to 100,000.
_MAX_MATCH_STEPS = 1_000_000
_RELEVANT_PROPERTY = re.compile(
    r"^(?:display|visibility|font-size|text-indent|position|left|top|clip|font-weight|list-style(?:-type)?|content"
    r"|counter-(?:reset|increment|set)|grid-template-columns)$"
)
_COMPOUND = re.compile(r"^(\*|[a-z][a-z0-9-]*)?((?:[.#][A-Za-z0-9_\\:/\[\]%-]+)*)$", re.IGNORECASE)
_ID_OR_CLASS = re.compile(r"([.#])((?:[A-Za-z0-9_-]|\\.)+)")
_BEFORE = re.compile(r"::?(before|marker)$")
_SPACES = re.compile(r"\s+")
_BOLD_WEIGHT = 600  # CSS Fonts: 400 is normal, 700 bold
_NORMAL_WEIGHT = 400
# Distances beyond the edge of a screen, as used to hide text: pixels, then per cent or vw, then em and rem.
_OFF_SCREEN = {"px": 900, "%": 100, "vw": 100}
_OFF_SCREEN_EMS = 90
Declarations = dict[str, str]  # property -> value


def class_names(element: Element) -> list[str]:
    """The element's class names, up to ``_MAX_CLASS_NAMES``."""
    names = element.get("class")
    return names.split(None, _MAX_CLASS_NAMES)[:_MAX_CLASS_NAMES] if names else []


@dataclass(frozen=True)
class _Compound:
    """One step of a selector: tag, id and classes that must all match."""

    tag: str | None
    identifier: str | None
    classes: frozenset[str]

    def may_match(self, page_names: frozenset[str]) -> bool:
        """False if the page has no such id or class anywhere."""
        if self.identifier and "#" + self.identifier not in page_names:
            return False
        return all("." + name in page_names for name in self.classes)

    def matches(self, element: Element) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        if self.identifier and element.get("id") != self.identifier:
            return False
        return not self.classes or self.classes <= set(class_names(element))


@dataclass(frozen=True)
class _Rule:
    steps: tuple[tuple[str, _Compound], ...]  # (combinator before it, compound), subject last
    before: bool  # for the element's ``::before``, not for the element
    declarations: Declarations
    rank: tuple[int, int, int, int]  # specificity (ids, classes, tags), then order in the page


@dataclass
class Stylesheet:
    """Relevant rules, indexed by what their subject must have (see ``_rule_key``)."""

    rules_by_key: dict[str, list[_Rule]] = field(default_factory=dict)
    has_counters: bool = False
    computed: dict[Element, Declarations] = field(default_factory=dict)
    steps_left: int = _MAX_MATCH_STEPS

    def of(self, element: Element, *, before: bool = False) -> Declarations:
        """The relevant declarations for the element (or its ``::before``), inline style included."""
        if before:
            return self._compute(element, before=True)
        declarations = self.computed.get(element)
        if declarations is None:
            declarations = self.computed[element] = self._compute(element, before=False)
        return declarations

    def _compute(self, element: Element, *, before: bool) -> Declarations:
        rules: list[_Rule] = []
        if self.rules_by_key and self.steps_left > 0:
            keys = [element.tag]
            keys.extend("." + name for name in class_names(element))
            identifier = element.get("id")
            if identifier:
                keys.append("#" + identifier)
            for key in keys:
                rules.extend(
                    rule
                    for rule in self.rules_by_key.get(key, ())
                    if rule.before == before and self.steps_left > 0 and self._matches(rule.steps, element)
                )
        inline = None if before else element.get("style")
        if not rules:
            return inline_style(inline) if inline else {}
        self.steps_left -= len(rules)
        rules.sort(key=lambda rule: rule.rank)
        merged: Declarations = {}
        for rule in rules:
            merged.update(rule.declarations)
        if inline:
            merged.update(inline_style(inline))
        return merged

    def _matches(self, steps: tuple[tuple[str, _Compound], ...], element: Element) -> bool:
        """Whether the element is the subject; ancestors are tried greedily from below, which is exact without '>'."""
        combinator, subject = steps[-1]
        self.steps_left -= 1
        if not subject.matches(element):
            return False
        ancestor = element
        for next_combinator, compound in reversed(steps[:-1]):
            ancestor = ancestor.getparent()
            if combinator == " ":
                while ancestor is not None and not compound.matches(ancestor):
                    ancestor = ancestor.getparent()
                    self.steps_left -= 1
            elif ancestor is not None and not compound.matches(ancestor):
                return False
            if ancestor is None:
                return False
            combinator = next_combinator
        return True


def read_styles(root: Element) -> Stylesheet:
    """The relevant rules of the page's style elements, in order; rules for names that the page lacks are left out."""
    sheet = Stylesheet()
    texts = [element.text for element in root.iter("style") if element.text]
    if not texts:
        return sheet
    page_names = _page_names(root)
    order = css_chars = 0
    for text in texts:
        css_chars += len(text)
        if css_chars > MAX_CSS_CHARS:
            break
        for selectors, body in _rules(text):
            declarations = inline_style(body)
            if not declarations:
                continue
            for selector in selectors.split(","):
                order += 1
                _add_rule(sheet, selector.strip(), declarations, order, page_names)
    return sheet


def inline_style(text: str) -> Declarations:
    """Relevant declarations of a style attribute or rule body, lower case but for ``content``."""
    declarations: Declarations = {}
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon or not _RELEVANT_PROPERTY.match(name):
            continue
        value = value.replace("!important", "").strip()
        declarations[name] = value if name == "content" else value.lower()
    return declarations


def is_hiding(style: Declarations) -> bool:
    """True if these declarations keep the element's text from a sighted reader."""
    if style.get("display", "").startswith("none") or style.get("visibility") in ("hidden", "collapse"):
        return True
    if _is_zero(style.get("font-size")):
        return True
    if _is_off_screen(style.get("text-indent")):
        return True
    if style.get("position") in ("absolute", "fixed"):
        return _is_off_screen(style.get("left")) or _is_off_screen(style.get("top")) or _is_clipped(style.get("clip"))
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
    if not weight.isdigit() or len(weight) > 4 or _NORMAL_WEIGHT < int(weight) < _BOLD_WEIGHT:
        return None
    return int(weight) >= _BOLD_WEIGHT


def _is_zero(size: str | None) -> bool:
    return size is not None and re.fullmatch(r"0(?:\.0{0,4})?(?:px|pt|em|rem|%)?", size) is not None


def _is_off_screen(offset: str | None) -> bool:
    match = re.match(r"-(\d{1,9})(px|em|rem|%|vw)?", offset or "")
    if not match:
        return False
    return int(match.group(1)) >= _OFF_SCREEN.get(match.group(2) or "px", _OFF_SCREEN_EMS)


def _is_clipped(clip: str | None) -> bool:
    return clip is not None and re.match(r"rect\(\s{0,4}[01](?:px)?[,\s]{1,4}[01](?:px)?[,\s]", clip) is not None


def _rules(text: str) -> Iterable[tuple[str, str]]:
    """(selectors, body) of the top-level rules; at-rules with a block are skipped whole."""
    text = _without_comments(text)
    position, size = 0, len(text)
    while position < size:
        opening = text.find("{", position)
        if opening < 0:
            return
        prelude = text[position:opening].rpartition(";")[2].strip()
        if prelude.startswith("@"):
            position = _block_end(text, opening)
            continue
        closing = text.find("}", opening)
        if closing < 0:
            return
        yield prelude, text[opening + 1 : closing]
        position = closing + 1


def _block_end(text: str, opening: int) -> int:
    """The offset after the brace that closes the one at ``opening``."""
    depth = 0
    for match in re.compile("[{}]").finditer(text, opening):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(text)


def _without_comments(text: str) -> str:
    parts: list[str] = []
    position = 0
    while True:
        start = text.find("/*", position)
        if start < 0:
            parts.append(text[position:])
            return "".join(parts).replace("<!--", " ").replace("-->", " ")
        parts.append(text[position:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return "".join(parts)
        position = end + 2


def _page_names(root: Element) -> frozenset[str]:
    """Every class (".name") and id ("#name") of the page."""
    names: set[str] = set()
    for element in root.iter():
        identifier = element.get("id")
        names.update("." + name for name in class_names(element))
        if identifier:
            names.add("#" + identifier)
    return frozenset(names)


def _add_rule(
    sheet: Stylesheet, selector: str, declarations: Declarations, order: int, page_names: frozenset[str]
) -> None:
    """Index the rule for one selector; a selector that we do not read or that cannot match is left out."""
    if not selector or len(selector) > _MAX_SELECTOR_CHARS:
        return
    before = _BEFORE.search(selector)
    if before:
        selector = selector[: before.start()] or "*"
    steps: list[tuple[str, _Compound]] = []
    combinator = " "
    for part in _SPACES.split(selector.replace(">", " > ").strip()):
        if part == ">":
            combinator = ">"
            continue
        compound = _parse_compound(part)
        if compound is None or not compound.may_match(page_names):
            return
        steps.append((combinator, compound))
        combinator = " "
    if not steps:
        return
    compounds = [compound for _, compound in steps]
    rank = (
        sum(1 for compound in compounds if compound.identifier),
        sum(len(compound.classes) for compound in compounds),
        sum(1 for compound in compounds if compound.tag),
        order,
    )
    key = _rule_key(compounds[-1])
    if key is None:
        return
    sheet.rules_by_key.setdefault(key, []).append(_Rule(tuple(steps), before is not None, declarations, rank))
    if before and "counter" in declarations.get("content", ""):
        sheet.has_counters = True


def _parse_compound(part: str) -> _Compound | None:
    match = _COMPOUND.match(part)
    if not match:
        return None
    identifier, classes = None, set()
    for sign, name in _ID_OR_CLASS.findall(match.group(2)):
        if sign == "#":
            identifier = name
        else:
            classes.add(name.replace("\\", ""))
    tag = match.group(1)
    return _Compound(tag.lower() if tag and tag != "*" else None, identifier, frozenset(classes))


def _rule_key(subject: _Compound) -> str | None:
    """What an element must have for the rule to be tried: "#id", ".class" or a tag; None for a selector of all."""
    if subject.identifier:
        return "#" + subject.identifier
    if subject.classes:
        return "." + min(subject.classes)
    return subject.tag
