"""A raw block with what later steps want to know about how it was set."""

from dataclasses import dataclass

from extractors.layout import RawBlock


@dataclass(frozen=True)
class WrittenBlock:
    """``link_share`` is the share of its characters inside links, ``all_bold`` whether all of it is bold; the depth
    that a class name such as "h3" gives to a title without a heading element is its ``named_level``.
    """

    block: RawBlock
    link_share: float
    all_bold: bool
    named_level: int | None = None
