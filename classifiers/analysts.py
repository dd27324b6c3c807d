"""Who analyzes: the offline rules or a language model, chosen by name, behind one interface."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from classifiers.work import Analyst, Deliver, Job, Outcome, Plan
from smallprint.errors import UserError
from smallprint.records import Usage
from smallprint.registry import Registry

if TYPE_CHECKING:
    from smallprint.settings import Settings


class OfflineAnalyst:
    """The embedded rules: no network, no cost, one window that holds the whole document."""

    name = "offline"
    language = "English"

    @property
    def prompt(self) -> str:
        """The rule set and its version."""
        from classifiers import offline

        return f"offline-rules@{offline.RULES_VERSION}"

    def hashes(self, registry: Registry) -> Mapping[Literal["prompt", "schema"], str]:
        """SHA-256 of the rules and of the form of a proposal."""
        from classifiers import offline
        from classifiers.proposals import Proposal

        form = str(sorted((name, str(field.annotation)) for name, field in Proposal.model_fields.items()))
        return {"prompt": offline.rules_sha256(), "schema": sha256(form.encode()).hexdigest()}

    async def propose(self, job: Job, deliver: Deliver) -> None:
        """One outcome for all clauses; in a language without rules they are failed, and the ledger says why."""
        from classifiers import offline

        everything = tuple(clause.id for clause in job.clauses)
        if not offline.supports(job.document.language):
            why = f"the offline analyst has no rules for the language {job.document.language!r}; use a model"
            deliver(Outcome(clauses=everything, state="failed", model=self.name, why=why))
            return
        proposals = offline.propose(job.document, job.clauses, job.registry, source=job.source)
        deliver(Outcome(clauses=everything, state="done", model=self.name, proposals=tuple(proposals)))

    def plan(self, job: Job) -> Plan:
        """One window that costs nothing."""
        return Plan(windows=1 if job.clauses else 0, usage=Usage())

    async def close(self) -> None:
        """Nothing to give back."""


def choose_analyst(name: str, settings: "Settings") -> Analyst:
    """The analyst of this name: ``offline``, ``openai:NAME`` or ``azure:NAME``.

    Raises:
        UserError: the name says nothing we know, or its key or address is not configured.

    """
    if name == "offline":
        return OfflineAnalyst()
    provider, _, model = name.partition(":")
    if provider not in ("openai", "azure") or not model.strip():
        raise UserError(f"no model is called {name!r}; use offline, openai:NAME or azure:NAME")
    from classifiers.model.analyst import ModelAnalyst

    return ModelAnalyst(name, settings)
