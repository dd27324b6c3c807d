"""The desk in Chromium: keys, highlighting, checks while typing, what survives a reload, small screens."""

from collections.abc import Iterator

import pytest

from app.review.serve import first_admin_link
from smallprint.store import invitations, open_store
from tests.app.review.chromium import PASSWORD, Served, at_draft, chromium, kind, needs_chromium, served
from tests.app.review.conftest import Clock
from tests.databases import KINDS
from tests.drafts import ARBITRATION, CLASS_ACTION, CLAUSES, PRICES, REFUND

__all__ = ["chromium", "kind", "served"]
pytestmark = needs_chromium
on_both_databases = pytest.mark.parametrize("kind", KINDS, indirect=True)


@pytest.fixture
def without_accounts(kind, databases, chromium) -> Iterator[Served]:
    """A desk without any account."""
    with databases.copy(kind) as url:
        store = open_store(url)
        running = Served(store, Clock(), chromium)
        yield running
        running.close()
        store.close()


@on_both_databases
def test_the_first_admin_gets_in_by_a_link_that_works_once(without_accounts):
    running = without_accounts
    with running.store.write() as connection:
        link = f"/welcome/{invitations.create_invitation(connection, None, 'admin', running.clock())}"
    page = running.page()
    page.goto(link)
    page.fill("[name=name]", "Ada Quill")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("text=Create the account")
    page.wait_for_selector(".list")
    assert page.locator("nav >> text=People").count() == 1
    assert first_admin_link(running.store, running.base) is None
    second = running.page()
    assert second.goto(link).status == 403


@on_both_databases
def test_a_reviewer_can_sign_in_decide_and_undo_by_keys_alone(served):
    page = served.page()
    page.goto("/")
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".lines")
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    at_draft(page, CLASS_ACTION)
    page.keyboard.press("a")
    at_draft(page, ARBITRATION)
    assert served.standing(CLASS_ACTION).draft.status == "approved"
    assert "SP-P-000001" in page.text_content(".banner.done")
    page.keyboard.press("u")
    at_draft(page, CLASS_ACTION)
    assert served.standing(CLASS_ACTION).draft.status == "draft"
    for key in ("r", "2", "Enter"):
        page.keyboard.press(key)
    at_draft(page, ARBITRATION)
    assert served.standing(CLASS_ACTION).draft.status == "rejected"


def test_a_key_held_down_decides_one_draft(served):
    page = served.page("Anna")
    page.goto(f"/draft/{CLASS_ACTION.id}")
    page.keyboard.down("a")
    at_draft(page, ARBITRATION)
    page.keyboard.down("a")
    page.wait_for_selector("#notice:has-text('Pressed twice')")
    assert served.standing(ARBITRATION).draft.status == "draft"


def test_a_key_pressed_twice_decides_one_draft(served):
    page = served.page("Anna")
    page.clock.set_fixed_time("2026-03-02T09:00:00")
    page.goto(f"/draft/{CLASS_ACTION.id}")
    page.keyboard.press("a")
    at_draft(page, ARBITRATION)
    page.keyboard.press("a")
    page.wait_for_selector("#notice:has-text('Pressed twice')")
    page.clock.set_fixed_time("2026-03-02T09:00:01")
    page.keyboard.press("a")
    at_draft(page, PRICES)
    assert served.standing(ARBITRATION).draft.status == "approved"


def test_the_evidence_is_highlighted_and_in_view(served):
    page = served.page("Anna", viewport={"width": 1200, "height": 420})
    page.goto(f"/draft/{CLASS_ACTION.id}")
    mark = page.locator("mark")
    assert mark.text_content() == CLASS_ACTION.evidence[0].text
    pane, highlight = page.locator("#text").bounding_box(), mark.bounding_box()
    assert pane["y"] <= highlight["y"]
    assert highlight["y"] + highlight["height"] <= pane["y"] + pane["height"]
    page.goto(f"/draft/{CLASS_ACTION.id}#evidence")
    assert page.evaluate("scrollY") == 0


