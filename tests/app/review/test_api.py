"""The JSON API: reading, deciding, refusals; and that no request breaks it."""

import pytest
from hypothesis import HealthCheck, given, settings

from smallprint.store import api_tokens, drafts, people
from tests.drafts import ARBITRATION, CLASS_ACTION, NOW, PRICES, REFUND


@pytest.fixture
def call(browse, store):
    """Calls the API as a person, or without a token; gives status and body."""

    def send(method: str, address: str, body=None, *, caller: str | None = "Anna"):
        headers = {}
        if caller is not None:
            with store.write() as connection:
                headers["authorization"] = f"Bearer {api_tokens.create_api_token(connection, caller, 'test', NOW)}"
        answer = browse().client.request(method, f"/api/v1{address}", json=body, headers=headers)
        return answer.status_code, answer.json()

    return send


def decide(call, draft, caller="Anna", **fields):
    return call("POST", f"/drafts/{draft.id}/decisions", {"act": "approve", "saw": 1, **fields}, caller=caller)


def test_the_queue_is_sorted_by_urgency_and_can_be_filtered(call):
    status, page = call("GET", "/queue")
    assert (status, page["total"]) == (200, 4)
    assert [line["draft"] for line in page["drafts"]] == [
        draft.id for draft in (CLASS_ACTION, ARBITRATION, PRICES, REFUND)
    ]
    assert call("GET", "/queue?severity=critical&q=delaware")[1]["total"] == 1


def test_an_approval_returns_its_record_and_can_be_undone_by_its_act(call):
    status, approved = decide(call, REFUND)
    draft = approved["drafts"][0]
    assert (status, draft["record"], draft["version"]) == (200, "SP-P-000001", 2)
    (record,) = call("GET", "/records")[1]
    assert (record["id"], record["draft"]["title"]) == ("SP-P-000001", REFUND.title)
    status, undone = call("POST", f"/acts/{approved['act']}/undo")
    assert undone["drafts"][0]["draft"]["status"] == "draft"
    assert call("GET", "/records")[1] == []


def test_edits_are_resolved_and_proven_like_those_of_the_form(call):
    edits = {"title": "No refunds", "quotes": ["Fees are never refunded"]}
    edits["frameworks"] = [{"citation": "15 U.S.C. § 45"}]
    status, approved = decide(call, REFUND, edits=edits)
    assert status == 200
    draft = approved["drafts"][0]["draft"]
    assert (draft["title"], draft["evidence"][0]["text"]) == ("No refunds", "Fees are never refunded")
    assert draft["frameworks"][0]["id"] == "ftc-act"
    for invalid in ({"quotes": ["Nothing of the kind is here"]}, {"frameworks": [{"citation": "GDPR Art. 214"}]}):
        status, problem = decide(call, PRICES, edits=invalid)
        assert status == 422
        assert problem["problems"]


def test_a_conflict_returns_the_draft_as_it_stands(call):
    decide(call, REFUND)
    status, problem = decide(call, REFUND, caller="Ben")
    assert (status, problem["theirs"]["version"], problem["theirs"]["decided_by"]) == (409, 2, "Anna")


def test_a_bulk_decision_names_the_drafts_that_were_left(call):
    wanted = [{"act": "approve", "saw": version, "draft": draft.id} for draft, version in ((REFUND, 1), (PRICES, 9))]
    status, decided = call("POST", "/decisions", [*wanted, {"act": "approve", "saw": 1, "draft": "none"}])
    assert status == 200
    assert [draft["draft"]["id"] for draft in decided["drafts"]] == [REFUND.id]
    assert set(decided["left"]) == {PRICES.id, "none"}


@pytest.mark.parametrize(
    ("caller", "fields", "status"),
    [
        pytest.param(None, {}, 401, id="a call without a token"),
        pytest.param("Rita", {}, 403, id="a read-only account"),
        pytest.param("Anna", {"act": "reject"}, 422, id="a rejection without a reason"),
        pytest.param("Anna", {"saw": None}, 422, id="no version"),
        pytest.param("Anna", {"act": "undo"}, 422, id="an unknown act"),
        pytest.param("Anna", {"extra": 1}, 422, id="an unknown field"),
    ],
)
def test_a_refused_decision_writes_nothing(call, store, caller, fields, status):
    assert decide(call, REFUND, caller=caller, **fields)[0] == status
    with store.read() as connection:
        assert drafts.find_standing(connection, REFUND.id).version == 1


def test_an_unknown_draft_is_404_and_an_unknown_act_422(call):
    assert call("GET", "/drafts/none")[0] == 404
    assert call("POST", "/acts/none/undo")[0] == 422


def test_a_revoked_token_and_that_of_a_disabled_person_are_refused(browse, store):
    with store.write() as connection:
        token = api_tokens.create_api_token(connection, "Anna", "old", NOW)
        digest = api_tokens.list_api_tokens(connection, "Anna")[0].sha256
    client, headers = browse().client, {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/queue", headers=headers).status_code == 200
    with store.write() as connection:
        api_tokens.revoke_api_token(connection, "Anna", digest, NOW)
    assert client.get("/api/v1/queue", headers=headers).status_code == 401
    with store.write() as connection:
        token = api_tokens.create_api_token(connection, "Ben", "x", NOW)
        people.set_disabled(connection, "Ben", disabled=True, by="test", at=NOW)
    assert client.get("/api/v1/queue", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_a_session_cookie_is_not_accepted_as_a_token(anna):
    assert anna.client.get("/api/v1/queue").status_code == 401


def test_no_request_inside_or_outside_the_openapi_schema_is_a_server_error(browse, store):
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    app = browse().client.app
    with store.write() as connection:
        token = api_tokens.create_api_token(connection, "Adam", "test", NOW)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    broken: list[str] = []
    for operation in (result.ok() for result in schema.get_all_operations()):

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
