"""The lead's dashboard and blind double review."""

import pytest

from app.review import agreement, figures, plots
from app.review.agreement import is_sampled, kappa
from app.review.desk import create_desk
from smallprint.review import REASONS, Decision
from smallprint.store import drafts, outbox
from tests.app.review.browser import Browser
from tests.drafts import ARBITRATION, CLASS_ACTION, NOW, PRICES, REFUND, decide_and_write


@pytest.fixture
def decided(store):
    def decide(kind, draft, by, **fields):
        with store.write() as connection:
            decision = Decision(kind=kind, draft=draft.id, seen_version=1, by=by, at=NOW, **fields)
            decide_and_write(connection, decision)

    decide("approve", REFUND, "Anna", edited_draft=REFUND.model_copy(update={"title": "x" * len(REFUND.title)}))
    decide("approve", ARBITRATION, "Anna")
    decide("reject", PRICES, "Ben", reasons=("misread", "duplicate"))
    return store


def test_the_figures_count_what_people_decided(decided):
    with decided.read() as connection:
        assert figures.totals(connection, NOW) == figures.Totals(
            open=1, approved=2, rejected=1, second_opinions=0, decided_today=3
        )
        days, people = figures.throughput(connection, NOW)
        assert (days[-1], people) == ("2 Mar", {"Anna": [0] * 13 + [2], "Ben": [0] * 13 + [1]})
        assert figures.reasons(connection) == [(REASONS["misread"], 1), (REASONS["duplicate"], 1)]
        assert sum(number for _, number in figures.waiting(connection, NOW)) == 1
        assert dict(figures.open_by_severity(connection))["high"] == 1
        (edits,) = figures.edit_rates(connection)
    assert (edits.analyst, edits.approved, edits.untouched) == ("offline · offline@1", 2, 1)
    assert edits.changed["title"] == 0.5
    assert edits.changed["what_it_is"] == 0


def test_the_dashboard_draws_the_figures_for_leads(decided, browse):
    page = browse("Lea").get("/dashboard")
    assert page.status == 200
    assert len(page.all("//*[local-name()='svg'][@role='img']")) >= 4
    assert "2 newest approvals, 50% without any change" in page.text


def test_the_dashboard_reports_announcements_that_were_not_accepted(decided, browse):
    assert "announcement" not in browse("Lea").get("/dashboard").text
    with decided.write() as connection:
        outbox.listen(connection, "webhook", NOW)
        decide_and_write(connection, Decision(kind="approve", draft=CLASS_ACTION.id, seen_version=1, by="Ben", at=NOW))
        outbox.failed(connection, outbox.claim(connection, "webhook", NOW), "it answered 503", NOW)
    dashboard = browse("Lea").get("/dashboard").text
    assert "1 announcement has been waiting for the webhook since 2 Mar 2026, 09:00 UTC: it answered 503." in dashboard


def test_a_plot_escapes_its_labels_and_folds_many_people_into_one_band():
    drawn = plots.bars([("<script>", 1)])
    assert "<script>" not in drawn
    many = {f"person {n}": [n, 1] for n in range(9)}
    merged = plots.merged(many)
    assert list(merged) == ["person 0", "person 1", "person 2", "person 3", "5 others"]
    assert merged["5 others"] == [4 + 5 + 6 + 7 + 8, 5]


@pytest.mark.parametrize(
    ("pairs", "ordered", "expected"),
    [
        pytest.param([("a", "a"), ("b", "b"), ("c", "c")], False, 1.0, id="full agreement"),
        pytest.param([("a", "b"), ("b", "a")], False, -1.0, id="always the opposite"),
        pytest.param([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], False, 0.0, id="agreement by chance"),
        pytest.param([("a", "a")] * 5, False, None, id="a single answer, where it is undefined"),
        pytest.param(
            [("a", "b"), ("c", "c"), ("a", "a"), ("c", "b")],
            True,
            2 / 3,
            id="ordered values, where near misses count less",
        ),
    ],
)
def test_kappa_of(pairs, ordered, expected):
    agreed = kappa(pairs, ("a", "b", "c"), ordered=ordered)
    assert agreed == (expected if expected is None else pytest.approx(expected))


def test_the_blind_sample_stays_the_same_and_has_the_share_asked_for():
    sample = [is_sampled(f"draft-{n}", 0.2) for n in range(2000)]
    assert sample == [is_sampled(f"draft-{n}", 0.2) for n in range(2000)]
    assert 300 < sum(sample) < 500
    assert all(is_sampled(f"draft-{n}", 1.0) for n in range(50))


@pytest.fixture
def blind(decided, clock, browse):
    """A desk where every draft is read twice."""
    desk = create_desk(decided, clock=clock, blind_share=1.0)

    def browser(name):
        client = browse(name).client
        client.app = desk
        client._transport.app = desk
        return Browser(client)

    return browser


def test_a_blind_reader_sees_the_proposal_and_changes_nothing(blind, decided):
    ben = blind("Ben")
    read = []
    for verdict in ("approve", "reject"):
        page = ben.get("/blind")
        draft_id = page.address.partition("?")[0].removeprefix("/blind/")
        read.append(draft_id)
        assert "Approved" not in page.text
        assert "SP-P-" not in page.text
        ben.send(page, f"/blind/{draft_id}", {"act": verdict})
    assert set(read) == {REFUND.id, ARBITRATION.id}
    assert "No draft waits" in ben.get("/blind").text
    with decided.read() as connection:
        assert drafts.find_standing(connection, REFUND.id).version == 2
        by_field = {row.field: row for row in agreement.agreement(connection)}
    assert (by_field["verdict"].pairs, by_field["verdict"].same) == (2, 0.5)
    assert by_field["severity"].pairs == 1


def test_nobody_reads_a_draft_blind_that_they_decided(blind):
    anna = blind("Anna")
    assert anna.get(f"/blind/{REFUND.id}").status == 403
    assert anna.get("/blind").address == f"/blind/{PRICES.id}"
    assert CLASS_ACTION.id not in anna.get("/blind").source
