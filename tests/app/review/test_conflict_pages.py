"""Conflicts without JavaScript: both sides are shown, and nobody loses what they typed."""

from tests.app.review.browser import ADDRESS, decide, standing
from tests.drafts import ARBITRATION, CLASS_ACTION, PRICES, REFUND, save_run


def test_a_conflict_shows_both_sides_and_loses_nothing(anna, ben, store):
    loaded = ben.get(ADDRESS)
    decide(anna, "approve", title="Anna's title")
    page = decide(ben, "approve", page=loaded, title="Ben's title", what_it_is="Ben's view.", note="sure")
    assert page.status == 409
    for text in ("Anna", "approved, with changes", "Anna's title", "Ben's title", "was not applied", "SP-P-000001"):
        assert text in page.text
    assert standing(store).draft.title == "Anna's title"
    merged = ben.send(page, f"{ADDRESS}/resolve", {"take_title": "theirs", "take_what it is": "mine"})
    assert merged.text_area("title") == "Anna's title"
    assert merged.text_area("what_it_is").strip() == "Ben's view."
    decide(ben, "approve", page=merged)
    resolved = standing(store)
    assert (resolved.draft.title, resolved.draft.what_it_is, resolved.version) == ("Anna's title", "Ben's view.", 3)


def test_each_side_is_preselected_where_it_changed_the_field(anna, ben):
    loaded = ben.get(ADDRESS)
    decide(anna, "approve", title="Anna's title")
    page = decide(ben, "approve", page=loaded, consumer_impact="Ben's impact.")
    merged = ben.send(page, f"{ADDRESS}/resolve")
    assert (merged.text_area("title"), merged.text_area("consumer_impact")) == ("Anna's title", "Ben's impact.")
    assert page.text.count("you did not change this") == 1


def test_unfinished_edits_of_an_older_version_open_as_a_conflict(anna, ben):
    decide(ben, "keep", title="Ben's title")
    decide(anna, "reject", reasons=["misread"])
    page = ben.get(ADDRESS)
    assert "This draft changed while you worked on it" in page.text
    assert "Ben's title" in page.text


def test_a_run_that_changes_the_draft_meanwhile_is_a_conflict(anna, store):
    loaded = anna.get(ADDRESS)
    save_run(store, REFUND.model_copy(update={"title": "Anew"}), PRICES, ARBITRATION, CLASS_ACTION)
    page = decide(anna, "approve", page=loaded)
    assert page.status == 409
    assert "A new run changed" in page.text


def test_pressing_a_key_twice_decides_once_without_a_conflict(anna, store):
    loaded = anna.get(ADDRESS)
    assert decide(anna, "approve", page=loaded, title="No refunds").status == 200
    repeated = decide(anna, "approve", page=loaded, title="No refunds")
    assert (repeated.status, repeated.address.partition("?")[0]) == (200, f"/draft/{CLASS_ACTION.id}")
    assert standing(store).version == 2


def test_a_second_decision_of_ones_own_with_other_words_is_a_conflict(anna, store):
    loaded = anna.get(ADDRESS)
    decide(anna, "approve", page=loaded, title="No refunds")
    assert decide(anna, "approve", page=loaded, title="Fees stay paid").status == 409
    assert standing(store).draft.title == "No refunds"


def test_a_form_without_a_version_decides_nothing(anna, store):
    assert decide(anna, "approve", saw=None).status == 409
    assert standing(store).version == 1
