"""A document's clauses as sentences that the signals read: each with its clause, its headings and its section."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.offline.phrases import Index, Pattern, parse
from extractors.clauses.sentences import sentence_spans
from smallprint.records import Clause, Document

_FEWEST_WORDS = 4  # a shorter sentence is a label, not a term, its number not counted
_SHORT_TERM = re.compile(r"\b(?:applies|apply|decides|governs)\b")  # unless it is one like "Ohio law applies."
_PRIVACY_TITLE = re.compile(r"\b(?:privacy|cookies?|data (?:protection|policy|use))\b", re.IGNORECASE)
_PERSONAL_DATA = parse("{personal_data}")
_LONGEST_TITLE = 10  # words, small ones aside
_SMALL_WORD = re.compile(
    r"an?|and|as|at|by|for|from|into?|of|on|or|our|over|the|these|this|to|under|us|we|with|without|your?", re.IGNORECASE
)
_ENUMERATOR = re.compile(r"\(?\d+(?:\.\d+)*[.):]?|\(?(?:[A-Za-z]|[ivxIVX]+)[.)]")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a clause, in the document's own offsets."""

    clause: str
    position: int  # of the clause in the document
    start: int
    end: int
    text: str
    headings: frozenset[int]  # numbers, in the reading's index, of the headings above it
    lead_ins: frozenset[int]  # likewise, of the sentences that open the lists it is an item of
    section: tuple[str, ...]  # the part of the document that neighboring clauses share
    states_nothing: bool


@dataclass(frozen=True)
class Reading:
    """All sentences of a document and an index over them; what stands above them follows in the index."""

    sentences: tuple[Sentence, ...]
    index: Index
    about_privacy: bool = True  # whether the whole document is about personal data


def read(document: Document, clauses: Sequence[Clause], named: Mapping[str, Pattern]) -> Reading:
    """The sentences of ``clauses`` with what stands above them."""
    spans = [(clause, span) for clause in clauses if not clause.heading_only for span in _sentences(clause)]
    openings = _openings(clauses)
    above: dict[str, int] = {}
    for clause, _ in spans:
        for text in (*clause.heading_path, *openings[clause.id]):
            above.setdefault(text, len(spans) + len(above))
    sections = _sections(clauses)
    positions = {clause.id: number for number, clause in enumerate(clauses)}
    blocks = {block.start for block in document.blocks if block.kind == "heading"}
    sentences = tuple(
        Sentence(
            clause=clause.id,
            position=positions[clause.id],
            start=start,
            end=end,
            text=document.text[start:end],
            headings=frozenset(above[heading] for heading in clause.heading_path),
            lead_ins=frozenset(above[opening] for opening in openings[clause.id]),
            section=sections[clause.id],
            states_nothing=start in blocks or _says_nothing(document.text[start:end]),
        )
        for clause, (start, end) in spans
    )
    index = Index([sentence.text for sentence in sentences] + list(above), named)
    return Reading(sentences, index, about_privacy=_about_privacy(document, index, len(sentences)))


def _about_privacy(document: Document, index: Index, sentences: int) -> bool:
    """Whether the title says so, or every fifth sentence speaks of personal data."""
    headings = [document.text[block.start : block.end] for block in document.blocks if block.kind == "heading"]
    if any(_PRIVACY_TITLE.search(title or "") for title in (document.title, *headings[:1])):
        return True
    speaking = [number for number in index.find(_PERSONAL_DATA) if number < sentences]
    return len(speaking) * 5 >= sentences


def _sentences(clause: Clause) -> list[tuple[int, int]]:
    return [(clause.start + start, clause.start + end) for start, end in sentence_spans(clause.text)]


def _openings(clauses: Sequence[Clause]) -> dict[str, tuple[str, ...]]:
    """Clause id -> the sentences that open the lists it belongs to: "You must not:" above "(a) resell access"."""
    opens = {clause.lead_in for clause in clauses}
    found: dict[str, tuple[str, ...]] = {}
    below: dict[str | None, tuple[str, ...]] = {}
    for clause in clauses:  # a list's opening comes before its items
        found[clause.id] = below.get(clause.lead_in, ())
        if clause.id in opens:
            start, end = sentence_spans(clause.text)[-1]
            below[clause.id] = (*found[clause.id], clause.text[start:end])
    return found


def _sections(clauses: Sequence[Clause]) -> dict[str, tuple[str, ...]]:
    """Clause id -> the topmost heading that tells parts of this document apart; without headings its own number."""
    paths = [clause.heading_path for clause in clauses if clause.heading_path]
    shared = 0
    # A title stands above all parts; a preamble has nothing else above it.
    while any(len(path) > shared + 1 for path in paths) and len({path[shared : shared + 1] for path in paths}) == 1:
        shared += 1
    return {
        clause.id: clause.heading_path[: shared + 1] or ((clause.number or clause.id).split(".")[0].split("(")[0],)
        for clause in clauses
    }


def _says_nothing(text: str) -> bool:
    stripped = text.rstrip(" \n\t\"'”’)*_")
    words = text.split()
    if words and _ENUMERATOR.fullmatch(words[0]):
        del words[0]
    return stripped.endswith("?") or _is_label(text, words) or _is_title(text)


def _is_label(text: str, words: Sequence[str]) -> bool:
    return len(words) < _FEWEST_WORDS and not (len(words) > 2 and _SHORT_TERM.search(text))


def _is_title(text: str) -> bool:
    """A run-in head: few words, all that matter with a capital, not all shouted, as in "2. Notice of Dispute"."""
    words = [word.strip("\"'“”‘’().,:;&") for word in text.split()]
    words = [word for word in words if word[:1].isalpha() and not _SMALL_WORD.fullmatch(word)]
    return len(words) <= _LONGEST_TITLE and all(word[0].isupper() for word in words) and not text.isupper()
