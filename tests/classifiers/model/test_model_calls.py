"""Model calls over real HTTP: whatever the server does, every clause is accounted for and no answer is paid twice."""

import pytest

from classifiers.model import retry
from classifiers.work import Budget, MemoryAnswers, Step
from smallprint.errors import ModelStopError, UserError
from smallprint.records import Analysis
from tests.classifiers.reading import Text, always, ask, markdown, once, read, terms
from tests.fakes import FAULTS, OK, FakeServer, Fault, Request, careful, error, every


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off briefly: how long is tested with the retry rules."""
    monkeypatch.setattr(retry, "_FIRST_BACKOFF_SECONDS", 0.01)


def is_accounted_for(text: Text, analysis: Analysis) -> bool:
    """Every clause has one entry, and every quotation is the document's own words."""
    document, clauses = text
    ledger = analysis.ledger(clauses)
    states = ledger.analyzed + ledger.nothing_found + ledger.failed + ledger.over_budget
    evidence = [span for draft in analysis.drafts for span in draft.evidence]
    return states == len(clauses) and all(document.text[span.start : span.end] == span.text for span in evidence)


def ids(analysis: Analysis) -> list[str]:
    return [draft.id for draft in analysis.drafts]


@pytest.fixture(scope="module")
def clean() -> Analysis:
    with FakeServer() as server:
        return ask(server, terms())


def test_a_document_becomes_proven_drafts(clean: Analysis) -> None:
    assert is_accounted_for(terms(), clean)
    assert clean.windows >= 4
    assert clean.usage.calls == clean.windows
    assert len(clean.drafts) > 60
    assert clean.ledger(terms()[1]).characters_covered == 1.0
    assert {span.status for draft in clean.drafts for span in draft.evidence} == {"exact", "spliced"}


# fault of the second call -> how many more calls it costs
RECOVERED = {
    "429 with Retry-After": 1,
    "429 without": 1,
    "500": 1,
    "503": 1,
    "slow": 1,
    "dropped connection": 1,
    "truncated JSON": 1,
    "unknown category": 1,
    "prose instead of JSON": 1,
    "garbage instead of HTTP JSON": 1,
    "cut off at the token limit": 2,
    "refusal": 2,
    "content filter": 2,
}


@pytest.mark.parametrize(("name", "more"), RECOVERED.items(), ids=[f"one call meets {name}" for name in RECOVERED])
def test_no_finding_is_lost_to_one_bad_call(name: str, more: int, clean: Analysis) -> None:
    with FakeServer(faults=once(FAULTS[name], call=1)) as server:
        # Short only where the fault is a slow answer: on a busy machine any other call could take as long.
        analysis = ask(server, terms(), timeout=0.6 if name == "slow" else 30.0)
    assert is_accounted_for(terms(), analysis)
    assert ids(analysis) == ids(clean)
    assert analysis.usage.calls == len(server.requests) == clean.usage.calls + more


LASTING = {
    "429 with Retry-After": ("failed", "HTTP 429"),
    "500": ("failed", "HTTP 500"),
    "dropped connection": ("failed", "connection"),
    "truncated JSON": ("failed", "not the JSON"),
    "prose instead of JSON": ("failed", "not the JSON"),
    "fabricated quote": ("nothing_found", ""),
    "unknown category": ("nothing_found", ""),
}


@pytest.mark.parametrize(("name", "end"), LASTING.items(), ids=[f"every call meets {name}" for name in LASTING])
def test_every_clause_is_accounted_for_when_the_server_never_recovers(name: str, end: tuple[str, str]) -> None:
    text = terms(8)
    with FakeServer(faults=always(FAULTS[name])) as server:
        analysis = ask(server, text, max_attempts=3)
    assert is_accounted_for(text, analysis)
    assert not analysis.drafts
    assert {entry.state for entry in analysis.entries} == {end[0]}
    assert all(end[1] in entry.why for entry in analysis.entries)
    assert len(server.requests) == analysis.usage.calls <= 3 * analysis.windows + 2


