"""Every view of the desk once, in Chromium: axe finds nothing in light or dark, nothing scrolls sideways on a phone."""

from collections.abc import Iterator

import pytest

from smallprint.review import Decision
from smallprint.store import invitations, open_store, people
from tests.app.review.chromium import PASSWORD, Served, chromium, fill_with_a_password, kind, needs_chromium
from tests.app.review.conftest import Clock
from tests.app.review.test_page_images import sample
from tests.drafts import (
    ARBITRATION,
    CLASS_ACTION,
    DOCUMENT,
    NOW,
    PRICES,
    REFUND,
    SNAPSHOT,
    decide_and_write,
    save_document,
    save_run,
)

__all__ = ["chromium", "kind", "sample"]
pytestmark = needs_chromium
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

DRAFT = f"/draft/{REFUND.id}"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def desk(databases, chromium, sample) -> Iterator[Served]:
    """A desk with a PDF, a second admin, a provider and blind reading."""
    folder, loaded, evidence = sample
    with databases.copy("sqlite", fill_with_a_password) as url:
        store = open_store(url)
        snapshot = SNAPSHOT.model_copy(update={"sha256": loaded.document.sha256})
        with store.write() as connection:
            save_document(connection, loaded.source, snapshot, loaded.document, loaded.clauses)
        provenance = REFUND.provenance.model_copy(update={"document": loaded.document.id})
        proposed = REFUND.model_copy(update={"id": "pdf", "evidence": evidence, "provenance": provenance})
        save_run(store, proposed, document=loaded.document, clauses=loaded.clauses)
        with store.write() as connection:
            people.add_person(connection, "Adam", "admin", by="test", at=NOW)
        running = Served(store, Clock(), chromium, snapshots=folder, blind_share=1.0)
        yield running
        running.close()
        store.close()


def decide(desk: Served, draft, kind: str, by: str, **changes) -> None:
    version = desk.standing(draft).version
    decision = Decision(kind=kind, draft=draft.id, seen_version=version, by=by, at=desk.clock(), **changes)
    with desk.store.write() as connection:
        decide_and_write(connection, decision)


def before_signing_in(desk: Served, page) -> Iterator[str]:
    page.goto("/sign-in")
    yield "sign in"
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", "not this one")
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("[role=alert]")
    yield "a wrong password"
    with desk.store.write() as connection:
        link = f"/welcome/{invitations.create_invitation(connection, None, 'reviewer', desk.clock())}"
    page.goto(link)
    yield "welcome"
    page.goto("/welcome/used")
    yield "a link that was used"


def reading(desk: Served, page) -> Iterator[str]:
    for name, address in {
        "the queue": "/queue",
        "a view of the queue that is empty": "/queue?q=nowhere&severity=high",
        "the keys": "/keys",
        "nothing found": "/draft/nowhere",
        "a PDF's pages": "/draft/pdf?pages=1",
        "split": f"{DRAFT}/split",
        "add a provision": f"/document/{DOCUMENT.id}/add?clause=c9&from={REFUND.id}",
        "marking clauses": f"{DRAFT}?tools=1",
    }.items():
        page.goto(address)
        yield name
    page.goto(DRAFT)
    yield "a draft"
    for key, name in {"r": "reasons for a rejection", "o": "a second opinion", "?": "the help"}.items():
        page.keyboard.press(key)
        yield name
        page.keyboard.press("Escape")
    for folded in page.locator("summary:visible").all():
        folded.click()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#c4 .part'))")
    page.wait_for_selector("#pick")
    yield "everything unfolded, and words selected"


