"""Names of laws and agencies as sequences of plain words, so that every spelling of a name is the same name."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"(?:[a-z]\.){2,}(?:[a-z]\b)?|[a-z][a-z0-9']*|\d+[a-z]*|§+|&")


_DASHES = re.compile(r"[‐-―−]")


def fold(text: str) -> str:
    """Lower case, without accents, with plain quotes and hyphens; white space and length may change."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _DASHES.sub("-", text).replace("’", "'").replace("‘", "'"))
        text = "".join(char for char in text if not unicodedata.combining(char))
    return text.casefold()


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a name: "Cal. Civ. Code §1798.100" is cal, civ, code, section, 1798, 100."""
    return tuple(plain_word(match) for match in _WORD.findall(fold(text)))


def plain_word(word: str) -> str:
    """One folded word without points, apostrophes and the ending of the genitive; signs in words."""
    if word.startswith("§"):
        return "section"
    return "and" if word == "&" else word.removesuffix("'s").replace(".", "").replace("'", "")
