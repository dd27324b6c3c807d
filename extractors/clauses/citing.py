"""Numbers as a reader cites them: "(b)" under "4.2" becomes "4.2(b)", "(2)" under "§ 5" becomes "§ 5 Abs. 2"."""

from collections import defaultdict
from collections.abc import Sequence

from extractors.clauses.outline import Node

_BODY = ("part", "annex")  # classes whose word is part of the label: "Part A", "Annex II"
# how the levels under a section sign are called, by the shape of their numbers
_UNDER_SIGN = {
    "de": {"(1)": "Abs. {}", "1.": "Nr. {}", "1)": "Nr. {}", "a)": "lit. {}", "(a)": "lit. {}", "a.": "lit. {}"},
    "pl": {"1.": "ust. {}", "(1)": "ust. {}", "1)": "pkt {}", "a)": "lit. {}", "(a)": "lit. {}", "a.": "lit. {}"},
}


def cite_numbers(nodes: Sequence[Node], language: str | None = None) -> dict[Node, str]:
    """The number of every numbered node, composed with those that it stands under."""
    running = _running_styles(nodes)
    cited: dict[Node, str] = {}
    for node in nodes:
        waiting: list[Node] = []
        above: Node | None = node
        while above is not None and above not in cited:
            if above.style:  # the "(a)" of a line "(a)(i)" is no line of its own, but part of its number
                waiting.append(above)
            above = above.parent
        for one in reversed(waiting):
            cited[one] = _compose(one, above, cited, running, language)
            above = one
    return cited


def _compose(
    node: Node, above: Node | None, cited: dict[Node, str], running: set[tuple[str, str]], language: str | None
) -> str:
    if above is None or node.style == "annex" or (above.style, node.style) in running:
        return node.label
    if above.style.startswith(_BODY):
        return f"{cited[above]}, {node.label}"
    if node.style.startswith(("§", "part")):
        return node.label
    if len(node.path) > 1 or node.style.startswith("decimal"):
        outer = _annex_above(above)
        return f"{cited[outer]}, {node.label}" if outer else node.label
    if cited[above].startswith("§") and language in _UNDER_SIGN:
        called = _UNDER_SIGN[language].get(node.style)
        if called:
            return f"{cited[above]} {called.format(node.label.strip('()'))}"
    label = node.label
    if label.startswith("("):
        return cited[above] + label
    if node.style[-1:] == ")":
        return f"{cited[above]}({label.rstrip(')')})"
    return f"{cited[above]}.{label}"


def _annex_above(node: Node | None) -> Node | None:
    while node is not None and node.style != "annex":
        node = node.parent
    return node


def _running_styles(nodes: Sequence[Node]) -> set[tuple[str, str]]:
    """Pairs of styles, outer and inner, whose inner numbers run on through the document: "Part II" opens with "4."."""
    first: dict[tuple[Node, str], Node] = {}
    parents: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in nodes:
        above = node.parent
        while above is not None and not above.style:
            above = above.parent
        if node.style and above is not None and (above, node.style) not in first:
            first[above, node.style] = node
            parents[above.style, node.style].append(node)
    running = set()
    for pair, children in parents.items():
        # A list that opens with "(b)" has its "(a)" inside the sentence above; it does not run on.
        later = [child.continued or (child.value > 1 and not child.style.startswith("(")) for child in children[1:]]
        runs_on = 2 * sum(later) > len(later)
        alone = len(children) == 1 and pair[0].startswith("part")
        if runs_on or alone:
            running.add(pair)
    return running
