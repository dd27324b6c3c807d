"""Lists that authors type: lines that open with a bullet are list items, whatever element they stand in."""

from collections.abc import Sequence
from dataclasses import replace

from extractors.html.written import WrittenBlock
from extractors.line_shapes import split_bullet

# Signs that open a line for other reasons too; they are bullets only where a neighboring line has the same sign.
_AMBIGUOUS_BULLETS = frozenset("–—-*·∙o")


def itemize(blocks: Sequence[WrittenBlock]) -> list[WrittenBlock]:
    """The blocks with typed items as list items, without their bullets."""
    bullets = [_bullet(block) for block in blocks]
    itemized: list[WrittenBlock] = []
    for index, (written, bullet) in enumerate(zip(blocks, bullets, strict=True)):
        sign = bullet.strip()
        repeated = any(
            0 <= neighbor < len(bullets) and bullets[neighbor].strip() == sign for neighbor in (index - 1, index + 1)
        )
        if not bullet or (sign in _AMBIGUOUS_BULLETS and not repeated):
            itemized.append(written)
            continue
        block = written.block
        item = replace(
            block,
            kind="list_item",
            text=block.text[len(bullet) :],
            bold=max(0, block.bold - len(bullet)),
            level=block.level or 1,
        )
        itemized.append(replace(written, block=item))
    return itemized


def _bullet(written: WrittenBlock) -> str:
    """The bullet that a paragraph opens with and the space after it; "" for none."""
    block = written.block
    return split_bullet(block.text)[0] if block.kind == "paragraph" and not block.generated else ""
