"""A document's clauses as indexed sentences, which the signals read: each with its clause, headings and section."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.offline.phrases import Index, Pattern, parse
from extractors.clauses.sentences import sentence_spans
from smallprint.records import Clause, Document

# Bounds that separate labels and run-in titles from terms; chosen by eye on the development pages.
_MIN_TERM_WORDS = 4  # a shorter sentence is a label, not a term, its list number not counted
_MAX_TITLE_WORDS = 10  # small ones not counted
# A document that mentions personal data in every fifth sentence is about privacy, whatever its title; chosen by eye.
_MAX_SENTENCES_PER_MENTION = 5
_SHORT_TERM = re.compile(r"\b(?:applies|apply|decides|governs)\b")  # except one like "Ohio law applies."
_PRIVACY_TITLE = re.compile(r"\b(?:privacy|cookies?|data (?:protection|policy|use))\b", re.IGNORECASE)
_PERSONAL_DATA = parse("{personal_data}")
_SMALL_WORD = re.compile(
    r"an?|and|as|at|by|for|from|into?|of|on|or|our|over|the|these|this|to|under|us|we|with|without|your?", re.IGNORECASE
)
_LIST_NUMBER = re.compile(r"\(?\d{1,9}(?:\.\d{1,9}){0,8}[.):]?|\(?(?:[A-Za-z]|[ivxIVX]{1,8})[.)]")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a clause, in the document's own offsets."""

    clause: str
    position: int  # of the clause in the document
    start: int
    end: int
    text: str
    headings: frozenset[int]  # numbers, in the index, of the headings above it
    lead_ins: frozenset[int]  # likewise, of the sentences that open the lists it is an item of
    section: tuple[str, ...]  # the part of the document that neighboring clauses share
    states_nothing: bool


@dataclass(frozen=True)
class IndexedSentences:
    """All sentences of a document and an index over them; their headings and lead-ins come after them in the index."""

    sentences: tuple[Sentence, ...]
    index: Index
    about_privacy: bool = True  # whether the whole document is about personal data


def index_sentences(document: Document, clauses: Sequence[Clause], named: Mapping[str, Pattern]) -> IndexedSentences:
    """The sentences of ``clauses`` with the headings and lead-ins above them."""
    spans = [(clause, span) for clause in clauses if not clause.heading_only for span in _sentence_spans(clause)]
    lead_ins = _lead_ins(clauses)
    number_above: dict[str, int] = {}  # heading or lead-in -> its number in the index
    for clause, _ in spans:
        for text in (*clause.heading_path, *lead_ins[clause.id]):
            number_above.setdefault(text, len(spans) + len(number_above))
    sections = _sections(clauses)
    positions = {clause.id: number for number, clause in enumerate(clauses)}
    heading_starts = {block.start for block in document.blocks if block.kind == "heading"}
    sentences = tuple(
        Sentence(
            clause=clause.id,
            position=positions[clause.id],
            start=start,
            end=end,
            text=document.text[start:end],
            headings=frozenset(number_above[heading] for heading in clause.heading_path),
            lead_ins=frozenset(number_above[lead_in] for lead_in in lead_ins[clause.id]),
            section=sections[clause.id],
            states_nothing=start in heading_starts or _states_nothing(document.text[start:end]),
        )
        for clause, (start, end) in spans
    )
    index = Index([sentence.text for sentence in sentences] + list(number_above), named)
    return IndexedSentences(sentences, index, about_privacy=_is_about_privacy(document, index, len(sentences)))


def _is_about_privacy(document: Document, index: Index, sentences: int) -> bool:
    """Whether the title says so, or many sentences mention personal data."""
    headings = [document.text[block.start : block.end] for block in document.blocks if block.kind == "heading"]
    if any(_PRIVACY_TITLE.search(title or "") for title in (document.title, *headings[:1])):
        return True
    mentions = [number for number in index.find(_PERSONAL_DATA) if number < sentences]
    return len(mentions) * _MAX_SENTENCES_PER_MENTION >= sentences


def _sentence_spans(clause: Clause) -> list[tuple[int, int]]:
    return [(clause.start + start, clause.start + end) for start, end in sentence_spans(clause.text)]


def _lead_ins(clauses: Sequence[Clause]) -> dict[str, tuple[str, ...]]:
    """Clause id -> the sentences that open the lists it belongs to: "You must not:" above "(a) resell access"."""
    openings = {clause.lead_in for clause in clauses}
    lead_ins: dict[str, tuple[str, ...]] = {}
    of_items: dict[str | None, tuple[str, ...]] = {}  # opening clause -> lead-ins of the items of its list
    for clause in clauses:  # a list's opening comes before its items
        lead_ins[clause.id] = of_items.get(clause.lead_in, ())
        if clause.id in openings:
            start, end = sentence_spans(clause.text)[-1]
            of_items[clause.id] = (*lead_ins[clause.id], clause.text[start:end])
    return lead_ins


def _sections(clauses: Sequence[Clause]) -> dict[str, tuple[str, ...]]:
    """Clause id -> the path to the topmost heading that separates parts of the document; else the clause's number."""
    paths = [clause.heading_path for clause in clauses if clause.heading_path]
    shared = 0
    # A title is above all parts; a preamble has no other heading above it.
    while any(len(path) > shared + 1 for path in paths) and len({path[shared : shared + 1] for path in paths}) == 1:
        shared += 1
    return {
        clause.id: clause.heading_path[: shared + 1] or ((clause.number or clause.id).split(".")[0].split("(")[0],)
        for clause in clauses
    }


def _states_nothing(text: str) -> bool:
    stripped = text.rstrip(" \n\t\"'”’)*_")
    words = text.split()
    if words and _LIST_NUMBER.fullmatch(words[0]):
        del words[0]
    return stripped.endswith("?") or _is_label(text, words) or _is_title(text)


def _is_label(text: str, words: Sequence[str]) -> bool:
    return len(words) < _MIN_TERM_WORDS and not (len(words) > 2 and _SHORT_TERM.search(text))


def _is_title(text: str) -> bool:
    """A run-in title: few words, each that matters with a capital, not all capitals, as in "2. Notice of Dispute"."""
    words = [word.strip("\"'“”‘’().,:;&") for word in text.split()]
    words = [word for word in words if word[:1].isalpha() and not _SMALL_WORD.fullmatch(word)]
    return len(words) <= _MAX_TITLE_WORDS and all(word[0].isupper() for word in words) and not text.isupper()
