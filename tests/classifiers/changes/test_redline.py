from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.changes.redline import accepted, edits, redline, rejected

TEXTS = st.text(alphabet="ab \n\t.,'’-19é\u200d٣\u0345()“”", max_size=60)
VOCABULARY = ("we", "may", "not", "share", "your", "30", "14", "days", "unless", ",", ".", "(", "\n")
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40)


@settings(max_examples=1000, deadline=None)
@given(TEXTS, TEXTS)
def test_accepting_all_gives_the_new_text_and_rejecting_all_the_old(old: str, new: str):
    parts = redline(old, new)
    assert (accepted(parts), rejected(parts)) == (new, old)


@settings(max_examples=500, deadline=None)
@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_parts_are_never_empty_and_neighbors_differ(old: str, new: str):
    parts = redline(old, new)
    assert all(part.text for part in parts)
    assert all(left.operation != right.operation for left, right in pairwise(parts))


def test_a_replaced_word_is_struck_before_its_replacement():
    parts = redline("We will notify you 30 days before.", "We may notify you 14 days before.")
    assert [(part.operation, part.text) for part in parts] == [
        ("equal", "We "),
        ("deleted", "will "),
        ("inserted", "may "),
        ("equal", "notify you "),
        ("deleted", "30 "),
        ("inserted", "14 "),
        ("equal", "days before."),
    ]


def test_edits_pair_what_was_struck_with_what_replaces_it():
    parts = redline("a fee of 5 and taxes", "a fee of 8 and taxes, if any")
    assert edits(parts) == [("5 ", "8 "), ("", ", if any")]
