"""A raw block together with how the page set it, for the steps between the writer and the final blocks."""

from dataclasses import dataclass

from extractors.layout import RawBlock


@dataclass(frozen=True)
class WrittenBlock:
    """A block as the writer made it, before headings, lists and edges are corrected."""

    block: RawBlock
    link_share: float  # of its characters, inside links
    all_bold: bool
    named_level: int | None = None  # heading level that a class name such as "h3" gives, where the tag gives none
