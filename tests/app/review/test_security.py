"""The desk under attack: scripts in every text, forged forms, guessed passwords, pages of other roles."""

import re

import pytest

from app.review.passwords import hash_password
from smallprint.records import AgencyReason, FrameworkCitation, Source
from smallprint.store import drafts, invitations, people
from smallprint.store.drafts import stream_drafts
from tests.drafts import ARBITRATION, CLAUSES, DOCUMENT, NOW, REFUND, SNAPSHOT, save_document, save_run

ADDRESS = f"/draft/{REFUND.id}"
PASSWORD = "correct horse battery"

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</option></select><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover='alert(1)",
    "<body onpageshow=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "{{ 7*7 }}{% raw %}",
    "<style>@import 'http://evil.example/x.css';</style>",
    "<base href='http://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<form action='http://evil.example'><button>go</button></form>",
)
INJECTED_TAGS = {"img", "iframe", "base", "object", "embed", "math", "style"}


def assert_clean(page) -> None:
    """There is no element or handler that our templates do not write, and no link to a script."""
    assert not [tag for tag in page.tree.iter() if isinstance(tag.tag, str) and tag.tag in INJECTED_TAGS]
    assert [script.get("src") for script in page.all("//script")] == [
        script.get("src") for script in page.all("//head/script[@src]")
    ]
    attributes = [(name, value) for tag in page.tree.iter() for name, value in tag.attrib.items()]
    assert not [name for name, _ in attributes if name.lower().startswith("on")]
    assert not [value for name, value in attributes if name in ("href", "src", "action") and "javascript:" in value]
    assert not [value for name, value in attributes if name in ("action", "formaction") and "evil" in value]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_a_document_or_a_model_becomes_markup(store, browse, payload):
    words = f"{payload} Fees stay paid."
    source = Source(location=payload, entity=payload, title=payload)
    hostile = DOCUMENT.model_copy(
        update={"sha256": "cd" * 32, "title": payload, "language": payload[:8], "text": words}
    )
    clause = CLAUSES[0].model_copy(
        update={"end": len(words), "text": words, "number": payload, "heading_path": (payload,)}
    )
    proof = REFUND.evidence[0].model_copy(update={"start": 0, "end": len(words), "text": words, "clauses": ("c1",)})
    provenance = REFUND.provenance.model_copy(update={"document": hostile.id, "model": payload, "prompt": payload})
    texts = dict.fromkeys(("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk"), payload)
    draft = REFUND.model_copy(
        update=texts
        | {
            "id": "hostile",
            "evidence": (proof,),
            "provenance": provenance,
            "flags": (payload.replace("|", ""),),
            "due_diligence": (payload,),
            "factor_reasons": {"breadth": payload},
            "category": "venue",
            "frameworks": (FrameworkCitation(id=None, citation=payload, valid=False, why=payload, problem=payload),),
            "agencies": (AgencyReason(id=None, name=payload, reason=payload, complaint_url=payload),),
        }
    )
    snapshot = SNAPSHOT.model_copy(update={"sha256": hostile.sha256, "final_url": payload, "wayback_url": payload})
    with store.write() as connection:
        save_document(connection, source, snapshot, hostile, (clause,))
    save_run(store, draft)
    lea = browse("Lea")
    for address in (
        "/queue",
        f"/queue?entity={payload}&q={payload}",
        "/draft/hostile",
        "/draft/hostile/split",
        "/dashboard",
    ):
        assert_clean(lea.get(address))
    page = lea.get("/draft/hostile")
    assert_clean(lea.send(page, "/draft/hostile", {"act": "approve"}))
    assert_clean(lea.send(page, "/draft/hostile", {"act": "reject", "reasons": ["other"], "note": payload}))
    for address in ("/draft/hostile", "/draft/hostile/history", "/queue?status=rejected"):
        assert_clean(lea.get(address))


def test_every_page_has_the_security_headers(anna, browse):
    for page in (anna.get("/queue"), anna.get(ADDRESS), browse().get("/sign-in"), anna.get("/nowhere")):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        assert not page.all("//*[@style]")


@pytest.mark.parametrize(
    "address", [ADDRESS, "/queue/bulk", "/queue/undo", f"{ADDRESS}/merge", f"/document/{DOCUMENT.id}/add"]
)
@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        pytest.param([], {}, id="no token"),
        pytest.param([("csrf", "guessed")], {}, id="a guessed token"),
        pytest.param(None, {"origin": "http://evil.example"}, id="another site, with the right token"),
        pytest.param(None, {"origin": "null"}, id="a sandboxed page, with the right token"),
    ],
)
def test_forged_forms_are_refused(anna, store, address, fields, headers):
    csrf = anna.get("/queue").all("//body/@data-csrf")[0]
    sent = [("csrf", csrf)] if fields is None else fields
    page = anna.post(address, [*sent, ("act", "approve"), ("saw", "1")], **headers)
    assert page.status == 403
    with store.read() as connection:
        assert drafts.find_standing(connection, REFUND.id).version == 1


