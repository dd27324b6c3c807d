"""What ``smallprint doctor`` asks a model's server: does it answer, is the key good, which response modes work."""

from classifiers.analysts import choose_analyst
from classifiers.model.answers import answer_model
from classifiers.model.llm import Meter, ModelClient, Question
from classifiers.model.retry import Failure, advice
from classifiers.model.server_capabilities import MODES, Mode
from classifiers.work import Budget
from smallprint.errors import ModelStopError
from smallprint.records import Noun
from smallprint.settings import Settings

_MODE_NAMES: dict[Mode, str] = {"tools": "tools", "json_schema": "JSON schema", "json": "plain JSON"}
_MAX_REFUSED_PARAMETERS = 3  # one after the other: name of the token limit, its value, temperature
_EXPECTED_OUTPUT_TOKENS = 64  # an answer without provisions takes ten

_MESSAGES = [
    {
        "role": "system",
        "content": 'Report the provisions of the numbered clauses as JSON. Nothing to report is {"provisions": []}.',
    },
    {"role": "user", "content": "[1] Our support team is glad to help on weekdays."},
]


class Probe(Noun):
    """One thing that was asked of the server: whether it is as it should be, and what came of it."""

    ok: bool
    subject: str
    detail: str


async def probe(settings: Settings) -> list[Probe]:
    """Ask the configured server for its models and then one tiny question in each response mode: four requests.

    Raises:
        UserError: key or address of the configured model are missing.

    """
    await choose_analyst(settings.model, settings).close()  # raises where the configuration cannot work
    client = ModelClient(settings.model, settings)
    try:
        listed = await client.served_models()
        probes = [_probe_server(client, listed)]
        if probes[0].ok:
            probes.append(await _probe_modes(client))
    finally:
        await client.close()
    return probes


def _probe_server(client: ModelClient, listed: tuple[str, ...] | Failure) -> Probe:
    if isinstance(listed, Failure):
        # Azure and some gateways have no list of models; the questions that follow tell more.
        if listed.kind == "rejected" or listed.detail.startswith("HTTP 404"):
            return Probe(ok=True, subject="server", detail=f"{client.server} answers, without a list of models")
        problem = f"{client.server}: {listed.detail}"
        if listed.kind == "stop":
            problem = advice(listed, client.server_name, client.model)
        return Probe(ok=False, subject="server", detail=problem)
    known = "among them" if client.model in listed else "not among them"
    models = f"{len(listed)} model{'' if len(listed) == 1 else 's'}, {client.model} {known}"
    return Probe(ok=True, subject="server", detail=f"{client.server} answers and takes the key; {models}")


async def _probe_modes(client: ModelClient) -> Probe:
    fixed = client.settings.response_mode
    wanted = MODES if fixed == "auto" else (fixed,)
    problems: dict[Mode, str | None] = {}
    for mode in wanted:
        try:
            problems[mode] = await _try(client, mode)
        except ModelStopError as stop:
            return Probe(ok=False, subject="model", detail=str(stop))
    working = [mode for mode in wanted if problems[mode] is None]
    outcomes = "; ".join(f"{_MODE_NAMES[mode]}: {problems[mode] or 'works'}" for mode in wanted)
    if not working:
        return Probe(ok=False, subject="response modes", detail=f"none works; {outcomes}")
    return Probe(ok=True, subject="response modes", detail=f"{outcomes}; runs use {_MODE_NAMES[working[0]]}")


async def _try(client: ModelClient, mode: Mode) -> str | None:
    """Ask in one response mode; None when it works, else why it does not, in a few words."""
    meter = Meter(client.prices, expected_input=500)
    question = Question(_MESSAGES, answer_model(("other",)), meter, Budget(), _EXPECTED_OUTPUT_TOKENS, str)
    sent, failure = await client.attempt(question, mode)
    for _ in range(_MAX_REFUSED_PARAMETERS):
        if (
            failure is None
            or failure.kind != "parameter"
            or not client.capabilities.learn(failure.detail, sent.parameters)
        ):
            break
        sent, failure = await client.attempt(question, mode)
    if failure is None:
        return None
    if failure.kind == "stop":
        raise ModelStopError(advice(failure, client.server_name, client.model))
    if failure.kind == "mode":
        return f"not taken by this server ({failure.detail[:120]})"
    if failure.kind in ("invalid", "too_long"):
        return f"taken, but the answer does not meet the schema ({failure.detail.splitlines()[0][:120]})"
    return failure.detail[:160]
