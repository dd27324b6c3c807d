"""Proposal to draft or rejection: quotes proven, names resolved, severity computed, prose checked, duplicates merged.

Every rule that touches a draft leaves a flag, whose meaning for a reviewer is in ``FLAGS``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from classifiers.citations import resolve_agencies, resolve_frameworks
from classifiers.grounding import Grounder
from classifiers.proposals import CitedFramework, NamedAgency, Proposal
from classifiers.stated_jurisdictions import Reach, reach_of
from classifiers.wording import is_english, plain, reading_grade, shorten, ungrounded_numbers
from classifiers.work import Job, Outcome
from smallprint.records import (
    AgencyReason,
    Document,
    Draft,
    Evidence,
    FrameworkCitation,
    Noun,
    Provenance,
    Rejection,
)
from smallprint.severity import levels_apart, severity

# The prompt asks for at most 8 words in a title, 45 in a text, 12 to 15 in an action or a reason. These bounds lie well
# over that, so that only a text that ran away is cut.
_MAX_CHARACTERS = {
    "title": 100,
    "what_it_is": 400,
    "consumer_impact": 500,
    "why_it_matters": 400,
    "enforcement_risk": 400,
    "due_diligence": 200,
    "reason": 200,
}
_MAX_ACTIONS = 4  # of due diligence; the prompt asks for three
_MIN_QUOTE_WORDS = 5  # the prompt asks for six or more
_MIN_CONFIDENCE = 0.5  # below it the analyst itself holds the draft for more likely wrong than right
_MAX_READING_GRADE = 14  # years of school; chosen by eye

FLAGS = {
    "severity_disagreement": "The analyst's own level is two or more steps from the computed one.",
    "fuzzy_evidence": "The quote differs from the source in some words; check that the passage is the one meant.",
    "ambiguous_evidence": "The quoted words stand in several places; check that this one is meant.",
    "unknown_framework": "A framework is not in the registry and is kept as text.",
    "invalid_citation": "A citation does not exist in its framework, or cannot apply to this document.",
    "unknown_agency": "An agency is not in the registry and is kept as text.",
    "agency_without_framework": "An agency enforces none of the frameworks cited.",
    "unknown_secondary": "A secondary category is not in the taxonomy and was left out.",
    "markup_removed": "Links or markup were removed from the text.",
    "overlong_text": "A text was longer than allowed and was shortened.",
    "wrong_language": "The text is not in the language asked for.",
    "hard_to_read": f"What it means for users needs more than {_MAX_READING_GRADE} years of school to read.",
    "ungrounded_number": "The text states a number that the cited passage does not have.",
    "short_evidence": "The quote is too short to be understood alone; look at the words around it.",
    "uncited_evidence": "The quote stands in other clauses than those the analyst cited.",
    "merged_duplicate": "Two proposals for the same passage and category were merged.",
    "low_confidence": f"The analyst gave it a confidence under {_MIN_CONFIDENCE}.",
}


class Origin(Noun):
    """What provenance says of every draft of one analysis, the model aside."""

    prompt: str
    prompt_sha256: str
    schema_sha256: str
    run: str | None
    created_at: datetime


@dataclass
class Prose:
    """Cleans one draft's texts and collects the flags that this raises."""

    flags: set[str]

    def clean(self, text: str, kind: str) -> str:
        """Plain text of bounded length."""
        max_characters = _MAX_CHARACTERS[kind]
        # What lies far beyond any bound is cut unread: hostile answers cost no time.
        cleaned = plain(text[: 20 * max_characters])
        if cleaned != " ".join(text.split()):
            self.flags.add("markup_removed")
        shortened = shorten(cleaned, max_characters)
        if shortened != cleaned or len(text) > 20 * max_characters:
            self.flags.add("overlong_text")
        return shortened


