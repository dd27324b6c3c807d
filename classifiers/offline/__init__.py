"""The embedded analyst: rules kept as data read a document without any network; every output says that it was offline.

``rules.py`` reads the data, ``phrases.py`` matches it, ``detect.py`` finds the sentences that carry a provision,
``choose.py`` keeps those worth a reviewer's time, ``compose.py`` writes them up from their own words.
"""

from classifiers.offline.choose import worth_reviewing
from classifiers.offline.compose import Facts, Reader, score, write
from classifiers.offline.detect import Provision, provisions
from classifiers.offline.parties import company_name, provider_words
from classifiers.offline.passages import read
from classifiers.offline.regions import places_of
from classifiers.offline.rules import RULES_VERSION, Category, load
from classifiers.proposals import CitedFramework, NamedAgency, Proposal
from smallprint.records import Clause, Document, Source
from smallprint.registry import Registry
from smallprint.registry.entries import Default

__all__ = ["RULES_VERSION", "propose", "rules_sha256"]

_MOST_A_PLACE, _MOST_FRAMEWORKS, _MOST_AGENCIES = 2, 5, 4


def rules_sha256() -> str:
    """SHA-256 of the rule files, for provenance."""
    return load().sha256


def propose(
    document: Document, clauses: tuple[Clause, ...], registry: Registry, *, source: Source | None = None
) -> list[Proposal]:
    """Proposals in document order; deterministic, linear in the length of the text.

    Raises:
        RegistryError: the rule files do not hold together.

    """
    rules = load()
    reading = read(document, clauses, provider_words(document, source, rules.named))
    company = company_name(document, source)
    places = places_of(document, source)
    reader = Reader(reading, rules)
    made: list[tuple[Provision, Proposal]] = []
    for provision in provisions(reading, rules):
        category = rules.categories[provision.category]
        facts = reader.facts(provision, company)
        defaults = _defaults(document, provision, registry, places)
        made.append((provision, _proposal(document, provision, category, facts, defaults)))
    limits = {name: category.limit for name, category in rules.categories.items()}
    generic = [_says_no_more(rules.categories[proposal.category], proposal.title) for _, proposal in made]
    return worth_reviewing(made, generic, limits)


def _says_no_more(category: Category, title: str) -> bool:
    """Whether a title is the one that is left when nothing in the words called for a better one."""
    return any(line.last == title for line in category.copy_.title)


def _defaults(
    document: Document, provision: Provision, registry: Registry, places: tuple[str, ...]
) -> tuple[Default, ...]:
    """What a lawyer would cite: at most two laws a place, at most five in all."""
    quote = _quote(document, provision)
    taken: dict[str, int] = {}
    kept = []
    for default in registry.defaults_for(provision.category, places, clause=quote, document=document.text):
        place = default.jurisdiction.split("-")[0]
        if taken.setdefault(place, 0) < _MOST_A_PLACE:
            taken[place] += 1
            kept.append(default)
    return tuple(kept[:_MOST_FRAMEWORKS])


def _quote(document: Document, provision: Provision) -> str:
    return document.text[provision.quoted[0].start : provision.quoted[-1].end]


def _proposal(
    document: Document, provision: Provision, category: Category, facts: Facts, defaults: tuple[Default, ...]
) -> Proposal:
    copy = category.copy_
    factors, reasons, favorable = score(category, facts)
    if favorable:
        facts = facts.with_cue("beneficial")
        defaults = defaults if category.restates_law else ()
    agencies = {} if favorable else {one.id: one.reason for default in defaults for one in default.agencies}
    return Proposal(
        clauses=tuple(dict.fromkeys(sentence.clause for sentence in provision.quoted)),
        quote=_quote(document, provision),
        title=" ".join(write(copy.title, facts.for_title(), first_only=True)),
        category=provision.category,
        secondary=provision.secondary,
        factors=factors,
        factor_reasons=reasons,
        what_it_is=" ".join(write(copy.what_it_is, facts)),
        consumer_impact=" ".join(write(copy.consumer_impact, facts)),
        why_it_matters=" ".join(write(copy.why_it_matters, facts)),
        frameworks=tuple(CitedFramework(citation=one.cite, why=one.why) for one in defaults),
        enforcement_risk=" ".join(write(copy.enforcement_risk, facts)),
        due_diligence=tuple(write(copy.due_diligence, facts)),
        agencies=tuple(NamedAgency(name=id_, reason=reason) for id_, reason in agencies.items())[:_MOST_AGENCIES],
        confidence=confidence(provision.points),
    )


def confidence(points: int) -> float:
    """How sure the rules are, 0-1, fitted to how often drafts of so many points are right on the dev cases."""
    return round(min(0.95, 0.6 + 0.045 * points), 2)
