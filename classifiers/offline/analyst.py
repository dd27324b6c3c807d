"""The offline analyst: the embedded rules behind the interface of all analysts."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from classifiers import offline
from classifiers.proposals import Proposal
from classifiers.work import AnalystFactory, AnnounceBatch, Deliver, Job, Outcome, Plan, Traits
from smallprint.records import Usage
from smallprint.registry import Registry

if TYPE_CHECKING:
    from smallprint.settings import Settings

TRAITS = Traits(
    label="the offline analyst",
    description="rules on this machine, not a language model",
    free=True,
    processor_bound=True,
    languages=frozenset({"en"}),
    batches=False,
)


class OfflineAnalyst:
    """The embedded rules: no network, no cost, one window that holds the whole document."""

    name = "offline"
    language = "English"
    traits = TRAITS

    @property
    def prompt(self) -> str:
        """The rule set and its version."""
        return f"offline-rules@{offline.RULES_VERSION}"

    def hashes(self, registry: Registry) -> Mapping[Literal["prompt", "schema"], str]:
        """SHA-256 of the rules and of the fields of a proposal."""
        fields = str(sorted((name, str(field.annotation)) for name, field in Proposal.model_fields.items()))
        return {"prompt": offline.rules_sha256(), "schema": sha256(fields.encode()).hexdigest()}

    async def propose(self, job: Job, deliver: Deliver) -> None:
        """One outcome for all clauses; in a language without rules they are failed, and the ledger says why."""
        clause_ids = tuple(clause.id for clause in job.clauses)
        if not self.traits.reads(job.document.language):
            why = f"the offline analyst has no rules for the language {job.document.language!r}; use a model"
            deliver(Outcome(clauses=clause_ids, state="failed", model=self.name, why=why))
            return
        proposals = offline.propose(job.document, job.clauses, job.registry, source=job.source)
        deliver(Outcome(clauses=clause_ids, state="done", model=self.name, proposals=tuple(proposals)))

    def plan(self, job: Job) -> Plan:
        """One window that costs nothing."""
        return Plan(windows=1 if job.clauses else 0, usage=Usage())

    async def close(self) -> None:
        """Nothing to give back."""


def _build(_name: str, _settings: "Settings", _announce_batch: AnnounceBatch | None) -> OfflineAnalyst:
    return OfflineAnalyst()


OFFLINE = AnalystFactory(form="offline", traits=lambda _name: TRAITS, build=_build)
