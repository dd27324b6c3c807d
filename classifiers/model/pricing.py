"""What tokens cost, from the price table that ships with genai-prices; the price of a model it lacks is unknown."""

from dataclasses import dataclass
from decimal import Decimal

_TOKENS_PER_PRICE = 1_000_000  # prices are quoted for a million tokens


@dataclass(frozen=True)
class Prices:
    """How to price one model's calls.

    Attributes:
        model: as the provider names it.
        provider: id in the table, ``openai`` or ``azure``; None where only the server's address is known.
        base_url: the server's address, by which the table finds other providers.
        input_price: USD a million input tokens, as the user set it; overrides the table.
        output_price: USD a million output tokens, as the user set it.
        multiplier: of every price; 0.5 for calls by batch, for which providers ask half.

    """

    model: str
    provider: str | None = None
    base_url: str | None = None
    input_price: float | None = None
    output_price: float | None = None
    multiplier: float = 1.0

    def cost(self, *, input_tokens: int, cached_input_tokens: int = 0, output_tokens: int = 0) -> float | None:
        """USD for so many tokens; ``input_tokens`` include the cached ones; None where the price is unknown."""
        if self.input_price is not None and self.output_price is not None:
            usd = input_tokens * self.input_price + output_tokens * self.output_price
            return self.multiplier * usd / _TOKENS_PER_PRICE
        price = self._from_table(input_tokens, cached_input_tokens, output_tokens)
        return None if price is None else self.multiplier * float(price)

    def _from_table(self, input_tokens: int, cached_input_tokens: int, output_tokens: int) -> Decimal | None:
        # The table is the one in the installed package: its updater is not started, so no request is made.
        from genai_prices import Usage, calc_price

        usage = Usage(
            input_tokens=input_tokens, cache_read_tokens=cached_input_tokens or None, output_tokens=output_tokens
        )
        try:
            if self.provider:
                return calc_price(usage, self.model, provider_id=self.provider).total_price
            return calc_price(usage, self.model, provider_api_url=self.base_url or "").total_price
        except LookupError:
            return None
