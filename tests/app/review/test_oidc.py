"""Signing in at an OpenID provider that runs here: the right answer opens the desk, every forged one does not."""

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
from smallprint.store import decisions, people
from tests.app.review.browser import Browser
from tests.drafts import NOW, REFUND

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


class LocalProvider:
    """Answers like a provider; tests bend the token that it gives."""

    def __init__(self) -> None:
        self.claims: dict = {}
        self.key = KEY
        self.header = {"alg": "RS256", "kid": "one"}
        self.asked: dict = {}
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
                provider.asked = {name: values[0] for name, values in parse_qs(body).items()}
                token = jwt.encode(provider.header, provider.claims, provider.key)
                self.reply({"access_token": "x", "token_type": "Bearer", "id_token": token})

            def reply(self, body):
                data = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_said):
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
    """Walks from the button back to the desk; gives the last answer and the client."""

    def walk(role="reviewer", *, client=None, wanted="", state=None, **claims):
        if client is None:
            known = Provider(provider.issuer, "desk", "secret", role)
            desk = create_desk(store, clock=clock, provider=known)
            client = TestClient(desk, base_url="http://desk.example", follow_redirects=False)
        asked_for = {"next": wanted} if wanted else {}
        away = urlsplit(client.get("/sign-in/elsewhere", params=asked_for).headers["location"])
        asked = {name: values[0] for name, values in parse_qs(away.query).items()}
        provider.claims = {
            "iss": provider.issuer,
            "aud": "desk",
            "sub": "u-17",
            "exp": int(clock().timestamp()) + 300,
            "nonce": asked["nonce"],
            "name": "Greta Holm",
        } | claims
        answer = client.get("/sign-in/back", params={"code": "abc", "state": state or asked["state"]})
        return answer, client, asked

    return walk


def test_a_newcomer_comes_in_with_the_role_of_the_settings(sign_in, store, provider):
    answer, client, asked = sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
    assert client.get("/queue").status_code == 200
    with store.read() as connection:
        person = people.person(connection, "Greta Holm")
    assert (person.role, person.can_sign_in) == ("reviewer", True)
    assert asked["code_challenge_method"] == "S256"
    assert provider.asked["code_verifier"]
    assert asked["redirect_uri"] == "http://desk.example/sign-in/back"


def test_somebody_known_keeps_role_and_name_whatever_the_provider_calls_them(sign_in, store):
    sign_in()
    with store.write() as connection:
        people.set_role(connection, "Greta Holm", "lead", by="test", at=NOW)
    answer, client, _ = sign_in(name="Adam")
    assert answer.status_code == 303
    assert "Greta Holm" in client.get("/queue").text


def test_a_local_account_is_not_taken_over_by_its_name(sign_in):
    answer, client, _ = sign_in(name="Adam")
    assert answer.status_code == 403
    assert client.get("/queue").status_code == 303


def test_the_disabled_and_the_unwelcome_stay_out(sign_in, store):
    assert sign_in(None)[0].status_code == 403
    sign_in()
    with store.write() as connection:
        people.disable(connection, "Greta Holm", by="test", at=NOW)
    assert sign_in()[0].status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"iss": "https://evil.example"}, id="another issuer"),
        pytest.param({"aud": "another-app"}, id="for another application"),
        pytest.param({"aud": ["desk", "another-app"]}, id="for several, and not first for us"),
        pytest.param({"exp": int(NOW.timestamp()) - 3600}, id="run out"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"nonce": "replayed"}, id="of another sign-in"),
        pytest.param({"sub": None}, id="about nobody"),
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(sign_in, claims):
    answer, client, _ = sign_in(**claims)
    assert answer.status_code == 403
    assert client.get("/queue").status_code == 303


def test_a_token_of_another_key_is_refused(sign_in, provider):
    provider.key = OTHER_KEY
    assert sign_in()[0].status_code == 403


def test_an_answer_to_another_browser_is_refused(sign_in):
    assert sign_in(state="planted")[0].status_code == 403


def test_a_provider_without_https_is_refused_when_it_is_not_on_this_machine():
    with pytest.raises(UserError, match="https"):
        Provider("http://login.example", "desk", "secret", None)


def test_without_a_provider_there_is_no_such_door(browse):
    assert browse().get("/sign-in/elsewhere").status == 404
    assert "elsewhere" not in browse().get("/sign-in").source


# ---- what an ended session had typed


@pytest.fixture
def late(sign_in, clock):
    """Greta approves what she has typed after her session has ended; gives her browser's client and the answer."""

    def send(action=f"/draft/{REFUND.id}", **changes):
        client = sign_in()[1]
        browser = Browser(client)
        page = browser.get("/queue?q=never+refunded" if "queue" in action else action)
        clock.pass_by(hours=30)
        return client, browser.send(page, action, {"act": "approve", **changes})

    return send


def title_kept(client) -> str:
    return Browser(client).get(f"/draft/{REFUND.id}").typed("title")


def test_what_an_ended_session_had_typed_comes_back_from_the_provider(late, sign_in, store):
    client, asked = late(title="Typed for an hour", note="important")
    assert (asked.status, "comes back that way too" in asked.text) == (401, True)
    answer, _, _ = sign_in(client=client)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/draft/{REFUND.id}#evidence")
    assert title_kept(client) == "Typed for an hour"
    with store.read() as connection:
        assert decisions.standing(connection, REFUND.id).draft.status == "draft"


def test_a_bulk_comes_back_as_a_question(late, sign_in, store):
    client, _ = late("/queue/bulk", item=f"{REFUND.id}:1")
    answer, _, _ = sign_in(client=client)
    assert "Send it again" in answer.text
    assert f"{REFUND.id}:1" in answer.text
    again, _, _ = sign_in(client=client)
    assert again.status_code == 303


def another_browser(client) -> None:
    client.cookies.delete("smallprint")


@pytest.mark.parametrize(
    ("typed", "meanwhile", "minutes", "claims"),
    [
        pytest.param({}, lambda _: None, 1, {"sub": "u-18", "name": "Hanna"}, id="another person at the same browser"),
        pytest.param({}, another_browser, 1, {}, id="the same person at another browser"),
        pytest.param({}, lambda _: None, 61, {}, id="more than an hour later"),
        pytest.param({"csrf": "forged"}, lambda _: None, 1, {}, id="a form that was not of that session"),
        pytest.param({"what_it_is": "x" * 250_000}, lambda _: None, 1, {}, id="a form longer than ours are"),
    ],
)
def test_a_kept_form_does_not_come_back_for(late, sign_in, clock, *, typed, meanwhile, minutes, claims):
    client, _ = late(title="Typed for an hour", **typed)
    meanwhile(client)
    clock.pass_by(minutes=minutes)
    answer, _, _ = sign_in(client=client, **claims)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
    assert title_kept(client) == REFUND.title


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(f"/draft/{REFUND.id}?q=a%7Cb", f"/draft/{REFUND.id}?q=a%7Cb", id="a page of the desk"),
        pytest.param("https://evil.example/queue", "/queue", id="another site"),
        pytest.param("//evil.example", "/queue", id="another site without a scheme"),
        pytest.param("/queue\\@evil.example", "/queue", id="another site behind a backslash"),
    ],
)
def test_the_way_back_leads_to_pages_of_the_desk_alone(sign_in, wanted, found):
    assert sign_in(wanted=wanted)[0].headers["location"] == found
