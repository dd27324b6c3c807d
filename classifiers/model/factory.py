"""How language-model analysts are built, and what is known of them before the model SDKs are loaded."""

from typing import TYPE_CHECKING

from classifiers.work import Analyst, AnalystFactory, AnnounceBatch, Traits

if TYPE_CHECKING:
    from smallprint.settings import Settings


def _traits(name: str) -> Traits:
    return Traits(label=name, free=False, processor_bound=False, languages=None, batches=True)


def _build(name: str, settings: "Settings", announce_batch: AnnounceBatch | None) -> Analyst:
    from classifiers.model.analyst import ModelAnalyst  # takes a second: it loads the SDKs

    analyst = ModelAnalyst(name, settings, _traits(name))
    if announce_batch is not None:
        analyst.go_by_batch(announce_batch)
    return analyst


OPENAI = AnalystFactory(form="openai:NAME", traits=_traits, build=_build)
AZURE = AnalystFactory(form="azure:NAME", traits=_traits, build=_build)


def is_model(name: str) -> bool:
    """Whether a name is that of a language model, which can be asked for other things than provisions."""
    provider, _, model = name.partition(":")
    return bool(model.strip()) and provider in {factory.form.partition(":")[0] for factory in (OPENAI, AZURE)}