def test_a_form_token_of_another_session_is_refused(anna, ben):
    csrf = ben.get("/queue").all("//body/@data-csrf")[0]
    assert anna.post(ADDRESS, [("csrf", csrf), ("act", "approve"), ("saw", "1")]).status == 403


PAGES = {
    "guest": {
        "/queue": 200,
        ADDRESS: 200,
        "/dashboard": 200,
        "/people": 200,
        "/account": 200,
    },  # all show the sign-in form
    "Rita": {"/queue": 200, ADDRESS: 200, f"{ADDRESS}/split": 403, "/dashboard": 403, "/people": 403, "/blind": 403},
    "Anna": {"/queue": 200, f"{ADDRESS}/split": 200, "/dashboard": 403, "/people": 403},
    "Lea": {"/dashboard": 200, "/people": 403},
    "Adam": {"/dashboard": 200, "/people": 200},
}


@pytest.mark.parametrize(
    ("name", "address", "status"),
    [(name, address, status) for name, pages in PAGES.items() for address, status in pages.items()],
)
def test_each_role_opens_its_own_pages(browse, name, address, status):
    page = browse(None if name == "guest" else name).get(address)
    assert page.status == status
    if name == "guest":
        assert page.address.startswith("/sign-in")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        pytest.param("Rita", ADDRESS, id="read-only deciding"),
        pytest.param("Rita", "/queue/bulk", id="read-only deciding several"),
        pytest.param("Rita", "/queue/undo", id="read-only undoing"),
        pytest.param("Rita", f"/document/{DOCUMENT.id}/add", id="read-only adding"),
        pytest.param("Lea", "/people", id="a lead making people"),
    ],
)
def test_a_role_cannot_send_the_forms_of_another(browse, store, name, address):
    browser = browse(name)
    csrf = browser.get("/queue").all("//body/@data-csrf")[0]
    page = browser.post(address, [("csrf", csrf), ("act", "add"), ("name", "Eve"), ("role", "admin")])
    assert page.status == 403
    with store.read() as connection:
        assert people.find_person(connection, "Eve") is None


def test_a_reviewer_cannot_undo_what_another_decided(anna, ben):
    page = anna.send(anna.get(ADDRESS), ADDRESS, {"act": "approve"})
    act = page.form("/queue/undo").fields["act"]
    csrf = ben.get("/queue").all("//body/@data-csrf")[0]
    refused = ben.post("/queue/undo", [("csrf", csrf), ("act", act)])
    assert refused.status == 409
    assert "Only a lead" in refused.text


@pytest.mark.parametrize(
    "address", ["/draft/none", "/draft/..%2f..%2fetc", "/document/none/add", "/draft/none/history", "/blind/none"]
)
def test_an_unknown_address_is_a_404(anna, address):
    assert anna.get(address).status == 404


def test_others_do_not_see_unfinished_edits(anna, ben):
    anna.send(anna.get(ADDRESS), ADDRESS, {"act": "keep", "title": "Anna's thought"})
    assert "Anna's thought" not in ben.get(ADDRESS).source


# ---- signing in


@pytest.fixture
def known(store):
    with store.write() as connection:
        people.set_password(connection, "Anna", hash_password(PASSWORD), by="test", at=NOW)


def sign_in(browser, name="Anna", password=PASSWORD, **changes):
    return browser.send(browser.get("/sign-in"), "/sign-in", {"name": name, "password": password, **changes})


def test_password_hashes_take_time_and_memory(real_hasher):
    hashed = real_hasher().hash(PASSWORD)
    memory, rounds = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),", hashed).groups()
    assert int(memory) >= 19_456  # KiB, with two rounds: the least that OWASP's cheat sheet on passwords names
    assert int(rounds) >= 2


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(browse, clock, known):
    guest = browse()
    assert [sign_in(guest, password=f"guess {n}").status for n in range(5)] == [401] * 5
    blocked = sign_in(guest)
    assert blocked.status == 429
    assert int(blocked.headers["retry-after"]) >= 1
    clock.pass_by(minutes=16)
    assert "open drafts" in sign_in(guest).text


def test_a_wrong_name_and_a_wrong_password_look_the_same(browse, known):
    texts = {sign_in(browse(), name, "wrong password").text for name in ("Anna", "Nobody")}
    assert len({text.replace("Nobody", "Anna") for text in texts}) == 1


