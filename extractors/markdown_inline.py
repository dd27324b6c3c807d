"""Inline Markdown to the text that a reader sees, and how much of its beginning is bold."""

import re
from dataclasses import dataclass
from html import unescape

from markdown_it.token import Token

from extractors.line_shapes import is_number

_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\b", re.IGNORECASE)
_UNSEEN = re.compile(
    r"<(script|style|template|noscript|svg)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
# Emphasis signs that converters put where CommonMark does not see emphasis, such as "**Title **".
_STRAY = re.compile(r"\*{2,3}|(?<!\w)_{1,2}(?!\w)|(?<!\w)__(?=[^\W_])|(?<=[^\W_])__(?!\w)|(?<=\d)_(?=\W)")


@dataclass(frozen=True)
class Inline:
    """Visible text, and how many of its leading characters are bold."""

    text: str
    bold: int


def visible_html(source: str) -> str:
    """Raw HTML as text: tags and what is never shown are gone, blocks and breaks end lines."""
    shown = _UNSEEN.sub(" ", source)
    return unescape(_TAG.sub(lambda tag: "\n" if _BREAK.match(tag.group()) else "", shown))


def flatten(children: list[Token]) -> Inline:
    """The text of an inline token's children; images and link addresses are left out."""
    parts: list[tuple[str, bool]] = []
    strong = 0
    for token in children:
        if token.type == "strong_open":
            strong += 1
        elif token.type == "strong_close":
            strong -= 1
        text = _text(token)
        if text:
            parts.append((text, strong > 0))
    return Inline("".join(text for text, _ in parts), _leading_bold(parts))


def _text(token: Token) -> str:
    match token.type:
        case "text":
            return _STRAY.sub("", token.content)
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
    length, seen = 0, False
    for text, bold in parts:
        if text.strip():
            if not bold and (seen or not is_number(text)):
                break
            seen = seen or bold
        length += len(text)
    return len("".join(text for text, _ in parts)[:length].rstrip()) if seen else 0