def test_a_wrong_citation_is_marked_while_typing_and_refused_until_corrected(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}")
    page.locator("[name=citation]").first.fill("GDPR Art. 214")
    page.wait_for_selector(".verdict.bad")
    page.click("#approve")
    page.wait_for_selector("[role=alert]")
    assert "GDPR Art. 214" in page.text_content("[role=alert]")
    assert served.standing(REFUND).version == 1
    page.locator("[name=citation]").first.fill("GDPR Art. 13")
    page.wait_for_selector(".verdict.warn")
    page.locator("[name=citation]").first.fill("CCPA §1798.100")
    page.wait_for_selector(".verdict.good:has-text('1798')")
    page.click("#approve")
    page.wait_for_selector(".banner.done")
    draft = served.standing(REFUND).draft
    assert (draft.status, draft.frameworks[0].citation) == ("approved", "CCPA §1798.100")


def test_severity_and_definition_follow_the_form(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}")
    for factor in ("rights_waived", "opt_out", "exposure"):
        page.click(f"label[for='f-{factor}-3']")
    page.wait_for_selector("#severity .level.critical")
    page.select_option("#category", "venue")
    assert "courts" in page.text_content("#definition")


@on_both_databases
def test_edits_survive_a_reload(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.fill("#title", "Half a thought")
    page.reload()
    assert page.input_value("#title") == "Half a thought"
    assert "unfinished edits" in page.text_content(".work")
    assert served.standing(REFUND).version == 1


def test_edits_survive_a_reload_before_they_were_saved(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}")
    page.fill("#title", "Half a thought")
    page.reload()
    assert page.input_value("#title") == "Half a thought"


def test_an_unsent_provision_survives_a_reload_and_is_forgotten_when_sent(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}")
    page.keyboard.press("+")
    page.wait_for_url("**/add?*")
    page.fill("#title", "A licence")
    page.select_option("#category", "content_license")
    page.goto("/queue")
    page.go_back()
    page.reload()
    assert (page.input_value("#title"), page.input_value("#category")) == ("A licence", "content_license")
    for name in ("what_it_is", "consumer_impact", "why_it_matters"):
        page.fill(f"[name={name}]", "Said plainly.")
    for factor in ("rights_waived", "opt_out", "breadth", "exposure", "discretion"):
        page.click(f"label[for='f-{factor}-1']")
    page.locator(".quote").first.fill(CLAUSES[8].text)
    page.click("text=Add it to the queue")
    page.wait_for_selector(".banner.done:has-text('Added')")
    page.keyboard.press("+")
    page.wait_for_url("**/add?*")
    assert page.input_value("#title") == ""


def test_a_second_opinion_can_be_asked_for_by_keys_alone(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}?q=fees")
    page.keyboard.press("o")
    page.keyboard.type("Is a fee a price?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".banner.done:has-text('second opinion')")
    page.goto(f"/draft/{REFUND.id}?q=fees")
    assert "“Is a fee a price?”" in page.text_content(".banner.warn")
    page.keyboard.press("q")
    page.wait_for_url("**/queue?q=fees")


def test_several_drafts_can_be_rejected_at_once_by_keys(served):
    page = served.page("Anna")
    page.goto("/queue")
    for key in ("j", "x", "j", "x", "r", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector(".banner.done:has-text('Rejected · 2 drafts')")
    assert [served.standing(draft).draft.status for draft in (CLASS_ACTION, ARBITRATION)] == ["rejected", "rejected"]


def test_a_click_with_shift_selects_a_range(served):
    page = served.page("Anna")
    page.goto("/queue")
    assert page.locator("#approve-many").is_disabled()
    page.locator("[name=item]").nth(0).click()
    page.locator("[name=item]").nth(2).click(modifiers=["Shift"])
    assert page.text_content("#chosen") == "3 selected"


def test_selected_text_becomes_evidence(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}")
    page.evaluate("""() => {
        const range = document.createRange();
        range.selectNodeContents(document.querySelector('#c4 .part'));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
    }""")
    page.click("#pick >> text=Make it evidence")
    page.click("#approve")
    page.wait_for_selector(".banner.done")
    assert [proof.clauses for proof in served.standing(REFUND).draft.evidence] == [("c3",), ("c4",)]


@on_both_databases
def test_several_drafts_can_be_approved_at_once_and_undone_by_keys(served):
    page = served.page("Anna")
    page.goto("/queue")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    assert page.text_content("#chosen") == "2 selected"
    page.keyboard.press("a")
    page.wait_for_selector(".banner.done")
    assert "2 drafts" in page.text_content(".banner.done")
    assert [served.standing(draft).draft.status for draft in (CLASS_ACTION, ARBITRATION)] == ["approved", "approved"]
    page.keyboard.press("u")
    page.wait_for_selector("text=Undone")
    assert [served.standing(draft).draft.status for draft in (CLASS_ACTION, ARBITRATION)] == ["draft", "draft"]


@on_both_databases
def test_a_conflict_of_two_browsers_loses_nothing(served):
    anna, ben = served.page("Anna"), served.page("Ben")
    for page in (anna, ben):
        page.goto(f"/draft/{REFUND.id}")
    anna.fill("#title", "Anna's title")
    anna.click("#approve")
    anna.wait_for_selector(".banner.done")
    ben.fill("#title", "Ben's title")
    ben.click("#approve")
    ben.wait_for_selector("text=This draft changed while you worked on it")
    conflict = ben.text_content("main")
    assert "Anna's title" in conflict
    assert "Ben's title" in conflict
    ben.click("text=Put the selected into the form")
    ben.wait_for_selector("#title")
    assert ben.input_value("#title") == "Ben's title"
    assert served.standing(REFUND).draft.title == "Anna's title"


@on_both_databases
def test_edits_survive_a_session_that_ends_while_typing(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}")
    served.clock.pass_by(hours=11)
    page.fill("#title", "Typed for an hour")
    page.wait_for_selector("#notice:has-text('session has ended')")
    page.click("#approve")
    page.wait_for_selector("text=nothing is lost")
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("#title")
    assert page.input_value("#title") == "Typed for an hour"
    assert served.standing(REFUND).draft.status == "draft"


@on_both_databases
def test_everything_works_without_javascript(served):
    page = served.page(java_script_enabled=False, viewport={"width": 1200, "height": 420})
    page.goto("/")
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")
    page.click("text=Start reviewing")
    at_draft(page, CLASS_ACTION)
    page.locator("[name=citation]").first.fill("GDPR Art. 214")
    page.click("label[for='f-rights_waived-0']")
    page.click("#approve")
    page.wait_for_selector("[role=alert]")
    assert page.text_content("#severity .level") == "low"
    pane, highlight = page.locator("#text").bounding_box(), page.locator("mark").bounding_box()
    assert pane["y"] <= highlight["y"] < pane["y"] + pane["height"] - highlight["height"]
    page.locator("[name=citation]").first.fill("")
    page.locator("[name=citation_why]").first.fill("")
    page.click("label[for='f-rights_waived-2']")
    page.fill("#title", "By hand")
    page.click("#approve")
    at_draft(page, ARBITRATION)
    assert served.standing(CLASS_ACTION).draft.title == "By hand"
    page.click("#reject summary")
    page.check("text=The clause is read wrongly")
    page.click("#reject button")
    at_draft(page, PRICES)
    page.click("#undo")
    at_draft(page, ARBITRATION)


# ---- screens

DRAFT = f"/draft/{REFUND.id}"
PAGES = ("/queue", DRAFT, f"{DRAFT}/split", f"{DRAFT}/history", "/keys", "/account")


@pytest.mark.parametrize(("address", "width"), [(DRAFT, 360), *((address, 700) for address in PAGES)])
def test_no_page_scrolls_sideways_when_zoomed_and_approve_stays_in_view(served, address, width):
    page = served.page("Anna", viewport={"width": width, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if address == DRAFT:
        approve = page.locator("#approve").bounding_box()
        assert approve["x"] >= 0
        assert approve["x"] + approve["width"] <= width


def test_the_help_lists_the_keys_and_turns_them_off(served):
    page = served.page("Anna")
    page.goto(f"/draft/{REFUND.id}")
    page.keyboard.press("?")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert served.standing(REFUND).version == 1