def deciding(desk: Served, page) -> Iterator[str]:
    page.goto(DRAFT)
    page.fill("#title", "")
    page.locator("[name=citation]").first.fill("GDPR Art. 214")
    page.wait_for_selector(".verdict.bad")
    page.click("#approve")
    page.wait_for_selector("[role=alert]")
    yield "a refusal"
    page.goto(f"/document/{DOCUMENT.id}/add")
    page.click("text=Add it to the queue")
    page.wait_for_selector("[role=alert]")
    yield "an incomplete provision"
    page.goto(f"/draft/{PRICES.id}")
    decide(desk, PRICES, "second_opinion", "Ben", note="Is this high?")
    page.fill("#title", "Mine")
    page.click("#approve")
    page.wait_for_selector("text=This draft changed while you worked on it")
    yield "a conflict"
    page.goto(f"/draft/{CLASS_ACTION.id}")
    page.click("#approve")
    page.wait_for_selector(".banner.done")
    yield "the next draft, with undo"
    page.goto(f"/draft/{CLASS_ACTION.id}")
    yield "an approved draft"
    page.goto(f"/draft/{CLASS_ACTION.id}/history")
    yield "history"
    decide(desk, ARBITRATION, "reject", "Ben", reasons=("misread",))
    page.goto(f"/draft/{ARBITRATION.id}")
    yield "a rejected draft"
    page.goto(f"/blind/{ARBITRATION.id}")
    yield "a blind reading"
    page.goto("/queue")
    page.check("[name=item] >> nth=0")
    decide(desk, REFUND, "second_opinion", "Ben")
    page.check("#all")
    page.click("#approve-many")
    page.wait_for_selector("text=Back to the queue")
    yield "a bulk decision that left some drafts"


def leading(desk: Served, page) -> Iterator[str]:
    page.goto("/dashboard")
    page.click("text=As a table")
    yield "the dashboard"
    page.goto("/people")
    page.fill(".inlineform [name=name]", "Greta")
    page.click("button:has-text('Add')")
    page.wait_for_selector(".banner.done")
    yield "people, with a link"
    page.goto("/account")
    page.fill("[name=label]", "nightly")
    page.click("text=Create a token")
    page.wait_for_selector(".banner.done")
    yield "the account, with a token"
    page.goto("/queue?severity=high")
    page.click("text=Save this view")
    page.fill(".views [name=name]", "High")
    page.click(".views button:has-text('Save')")
    page.wait_for_selector(".views a:has-text('High')")
    page.click("text=Save this view")
    yield "saved views"


def after_the_session(desk: Served, page) -> Iterator[str]:
    page.goto("/queue")
    page.check("#all")
    desk.clock.pass_by(hours=11)
    page.click("#approve-many")
    page.wait_for_selector("text=nothing is lost")
    yield "a session that has ended"
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("text=Send it again")
    yield "the question before a form is sent again"


WALKS = {
    before_signing_in: None,
    reading: "Anna",
    deciding: "Anna",
    leading: "Adam",
    after_the_session: "Anna",
}


@pytest.fixture
def walks(desk):
    """Every view in turn, with its name, seen through a window of some width."""

    def through(width: int):
        for walk, name in WALKS.items():
            page = desk.page(name, viewport={"width": width, "height": 800})
            for view in walk(desk, page):
                yield view, page

    return through


def violations(page, rules: list[str]) -> list[tuple[str, list[str]]]:
    reported = axe.Axe().run(page, options={"runOnly": rules}).response["violations"]
    return [(violation["id"], [node["html"][:160] for node in violation["nodes"][:3]]) for violation in reported]


def test_axe_reports_nothing_for_any_view_in_light_or_dark(walks):
    by_view = {}
    for view, page in walks(1400):
        by_view[view] = violations(page, RULES)
        page.emulate_media(color_scheme="dark")
        by_view[f"{view}, dark"] = violations(page, ["color-contrast"])
        page.emulate_media(color_scheme="light")
    assert {view: reported for view, reported in by_view.items() if reported} == {}
    assert len(by_view) > 60


def test_no_view_scrolls_sideways_on_a_small_phone(walks):
    widths = {view: page.evaluate("document.documentElement.scrollWidth") for view, page in walks(360)}
    assert {view: width for view, width in widths.items() if width > 360} == {}
