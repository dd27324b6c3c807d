"""The table of analysts: what names mean and what is known of an analyst by its name alone."""

import pytest

from classifiers.analysts import choose_analyst, traits_of
from smallprint.errors import UserError
from smallprint.settings import Settings

KEY = {"api_key": "k", "base_url": "http://127.0.0.1:9/v1"}


@pytest.mark.parametrize("name", ["", "gpt-5", "openai", "openai:", "openai: ", "offline:", "offline:x", "trained:v1"])
def test_a_name_outside_the_table_is_refused_with_the_names_that_there_are(name: str) -> None:
    with pytest.raises(UserError, match="use offline, openai:NAME or azure:NAME"):
        choose_analyst(name, Settings(**KEY))


@pytest.mark.parametrize("name", ["offline", "openai:gpt-5-mini", "azure:ours"])
def test_an_analyst_has_the_traits_that_its_name_lets_expect(name: str) -> None:
    analyst = choose_analyst(name, Settings(**KEY))
    assert analyst.name == name
    assert analyst.traits == traits_of(name)


@pytest.mark.parametrize(
    ("language", "reads"),
    [("en", True), ("en-GB", True), ("EN", True), (None, True), ("de", False), ("pl", False)],
)
def test_the_offline_analyst_reads_english_and_what_may_be_english(language: str | None, *, reads: bool) -> None:
    assert traits_of("offline").reads(language) is reads


def test_a_model_reads_every_language() -> None:
    assert traits_of("openai:gpt-5-mini").reads("cy")


def test_an_analyst_without_a_batch_service_is_not_asked_by_batch() -> None:
    with pytest.raises(UserError, match="--batch needs a model behind a batch service"):
        choose_analyst("offline", Settings(), announce_batch=print)