def test_signing_in_replaces_a_planted_session(browse, known):
    guest = browse()
    guest.client.cookies.set("smallprint", "planted", domain="desk.example")
    sign_in(guest)
    assert guest.client.cookies.get("smallprint") not in (None, "planted")
    planted = browse()
    planted.client.cookies.set("smallprint", "planted", domain="desk.example")
    assert planted.get("/queue").address.startswith("/sign-in")


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(browse, known):
    guest = browse()
    form = guest.get("/sign-in").form("/sign-in")
    sent = guest.client.post("/sign-in", data={**dict(form.fields), "name": "Anna", "password": PASSWORD})
    cookie = next(line for line in sent.headers.get_list("set-cookie") if line.startswith("smallprint="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


def test_signing_out_or_being_disabled_ends_the_session(browse, store):
    anna = browse("Anna")
    anna.send(anna.get("/queue"), "/sign-out")
    assert anna.get("/queue").address.startswith("/sign-in")
    ben = browse("Ben")
    with store.write() as connection:
        people.set_disabled(connection, "Ben", disabled=True, by="test", at=NOW)
    assert ben.get("/queue").address.startswith("/sign-in")


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example/queue", "/\\evil.example", "javascript:alert(1)", "/queue\\@evil.example"],
)
def test_signing_in_never_leads_to_another_site(browse, known, address):
    guest = browse()
    form = guest.get(f"/sign-in?next={address}").form("/sign-in")
    assert form.fields["next"] == "/queue"
    sent = guest.client.post(
        "/sign-in", data={**dict(form.fields), "name": "Anna", "password": PASSWORD, "next": address}
    )
    assert sent.headers["location"] == "/queue"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/people/../../x\\y"])
def test_an_interrupted_form_is_never_sent_to_another_site(browse, known, path):
    page = sign_in(browse(), kept='{"act": ["approve"]}', kept_path=path)
    assert "evil" not in page.source


def test_a_sign_in_form_of_another_site_is_refused(browse, known):
    assert browse().post("/sign-in", [("name", "Anna"), ("password", PASSWORD), ("csrf", "x")]).status == 403


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), ("aaaaaaaaaaaa", "aaaaaaaaaaaa"), (PASSWORD, "other words")]
)
def test_a_poor_password_is_refused_and_the_link_still_works(browse, store, password, again):
    with store.write() as connection:
        token = invitations.create_invitation(connection, None, "reviewer", NOW)
    guest, address = browse(), f"/welcome/{token}"
    page = guest.send(guest.get(address), address, {"name": "Gus", "password": password, "again": again})
    assert page.status == 422
    page = guest.send(page, address, {"name": "Gus", "password": PASSWORD, "again": PASSWORD})
    assert "open drafts" in page.text
    assert browse().get(address).status == 403


def test_an_admin_adds_and_disables_people_but_not_the_last_admin(browse, store):
    adam = browse("Adam")
    page = adam.send(adam.get("/people"), "/people", {"act": "add", "name": "Gus", "role": "reviewer"})
    link = page.all("//code[contains(., '/welcome/')]")[0].text
    assert "welcome, gus" in browse().get(link.removeprefix("http://desk.example")).text.lower()
    csrf = page.all("//body/@data-csrf")[0]
    assert adam.post("/people", [("csrf", csrf), ("act", "disable"), ("name", "Gus")]).status == 200
    assert browse().get(link.removeprefix("http://desk.example")).status == 403
    last = adam.post("/people", [("csrf", csrf), ("act", "disable"), ("name", "Adam")])
    assert last.status == 422
    assert "only admin" in last.text


# ---- too much


def test_forms_that_are_too_large_are_refused(anna, store):
    csrf = anna.get("/queue").all("//body/@data-csrf")[0]
    assert anna.post(ADDRESS, [("csrf", csrf), ("act", "keep"), ("title", "x" * 600_000)]).status == 413
    assert anna.post(ADDRESS, [("csrf", csrf)] + [("item", "x")] * 3000).status == 413
    assert (
        anna.post(
            "/queue/bulk", [("csrf", csrf), ("act", "approve")] + [("item", f"d{n}:1") for n in range(300)]
        ).status
        == 403
    )


def test_an_uploaded_file_is_refused(anna):
    sent = anna.client.post(ADDRESS, files={"title": ("x.html", b"<script>", "text/html")})
    assert sent.status_code == 403


def test_what_reviewers_write_is_not_a_formula_in_a_spreadsheet(anna, store, tmp_path):
    from app.cli.export import export, records_by_draft

    anna.send(
        anna.get(f"/draft/{ARBITRATION.id}"), f"/draft/{ARBITRATION.id}", {"act": "approve", "title": "=HYPERLINK(1)"}
    )
    with store.read() as connection:
        export(stream_drafts(connection), "csv", tmp_path / "out.csv", records_by_draft(connection))
    assert "'=HYPERLINK(1)" in (tmp_path / "out.csv").read_text()
