"""What tokens cost, from the price table that ships with genai-prices; a model it does not know costs "unknown"."""

from dataclasses import dataclass
from decimal import Decimal

_MILLION = 1_000_000


@dataclass(frozen=True)
class Prices:
    """How to price one model's calls.

    Attributes:
        model: as the provider names it.
        provider: the table's id, ``openai`` or ``azure``; None where only the server's address is known.
        base_url: the server's address, by which the table knows other providers.
        input_price: USD a million input tokens, said by the user; counts before the table.
        output_price: USD a million output tokens, said by the user.
        share: of the price, 0.5 for calls by batch.

    """

    model: str
    provider: str | None = None
    base_url: str | None = None
    input_price: float | None = None
    output_price: float | None = None
    share: float = 1.0

    def cost(self, *, input_tokens: int, cached_input_tokens: int = 0, output_tokens: int = 0) -> float | None:
        """USD for so many tokens, ``cached_input_tokens`` being part of ``input_tokens``; None: price unknown."""
        if self.input_price is not None and self.output_price is not None:
            return self.share * (input_tokens * self.input_price + output_tokens * self.output_price) / _MILLION
        price = self._from_table(input_tokens, cached_input_tokens, output_tokens)
        return None if price is None else self.share * float(price)

    def _from_table(self, input_tokens: int, cached_input_tokens: int, output_tokens: int) -> Decimal | None:
        # The table is the one in the installed package: nothing here starts its updater, so nothing goes out.
        from genai_prices import Usage, calc_price

        used = Usage(
            input_tokens=input_tokens, cache_read_tokens=cached_input_tokens or None, output_tokens=output_tokens
        )
        try:
            if self.provider:
                return calc_price(used, self.model, provider_id=self.provider).total_price
            return calc_price(used, self.model, provider_api_url=self.base_url or "").total_price
        except LookupError:
            return None
