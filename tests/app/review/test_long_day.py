"""What somebody who sits at the desk for eight hours would curse at, and does not have to."""

from sqlalchemy import update

from smallprint.store import audit
from smallprint.store import tables as t
from tests.app.review.test_desk import ADDRESS, decide, standing
from tests.drafts import CLAUSES, DOCUMENT, REFUND


def test_a_conflict_offers_each_side_what_it_changed_itself(anna, ben, store):
    seen = ben.get(ADDRESS)
    decide(anna, "approve", title="Anna's title")
    page = decide(ben, "approve", page=seen, consumer_impact="Ben's impact.")
    merged = ben.send(page, f"{ADDRESS}/resolve")
    assert (merged.typed("title"), merged.typed("consumer_impact")) == ("Anna's title", "Ben's impact.")
    assert page.text.count("you had left it as it was") == 1


def test_undo_stays_at_hand_while_drafts_are_passed_over(anna, store):
    page = decide(anna, "approve")
    page = anna.get(page.all("//a[@id='next']/@href")[0])
    assert "Approved" in page.text
    anna.send(page, "/queue/undo")
    assert standing(store).draft.status == "draft"


def test_what_was_undone_is_offered_to_be_redone(anna, store):
    page = anna.send(decide(anna, "approve"), "/queue/undo")
    assert "Redo u" in page.text
    anna.send(page, "/queue/undo")
    assert standing(store).draft.status == "approved"


def test_everything_that_is_wrong_is_told_at_once_by_its_name(anna):
    page = decide(anna, "approve", title="", quote="Not a word of this stands there, I am afraid.")
    assert page.status == 422
    told = " ".join(page.all("string(//*[@role='alert'])").split())
    assert "Title: It cannot be empty." in told
    assert "Evidence: “Not a word of this" in told


def test_the_way_back_to_the_queue_keeps_its_view(anna):
    page = anna.get(f"{ADDRESS}?severity=medium")
    assert page.all("//a[@id='to-queue']/@href") == ["/queue?severity=medium"]


def test_no_path_of_the_disk_stands_on_a_page(anna, store):
    with store.write() as connection:
        connection.execute(update(t.sources).values(location="/home/ada/secret/kettles-2.md", entity=None))
    page = anna.get(ADDRESS)
    assert "kettles-2.md" in page.text
    assert "/home/ada" not in page.source
    queue = anna.get("/queue").source
    assert "kettles-2.md · " in " ".join(queue.replace("<", " <").split())
    assert "/home/ada" not in queue


def test_signing_in_leads_to_the_whole_view_that_was_asked_for(browse):
    page = browse().get("/queue?severity=high&status=all")
    assert page.all("//input[@name='next']/@value") == ["/queue?severity=high&status=all"]


def test_split_and_add_show_the_document_beside_the_form(anna):
    assert anna.get(f"{ADDRESS}/split").all("string(//mark)") == REFUND.evidence[0].text
    added = anna.get(f"/document/{DOCUMENT.id}/add?clause=c9&from={REFUND.id}")
    assert added.all("string(//mark)") == CLAUSES[8].text


def test_clauses_are_marked_one_after_the_other(anna):
    page = anna.get(f"{ADDRESS}?tools=1")
    offered = [one.partition(":")[0] for one in page.all("//button[@name='clause']/@value")]
    assert "c9" in offered
    assert "c3" not in offered  # some draft has its evidence there
    page = anna.send(page, f"/document/{DOCUMENT.id}/nothing", {"clause": "c9:1"})
    assert "“3.1 You keep what you write. You allow…”" in page.text
    assert page.all("//button[@name='clause']")


def test_history_tells_field_by_field_with_the_chain(anna, store):
    decide(anna, "approve", title="No refunds", citation="GDPR Art. 13", citation_why="Nobody is told.")
    page = anna.get(f"{ADDRESS}/history")
    laws = ("FTC Act Section 5: Unfair to consumers.", "GDPR Art. 13: Nobody is told.")
    for said in ("Approved with changes", "Anna", REFUND.title, "No refunds", *laws, "chain row"):
        assert said in page.text
    with store.read() as connection:
        assert audit.verify(connection).problems == ()
