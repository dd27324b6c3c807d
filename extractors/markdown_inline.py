"""Inline Markdown to the text that a reader sees, with the length of its bold beginning."""

import re
from dataclasses import dataclass
from html import unescape

from markdown_it.token import Token

from extractors.line_shapes import is_number

_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\b", re.IGNORECASE)
_INVISIBLE_MARKUP = re.compile(
    r"<(script|style|template|noscript|svg)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
# Emphasis signs that converters write where CommonMark has no emphasis, such as "**Title **".
_STRAY_EMPHASIS = re.compile(r"\*{2,3}|(?<!\w)_{1,2}(?!\w)|(?<!\w)__(?=[^\W_])|(?<=[^\W_])__(?!\w)|(?<=\d)_(?=\W)")


@dataclass(frozen=True)
class Inline:
    """Visible text, and how many of its leading characters are bold."""

    text: str
    bold: int


def visible_html(source: str) -> str:
    """Raw HTML as text, without tags, scripts and comments; blocks and breaks end lines."""
    visible = _INVISIBLE_MARKUP.sub(" ", source)
    return unescape(_TAG.sub(lambda tag: "\n" if _BREAK.match(tag.group()) else "", visible))


def flatten(children: list[Token]) -> Inline:
    """The text of an inline token's children, without images and link addresses."""
    parts: list[tuple[str, bool]] = []  # text, and whether it is bold
    open_strong = 0
    for token in children:
        if token.type == "strong_open":
            open_strong += 1
        elif token.type == "strong_close":
            open_strong -= 1
        text = _text(token)
        if text:
            parts.append((text, open_strong > 0))
    return Inline("".join(text for text, _ in parts), _leading_bold(parts))


def _text(token: Token) -> str:
    match token.type:
        case "text":
            return _STRAY_EMPHASIS.sub("", token.content)
        case "text_special" | "code_inline":
            return token.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" if _BREAK.match(token.content) else ""
        case _:
            return ""


def _leading_bold(parts: list[tuple[str, bool]]) -> int:
    """The length of the bold beginning; a plain number before a bold title belongs to it."""
    length, bold_begun = 0, False
    for text, bold in parts:
        if text.strip():
            if not bold and (bold_begun or not is_number(text)):
                break
            bold_begun = bold_begun or bold
        length += len(text)
    return len("".join(text for text, _ in parts)[:length].rstrip()) if bold_begun else 0
