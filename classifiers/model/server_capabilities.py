"""What this process has learned about a model on its server: which response modes it takes, names of parameters."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["tools", "json_schema", "json"]

MODES: tuple[Mode, ...] = ("tools", "json_schema", "json")
_STATED_MAXIMUM = re.compile(
    r"(?:at most|less than or equal to|no more than|maximum (?:value )?(?:is|of|allowed is)) (\d{3,6})\b"
)
_REFUSABLE_PARAMETERS = ("temperature", "max_completion_tokens", "max_tokens")


@dataclass(frozen=True)
class RequestOptions:
    """The response mode and parameters that one attempt was sent with."""

    mode: Mode
    parameters: dict[str, Any]


@dataclass
class ServerCapabilities:
    """Response modes that may still work, the best first, and parameters as the model takes them."""

    modes: list[Mode]
    token_limit_parameter: Literal["max_tokens", "max_completion_tokens"]
    takes_temperature: bool = True
    max_output_tokens: int | None = None  # of one answer, once the server has stated its maximum

    def parameters(self, max_output_tokens: int, temperature: float | None) -> dict[str, Any]:
        """The call's parameters as this model takes them."""
        token_limit = min(max_output_tokens, self.max_output_tokens or max_output_tokens)
        with_temperature = self.takes_temperature and temperature is not None
        return {
            self.token_limit_parameter: token_limit,
            **({"temperature": temperature} if with_temperature else {}),
        }

    def learn(self, server_message: str, sent: Collection[str]) -> bool:
        """Change the parameter that a server's message refuses; False when it refuses none that we know how to change.

        Args:
            server_message: the error's text.
            sent: names of the refused call's parameters; another call may have changed ours since.

        """
        maximum = _STATED_MAXIMUM.search(server_message)
        if maximum and any("max_" in name for name in sent):
            self.max_output_tokens = int(maximum[1])
            return True
        refused = next((name for name in _REFUSABLE_PARAMETERS if name in server_message and name in sent), None)
        if refused == "temperature":
            self.takes_temperature = False
        elif refused == self.token_limit_parameter:
            self.token_limit_parameter = "max_tokens" if refused == "max_completion_tokens" else "max_completion_tokens"
        return refused is not None


_CAPABILITIES: dict[tuple[str, str, str], ServerCapabilities] = {}


def capabilities_of(
    server: str, model: str, response_mode: Literal["auto"] | Mode, *, custom_address: bool
) -> ServerCapabilities:
    """What the process knows of a model on a server; calls share it, so that each refusal is met once.

    Args:
        server: its address.
        model: as the server names it.
        response_mode: as set; ``auto`` leaves the choice to us.
        custom_address: whether the user named the address; compatible servers know the older name of the token limit.

    """
    modes = list(MODES) if response_mode == "auto" else [response_mode]
    parameter: Literal["max_tokens", "max_completion_tokens"] = (
        "max_tokens" if custom_address else "max_completion_tokens"
    )
    return _CAPABILITIES.setdefault(
        (server, model, response_mode), ServerCapabilities(modes=modes, token_limit_parameter=parameter)
    )
