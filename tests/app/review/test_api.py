"""The JSON API: what its callers read, decide and are refused; and that nothing a caller sends breaks it."""

import pytest
from hypothesis import HealthCheck, given, settings

from smallprint.store import decisions, people
from tests.drafts import ARBITRATION, CLASS_ACTION, NOW, PRICES, REFUND


@pytest.fixture
def call(browse, store):
    """Calls the API as somebody; gives status and body."""

    def one(method: str, address: str, body=None, *, who: str | None = "Anna"):
        headers = {}
        if who is not None:
            with store.write() as connection:
                headers["authorization"] = f"Bearer {people.make_token(connection, who, 'test', NOW)}"
        answer = browse().client.request(method, f"/api/v1{address}", json=body, headers=headers)
        return answer.status_code, answer.json()

    return one


def decide(call, draft, who="Anna", **wanted):
    return call("POST", f"/drafts/{draft.id}/decisions", {"act": "approve", "saw": 1, **wanted}, who=who)


def test_the_queue_by_need_and_filters(call):
    status, page = call("GET", "/queue")
    assert (status, page["total"]) == (200, 4)
    assert [one["draft"] for one in page["drafts"]] == [one.id for one in (CLASS_ACTION, ARBITRATION, PRICES, REFUND)]
    assert call("GET", "/queue?severity=critical&q=delaware")[1]["total"] == 1


def test_a_decision_gives_the_record_and_the_act_that_undoes_it(call):
    status, done = decide(call, REFUND)
    assert (status, done["drafts"][0]["record"], done["drafts"][0]["version"]) == (200, "SP-P-000001", 2)
    (record,) = call("GET", "/records")[1]
    assert (record["id"], record["draft"]["title"]) == ("SP-P-000001", REFUND.title)
    status, undone = call("POST", f"/acts/{done['act']}/undo")
    assert undone["drafts"][0]["draft"]["status"] == "draft"
    assert call("GET", "/records")[1] == []


def test_edits_are_proven_like_those_of_the_form(call):
    edits = {"title": "No refunds", "quotes": ["Fees are never refunded"]}
    edits["frameworks"] = [{"citation": "15 U.S.C. § 45"}]
    status, done = decide(call, REFUND, edits=edits)
    assert status == 200
    draft = done["drafts"][0]["draft"]
    assert (draft["title"], draft["evidence"][0]["text"]) == ("No refunds", "Fees are never refunded")
    assert draft["frameworks"][0]["id"] == "ftc-act"
    for wrong in ({"quotes": ["Nothing of the kind is here"]}, {"frameworks": [{"citation": "GDPR Art. 214"}]}):
        status, problem = decide(call, PRICES, edits=wrong)
        assert status == 422
        assert problem["problems"]


def test_a_conflict_tells_how_the_draft_stands(call):
    decide(call, REFUND)
    status, problem = decide(call, REFUND, who="Ben")
    assert (status, problem["theirs"]["version"], problem["theirs"]["decided_by"]) == (409, 2, "Anna")


def test_several_at_once_name_what_is_left(call):
    wanted = [{"act": "approve", "saw": saw, "draft": one.id} for one, saw in ((REFUND, 1), (PRICES, 9))]
    status, done = call("POST", "/decisions", [*wanted, {"act": "approve", "saw": 1, "draft": "none"}])
    assert status == 200
    assert [one["draft"]["id"] for one in done["drafts"]] == [REFUND.id]
    assert set(done["left"]) == {PRICES.id, "none"}


@pytest.mark.parametrize(
    ("who", "wanted", "status"),
    [
        pytest.param(None, {}, 401, id="nobody"),
        pytest.param("Rita", {}, 403, id="a reader"),
        pytest.param("Anna", {"act": "reject"}, 422, id="a rejection without a reason"),
        pytest.param("Anna", {"saw": None}, 422, id="no version"),
        pytest.param("Anna", {"act": "undo"}, 422, id="an act that is none"),
        pytest.param("Anna", {"extra": 1}, 422, id="a field that is none"),
    ],
)
def test_refusals(call, store, who, wanted, status):
    assert decide(call, REFUND, who=who, **wanted)[0] == status
    with store.read() as connection:
        assert decisions.standing(connection, REFUND.id).version == 1


def test_unknown_drafts_and_acts(call):
    assert call("GET", "/drafts/none")[0] == 404
    assert call("POST", "/acts/none/undo")[0] == 422


def test_a_revoked_token_and_a_disabled_owner_are_nobody(browse, store):
    with store.write() as connection:
        token = people.make_token(connection, "Anna", "old", NOW)
        digest = people.tokens(connection, "Anna")[0][0]
    client, headers = browse().client, {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/queue", headers=headers).status_code == 200
    with store.write() as connection:
        people.revoke_token(connection, "Anna", digest, NOW)
    assert client.get("/api/v1/queue", headers=headers).status_code == 401
    with store.write() as connection:
        other = people.make_token(connection, "Ben", "x", NOW)
        people.disable(connection, "Ben", by="test", at=NOW)
    assert client.get("/api/v1/queue", headers={"authorization": f"Bearer {other}"}).status_code == 401


def test_a_session_cookie_is_no_token(anna):
    assert anna.client.get("/api/v1/queue").status_code == 401


def test_nothing_that_the_description_allows_or_forbids_breaks_it(browse, store):
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    app = browse().client.app
    with store.write() as connection:
        token = people.make_token(connection, "Adam", "test", NOW)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    broken: list[str] = []
    for operation in (found.ok() for found in schema.get_all_operations()):

        @settings(
            max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy())
        def call(case):
            answer = case.call(headers={"authorization": f"Bearer {token}"}, base_url="http://desk.example/api")
            if answer.status_code >= 500:
                broken.append(f"{case.method} {case.formatted_path}: {answer.status_code}")

        call()
    assert broken == []
