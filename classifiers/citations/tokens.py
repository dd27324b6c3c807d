"""A citation's words, numbers and signs, folded so that accents, dashes and case do not matter."""

import re
import unicodedata
from dataclasses import dataclass

from smallprint.registry.names import plain_word

_TOKEN = re.compile(
    r"(?P<word>(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?|[A-Za-z][A-Za-z0-9']*)|(?P<number>\d+[A-Za-z]*)|(?P<sign>§+|[&().,;:/-])"
)
_DASHES = re.compile(r"[‐-―−]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign.

    Attributes:
        kind: "word", "number" or "sign".
        text: as written, without accents.
        word: folded for comparison; § and & are the words "section" and "and".
        start: offset in the text without accents.
        end: offset behind it.

    """

    kind: str
    text: str
    word: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The words, numbers and signs of a text; all other characters are dropped."""
    text = unicodedata.normalize("NFKD", _DASHES.sub("-", text).replace("’", "'"))
    text = "".join(char for char in text if not unicodedata.combining(char))
    return [
        Token(str(match.lastgroup), match[0], _folded(match), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def _folded(match: re.Match[str]) -> str:
    is_punctuation = match.lastgroup == "sign" and match[0][0] not in "§&"
    return match[0] if is_punctuation else plain_word(match[0].casefold())
