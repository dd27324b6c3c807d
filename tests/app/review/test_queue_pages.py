"""The queue without JavaScript: its order, its filters, saved views, the next draft."""

import pytest

from tests.app.review.browser import decide
from tests.drafts import ARBITRATION, CLASS_ACTION, PRICES, REFUND

EVERYTHING = [CLASS_ACTION, ARBITRATION, PRICES, REFUND]  # in the queue's order


def test_the_queue_shows_the_most_urgent_drafts_first(anna):
    page = anna.get("/")
    titles = [link.text_content() for link in page.all("//a[@class='title']")]
    assert titles == [draft.title for draft in EVERYTHING]
    assert "4 open drafts" in page.text


@pytest.mark.parametrize(
    ("query", "drafts"),
    [
        pytest.param("severity=critical", [ARBITRATION], id="one severity"),
        pytest.param("q=jury", [CLASS_ACTION], id="a word of the source"),
        pytest.param("flag=low_confidence&entity=Northwind+Kettles", [PRICES], id="flag and entity"),
        pytest.param("status=nonsense&page=-3&severity=%00", EVERYTHING, id="nonsense is ignored"),
        pytest.param("status=approved", [], id="nothing is approved yet"),
    ],
)
def test_the_address_filters_the_queue(anna, query, drafts):
    page = anna.get(f"/queue?{query}")
    links = [link.get("href").partition("?")[0] for link in page.all("//a[@class='title']")]
    assert links == [f"/draft/{draft.id}" for draft in drafts]


def test_a_saved_view_is_ones_own_and_can_be_deleted(anna, ben):
    anna.send(anna.get("/queue?severity=critical"), "/queue/views", {"name": "worst"})
    queue = anna.get("/queue")
    assert queue.all("//a[@href='/queue?severity=critical']/span[contains(., 'worst')]")
    assert "worst" not in ben.get("/queue").text
    view_id = queue.all("//button[@name='drop']/@value")[0]
    assert "worst" not in anna.send(queue, "/queue/views", {"drop": view_id}).text


def test_a_view_that_a_lead_shares_is_everybodys(anna, browse):
    lea = browse("Lea")
    lea.send(lea.get("/queue?q=jury"), "/queue/views", {"name": "juries", "shared": "1"})
    assert "juries shared" in anna.get("/queue").text


def test_the_next_draft_is_of_the_same_view(anna):
    page = anna.get(f"/draft/{REFUND.id}?severity=medium")
    second = decide(anna, "approve", page=page)
    assert second.address.startswith(f"/draft/{PRICES.id}?severity=medium")
    assert "Nothing is left" in decide(anna, "approve", PRICES, page=second).text


def test_the_link_to_the_queue_keeps_the_view(anna):
    page = anna.get(f"/draft/{REFUND.id}?severity=medium")
    assert page.all("//a[@id='to-queue']/@href") == ["/queue?severity=medium"]


def test_signing_in_leads_to_the_whole_view_that_was_asked_for(browse):
    page = browse().get("/queue?severity=high&status=all")
    assert page.all("//input[@name='next']/@value") == ["/queue?severity=high&status=all"]
