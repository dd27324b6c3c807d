"""Numbers as a reader cites them: "(b)" under "4.2" is "4.2(b)", "(2)" under "§ 5" is "§ 5 Abs. 2"."""

from collections import defaultdict
from collections.abc import Sequence

from extractors.clauses.outline_state import OutlineNode

_DIVISIONS = ("part", "annex")  # styles whose word is part of the label: "Part A", "Annex II"
# Local names of the levels under a section sign, by language and style.
_NAMES_UNDER_SECTION_SIGN = {
    "de": {"(1)": "Abs. {}", "1.": "Nr. {}", "1)": "Nr. {}", "a)": "lit. {}", "(a)": "lit. {}", "a.": "lit. {}"},
    "pl": {"1.": "ust. {}", "(1)": "ust. {}", "1)": "pkt {}", "a)": "lit. {}", "(a)": "lit. {}", "a.": "lit. {}"},
}


def cite_numbers(nodes: Sequence[OutlineNode], language: str | None = None) -> dict[OutlineNode, str]:
    """The number of every numbered node, composed with the numbers above it as usual in ``language`` (ISO 639-1)."""
    running = _running_styles(nodes)
    cited: dict[OutlineNode, str] = {}
    for node in nodes:
        uncited: list[OutlineNode] = []
        above: OutlineNode | None = node
        while above is not None and above not in cited:
            if above.style:  # the "(a)" of a line "(a)(i)" has no line of its own, and no entry in ``nodes``
                uncited.append(above)
            above = above.parent
        for numbered in reversed(uncited):
            cited[numbered] = _compose(numbered, above, cited, running, language)
            above = numbered
    return cited


def _compose(
    node: OutlineNode,
    above: OutlineNode | None,
    cited: dict[OutlineNode, str],
    running: set[tuple[str, str]],
    language: str | None,
) -> str:
    if above is None or node.style == "annex" or (above.style, node.style) in running:
        return node.label
    if above.style.startswith(_DIVISIONS):
        return f"{cited[above]}, {node.label}"
    if node.style.startswith(("§", "part")):
        return node.label
    if len(node.path) > 1 or node.style.startswith("decimal"):
        annex = _annex_above(above)
        return f"{cited[annex]}, {node.label}" if annex else node.label
    if cited[above].startswith("§") and language in _NAMES_UNDER_SECTION_SIGN:
        name = _NAMES_UNDER_SECTION_SIGN[language].get(node.style)
        if name:
            return f"{cited[above]} {name.format(node.label.strip('()'))}"
    label = node.label
    if label.startswith("("):
        return cited[above] + label
    if node.style[-1:] == ")":
        return f"{cited[above]}({label.rstrip(')')})"
    return f"{cited[above]}.{label}"


def _annex_above(node: OutlineNode | None) -> OutlineNode | None:
    while node is not None and node.style != "annex":
        node = node.parent
    return node


def _running_styles(nodes: Sequence[OutlineNode]) -> set[tuple[str, str]]:
    """Pairs of styles, outer and inner, whose inner numbers run through the document: "Part II" begins with "4."."""
    with_first_child: set[tuple[OutlineNode, str]] = set()
    first_children: dict[tuple[str, str], list[OutlineNode]] = defaultdict(list)
    for node in nodes:
        above = node.parent
        while above is not None and not above.style:
            above = above.parent
        if node.style and above is not None and (above, node.style) not in with_first_child:
            with_first_child.add((above, node.style))
            first_children[above.style, node.style].append(node)
    running = set()
    for pair, children in first_children.items():
        # A list that begins with "(b)" has its "(a)" inside the sentence above; it does not continue an earlier list.
        continues = [child.continued or (child.value > 1 and not child.style.startswith("(")) for child in children[1:]]
        most_continue = 2 * sum(continues) > len(continues)
        is_only_part = len(children) == 1 and pair[0].startswith("part")
        if most_continue or is_only_part:
            running.add(pair)
    return running
