"""Windows hold every clause once, within their budget, with their context, and do not change when others do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.model.tokens import count_tokens
from classifiers.model.windows import Window, cut_windows, split_window
from smallprint.records import Clause, Document
from tests.classifiers.reading import markdown, read, terms


def hashes(text: str, budget: int = 1000) -> list[str]:
    return [window.sha256 for window in cut_windows(*read(text), budget_tokens=budget)]


def size(window: Window) -> int:
    return sum(count_tokens(clause.text) for clause in window.clauses)


@pytest.mark.parametrize("budget", [1, 60, 300, 1000, 3500, 100_000], ids=lambda n: f"a budget of {n} tokens")
def test_every_clause_is_in_one_window_within_the_budget(budget: int) -> None:
    document, clauses = terms()
    windows = cut_windows(document, clauses, budget_tokens=budget)
    assert tuple(clause for window in windows for clause in window.clauses) == clauses
    for window in windows:
        several = [clause for clause in window.clauses if not clause.heading_only]
        assert size(window) <= budget or len(several) <= 1


def test_windows_begin_where_sections_do() -> None:
    windows = cut_windows(*terms(), budget_tokens=1000)
    assert all(window.clauses[0].heading_only for window in windows[1:])


def test_a_heading_stays_with_what_follows_it() -> None:
    windows = cut_windows(*terms(), budget_tokens=300)
    assert not any(window.clauses[-1].heading_only for window in windows)


@st.composite
def clause_lists(draw: st.DrawFn) -> tuple[Document, tuple[Clause, ...]]:
    parts = draw(st.lists(st.tuples(st.booleans(), st.integers(1, 400), st.integers(0, 3)), min_size=1, max_size=60))
    clauses, start = [], 0
    for n, (bare, length, section) in enumerate(parts):
        text = ("Heading" if bare else "word " * length).strip()
        clauses.append(
            Clause(
                id=f"c{n}",
                start=start,
                end=start + len(text),
                text=text,
                heading_only=bare,
                heading_path=(f"{section}.",),
            )
        )
        start += len(text) + 1
    text = "\n".join(clause.text for clause in clauses)
    document = Document(
        source="x",
        media_type="text/plain",
        sha256="0" * 64,
        title=None,
        language="en",
        extractor="t/1",
        text=text,
        blocks=(),
    )
    return document, tuple(clauses)


@given(clause_lists(), st.integers(1, 800))
@settings(max_examples=60)
def test_any_clauses_are_tiled_within_any_budget(text: tuple[Document, tuple[Clause, ...]], budget: int) -> None:
    document, clauses = text
    windows = cut_windows(document, clauses, budget_tokens=budget)
    assert tuple(clause for window in windows for clause in window.clauses) == clauses
    assert [window.index for window in windows] == list(range(len(windows)))
    for window in windows:
        assert size(window) <= budget or sum(not clause.heading_only for clause in window.clauses) <= 1


@given(st.integers(0, 39), st.sampled_from(["edit", "insert", "delete"]))
@settings(max_examples=40)
def test_a_change_in_one_section_changes_two_windows_at_most(section: int, change: str) -> None:
    before = markdown()
    lines = before.split("\n")
    index = next(n for n, line in enumerate(lines) if line.startswith(f"{section + 1}.2 "))
    if change == "edit":
        lines[index] = lines[index].replace("as for all others", "but not for the others")
    elif change == "insert":
        lines[index:index] = [f"{section + 1}.9 Orders that reach us after noon are packed on the next morning.", ""]
    else:
        del lines[index : index + 2]
    after = "\n".join(lines)
    assert after != before
    assert len(set(hashes(after)) - set(hashes(before))) <= 2


def test_renumbering_sections_does_not_move_the_cuts() -> None:
    before = [
        window.clauses[0].heading_path[-1].split(". ", 1)[1] for window in cut_windows(*terms(), budget_tokens=1000)[1:]
    ]
    lines = markdown().replace("## 1. ", "## 1. Welcome\n\nWelcome.\n\n## 2. ", 1)
    windows = cut_windows(*read(lines), budget_tokens=1000)[1:]
    assert [window.clauses[0].heading_path[-1].split(". ", 1)[1] for window in windows] == before


def test_bare_headings_have_no_number() -> None:
    (window,) = cut_windows(*terms(2), budget_tokens=5000)
    numbered = list(window.numbered())
    assert [number for number, _ in numbered] == list(range(1, len(numbered) + 1))
    assert not any(clause.heading_only for _, clause in numbered)


CONTEXT = """# Terms

## 1. Words

"Lanternware" means each program that we put on a lantern that you bought from us.

{filler}

## 2. Care

You must not:

{items}
"""


def test_section_lead_in_and_definitions_from_outside_are_context() -> None:
    filler = "\n\n".join(
        f"1.{n} Every lamp of series {n} is tested in the yard before it is packed." for n in range(1, 30)
    )
    items = "\n".join(
        f"- take lamp {n} apart, or let anybody else take it apart, for whatever purpose" for n in range(40)
    )
    text = CONTEXT.format(filler=filler, items=items + "\n- copy Lanternware to other lamps")
    windows = cut_windows(*read(text), budget_tokens=400)
    last = windows[-1]
    assert "copy Lanternware" in last.clauses[-1].text
    assert last.context[0].startswith("Section: ")
    assert "2. Care" in last.context[0]
    assert "Continues: You must not:" in last.context
    assert any(line.startswith('Definition: "Lanternware" means each program') for line in last.context)
    assert not windows[0].context


def test_a_section_added_at_the_end_changes_no_earlier_window() -> None:
    shorter, longer = hashes(markdown(40)), hashes(markdown(41))
    assert set(shorter[:-1]) <= set(longer)


def test_a_window_is_split_between_clauses() -> None:
    document, clauses = terms()
    window = cut_windows(document, clauses, budget_tokens=2000)[1]
    first, second = split_window(document, clauses, window)
    assert first.clauses + second.clauses == window.clauses
    assert min(size(first), size(second)) >= 0.25 * size(window)


def test_a_single_clause_is_split_between_sentences() -> None:
    document, clauses = read("One sentence stands here. Another one follows it at once. A third one ends it all.")
    (window,) = cut_windows(document, clauses, budget_tokens=1000)
    parts = split_window(document, clauses, window)
    assert len(parts) == 2
    for part in parts:
        (clause,) = part.clauses
        assert document.text[clause.start : clause.end] == clause.text
        assert clause.id == clauses[0].id


def test_a_single_sentence_is_not_split() -> None:
    document, clauses = read("One sentence stands here and nothing else does.")
    window = cut_windows(document, clauses, budget_tokens=1000)[0]
    assert split_window(document, clauses, window) == (window,)


def test_no_clauses_no_windows() -> None:
    assert cut_windows(terms(1)[0], (), budget_tokens=100) == ()


def test_a_budget_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        cut_windows(*terms(1), budget_tokens=0)
