"""Signing in at a local OpenID provider: a genuine answer starts a session, a forged one does not."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from app.review.desk import create_desk
from app.review.oidc import Provider
from smallprint.errors import UserError
from smallprint.store import drafts, people
from tests.app.review.browser import Browser
from tests.drafts import NOW, REFUND

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


class LocalProvider:
    """Answers like a provider; tests change the token that it gives."""

    def __init__(self) -> None:
        self.claims: dict = {}
        self.key = KEY
        self.header = {"alg": "RS256", "kid": "one"}
        self.token_request: dict = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/.well-known/openid-configuration":
                    base = provider.issuer
                    self.reply(
                        {
                            "issuer": base,
                            "authorization_endpoint": f"{base}/authorize",
                            "token_endpoint": f"{base}/token",
                            "jwks_uri": f"{base}/keys",
                        }
                    )
                else:
                    self.reply(KeySet([KEY]).as_dict(private=False))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                provider.token_request = {name: values[0] for name, values in parse_qs(body).items()}
                token = jwt.encode(provider.header, provider.claims, provider.key)
                self.reply({"access_token": "x", "token_type": "Bearer", "id_token": token})

            def reply(self, body):
                content = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def provider():
    running = LocalProvider()
    yield running
    running.close()


@pytest.fixture
def sign_in(provider, store, clock):
    """Signs in at the provider; gives the last answer, the client and what the provider was asked."""

    def walk(role="reviewer", *, client=None, next_page="", state=None, **claims):
        if client is None:
            configured = Provider(provider.issuer, "desk", "secret", role)
            desk = create_desk(store, clock=clock, provider=configured)
            client = TestClient(desk, base_url="http://desk.example", follow_redirects=False)
        params = {"next": next_page} if next_page else {}
        redirect = urlsplit(client.get("/sign-in/elsewhere", params=params).headers["location"])
        request = {name: values[0] for name, values in parse_qs(redirect.query).items()}
        provider.claims = {
            "iss": provider.issuer,
            "aud": "desk",
            "sub": "u-17",
            "exp": int(clock().timestamp()) + 300,
            "nonce": request["nonce"],
            "name": "Greta Holm",
        } | claims
        answer = client.get("/sign-in/back", params={"code": "abc", "state": state or request["state"]})
        return answer, client, request

    return walk


def test_a_newcomer_gets_the_role_of_the_settings(sign_in, store, provider):
    answer, client, request = sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
    assert client.get("/queue").status_code == 200
    with store.read() as connection:
        person = people.find_person(connection, "Greta Holm")
    assert (person.role, person.can_sign_in) == ("reviewer", True)
    assert request["code_challenge_method"] == "S256"
    assert provider.token_request["code_verifier"]
    assert request["redirect_uri"] == "http://desk.example/sign-in/back"


def test_a_person_keeps_role_and_name_when_the_provider_sends_another_name(sign_in, store):
    sign_in()
    with store.write() as connection:
        people.set_role(connection, "Greta Holm", "lead", by="test", at=NOW)
    answer, client, _ = sign_in(name="Adam")
    assert answer.status_code == 303
    assert "Greta Holm" in client.get("/queue").text


def test_a_local_account_of_the_same_name_is_not_taken_over(sign_in):
    answer, client, _ = sign_in(name="Adam")
    assert answer.status_code == 403
    assert client.get("/queue").status_code == 303


def test_disabled_people_and_unwelcome_newcomers_are_refused(sign_in, store):
    assert sign_in(None)[0].status_code == 403
    sign_in()
    with store.write() as connection:
        people.set_disabled(connection, "Greta Holm", disabled=True, by="test", at=NOW)
    assert sign_in()[0].status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"iss": "https://evil.example"}, id="another issuer"),
        pytest.param({"aud": "another-app"}, id="for another application"),
        pytest.param({"aud": ["desk", "another-app"]}, id="for several applications without naming ours as authorized"),
        pytest.param({"exp": int(NOW.timestamp()) - 3600}, id="expired"),
        pytest.param({"exp": None}, id="without an expiry"),
        pytest.param({"nonce": "replayed"}, id="for another sign-in"),
        pytest.param({"sub": None}, id="without a subject"),
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(sign_in, claims):
    answer, client, _ = sign_in(**claims)
    assert answer.status_code == 403
    assert client.get("/queue").status_code == 303


def test_a_token_signed_with_another_key_is_refused(sign_in, provider):
    provider.key = OTHER_KEY
    assert sign_in()[0].status_code == 403


def test_an_answer_with_another_browsers_state_is_refused(sign_in):
    assert sign_in(state="planted")[0].status_code == 403


def test_a_remote_provider_without_https_is_refused():
    with pytest.raises(UserError, match="https"):
        Provider("http://login.example", "desk", "secret", None)


def test_without_a_provider_there_is_no_link_and_no_page(browse):
    assert browse().get("/sign-in/elsewhere").status == 404
    assert "elsewhere" not in browse().get("/sign-in").source


# ---- the form of an ended session


@pytest.fixture
def send_too_late(sign_in, clock):
    """Greta sends a form after her session has ended; gives her client and the answer."""

    def send(action=f"/draft/{REFUND.id}", **changes):
        client = sign_in()[1]
        browser = Browser(client)
        page = browser.get("/queue?q=never+refunded" if "queue" in action else action)
        clock.pass_by(hours=30)
        return client, browser.send(page, action, {"act": "approve", **changes})

    return send


def title_in_form(client) -> str:
    return Browser(client).get(f"/draft/{REFUND.id}").text_area("title")


def test_edits_of_an_ended_session_come_back_after_signing_in_at_the_provider(send_too_late, sign_in, store):
    client, sign_in_page = send_too_late(title="Typed for an hour", note="important")
    assert (sign_in_page.status, "comes back this way too" in sign_in_page.text) == (401, True)
    answer, _, _ = sign_in(client=client)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/draft/{REFUND.id}#evidence")
    assert title_in_form(client) == "Typed for an hour"
    with store.read() as connection:
        assert drafts.find_standing(connection, REFUND.id).draft.status == "draft"


def test_a_bulk_decision_of_an_ended_session_asks_before_it_is_sent_again(send_too_late, sign_in, store):
    client, _ = send_too_late("/queue/bulk", item=f"{REFUND.id}:1")
    answer, _, _ = sign_in(client=client)
    assert "Send it again" in answer.text
    assert f"{REFUND.id}:1" in answer.text
    repeated, _, _ = sign_in(client=client)
    assert repeated.status_code == 303


def another_browser(client) -> None:
    client.cookies.delete("smallprint")


@pytest.mark.parametrize(
    ("typed", "meanwhile", "minutes", "claims"),
    [
        pytest.param({}, lambda _: None, 1, {"sub": "u-18", "name": "Hanna"}, id="another person at the same browser"),
        pytest.param({}, another_browser, 1, {}, id="the same person at another browser"),
        pytest.param({}, lambda _: None, 61, {}, id="more than an hour later"),
        pytest.param({"csrf": "forged"}, lambda _: None, 1, {}, id="a form of another session"),
        pytest.param({"what_it_is": "x" * 250_000}, lambda _: None, 1, {}, id="a form that is too long"),
    ],
)
def test_the_form_does_not_come_back_for(send_too_late, sign_in, clock, *, typed, meanwhile, minutes, claims):
    client, _ = send_too_late(title="Typed for an hour", **typed)
    meanwhile(client)
    clock.pass_by(minutes=minutes)
    answer, _, _ = sign_in(client=client, **claims)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
    assert title_in_form(client) == REFUND.title


@pytest.mark.parametrize(
    ("next_page", "address"),
    [
        pytest.param(f"/draft/{REFUND.id}?q=a%7Cb", f"/draft/{REFUND.id}?q=a%7Cb", id="a page of the desk"),
        pytest.param("https://evil.example/queue", "/queue", id="another site"),
        pytest.param("//evil.example", "/queue", id="another site without a scheme"),
        pytest.param("/queue\\@evil.example", "/queue", id="another site behind a backslash"),
    ],
)
def test_signing_in_leads_only_to_pages_of_the_desk(sign_in, next_page, address):
    assert sign_in(next_page=next_page)[0].headers["location"] == address
