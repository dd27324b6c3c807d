"""What the analysis and its analysts hand each other: job, outcome, stored answers, budget, progress."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from classifiers.proposals import Proposal
from smallprint.records import Clause, Document, Noun, Rejection, Source, Tally, Usage
from smallprint.registry import Registry

if TYPE_CHECKING:
    from smallprint.settings import Settings

WindowState = Literal["done", "failed", "over_budget"]


class Answers(Protocol):
    """Where paid answers live; the store is one. ``put`` is durable when it returns, and the first answer stays."""

    def get(self, key: str) -> dict[str, Any] | None:
        """The answer under a content key, or None."""
        ...

    def put(self, key: str, model: str, body: dict[str, Any]) -> None:
        """Keep an answer before anything uses it."""
        ...

    def tally(self, model: str) -> Tally:
        """What this model's stored answers took, so that the next estimate is nearer."""
        ...


def tally_of(body: Mapping[str, Any]) -> Tally:
    """The part of one stored answer; nothing for those of other analysts or times."""
    expected, usage = body.get("expected"), body.get("usage")
    if not isinstance(expected, Mapping) or not isinstance(usage, Mapping):
        return Tally()
    return Tally(
        document_tokens=expected["document_tokens"],
        asked_tokens=expected["asked_tokens"],
        input_tokens=usage["input_tokens"],
        output_tokens=usage["output_tokens"],
    )


class MemoryAnswers:
    """Answers for the length of a process: one document read without a workspace, and the tests."""

    def __init__(self) -> None:
        self.bodies: dict[str, dict[str, Any]] = {}
        self.models: dict[str, str] = {}

    def get(self, key: str) -> dict[str, Any] | None:
        """The answer under a content key, or None."""
        return self.bodies.get(key)

    def put(self, key: str, model: str, body: dict[str, Any]) -> None:
        """Keep an answer; the first one under a key stays."""
        self.bodies.setdefault(key, body)
        self.models.setdefault(key, model)

    def tally(self, model: str) -> Tally:
        """What this model's answers took."""
        bodies = (body for key, body in self.bodies.items() if self.models[key] == model)
        return sum((tally_of(body) for body in bodies), Tally())


class Budget:
    """Money that the documents of a run share, in USD; None is no bound.

    A call starts only while what is spent and what the calls in flight are expected to cost lies below the bound:
    the bound is exceeded by no more than the error of the estimates of the calls in flight.
    """

    def __init__(self, usd: float | None = None) -> None:
        self.usd = usd
        self.spent = 0.0
        self.reserved = 0.0

    def reserve(self, expected: float) -> bool:
        """Whether a call expected to cost this much may start; if so, its cost is set aside until ``settle``."""
        if self.usd is not None and self.spent + self.reserved >= self.usd:
            return False
        self.reserved += expected
        return True

    def settle(self, expected: float, cost: float) -> None:
        """A call has ended: what was set aside becomes what it cost."""
        self.reserved = max(0.0, self.reserved - expected)
        self.spent += cost


class Step(Noun):
    """Progress: one more window of the document is through."""

    clauses: int  # of the window
    usage: Usage  # of the window


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Job:
    """One document for an analyst."""

    document: Document
    clauses: tuple[Clause, ...]
    registry: Registry
    answers: Answers
    budget: Budget
    source: Source | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one window: proposals in the document's own clause ids, or why there are none."""

    clauses: tuple[str, ...]
    state: WindowState
    model: str  # who answered; a fallback model is named here
    proposals: tuple[Proposal, ...] = ()
    rejections: tuple[Rejection, ...] = ()  # parts of the answer that met no schema
    why: str = ""
    usage: Usage = field(default_factory=Usage)


Deliver = Callable[[Outcome], None]


class Plan(Noun):
    """What an analysis would take, from the rendered prompts and before any call."""

    windows: int
    usage: Usage  # expected; ``cached_calls`` counts windows whose answers are stored


class Traits(Noun):
    """What callers ask about an analyst, whatever it reads and however it is configured."""

    label: str  # how people are told who read: "the offline analyst", "openai:gpt-5-mini"
    description: str = ""  # what they should know of it beside its label
    free: bool  # costs nothing, so its answers need not be stored
    processor_bound: bool  # keeps a processor busy, so that more documents at once would only finish later
    languages: frozenset[str] | None  # ISO 639-1 codes of the documents that it reads; None: any
    batches: bool  # can be asked through a provider's batch service

    def reads(self, language: str | None) -> bool:
        """Whether it reads documents in a language, given as ``en`` or ``en-GB``; an unknown language is tried."""
        return self.languages is None or language is None or language.lower().split("-")[0] in self.languages


class Analyst(Protocol):
    """Whoever proposes provisions: a language model or the offline rules. Build with ``analysts.choose_analyst``."""

    @property
    def name(self) -> str:
        """``offline``, ``openai:NAME`` or ``azure:NAME``."""
        ...

    @property
    def traits(self) -> Traits:
        """Cost, languages and the like; ``analysts.traits_of`` tells them from the name alone."""
        ...

    @property
    def prompt(self) -> str:
        """Name and version of what instructs it, e.g. ``provisions@1``."""
        ...

    @property
    def language(self) -> str:
        """The language of what it writes, as a name: "English"."""
        ...

    def hashes(self, registry: Registry) -> Mapping[Literal["prompt", "schema"], str]:
        """SHA-256 of its instructions and of the form of its answers."""
        ...

    async def propose(self, job: Job, deliver: Deliver) -> None:
        """Hand over an outcome for every window, in any order, so that each clause is in exactly one of them.

        Raises:
            ModelStopError: the model's server refuses us for a reason that no retry mends.

        """
        ...

    def plan(self, job: Job) -> Plan:
        """What ``propose`` would take."""
        ...

    async def close(self) -> None:
        """Give back connections; the analyst can be used again afterwards."""
        ...


AnnounceBatch = Callable[[str], None]  # called with a sentence for every batch that is sent or has ended


@dataclass(frozen=True)
class AnalystFactory:
    """One row of ``analysts.ANALYSTS``.

    Attributes:
        form: how its analysts are named: ``offline``, or ``openai:NAME`` where a model's name follows.
        traits: of the analyst with a name of this form.
        build: the analyst of a name, configured; with the last argument it asks by batch. Raises UserError where
            its key or address is missing.

    """

    form: str
    traits: Callable[[str], Traits]
    build: Callable[[str, "Settings", AnnounceBatch | None], Analyst]
