"""What ``smallprint doctor`` tells of a model's server."""

import asyncio

import pytest

from classifiers.probing import Probe, probe
from smallprint.errors import UserError
from smallprint.settings import Settings
from tests.classifiers.reading import always, settings
from tests.fakes import FAULTS, OK, FakeServer, Fault, Request, error


def probes(server: FakeServer, **changes: object) -> list[Probe]:
    return asyncio.run(probe(settings(server, **changes)))


def test_a_good_server_takes_the_key_and_every_response_mode() -> None:
    with FakeServer(api_key="right") as server:
        server_probe, modes = probes(server, api_key="right")
    assert server_probe.ok
    assert "1 model, fake among them" in server_probe.detail
    assert modes.ok
    assert modes.detail == "tools: works; JSON schema: works; plain JSON: works; runs use tools"


def test_a_server_of_plain_json_is_good_enough() -> None:
    with FakeServer(modes=("json",)) as server:
        _, modes = probes(server)
    assert modes.ok
    assert modes.detail.startswith("tools: not taken by this server (HTTP 400")
    assert modes.detail.endswith("plain JSON: works; runs use plain JSON")


PROBLEMS = {
    "a wrong key": ({"api_key": "right"}, {"api_key": "wrong"}, "check OPENAI_API_KEY"),
    "an unknown model": ({}, {"model": "openai:other"}, "check --model and --base-url"),
    "a mode that was set and is not known": (
        {"modes": ("json",)},
        {"response_mode": "tools"},
        "none works; tools: not taken",
    ),
    "answers that meet no schema": (
        {"faults": always(FAULTS["truncated JSON"])},
        {},
        "the answer does not meet the schema",
    ),
    "a server in trouble": ({"faults": always(error(500, "out of memory"))}, {}, "out of memory"),
}


@pytest.mark.parametrize(("server", "configured", "detail"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_problem_is_named(server: dict, configured: dict, detail: str) -> None:
    with FakeServer(**server) as running:
        last = probes(running, **configured)[-1]
    assert not last.ok
    assert detail in last.detail


def test_an_address_where_nobody_answers_is_a_problem() -> None:
    (only,) = asyncio.run(probe(Settings(model="openai:fake", base_url="http://127.0.0.1:9/v1", secret="s")))
    assert not only.ok
    assert "connection failed" in only.detail


def test_a_model_that_takes_no_temperature_is_asked_without() -> None:
    def faults(_n: int, request: Request) -> Fault:
        refused = error(400, "Unsupported value: 'temperature' does not support 0.0", "unsupported_value")
        return refused if "temperature" in request.body else OK

    with FakeServer(faults=faults) as server:
        _, modes = probes(server)
    assert modes.detail == "tools: works; JSON schema: works; plain JSON: works; runs use tools"
    assert len(server.requests) == 4


def test_a_missing_key_is_a_users_mistake() -> None:
    with pytest.raises(UserError, match="OPENAI_API_KEY"):
        asyncio.run(probe(Settings(model="openai:gpt", base_url=None, api_key=None)))
