"""Technical, editorial or substantive: what kind of change a pair of clauses shows, with the words that decide it.

Definitions and edge cases follow the project's rubric for changes: what a reader of the terms would not call the terms
is technical, wording without effect is editorial, and everything else is substantive, a changed number or negation
always.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from classifiers.changes.dates import is_date_line, without_dates
from classifiers.changes.redline import edits
from classifiers.changes.signals import load_signals, pattern
from smallprint.records import ChangeKind, ChangeReason, RedlinePart

_WORD = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
_LINK = re.compile(r"\(?\bhttps?://[^\s)>\]]+\)?|\bwww\.[^\s)>\]]+|\[email protected\]", re.IGNORECASE)
_CONTACT = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,255}|\bhttps?://\S+|\bwww\.\S+"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.(?:com|org|net|eu|de|fr|uk|io|co|gov)(?:/\S*)?\b"
    r"|\+?\d[\d ()/.-]{7,30}\d",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:section|sections|clause|clauses|paragraph|paragraphs|article|articles|chapter|part|annex|exhibit|schedule)s?\s+"
    r"[\divxlc]+(?:[.\-]\d+)*(?:\([a-z\d]+\))*(?:\s*(?:,|and|or|to|-|–)\s*[\divxlc]+(?:[.\-]\d+)*(?:\([a-z\d]+\))*)*"
    r"|§{1,3}\s{0,4}\d+(?:\.\d+)*",
    re.IGNORECASE,
)
_LEADING_NUMBER = re.compile(
    r"^\W*(?:(?:section|article|clause|art\.?)\s+)?(?:\d+(?:\.\d+)*|[ivxlc]+|[a-z])[.):]?\s+", re.IGNORECASE
)
_DIGITS = re.compile(r"\d")
_ADDRESS = re.compile(
    r"\b(?:street|st\.|avenue|ave\.|road|rd\.|suite|floor|p\.?o\.? box|attn|boulevard|blvd|drive|plaza|straße|rue"
    r"|\d{5})\b",
    re.IGNORECASE,
)
# Two spellings of one word: "colour/color", "recieve/receive". Shorter words differ in meaning by one letter
# ("now/not", "may/pay"), so they are never taken for a slip.
_MIN_SLIP_LENGTH, _MAX_SLIP_DISTANCE = 5, 1
_RANK: dict[ChangeKind, int] = {"technical": 0, "editorial": 1, "substantive": 2}


@dataclass(frozen=True)
class KindVerdict:
    """The kind of a change and the rules that gave it."""

    kind: ChangeKind
    reasons: tuple[ChangeReason, ...]


def weightiest(kinds: Sequence[ChangeKind]) -> ChangeKind | None:
    """The kind of a whole document's change; None without any."""
    return max(kinds, key=lambda kind: _RANK[kind], default=None)


def kind_of_edit(parts: Sequence[RedlinePart], old: str, new: str, renamed: tuple[str, str] | None) -> KindVerdict:
    """The kind of an edited clause.

    Args:
        parts: the redline of the two texts.
        old: the older text.
        new: the newer text.
        renamed: the names before and after, where the whole document renames a company or a product.

    """
    for normalize, kind, code, sentence in _SAMENESS:
        if normalize(old) == normalize(new):
            return _verdict(kind, code, _changed_words(parts), sentence)
    if renamed and _same_words(old.replace(*renamed), new):
        return _verdict("editorial", "renamed", " -> ".join(renamed), "A name was replaced throughout the document.")
    return _kind_of_words(parts, old, new)


def kind_of_presence(text: str, *, heading: bool) -> KindVerdict:
    """The kind of a clause that came or went whole."""
    if is_date_line(text):
        return _verdict("technical", "date_line", text, "Only the document's own date.")
    words = _words(text)
    if not words:
        return _verdict("technical", "no_words", text, "A clause without words.")
    rest = pattern(load_signals().furniture).sub(" ", _LINK.sub(" ", text))
    if not _WORD.search(rest):
        return _verdict("technical", "navigation", text, "Navigation of the page, no part of the terms.")
    if heading:
        return _verdict("editorial", "heading", text, "A heading without text of its own.")
    if len(_words(_CONTACT.sub(" ", text))) <= _CONTACT_LINE_WORDS and _CONTACT.search(text):
        return _verdict("editorial", "contact_line", text, "A line of contact details.")
    return _verdict("substantive", "clause", "", "A whole clause came or went.")


_CONTACT_LINE_WORDS = 6  # words beside the address: "Questions? Write to ..."


# ---- sameness under a normalization, the most superficial first


def _bare_space(text: str) -> str:
    return "".join(text.split())