@pytest.mark.parametrize(
    ("name", "reason"), [("fabricated quote", "unlocated_quote"), ("unknown category", "unknown_category")]
)
def test_an_invalid_provision_is_rejected_with_a_reason(name: str, reason: str) -> None:
    with FakeServer(faults=always(FAULTS[name])) as server:
        analysis = ask(server, terms(8))
    assert len(analysis.rejections) > 10
    assert {rejection.reason for rejection in analysis.rejections} == {reason}
    assert all(rejection.window is not None for rejection in analysis.rejections)


def test_a_window_is_halved_after_two_answers_that_are_not_json(clean: Analysis) -> None:
    with FakeServer(faults=lambda n, _r: FAULTS["truncated JSON"] if n < 2 else OK) as server:
        analysis = ask(server, terms(), concurrency=1)
    assert analysis.ledger(terms()[1]).failed == 0
    assert ids(analysis) == ids(clean)


def test_the_second_question_names_the_mistakes() -> None:
    with FakeServer(faults=once(FAULTS["unknown category"])) as server:
        ask(server, terms(4))
    first, second = server.requests
    assert not first.is_reask
    assert second.messages[:2] == first.messages
    assert "space_travel" in second.messages[2]["content"]
    assert "no category is called 'space_travel'" in second.messages[3]["content"]


def test_valid_provisions_of_an_invalid_answer_are_used() -> None:
    def spoil(answer: str) -> str:
        import json

        body = json.loads(answer)
        body["provisions"][0]["category"] = "space_travel"
        del body["provisions"][1]["title"]
        return json.dumps(body)

    with FakeServer() as server:
        good = ask(server, terms(4))
    with FakeServer(faults=always(Fault(body=spoil))) as server:
        analysis = ask(server, terms(4))
    assert len(server.requests) == 2
    assert [rejection.reason for rejection in analysis.rejections] == ["unknown_category", "invalid_answer"]
    assert "title" in analysis.rejections[1].detail
    assert ids(analysis) == ids(good)[2:]


def test_a_model_that_refuses_everything_costs_a_bounded_number_of_calls() -> None:
    text = terms(8)
    with FakeServer(faults=always(FAULTS["refusal"])) as server:
        analysis = ask(server, text)
    assert is_accounted_for(text, analysis)
    assert {entry.why for entry in analysis.entries} == {"the model refused: I cannot help with that."}
    assert len(server.requests) < 70


def test_only_the_clause_that_the_model_refuses_is_lost() -> None:
    text = terms(12)
    trigger = "saddles of batch 13"
    with FakeServer(faults=lambda _n, r: FAULTS["refusal"] if trigger in r.document else OK) as server:
        analysis = ask(server, text)
    lost = [clause for clause, entry in zip(text[1], analysis.entries, strict=True) if entry.state == "failed"]
    assert len(lost) <= 3
    assert any(trigger in clause.text for clause in lost)


STOPS = {
    "401": (error(401, "Incorrect API key provided", "invalid_api_key"), "check OPENAI_API_KEY"),
    "402": (error(402, "Payment required"), "check its billing"),
    "403": (error(403, "not allowed"), "check the key's permissions"),
    "404": (error(404, "The model does not exist", "model_not_found"), "check --model and --base-url"),
    "an exhausted quota": (error(429, "You exceeded your quota", "insufficient_quota"), "resume the run"),
}


@pytest.mark.parametrize(("fault", "advice"), STOPS.values(), ids=[f"{name} stops the run" for name in STOPS])
def test_a_failure_that_no_retry_helps_stops_the_run_with_one_line(fault: Fault, advice: str) -> None:
    with FakeServer(faults=always(fault)) as server, pytest.raises(ModelStopError, match=advice) as stopped:
        ask(server, terms(), concurrency=2)
    assert "\n" not in str(stopped.value)
    assert len(server.requests) <= 2


def test_answers_from_before_a_stop_are_not_paid_again() -> None:
    answers = MemoryAnswers()
    stop = STOPS["401"][0]
    with FakeServer(faults=lambda n, _r: OK if n < 2 else stop) as server, pytest.raises(ModelStopError):
        ask(server, terms(), answers=answers, concurrency=1)
    with FakeServer() as server:
        analysis = ask(server, terms(), answers=answers)
    assert analysis.usage.cached_calls == 2
    assert len(server.requests) == analysis.windows - 2


