"""HTML page -> raw blocks: decode, parse, leave hidden text and furniture out, write what remains in reading order."""

import re

from extractors.html.bullets import itemize
from extractors.html.decoding import decode
from extractors.html.edges import trim_edges
from extractors.html.frames import frame_addresses, frame_warning, list_addresses, open_inner_pages
from extractors.html.headings import join_numbers, promote_headings, promote_title
from extractors.html.main_content import find_main, leave_outside
from extractors.html.metadata import declared_title, language_of, title_of
from extractors.html.parsing import Element, parse
from extractors.html.repeats import drop_repeats
from extractors.html.sections import choose_document
from extractors.html.state import html_from_state
from extractors.html.styles import read_styles
from extractors.html.survey import survey
from extractors.html.visibility import drop_hidden, note_doubtful
from extractors.html.writer import write_blocks
from extractors.layout import Extraction, Options, RawBlock
from smallprint.errors import DocumentError
from smallprint.records import DocumentWarning

__all__ = ["extract_html"]

# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_STATE_BELOW_CHARS = 1500  # of visible text, below which the page's script data is looked into
_MIN_STATE_CHARS = 200  # of a text in script data that is read in place of the visible one
_MIN_STATE_RATIO = 3  # of its characters to those of the visible text
_MAX_SHELL_CHARS = 250  # of visible text, below which a page that runs scripts may only be a shell
_MIN_SENTENCE_CHARS = 60  # of a line that a shell does not have
_SHELL_MESSAGE = re.compile(
    r"enable javascript|requires? javascript|javascript (?:is )?(?:disabled|required)|turn on javascript"
    r"|checking your browser|just a moment|verify(?:ing)? (?:that )?you are (?:a )?human|loading",
    re.IGNORECASE,
)


def extract_html(data: bytes, options: Options) -> Extraction:
    """The main text of an HTML page.

    Raises:
        DocumentError: ``too_large``, ``malformed``, ``no_text``, or ``needs_browser`` where the text only appears
            after scripts have run.

    """
    text, encoding_warnings = decode(data)
    root = parse(text)
    blocks, warnings, frames = _read(root, options.source)
    size = _size(blocks)
    if size < _STATE_BELOW_CHARS:
        from_state = _read_state(root, options.source)
        if from_state is not None and _size(from_state[0]) > max(size * _MIN_STATE_RATIO, _MIN_STATE_CHARS):
            blocks, warnings = from_state
            size = _size(blocks)
    if frames and not _has_sentence(blocks):
        raise DocumentError(
            "no_text",
            f"the text of this page is in a frame: {list_addresses(frames)}",
            advice="read the frame's own address",
        )
    if size < _MAX_SHELL_CHARS and _needs_scripts(root, blocks):
        if options.render:
            raise DocumentError(
                "no_text", "the page has no text even after its scripts have run", advice="save it from a browser"
            )
        raise DocumentError(
            "needs_browser",
            "the page has no text until its scripts have run",
            advice="read it with --render (needs the render extra), or save the page from a browser",
        )
    return Extraction(
        blocks=blocks,
        title=title_of(root, blocks),
        language=language_of(root),
        warnings=(*encoding_warnings, *warnings),
    )


def _read(root: Element, source: str) -> tuple[list[RawBlock], tuple[DocumentWarning, ...], list[str]]:
    """The blocks of a parsed page, what a reader should know about them, and the addresses of its frames."""
    open_inner_pages(root)
    for template in list(root.iter("template")):
        if template.get("shadowrootmode"):
            template.tag = "div"  # a declarative shadow root is shown like any other element
    sheet = read_styles(root)
    page = survey(root.find("body"))
    hidden = drop_hidden(page, sheet)
    main, lines_before = find_main(page)
    chosen, several = choose_document(page, main, source)
    if chosen is not None:
        leave_outside(page, chosen)
        lines_before = []
    repeated = drop_repeats(page)
    written = itemize(join_numbers(write_blocks(page, sheet, (*lines_before, 0))))
    written = promote_title(promote_headings(trim_edges(written)), declared_title(root))
    frames = frame_addresses(page, root, source)
    warnings = (*hidden, *note_doubtful(page, root), *several, *repeated, *frame_warning(frames))
    return [block.block for block in written], warnings, frames


def _read_state(root: Element, source: str) -> tuple[list[RawBlock], tuple[DocumentWarning, ...]] | None:
    """The blocks of the text in the page's script data, and their warnings; None where there is none."""
    html = html_from_state(root)
    if html is None:
        return None
    blocks, warnings, _ = _read(parse(html), source)
    # Data often names a document beside a text that opens with the same name.
    if len(blocks) > 1 and blocks[0].text.strip().lower() == blocks[1].text.strip().lower():
        blocks = blocks[1:]
    detail = "the text was read from data that the page's scripts would show"
    return blocks, (DocumentWarning(code="embedded_state", detail=detail), *warnings)


def _size(blocks: list[RawBlock]) -> int:
    return sum(len(block.text) for block in blocks)


def _needs_scripts(root: Element, blocks: list[RawBlock]) -> bool:
    """Whether this page is a shell that scripts fill: scripts, and no sentence or one that asks for scripts."""
    if next(root.iter("script"), None) is None:
        return False
    if not _has_sentence(blocks):
        return True
    return any(_SHELL_MESSAGE.search(block.text) for block in blocks)


def _has_sentence(blocks: list[RawBlock]) -> bool:
    return any(len(block.text) >= _MIN_SENTENCE_CHARS and block.kind != "heading" for block in blocks)
