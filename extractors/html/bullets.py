"""Lists that authors type: lines that open with a bullet are list items, whatever element they stand in."""

from collections.abc import Sequence
from dataclasses import replace

from extractors.html.written import WrittenBlock
from extractors.line_shapes import split_bullet

_DASHES = frozenset("–—-*·∙o")  # signs that open a line for other reasons, too


def itemize(blocks: Sequence[WrittenBlock]) -> list[WrittenBlock]:
    """The blocks with typed items as list items and their signs taken off; a dash is a bullet where another follows."""
    signs = [_sign(one) for one in blocks]
    found: list[WrittenBlock] = []
    for at, one in enumerate(blocks):
        sign = signs[at]
        beside = any(0 <= near < len(signs) and signs[near].strip() == sign.strip() for near in (at - 1, at + 1))
        if not sign or (sign.strip() in _DASHES and not beside):
            found.append(one)
            continue
        block = one.block
        item = replace(
            block,
            kind="list_item",
            text=block.text[len(sign) :],
            bold=max(0, block.bold - len(sign)),
            level=block.level or 1,
        )
        found.append(replace(one, block=item))
    return found


def _sign(one: WrittenBlock) -> str:
    """The sign that a paragraph opens with and the space after it; "" for none."""
    block = one.block
    return split_bullet(block.text)[0] if block.kind == "paragraph" and not block.generated else ""
