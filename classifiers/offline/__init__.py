"""The embedded analyst: applies rules kept as data, without any network; every output says that it was offline.

``rules.py`` reads the data, ``phrases.py`` matches it, ``detect.py`` finds the sentences that carry a provision,
``choose.py`` selects those worth a reviewer's time, ``compose.py`` writes drafts from their own words.
"""

from classifiers.offline.choose import worth_reviewing
from classifiers.offline.compose import FactFinder, Facts, score_factors, write_copy
from classifiers.offline.detect import DetectedProvision, detect_provisions
from classifiers.offline.jurisdictions import applicable_jurisdictions
from classifiers.offline.parties import company_name, provider_words
from classifiers.offline.rules import RULES_VERSION, CategoryRules, load_rules
from classifiers.offline.sentences import index_sentences
from classifiers.proposals import CitedFramework, NamedAgency, Proposal
from smallprint.records import Clause, Document, Source
from smallprint.registry import Registry
from smallprint.registry.entries import Default

__all__ = ["RULES_VERSION", "propose", "rules_sha256"]

# What a lawyer would cite for one passage, not all that could be cited; chosen by eye on drafts for several regions.
_MAX_FRAMEWORKS_PER_COUNTRY = 2
_MAX_FRAMEWORKS = 5
_MAX_AGENCIES = 4
# A line through how often drafts of so many points were right on the dev cases.
_BASE_CONFIDENCE = 0.6
_CONFIDENCE_PER_POINT = 0.045
_MAX_CONFIDENCE = 0.95


def rules_sha256() -> str:
    """SHA-256 of the rule files, for provenance."""
    return load_rules().sha256


def propose(
    document: Document, clauses: tuple[Clause, ...], registry: Registry, *, source: Source | None = None
) -> list[Proposal]:
    """Proposals in document order; deterministic, linear in the length of the text.

    Raises:
        RegistryError: a rule file is invalid or names what does not exist.

    """
    rules = load_rules()
    indexed = index_sentences(document, clauses, provider_words(document, source, rules.named))
    company = company_name(document, source)
    jurisdictions = applicable_jurisdictions(document, source)
    finder = FactFinder(indexed, rules)
    candidates: list[tuple[DetectedProvision, Proposal]] = []
    for provision in detect_provisions(indexed, rules):
        category = rules.categories[provision.category]
        facts = finder.facts(provision, company)
        defaults = _default_frameworks(document, provision, registry, jurisdictions)
        candidates.append((provision, _proposal(document, provision, category, facts, defaults)))
    limits = {name: category.limit for name, category in rules.categories.items()}
    generic = [_is_fallback_title(rules.categories[proposal.category], proposal.title) for _, proposal in candidates]
    return worth_reviewing(candidates, generic, limits)


def _is_fallback_title(category: CategoryRules, title: str) -> bool:
    """Whether a title is the category's last resort, for passages whose words called for no better one."""
    return any(line.last == title for line in category.copy_.title)


def _default_frameworks(
    document: Document, provision: DetectedProvision, registry: Registry, jurisdictions: tuple[str, ...]
) -> tuple[Default, ...]:
    """The registry's default citations for the category, bounded for each country and in all."""
    quote = _quote(document, provision)
    per_country: dict[str, int] = {}
    chosen = []
    for default in registry.defaults_for(provision.category, jurisdictions, clause=quote, document=document.text):
        country = default.jurisdiction.split("-")[0]
        if per_country.setdefault(country, 0) < _MAX_FRAMEWORKS_PER_COUNTRY:
            per_country[country] += 1
            chosen.append(default)
    return tuple(chosen[:_MAX_FRAMEWORKS])


def _quote(document: Document, provision: DetectedProvision) -> str:
    return document.text[provision.quoted[0].start : provision.quoted[-1].end]


def _proposal(
    document: Document,
    provision: DetectedProvision,
    category: CategoryRules,
    facts: Facts,
    defaults: tuple[Default, ...],
) -> Proposal:
    copy = category.copy_
    factors, reasons, is_favorable = score_factors(category, facts)
    if is_favorable:
        facts = facts.with_cue("beneficial")
        defaults = defaults if category.restates_law else ()
    agencies = {} if is_favorable else {agency.id: agency.reason for default in defaults for agency in default.agencies}
    return Proposal(
        clauses=tuple(dict.fromkeys(sentence.clause for sentence in provision.quoted)),
        quote=_quote(document, provision),
        title=" ".join(write_copy(copy.title, facts.for_title(), first_only=True)),
        category=provision.category,
        secondary=provision.secondary,
        factors=factors,
        factor_reasons=reasons,
        what_it_is=" ".join(write_copy(copy.what_it_is, facts)),
        consumer_impact=" ".join(write_copy(copy.consumer_impact, facts)),
        why_it_matters=" ".join(write_copy(copy.why_it_matters, facts)),
        frameworks=tuple(CitedFramework(citation=default.cite, why=default.why) for default in defaults),
        enforcement_risk=" ".join(write_copy(copy.enforcement_risk, facts)),
        due_diligence=tuple(write_copy(copy.due_diligence, facts)),
        agencies=tuple(NamedAgency(name=agency, reason=reason) for agency, reason in agencies.items())[:_MAX_AGENCIES],
        confidence=confidence(provision.points),
    )


def confidence(points: int) -> float:
    """The share, 0-1, of drafts from so many points that are right, as fitted on the dev cases."""
    return round(min(_MAX_CONFIDENCE, _BASE_CONFIDENCE + _CONFIDENCE_PER_POINT * points), 2)
