"""What a server has taught us about one of its models in this process: response modes, names of parameters."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["tools", "json_schema", "json"]

MODES: tuple[Mode, ...] = ("tools", "json_schema", "json")
_AT_MOST = re.compile(
    r"(?:at most|less than or equal to|no more than|maximum (?:value )?(?:is|of|allowed is)) (\d{3,6})\b"
)
_REFUSABLE = ("temperature", "max_completion_tokens", "max_tokens")


@dataclass(frozen=True)
class Sent:
    """How one attempt went out."""

    mode: Mode
    parameters: dict[str, Any]


@dataclass
class Dialect:
    """Modes that may still work, the best first, and parameters as the model wants them."""

    modes: list[Mode]
    limit_parameter: Literal["max_tokens", "max_completion_tokens"]
    temperature: bool = True
    most_output: int | None = None  # tokens of one answer, where the server has named its bound

    def parameters(self, max_output_tokens: int, temperature: float | None) -> dict[str, Any]:
        """The call's parameters as this model takes them."""
        most = min(max_output_tokens, self.most_output or max_output_tokens)
        heat = {"temperature": temperature} if self.temperature and temperature is not None else {}
        return {self.limit_parameter: most, **heat}

    def learn(self, words: str, sent: Collection[str]) -> bool:
        """Mend the parameter that the server's words refuse; False when there is nothing to mend.

        Args:
            words: the server's.
            sent: names of the parameters of the refused call; another call may have mended them since.

        """
        bound = _AT_MOST.search(words)
        if bound and any("max_" in name for name in sent):
            self.most_output = int(bound[1])
            return True
        refused = next((name for name in _REFUSABLE if name in words and name in sent), None)
        if refused == "temperature":
            self.temperature = False
        elif refused == self.limit_parameter:
            self.limit_parameter = "max_tokens" if refused == "max_completion_tokens" else "max_completion_tokens"
        return refused is not None


_DIALECTS: dict[tuple[str, str, str], Dialect] = {}


def dialect_of(server: str, model: str, response_mode: Literal["auto"] | Mode, *, own_address: bool) -> Dialect:
    """The process's dialect of a model on a server.

    Args:
        server: its address.
        model: as the server names it.
        response_mode: as set; ``auto`` leaves the choice to us.
        own_address: whether the address was given; compatible servers know the older name of the token limit.

    """
    first = list(MODES) if response_mode == "auto" else [response_mode]
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens" if own_address else "max_completion_tokens"
    return _DIALECTS.setdefault((server, model, response_mode), Dialect(modes=first, limit_parameter=limit))
