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

_NAMES: dict[Mode, str] = {"tools": "tools", "json_schema": "JSON schema", "json": "plain JSON"}
_PARAMETERS = 3  # that a model may refuse, one after the other
_TOKENS = 64  # an answer without provisions takes ten

_MESSAGES = [
    {
        "role": "system",
        "content": 'Report the provisions of the numbered clauses as JSON. Nothing to report is {"provisions": []}.',
    },
    {"role": "user", "content": "[1] Our support team is glad to help on weekdays."},
]


class Line(Noun):
    """One finding: whether it is as it should be, what was looked at, and what came of it."""

    ok: bool
    what: str
    detail: str


async def probe(settings: Settings) -> list[Line]:
    """Ask the configured server for its models and then one tiny question in each response mode: four requests.

    Raises:
        UserError: key or address of the configured model are missing.

    """
    await choose_analyst(settings.model, settings).close()  # raises where the configuration cannot work
    client = ModelClient(settings.model, settings)
    try:
        listed = await client.served_models()
        lines = [_server_line(client, listed)]
        if lines[0].ok:
            lines.append(await _modes_line(client))
    finally:
        await client.close()
    return lines


def _server_line(client: ModelClient, listed: tuple[str, ...] | Failure) -> Line:
    if isinstance(listed, Failure):
        # Azure and some gateways have no list of models; the questions that follow tell more.
        if listed.kind == "rejected" or listed.detail.startswith("HTTP 404"):
            return Line(ok=True, what="server", detail=f"{client.server} answers, without a list of models")
        said = (
            advice(listed, client.server_name, client.model)
            if listed.kind == "stop"
            else f"{client.server}: {listed.detail}"
        )
        return Line(ok=False, what="server", detail=said)
    known = "among them" if client.model in listed else "not among them"
    models = f"{len(listed)} model{'' if len(listed) == 1 else 's'}, {client.model} {known}"
    return Line(ok=True, what="server", detail=f"{client.server} answers and takes the key; {models}")


async def _modes_line(client: ModelClient) -> Line:
    fixed = client.settings.response_mode
    wanted = MODES if fixed == "auto" else (fixed,)
    results: dict[Mode, str | None] = {}
    for mode in wanted:
        try:
            results[mode] = await _try(client, mode)
        except ModelStopError as stop:
            return Line(ok=False, what="model", detail=str(stop))
    working = [mode for mode in wanted if results[mode] is None]
    told = "; ".join(f"{_NAMES[mode]}: {results[mode] or 'works'}" for mode in wanted)
    if not working:
        return Line(ok=False, what="response modes", detail=f"none works; {told}")
    return Line(ok=True, what="response modes", detail=f"{told}; runs use {_NAMES[working[0]]}")


async def _try(client: ModelClient, mode: Mode) -> str | None:
    """None when the mode works, else why it does not, in a few words."""
    meter = Meter(client.prices, expected_input=500)
    question = Question(_MESSAGES, answer_model(("other",)), meter, Budget(), _TOKENS, lambda problems: problems)
    sent, failure = await client.attempt(question, mode)
    for _ in range(_PARAMETERS):
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
