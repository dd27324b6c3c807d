"""Eighty edits of ten kinds to the clauses of two sample documents, and what holds for any two documents."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.changes.alignment import align
from extractors.layout import Options
from extractors.reading import read_source
from samples import folder
from smallprint.records import Clause, ClausePair, Source
from smallprint.settings import Settings

DOCUMENTS = ("brambleframe/terms-2026-02.html", "lanternpair/privacy-notice.md")
LONG_CLAUSE = 160  # characters; shorter ones are headings and list items


def texts_of(name: str) -> list[str]:
    reading = read_source(Source(location=str(folder() / name)), Settings(), Options())
    return list(dict.fromkeys(clause.text for clause in reading.clauses))


def clauses_of(texts: list[str]) -> list[Clause]:
    clauses, start = [], 0
    for number, text in enumerate(texts, start=1):
        clauses.append(Clause(id=f"c{number}", start=start, end=start + len(text), text=text))
        start += len(text) + 2
    return clauses


def halves(text: str) -> tuple[str, str]:
    """A clause cut between two of its words near the middle."""
    middle = text.index(" ", len(text) // 2)
    return text[:middle], text[middle + 1 :]


def word_replaced(texts: list[str], at: int) -> list[str]:
    words = texts[at].split(" ")
    words[len(words) // 2] = "reasonably"
    return [*texts[:at], " ".join(words), *texts[at + 1 :]]


def sentence_appended(texts: list[str], at: int) -> list[str]:
    return [*texts[:at], texts[at] + " This also applies to gift cards.", *texts[at + 1 :]]


def half_rewritten(texts: list[str], at: int) -> list[str]:
    first, _ = halves(texts[at])
    return [*texts[:at], first + " and nothing else follows from that", *texts[at + 1 :]]


def clause_removed(texts: list[str], at: int) -> list[str]:
    return [*texts[:at], *texts[at + 1 :]]


def clause_added(texts: list[str], at: int) -> list[str]:
    added = "Parcels left with a neighbor count as delivered once the neighbor has signed for them."
    return [*texts[:at], added, *texts[at:]]


def clause_moved(texts: list[str], at: int) -> list[str]:
    rest = clause_removed(texts, at)
    target = (at + len(texts) // 2) % len(rest)
    return [*rest[:target], texts[at], *rest[target:]]


def clause_moved_and_edited(texts: list[str], at: int) -> list[str]:
    return clause_moved(word_replaced(texts, at), at)


def clause_split(texts: list[str], at: int) -> list[str]:
    return [*texts[:at], *halves(texts[at]), *texts[at + 1 :]]


def clauses_merged(texts: list[str], at: int) -> list[str]:
    return [*texts[:at], f"{texts[at]} {texts[at + 1]}", *texts[at + 2 :]]


def white_space_changed(texts: list[str], at: int) -> list[str]:
    return [*texts[:at], texts[at].replace(" ", "\n", 2), *texts[at + 1 :]]


Edit = Callable[[list[str], int], list[str]]
# kind: the edit, and what the pairs with a difference must be
KINDS: dict[str, tuple[Edit, set[str]]] = {
    "a word is replaced": (word_replaced, {"edited"}),
    "a sentence is appended": (sentence_appended, {"edited"}),
    "half of it is rewritten": (half_rewritten, {"edited"}),
    "it is removed": (clause_removed, {"removed"}),
    "another is put before it": (clause_added, {"added"}),
    "it is moved": (clause_moved, {"moved"}),
    "it is moved and edited": (clause_moved_and_edited, {"edited"}),
    "it is split": (clause_split, {"split"}),
    "it is merged with the next": (clauses_merged, {"merged"}),
    "its line breaks change": (white_space_changed, set()),
}


def long_clauses(texts: list[str]) -> list[int]:
    """Four clauses well apart whose neighbor is long too."""
    positions = [n for n in range(1, len(texts) - 2) if min(len(texts[n]), len(texts[n + 1])) >= LONG_CLAUSE]
    return positions[:: max(1, len(positions) // 4)][:4]


CASES = {
    f"{name.split('/')[-1]}, clause {position}: {kind}": (name, position, kind)
    for name in DOCUMENTS
    for position in long_clauses(texts_of(name))
    for kind in KINDS
}


@pytest.mark.parametrize(("name", "position", "kind"), CASES.values(), ids=CASES)
def test_only_the_edited_clause_differs_and_in_the_way_it_was_edited(name: str, position: int, kind: str):
    texts = texts_of(name)
    edit, relations = KINDS[kind]
    pairs = align(clauses_of(texts), clauses_of(edit(texts, position)))
    assert {pair.relation for pair in pairs} - {"unchanged"} == relations
    assert sum(pair.relation != "unchanged" for pair in pairs) == len(relations)
    if kind.startswith("it is moved"):
        assert all(pair.moved for pair in pairs if pair.relation != "unchanged")


def test_there_are_eighty_edits_of_ten_kinds():
    assert (len(CASES), len(KINDS)) == (80, 10)


def test_an_inserted_section_renumbers_its_successors_and_changes_none_of_them():
    sections = ["Orders are binding once paid.", "Returns are free within 14 days.", "Disputes are heard in Utrecht."]
    old = [
        Clause(id=f"c{n}", start=0, end=len(text), text=f"{n}. {text}", number=str(n))
        for n, text in enumerate(sections, start=1)
    ]
    grown = [sections[0], "Parcels are insured.", *sections[1:]]
    new = [
        Clause(id=f"c{n}", start=0, end=len(text), text=f"{n}. {text}", number=str(n))
        for n, text in enumerate(grown, start=1)
    ]
    assert [pair.relation for pair in align(old, new)] == ["unchanged", "added", "renumbered", "renumbered"]


TEXTS = st.lists(st.text(alphabet="abc 1.", max_size=12), max_size=12)


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_every_clause_of_both_versions_stands_in_exactly_one_pair(old: list[str], new: list[str]):
    pairs = align(clauses_of(old), clauses_of(new))
    assert sorted(key for pair in pairs for key in pair.old) == sorted(f"c{n}" for n in range(1, len(old) + 1))
    assert sorted(key for pair in pairs for key in pair.new) == sorted(f"c{n}" for n in range(1, len(new) + 1))
    assert all(_is_sound(pair) for pair in pairs)


def _is_sound(pair: ClausePair) -> bool:
    expected = {"added": not pair.old, "removed": not pair.new}
    return expected.get(pair.relation, bool(pair.old and pair.new))