@pytest.mark.parametrize(
    ("modes", "used"),
    [(("tools", "json_schema", "json"), "tools"), (("json_schema", "json"), "json_schema"), (("json",), "json")],
    ids=lambda value: f"of {' and '.join(value)}" if isinstance(value, tuple) else f"{value} is used",
)
def test_the_first_response_mode_that_the_server_takes_is_used(
    modes: tuple[str, ...], used: str, clean: Analysis
) -> None:
    with FakeServer(modes=modes) as server:
        analysis = ask(server, terms(), concurrency=1)
        again = ask(server, terms(), concurrency=1)
    assert ids(analysis) == ids(again) == ids(clean)
    refused = 3 - len(modes)
    assert [request.mode for request in server.requests[refused:]] == [used] * (len(server.requests) - refused)


def test_a_configured_response_mode_that_fails_is_named() -> None:
    with FakeServer(modes=("json",)) as server, pytest.raises(ModelStopError, match="SMALLPRINT_RESPONSE_MODE"):
        ask(server, terms(4), response_mode="tools")


def test_the_schema_is_sent_strict_and_closed() -> None:
    with FakeServer() as server:
        ask(server, terms(4))
        ask(server, terms(4), response_mode="json_schema")
    by_tool, by_schema = (request.body for request in server.requests)
    schemas = [by_tool["tools"][0]["function"], by_schema["response_format"]["json_schema"]]
    assert all(schema["strict"] is True for schema in schemas)
    provisions = schemas[0]["parameters"]["properties"]["provisions"]
    provision = schemas[0]["parameters"]["$defs"]["Provision"]
    assert provisions["items"] == {"$ref": "#/$defs/Provision"}
    assert provision["additionalProperties"] is False
    assert set(provision["required"]) == set(provision["properties"])


def refuses(parameter: str, instead: str | None) -> Fault:
    message = f"Unsupported parameter: '{parameter}' is not supported with this model." + (
        f" Use '{instead}' instead." if instead else ""
    )
    return error(400, message, "unsupported_parameter")


@pytest.mark.parametrize(
    ("parameter", "instead"),
    [("temperature", None), ("max_tokens", "max_completion_tokens")],
    ids=["temperature is left out", "max_completion_tokens is sent"],
)
def test_a_parameter_that_the_model_refuses_is_replaced(parameter: str, instead: str | None) -> None:
    def faults(_n: int, request: Request) -> Fault:
        return refuses(parameter, instead) if parameter in request.body else OK

    with FakeServer(faults=faults, latency=0.01) as server:
        analysis = ask(server, terms())
    assert analysis.ledger(terms()[1]).failed == 0
    assert parameter not in server.requests[-1].body
    assert instead is None or instead in server.requests[-1].body


def test_the_models_stated_token_limit_is_respected() -> None:
    def faults(_n: int, request: Request) -> Fault:
        limit = request.body["max_tokens"]
        message = f"max_tokens is too large: {limit}. This model supports at most 4096 completion tokens."
        return error(400, message, "invalid_value") if limit > 4096 else OK

    with FakeServer(faults=faults, latency=0.01) as server:
        analysis = ask(server, terms())
    assert analysis.ledger(terms()[1]).failed == 0
    assert server.requests[-1].body["max_tokens"] == 4096


def test_a_prompt_over_the_context_length_is_split() -> None:
    def faults(_n: int, request: Request) -> Fault:
        too_long = request.document.count("\n") > 20
        return error(400, "maximum context length is 4096 tokens", "context_length_exceeded") if too_long else OK

    with FakeServer(faults=faults) as server:
        analysis = ask(server, terms(12), window_tokens=5000)
    assert analysis.windows > 1
    assert analysis.ledger(terms(12)[1]).failed == 0