class Drafting:
    """Proves the outcomes of one document's windows."""

    def __init__(self, job: Job, origin: Origin, *, english: bool = True) -> None:
        self.document = job.document
        self.clauses = {clause.id: clause for clause in job.clauses}
        self.registry = job.registry
        self.origin = origin
        self.english = english
        self._source = job.source

    def index(self) -> None:
        """Index the document for proofs, which takes longer than any of them; otherwise the first proof does it."""
        self._grounder  # noqa: B018 -- built where it is first used

    @cached_property
    def _grounder(self) -> Grounder:
        return Grounder(self.document, tuple(self.clauses.values()))

    @cached_property
    def _reach(self) -> Reach:
        """Read once for all drafts."""
        return reach_of(self.document, self._source)

    def prove(self, proposal: Proposal, outcome: Outcome) -> Draft | Rejection:
        """The draft of a proposal that holds, else a rejection that says why not.

        Args:
            proposal: one of the outcome's.
            outcome: says which clauses the analyst had read, and who answered.

        """
        title = shorten(plain(proposal.title[:2000]), _MAX_CHARACTERS["title"])

        def reject(reason: str, detail: str) -> Rejection:
            return Rejection(reason=reason, quote=proposal.quote[:500], title=title, detail=detail)

        if proposal.category not in self.registry.categories:
            return reject("unknown_category", f"no category is called {plain(proposal.category[:80])!r}")
        evidence = self._grounder.ground(proposal.quote, cited=proposal.clauses, window=outcome.clauses)
        if not evidence:
            return reject("unlocated_quote", "the quoted words are not in the document")
        flags: set[str] = set()
        draft = self._draft(proposal, evidence, outcome.model, flags)
        if not (draft.title and draft.what_it_is and draft.consumer_impact):
            return reject("invalid_answer", "no text is left once links and markup are removed")
        return draft

    def _draft(self, proposal: Proposal, evidence: tuple[Evidence, ...], model: str, flags: set[str]) -> Draft:
        prose = Prose(flags)
        frameworks, agencies = self._resolve(proposal, prose)
        level = severity(proposal.factors)
        if proposal.severity is not None and levels_apart(level, proposal.severity) >= 2:
            flags.add("severity_disagreement")
        flags |= _evidence_flags(evidence, proposal.clauses)
        if proposal.confidence < _MIN_CONFIDENCE:
            flags.add("low_confidence")
        texts = {
            name: prose.clean(getattr(proposal, name), name)
            for name in ("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk")
        }
        flags |= self._prose_flags(texts, _clauses_of(evidence) | set(proposal.clauses))
        known = [category for category in proposal.secondary if category in self.registry.categories]
        if len(known) < len(proposal.secondary):
            flags.add("unknown_secondary")
        secondary = [category for category in known if category != proposal.category]
        actions = (prose.clean(action, "due_diligence") for action in proposal.due_diligence[:_MAX_ACTIONS])
        return Draft(
            id=draft_id(self.document, evidence, proposal.category, model),
            category=proposal.category,
            secondary=tuple(secondary[:2]),
            severity=level,
            factors=proposal.factors,
            factor_reasons={name: prose.clean(why, "reason") for name, why in proposal.factor_reasons.items()},
            model_severity=proposal.severity,
            frameworks=frameworks,
            due_diligence=tuple(action for action in actions if action),
            agencies=agencies,
            evidence=evidence,
            confidence=min(1.0, max(0.0, proposal.confidence)),
            flags=tuple(sorted(flags)),
            provenance=Provenance(
                model=model,
                registry_sha256=self.registry.sha256,
                snapshot_sha256=self.document.sha256,
                document=self.document.id,
                **self.origin.model_dump(),
            ),
            **texts,
        )

    def _resolve(
        self, proposal: Proposal, prose: Prose
    ) -> tuple[tuple[FrameworkCitation, ...], tuple[AgencyReason, ...]]:
        """Frameworks and agencies as the registry knows them; what it does not know stays as flagged text."""
        cited = [
            CitedFramework(citation=prose.clean(framework.citation, "reason"), why=prose.clean(framework.why, "reason"))
            for framework in proposal.frameworks
        ]
        named = [
            NamedAgency(name=prose.clean(agency.name, "reason"), reason=prose.clean(agency.reason, "reason"))
            for agency in proposal.agencies
        ]
        frameworks = resolve_frameworks(
            [framework for framework in cited if framework.citation],
            self.registry,
            self._reach.confined_to,
            self._reach.excluded,
        )
        agencies, unsupported = resolve_agencies([agency for agency in named if agency.name], frameworks, self.registry)
        if any(framework.id is None for framework in frameworks):
            prose.flags.add("unknown_framework")
        if any(framework.id is not None and (not framework.valid or framework.problem) for framework in frameworks):
            prose.flags.add("invalid_citation")
        if any(agency.id is None for agency in agencies):
            prose.flags.add("unknown_agency")
        if unsupported:
            prose.flags.add("agency_without_framework")
        return frameworks, agencies

    def _prose_flags(self, texts: dict[str, str], clauses: set[str]) -> set[str]:
        """Flags of what readers must not be given unwarned: unproven numbers, another language, hard sentences."""
        flags: set[str] = set()
        sources = [self.clauses[clause].text for clause in clauses if clause in self.clauses]
        claims = " ".join(texts[name] for name in ("title", "what_it_is", "consumer_impact"))
        if ungrounded_numbers(claims, sources):
            flags.add("ungrounded_number")
        if self.english:
            if not is_english(" ".join(texts.values())):
                flags.add("wrong_language")
            elif reading_grade(texts["consumer_impact"]) > _MAX_READING_GRADE:
                flags.add("hard_to_read")
        return flags


