"""How the lines of a PDF become running text: hyphens at line ends, broken addresses, spaces between."""

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_END_CHARS = 300  # of a text, which hold its last word or web address
_HYPHENS = "-‐‑\u00ad"
_TAIL = re.compile(rf"([^\W\d_]{{1,60}}(?:[-‐‑][^\W\d_]{{1,60}}){{0,6}})[{_HYPHENS}]$")
_HEAD = re.compile(r"[^\W\d_]+")
# First parts of compounds that keep their hyphen; a line broken after one of them is a compound until shown otherwise.
_FIRST_PARTS = frozenset(
    (
        "all",
        "anti",
        "co",
        "cross",
        "ex",
        "full",
        "half",
        "high",
        "long",
        "low",
        "multi",
        "no",
        "non",
        "off",
        "on",
        "one",
        "opt",
        "part",
        "post",
        "pre",
        "pro",
        "pseudo",
        "real",
        "self",
        "semi",
        "short",
        "single",
        "so",
        "sub",
        "third",
        "two",
        "three",
        "up",
        "user",
        "well",
        "with",
    )
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{0,250}$|\S@\S{0,250}$", re.IGNORECASE)


class Vocabulary:
    """The words of a document, so that a hyphen at a line end is judged by how the word stands elsewhere."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()

    def learn(self, lines: Iterable[str]) -> None:
        """Count the whole words of lines; the last word of a line that ends in a hyphen is not whole."""
        for line in lines:
            stem = _TAIL.sub("", line)
            self.words.update(word.casefold() for word in _WORD.findall(stem.replace("‐", "-").replace("‑", "-")))

    def keeps_hyphen(self, tail: str, head: str) -> bool:
        """Whether ``tail-head`` is a compound rather than one word broken at a line end."""
        compound, joined = f"{tail}-{head}".casefold(), f"{tail}{head}".casefold()
        last = tail.casefold().rsplit("-", 1)[-1]
        if self.words[compound] != self.words[joined]:
            return self.words[compound] > self.words[joined]
        return last in _FIRST_PARTS


def join(text: str, line: str, vocabulary: Vocabulary) -> str:
    """``text`` continued by the next line."""
    if not text or not line:
        return text + line
    if text.endswith("\u00ad"):
        return text[:-1] + line
    end = text[-_END_CHARS:]  # a paragraph of many lines is not searched again for each of them
    tail = _TAIL.search(end)
    if _ADDRESS.search(end) and (text[-1] in "/-._?&=%#~@" or line[0] in "/?&=%#"):
        return text + line
    if tail:
        head = _HEAD.match(line)
        if head is None or not (head.group()[0].islower() or _shouted(tail[1], head.group())):
            return text + line  # "A-" + "320", "non-" + "EU"
        return text + line if vocabulary.keeps_hyphen(tail[1], head.group()) else text[:-1] + line
    # A range, a docket number, a dash without spaces around it.
    return text + line if re.search(r"\w[–—]$|\d-$|—$", end) else f"{text} {line}"


def _shouted(tail: str, head: str) -> bool:
    """Whether both halves are parts of a word in capitals, as in "LIABIL-" + "ITY", and not two abbreviations."""
    return tail.isupper() and head.isupper() and len(tail) + len(head) > 6
