"""What a line of a contract looks like: a number or bullet in front, a title, a date line; shared by the extractors."""

import re
from collections.abc import Sequence
from itertools import islice

# A bullet is a sign for "item" and says nothing itself; "o" is what Word's second-level bullet turns into as text.
BULLET = re.compile("(?:[•‣⁃◦●○■□▪▫–—*·∙⚫➢➤►▶✓✔❖-]|[o](?= )|\uf0b7|\uf0a7|\uf0d8|\uf02d)[^\\S\n]+(?=\\S)")
_BULLET_GLUED = re.compile("[•‣⁃◦●▪▫∙➢➤\uf0b7\uf0a7\uf0d8](?=\\w)")

MARKER = re.compile(
    r"""(?P<number>
        (?:section|article|part|chapter|clause|schedule|annex|appendix|artikel|abschnitt|articolo|artículo|artykuł|teil|titre)
          [ ](?:\d{1,3}(?:\.\d{1,3}){0,5}|[ivxlc]{1,7}|[a-z])\b[.:)]?
        | §{1,2}\ ?\d{1,4}[a-z]?(?:\.\d{1,3}){0,5}[.)]?
        | \d{1,3}(?:\.\d{1,3}){1,6}[.)]?
        | [a-z]\d{1,3}(?:\.\d{1,3}){0,5}[.)]
        | \(?\d{1,3}[.)]
        | \((?:[a-z]{1,2}|[ivxlc]{1,7})\)
        | (?:[a-z]|[ivxlc]{1,7})[.)]
      )(?:[ \t\u00a0]+(?=\S)|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_DATED = re.compile(
    r"\b(?:updated?|effective|modified|revised|version|revision|posted|published|stand|gültig|vigueur|aktualizacja)\b"
    r".{0,60}\b(?:\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2})\b",
    re.IGNORECASE | re.DOTALL,
)
_DATE = re.compile(
    r"(?:[^\W\d_]{3,10}\.?\s)?\d{1,2}(?:st|nd|rd|th|er|º)?[.,]?\s(?:de\s)?(?:[^\W\d_]{3,10}\.?,?\s(?:de\s)?)?\d{4}"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
)
_SENTENCE_END = re.compile(r"[.!;,:…]['\"’”)\]]*$")
_TWO_SENTENCES = re.compile(r"[^\W\d_]{3,}[.!?]\s+[^\W\d_]")
_LETTER = re.compile(r"[^\W\d_]")
_LETTERED = re.compile(r"\(?[a-zA-Z]{1,7}[.)]|\(\d{1,3}\)|\d{1,3}\)")

_WORD = re.compile(r"[^\W_]+")
# Words that titles write small, in the languages that contracts come in.
_SMALL_WORDS = """
    a an and as at by for from in into of on or our the to upon us with your und oder der die das des dem von zu im bei
    für de la le les et ou du en el los las y o del e di il lo gli dei della delle i w z na do oraz lub
"""
_SMALL = frozenset(_SMALL_WORDS.split())


def split_bullet(line: str) -> tuple[str, str]:
    """The bullet sign with its space, and the rest; the sign is empty where the line opens with none."""
    stripped = line.lstrip()
    found = BULLET.match(stripped) or _BULLET_GLUED.match(stripped)
    return (found.group(), stripped[found.end() :]) if found else ("", stripped)


def split_marker(line: str) -> tuple[str, str]:
    """The number as printed ("4.2", "(b)", "Article IX") and the rest; the number is empty where there is none."""
    stripped = line.lstrip()
    found = MARKER.match(stripped)
    return (found["number"], stripped[found.end() :]) if found else ("", stripped)


def is_number(text: str) -> bool:
    """Whether a text is a printed number and nothing else; in front of a bold title it belongs to the title."""
    found = MARKER.match(text.strip())
    return found is not None and found.end() == len(text.strip())


def goes_on(text: str) -> bool:
    """Whether a line goes on with the sentence of the one before it: an item in small letters."""
    bare = split_bullet(text)[1]
    number, rest = split_marker(bare)
    return (rest if number else bare).lstrip("\"'“„«(")[:1].islower()


def depth(number: str) -> int:
    """How deep a printed number is nested, from 1: "4." is 1, "4.2" is 2; letters and romans alone are 1."""
    return 1 + len(re.findall(r"\d\.(?=\d)", number))


def is_lettered(number: str) -> bool:
    """Whether a number is of the kind that numbers list items: "(a)", "iv.", "2)"."""
    return bool(_LETTERED.fullmatch(number))


def is_dated(line: str) -> bool:
    """Whether a line says when the document was updated or takes effect."""
    return bool(_DATED.search(line))


def is_date(line: str) -> bool:
    """Whether a line is a date and nothing else: "January 3, 2024", "3. Mai 2024", "2024-01-03"."""
    return bool(_DATE.fullmatch(line.strip()))


def is_caps(line: str) -> bool:
    """Whether a line is set in capitals: at least four letters, no small one."""
    if line != line.upper() or line == line.lower():
        return False
    return sum(1 for _ in islice(_LETTER.finditer(line), 4)) == 4


def is_title(line: str, *, words: int = 14, characters: int = 110) -> bool:
    """Whether a line reads as a title: short, begins like one, and does not end as a sentence does."""
    text = line.strip()
    if not text or len(text) > characters or "\n" in text or len(text.split()) > words:
        return False
    first = next((c for c in text if c.isalnum()), "")
    return bool(first) and not first.islower() and not _SENTENCE_END.search(text) and not is_dated(text)


def is_two_sentences(line: str) -> bool:
    """Whether a sentence ends inside a line, as after a title that runs into its text."""
    return _TWO_SENTENCES.search(line) is not None


def is_title_case(words: Sequence[str]) -> bool:
    """Whether all words but small ones begin with a capital or a figure."""
    return all(word[0].isupper() or word[0].isdigit() or word in _SMALL for word in words)


def is_numbered_title(line: str) -> bool:
    """Whether a line is a numbered title: "4. Refunds", "Section 2 - Fees", "IX. TERM AND TERMINATION"."""
    number, rest = split_marker(line)
    if not number or not rest:
        return bool(number) and number[0].isalpha() and " " in number
    if is_lettered(number) and not number[0].isupper() and not is_caps(rest):
        return False
    rest = re.sub(r"^[-–—:.]\s*", "", rest)
    if is_two_sentences(rest):
        return False
    return is_title(rest.rstrip("."), words=12) and rest.count(".") <= 1 and _LETTER.search(rest) is not None


def disguised_level(text: str, *, bold: bool, declared: int) -> int | None:
    """The level of a paragraph that acts as a heading: wholly bold and short, or a numbered title on its own.

    ``declared`` is the level of the last heading that markup or a style declares, 0 before the first.
    """
    number, _ = split_marker(text)
    if is_dated(text) or "\n" in text:
        return None
    if is_numbered_title(text) and (bold or not text.endswith(".")):
        return min(6, declared + depth(number)) if declared else 1 + depth(number)
    words = _WORD.findall(text)
    if bold and is_title(text.rstrip(".:")) and (not text.endswith(".") or len(words) <= 5 or is_title_case(words)):
        return min(6, declared + 1) if declared else 2
    return None