def test_the_fallback_model_reads_what_the_first_model_refuses() -> None:
    def faults(n: int, request: Request) -> Fault:
        return FAULTS["refusal" if n % 2 else "500"] if request.body["model"] == "fake" else OK

    with FakeServer(models=("fake", "other"), faults=faults) as server:
        analysis = ask(server, terms(), fallback_model="openai:other", max_attempts=2, concurrency=1)
    assert analysis.ledger(terms()[1]).failed == 0
    assert "openai:other" in {draft.provenance.model for draft in analysis.drafts}


PRICES = {"input_price": 1.0, "output_price": 4.0}


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7], ids=lambda share: f"a budget of {share:.0%} of what is needed")
def test_a_budget_is_not_exceeded(share: float) -> None:
    with FakeServer() as server:
        whole = ask(server, terms(), **PRICES).usage.cost_usd
    assert whole
    with FakeServer() as server:
        budget = Budget(whole * share)
        analysis = ask(server, terms(), budget=budget, concurrency=2, **PRICES)
    ledger = analysis.ledger(terms()[1])
    assert is_accounted_for(terms(), analysis)
    assert ledger.over_budget > 0
    assert {entry.why for entry in analysis.entries if entry.state == "over_budget"} == {
        f"the budget of ${budget.usd:g} is used up"
    }
    most_expensive = 0.02  # USD, more than any call here costs
    assert budget.spent <= whole * share + 2 * most_expensive
    assert budget.spent == pytest.approx(analysis.usage.cost_usd)
    assert len(server.requests) == analysis.usage.calls


def test_failed_attempts_count_against_the_budget() -> None:
    with FakeServer(faults=every(2, FAULTS["truncated JSON"])) as server:
        budget = Budget(100.0)
        analysis = ask(server, terms(), budget=budget, **PRICES)
    billed = (server.prompt_tokens * 1.0 + server.output_tokens * 4.0) / 1e6
    assert budget.spent == pytest.approx(billed)
    assert analysis.usage.cost_usd == pytest.approx(billed)


def test_a_budget_needs_a_price() -> None:
    with FakeServer() as server, pytest.raises(UserError, match="SMALLPRINT_INPUT_PRICE"):
        ask(server, terms(4), budget=Budget(1.0))


def test_an_unknown_price_is_not_reported_as_free(clean: Analysis) -> None:
    assert clean.usage.cost_usd is None


def test_reported_tokens_are_those_that_the_server_bills(clean: Analysis) -> None:
    with FakeServer() as server:
        analysis = ask(server, terms())
    assert analysis.usage.input_tokens == server.prompt_tokens
    assert analysis.usage.output_tokens == server.output_tokens
    assert analysis.usage.cached_input_tokens == server.cached_tokens > 0


def test_an_unchanged_document_is_not_asked_again(clean: Analysis) -> None:
    answers = MemoryAnswers()
    with FakeServer() as server:
        ask(server, terms(), answers=answers)
        asked = len(server.requests)
        again = ask(server, terms(), answers=answers)
    assert len(server.requests) == asked
    assert again.usage.calls == 0
    assert again.usage.cached_calls == again.windows
    assert again.usage.cost_usd == 0.0
    assert again.drafts == clean.drafts


EDITS = {
    "one sentence in the middle edited": markdown().replace(
        "parcel is whole and dry. This holds for anvils", "box is dry. This holds for anvils"
    ),
    "one sentence of the first section edited": markdown().replace("These terms are between", "The terms hold between"),
    "a clause inserted at the top": markdown(
        intro="These terms are between you and Tansy and Thistle Ltd.\n\nThey replace all earlier ones."
    ),
    "a section added at the end": markdown(41),
}


@pytest.mark.parametrize("edited", EDITS.values(), ids=EDITS)
def test_an_edit_costs_at_most_two_calls(edited: str) -> None:
    assert edited != markdown()
    answers = MemoryAnswers()
    with FakeServer() as server:
        ask(server, terms(), answers=answers)
        asked = len(server.requests)
        ask(server, read(edited), answers=answers)
    assert 1 <= len(server.requests) - asked <= 2