def _without_links(text: str) -> str:
    return " ".join(_words(_LINK.sub(" ", text)))


def _plain(text: str) -> str:
    return " ".join(_words(text))


def _dateless(text: str) -> str:
    return _plain(without_dates(text))


def _unnumbered(text: str) -> str:
    return _plain(_LEADING_NUMBER.sub("", text))


def _without_references(text: str) -> str:
    return _plain(_REFERENCE.sub(" ", _LEADING_NUMBER.sub("", text)))


def _without_contacts(text: str) -> str:
    return _plain(_CONTACT.sub(" ", text))


_SAMENESS: tuple[tuple[Callable[[str], str], ChangeKind, str, str], ...] = (
    (_bare_space, "technical", "white_space", "Only white space or line breaks."),
    (_plain, "editorial", "typography", "Only capitals, punctuation or quotation marks."),
    (_dateless, "technical", "date_line", "Only the document's own date."),
    (_without_links, "technical", "links", "Only the addresses of links."),
    (_unnumbered, "editorial", "renumbered", "Only the clause's number."),
    (_without_references, "editorial", "references", "Only numbers of other sections that it refers to."),
    (_without_contacts, "editorial", "contact_details", "Only contact details or addresses of pages."),
)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return _WORD.findall(plain)


def _same_words(old: str, new: str) -> bool:
    return _words(old) == _words(new)


# ---- changed words


def _kind_of_words(parts: Sequence[RedlinePart], old: str, new: str) -> KindVerdict:
    """Editorial where every edit is a synonym, a slip of spelling or a changed order; substantive otherwise."""
    signals = load_signals()
    if Counter(_words(old)) == Counter(_words(new)) and _is_list(old) and not pattern(signals.negation).search(old):
        return _verdict("editorial", "reordered", "", "The same words in another order, in a list.")
    for deleted, inserted in edits(parts):
        changed = f"{deleted.strip()} -> {inserted.strip()}".strip()
        if _DIGITS.search(_without_noise(deleted)) or _DIGITS.search(_without_noise(inserted)):
            return _verdict("substantive", "number", changed, "A number changed.")
        if _count(signals.negation, deleted) != _count(signals.negation, inserted) and not _synonymous(
            deleted, inserted
        ):
            return _verdict("substantive", "negation", changed, "A negation came or went.")
    strange = [
        f"{deleted.strip()} -> {inserted.strip()}"
        for deleted, inserted in edits(parts)
        if not _synonymous(deleted, inserted)
    ]
    if not strange:
        return _verdict("editorial", "wording", _changed_words(parts), "The same in other words.")
    if _ADDRESS.search(old) and _ADDRESS.search(new) and len(_words(new)) <= _ADDRESS_WORDS:
        return _verdict("editorial", "contact_details", _changed_words(parts), "A postal address changed.")
    return _verdict("substantive", "words", "; ".join(strange[:3]), "Words with a meaning of their own changed.")


_ADDRESS_WORDS = 40  # a longer clause says more than where to write to


def _without_noise(text: str) -> str:
    return _REFERENCE.sub(" ", _CONTACT.sub(" ", without_dates(text)))


def _count(words: tuple[str, ...], text: str) -> int:
    return len(pattern(words).findall(text))


def _synonymous(deleted: str, inserted: str) -> bool:
    """Whether an edit says the same: synonyms, articles, links and references taken out, or one slip of spelling."""
    old, new = _words(_canonical(deleted)), _words(_canonical(inserted))
    if old == new:
        return True
    return (
        len(old) == len(new) == 1
        and min(len(old[0]), len(new[0])) >= _MIN_SLIP_LENGTH
        and Levenshtein.distance(old[0], new[0]) <= _MAX_SLIP_DISTANCE
        and not old[0].endswith(("able", "ible"))
    )


def _canonical(text: str) -> str:
    """The text with each synonym as the first of its row; an article becomes nothing."""
    text = _REFERENCE.sub(" ", _CONTACT.sub(" ", _LINK.sub(" ", text)))
    for row in load_signals().synonyms:
        first = "" if row[0] == "a" else row[0]
        text = pattern(row).sub(f" {first} ", text)
    return text


def _is_list(text: str) -> bool:
    return text.count(",") + text.count("\n") + text.count(";") >= 2


def _changed_words(parts: Sequence[RedlinePart]) -> str:
    changed_words = [f"{deleted.strip()} -> {inserted.strip()}".strip() for deleted, inserted in edits(parts)]
    return "; ".join(changed_words[:3])


def _verdict(kind: ChangeKind, code: str, words: str, sentence: str) -> KindVerdict:
    return KindVerdict(kind, (ChangeReason(code=code, words=" ".join(words.split())[:300], sentence=sentence),))
