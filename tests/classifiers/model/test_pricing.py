"""What tokens cost, and that an unknown price is not reported as free."""

import pytest

from classifiers.model.pricing import Prices
from classifiers.model.tokens import count_tokens
from smallprint.records import Usage


def test_a_known_model_has_a_price() -> None:
    price = Prices("gpt-4o-mini", "openai").cost(input_tokens=1_000_000, output_tokens=1_000_000)
    assert price == pytest.approx(0.75)


def test_cached_tokens_are_cheaper() -> None:
    prices = Prices("gpt-4o-mini", "openai")
    plain = prices.cost(input_tokens=100_000)
    cached = prices.cost(input_tokens=100_000, cached_input_tokens=90_000)
    assert plain
    assert cached
    assert cached < plain


@pytest.mark.parametrize(
    "prices",
    [Prices("no-such-model-9000", "openai"), Prices("fake", None, "http://127.0.0.1:8080/v1"), Prices("x", None, None)],
    ids=["an unknown model", "a model on an unknown server", "a model on no server"],
)
def test_the_price_of_an_unknown_model_is_unknown(prices: Prices) -> None:
    assert prices.cost(input_tokens=10, output_tokens=10) is None


def test_prices_set_by_the_user_override_the_table() -> None:
    prices = Prices("gpt-4o-mini", "openai", None, input_price=2.0, output_price=8.0)
    assert prices.cost(input_tokens=500_000, output_tokens=250_000) == 3.0


def test_one_unknown_cost_makes_the_sum_unknown() -> None:
    assert (Usage(cost_usd=1.0) + Usage(cost_usd=None)).cost_usd is None


COUNTS = [("", 0), ("a", 1), ("word " * 87, 101), ("日本語の利用規約", 5), ("“quoted”", 3)]


@pytest.mark.parametrize(
    ("text", "tokens"), COUNTS, ids=["nothing", "one letter", "English", "Japanese", "typographic"]
)
def test_tokens_are_estimated(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens
