"""HTML page -> raw blocks: decode, parse, leave hidden text and furniture out, write what remains in reading order."""

from extractors.html.decoding import decode
from extractors.html.edges import trim_edges
from extractors.html.headings import join_numbers, promote_headings
from extractors.html.main_content import find_main
from extractors.html.metadata import language_of, title_of
from extractors.html.parsing import Element, parse
from extractors.html.repeats import drop_repeats
from extractors.html.sections import choose_document
from extractors.html.styles import read_styles
from extractors.html.survey import survey
from extractors.html.visibility import drop_hidden
from extractors.html.writer import Writer
from extractors.layout import Extraction, Options
from smallprint.errors import DocumentError

__all__ = ["extract_html"]


def extract_html(data: bytes, options: Options) -> Extraction:
    """The main text of an HTML page.

    Raises:
        DocumentError: ``too_large``, ``malformed``, ``no_text``, or ``needs_browser`` where the text only appears
            after scripts have run.

    """
    text, warnings = decode(data)
    root, more = parse(text)
    body = root.find("body")
    if body is None:
        raise DocumentError("no_text", "the page has no body", advice="check that this is the right file")
    sheet = read_styles(root)
    page = survey(body)
    hidden = drop_hidden(page, sheet)
    main, lead = find_main(page)
    main, several = choose_document(page, main, options.source)
    repeated = drop_repeats(page)
    writer = Writer(page, sheet)
    for index in lead:
        writer.write(index)
    writer.write(main)
    blocks = [one.block for one in promote_headings(trim_edges(join_numbers(writer.out)))]
    return Extraction(
        blocks=blocks,
        title=title_of(root, blocks),
        language=language_of(root),
        warnings=(*warnings, *more, *hidden, *several, *repeated),
    )
