"""Who analyzes: the table of analysts, each chosen by a name such as ``offline`` or ``openai:gpt-5-mini``."""

from typing import TYPE_CHECKING

from classifiers.model.factory import AZURE, OPENAI
from classifiers.offline.analyst import OFFLINE
from classifiers.work import Analyst, AnalystFactory, AnnounceBatch, Traits
from smallprint.errors import UserError

if TYPE_CHECKING:
    from smallprint.settings import Settings

ANALYSTS: dict[str, AnalystFactory] = {  # by what stands before the colon of a name
    "offline": OFFLINE,
    "openai": OPENAI,
    "azure": AZURE,
}


def choose_analyst(name: str, settings: "Settings", *, announce_batch: AnnounceBatch | None = None) -> Analyst:
    """The analyst of this name, configured.

    Args:
        name: as a factory's ``form`` has it: ``offline``, ``openai:NAME`` or ``azure:NAME``.
        settings: key, address, limits.
        announce_batch: if given, the analyst asks through its provider's batch service, and this is called with a
            sentence for every batch that is sent or has ended.

    Raises:
        UserError: no analyst has this name, its key or address is not configured, or it has no batch service.

    """
    factory = _factory(name)
    if announce_batch is not None and not factory.traits(name).batches:
        raise UserError("--batch needs a model behind a batch service: --model openai:NAME")
    return factory.build(name, settings, announce_batch)


def traits_of(name: str) -> Traits:
    """What is known of an analyst by its name alone, such as the one that a stored run was made with.

    Raises:
        UserError: no analyst has this name.

    """
    return _factory(name).traits(name)


def _factory(name: str) -> AnalystFactory:
    prefix, colon, model = name.partition(":")
    factory = ANALYSTS.get(prefix)
    takes_model = factory is not None and ":" in factory.form
    if factory is None or (not model.strip() if takes_model else colon):
        *forms, last = (factory.form for factory in ANALYSTS.values())
        raise UserError(f"no model is called {name!r}; use {', '.join(forms)} or {last}")
    return factory
