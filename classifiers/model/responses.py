"""What a chat completion says, read without trusting its shape: many compatible servers are not quite."""

from typing import Any

from classifiers.model.tokens import count_tokens


def answer_text(response: Any) -> str:  # noqa: ANN401 -- whatever the server sent
    """The JSON text of a response, from the tool call or the message; empty where there is none."""
    choices = getattr(response, "choices", None)
    message = getattr(choices[0], "message", None) if choices else None
    tool_calls = getattr(message, "tool_calls", None)
    if tool_calls and getattr(tool_calls[0], "function", None):
        return str(tool_calls[0].function.arguments or "")
    return str(getattr(message, "content", None) or "")


def refusal(response: Any) -> str | None:  # noqa: ANN401 -- whatever the server sent
    """Why the model or the provider refused to answer; None where neither did."""
    choices = getattr(response, "choices", None)
    if not choices:
        return None
    message = getattr(getattr(choices[0], "message", None), "refusal", None)
    if message:
        return f"the model refused: {str(message)[:200]}"
    return "the provider's content filter stopped the answer" if choices[0].finish_reason == "content_filter" else None


def token_counts(response: Any, expected_input: int) -> dict[str, int]:  # noqa: ANN401 -- whatever the server sent
    """Input, cached input and output tokens as the server counts them; ours where it reports none."""
    usage = getattr(response, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    return {
        "input_tokens": getattr(usage, "prompt_tokens", None) or expected_input,
        "cached_input_tokens": getattr(details, "cached_tokens", None) or 0,
        "output_tokens": getattr(usage, "completion_tokens", None) or count_tokens(answer_text(response)),
    }