def _evidence_flags(evidence: tuple[Evidence, ...], cited: tuple[str, ...]) -> set[str]:
    """Flags of evidence that a reviewer should look at; ``cited`` are the clauses that the analyst named."""
    flags = {f"{span.status}_evidence" for span in evidence if span.status in ("fuzzy", "ambiguous")}
    if sum(len(span.text.split()) for span in evidence) < _MIN_QUOTE_WORDS:
        flags.add("short_evidence")
    if cited and not _clauses_of(evidence) & set(cited):
        flags.add("uncited_evidence")
    return flags


def _clauses_of(evidence: tuple[Evidence, ...]) -> set[str]:
    return {clause for span in evidence for clause in span.clauses}


def draft_id(document: Document, evidence: tuple[Evidence, ...], category: str, model: str) -> str:
    """The same document, spans, category and model give the same id, in whatever run."""
    spans = ",".join(f"{span.start}-{span.end}" for span in evidence)
    return "d" + sha256(f"{document.id}|{spans}|{category}|{model}".encode()).hexdigest()[:20]


def merge(windows: Iterable[Iterable[Draft]]) -> list[Draft]:
    """Drafts of all windows in document order, duplicates merged into the more confident one.

    Duplicates are drafts of one category and direction whose evidence overlaps by half, or, from different windows,
    touches the same clause; and drafts of any category on the very same words, where the other category becomes a
    secondary one.
    """
    merged: list[tuple[int, Draft]] = []
    ranked = [(window, draft) for window, drafts in enumerate(windows) for draft in drafts]
    ranked.sort(key=lambda pair: (-pair[1].confidence, pair[0], pair[1].evidence[0].start, pair[1].id))
    for window, draft in ranked:
        for index, (other_window, other) in enumerate(merged):
            if _is_duplicate(draft, other, across_windows=window != other_window):
                merged[index] = (other_window, _merged(other, draft))
                break
        else:
            merged.append((window, draft))
    return sorted((draft for _, draft in merged), key=lambda draft: (draft.evidence[0].start, draft.category, draft.id))


def _is_duplicate(draft: Draft, other: Draft, *, across_windows: bool) -> bool:
    here, there = draft.evidence, other.evidence
    if draft.category != other.category:
        return [(span.start, span.end) for span in here] == [(span.start, span.end) for span in there]
    if (draft.severity == "beneficial") != (other.severity == "beneficial"):
        # A right and its limit are two provisions, however near they stand.
        return False
    shared = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in here for b in there)
    if shared * 2 >= min(sum(span.end - span.start for span in spans) for spans in (here, there)):
        return True
    return across_windows and bool(_clauses_of(here) & _clauses_of(there))


def _merged(draft: Draft, duplicate: Draft) -> Draft:
    """The draft, which is the more confident of the two, with the duplicate's category as a secondary one."""
    categories = [*draft.secondary, duplicate.category, *duplicate.secondary]
    secondary = tuple(dict.fromkeys(category for category in categories if category != draft.category))
    flags = tuple(sorted({*draft.flags, "merged_duplicate"}))
    return draft.model_copy(update={"secondary": secondary[:2], "flags": flags})