class FailingAnswers(MemoryAnswers):
    """Answers on a disk that is full after so many."""

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self.capacity = capacity

    def put(self, key: str, model: str, body: dict) -> None:
        if len(self.bodies) >= self.capacity:
            raise OSError("no space left on device")
        super().put(key, model, body)


def test_an_answer_that_cannot_be_stored_stops_the_run() -> None:
    with FakeServer() as server, pytest.raises(OSError, match="no space left"):
        ask(server, terms(), answers=FailingAnswers(1), concurrency=1)
    assert len(server.requests) <= 3


def test_an_answer_is_stored_before_anything_uses_it() -> None:
    answers = MemoryAnswers()

    def die(_step: Step) -> None:
        raise MemoryError("killed while the first answer is proven")

    with FakeServer() as server, pytest.raises(MemoryError):
        ask(server, terms(), answers=answers, progress=die, concurrency=1)
    paid = len(answers.bodies)
    assert paid >= 1
    with FakeServer() as server:
        analysis = ask(server, terms(), answers=answers)
    assert analysis.usage.cached_calls == paid
    assert len(server.requests) == analysis.windows - paid


def test_a_cut_off_answer_is_not_paid_twice() -> None:
    answers = MemoryAnswers()
    with FakeServer(faults=once(FAULTS["cut off at the token limit"])) as server:
        first = ask(server, terms(4), answers=answers)
        asked = len(server.requests)
        again = ask(server, terms(4), answers=answers)
    assert len(server.requests) == asked == 3
    assert again.drafts == first.drafts


def test_another_response_mode_finds_the_stored_answers() -> None:
    answers = MemoryAnswers()
    with FakeServer() as server:
        ask(server, terms(4), answers=answers)
        ask(server, terms(4), answers=answers, response_mode="json")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "change", [{"model": "openai:other"}, {"temperature": 0.5}, {"language": "German"}, {"secret": "another"}], ids=str
)
def test_a_changed_question_is_asked_again(change: dict) -> None:
    answers = MemoryAnswers()
    with FakeServer(models=("fake", "other")) as server:
        ask(server, terms(4), answers=answers)
        ask(server, terms(4), answers=answers, **change)
    assert len(server.requests) == 2


def test_calls_in_flight_stay_within_the_configured_concurrency() -> None:
    with FakeServer(latency=0.05) as server:
        ask(server, terms(), concurrency=3)
    assert server.peak_in_flight == 3


def test_the_static_message_is_the_same_in_every_call() -> None:
    with FakeServer() as server:
        ask(server, terms())
    assert len({request.messages[0]["content"] for request in server.requests}) == 1
    assert server.requests[0].messages[0]["role"] == "system"


def test_an_empty_document_makes_no_call() -> None:
    document, _ = terms(1)
    with FakeServer() as server:
        analysis = ask(server, (document, ()))
    assert not server.requests
    assert analysis.entries == ()


def german(number: int, text: str) -> dict | None:
    provision = careful(number, text)
    if provision is not None:
        for name in ("what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk"):
            provision[name] = "Der Anbieter behält sich vor, darüber allein zu entscheiden, ohne es jemandem zu sagen."
    return provision


def test_answers_in_the_configured_language_are_not_flagged() -> None:
    with FakeServer(reader=german) as server:
        as_configured = ask(server, terms(4), language="German")
        not_configured = ask(server, terms(4))
    assert not any("wrong_language" in draft.flags for draft in as_configured.drafts)
    assert all("wrong_language" in draft.flags for draft in not_configured.drafts)


def test_azure_gets_its_own_paths_and_key_header() -> None:
    with FakeServer() as server:
        address = server.base_url.removesuffix("/v1")
        analysis = ask(
            server, terms(4), model="azure:fake", base_url=address, api_key="secret", api_version="2024-10-21"
        )
    assert analysis.ledger(terms(4)[1]).failed == 0
    assert analysis.drafts[0].provenance.model == "azure:fake"
    (request,) = server.requests
    assert request.headers["api-key"] == "secret"
    assert request.path == "/openai/deployments/fake/chat/completions?api-version=2024-10-21"
