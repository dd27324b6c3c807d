"""What a draft must have before it can be a record: whole texts of bounded length, evidence, citations that exist."""

from smallprint.records import Draft
from smallprint.registry import Registry

# Characters, at most: above what an analyst is allowed (classifiers/drafting.py), because a person may need more words.
_MAX_CHARACTERS = {
    "title": 120,
    "what_it_is": 800,
    "consumer_impact": 1000,
    "why_it_matters": 1000,
    "enforcement_risk": 1000,
}
_MAX_ITEM_CHARACTERS = 400
_MAX_LIST_ITEMS = 12


def unpublishable(draft: Draft, registry: Registry) -> dict[str, str]:
    """What keeps a draft from being a record, by field; empty where nothing does."""
    problems: dict[str, str] = {}
    if draft.category not in registry.categories:
        problems["category"] = f"{draft.category!r} is not in the taxonomy." if draft.category else "Choose one."
    invalid = [
        category for category in draft.secondary if category not in registry.categories or category == draft.category
    ]
    if invalid or len(draft.secondary) > 2 or len(set(draft.secondary)) != len(draft.secondary):
        problems["secondary"] = "At most two further categories, each another one of the taxonomy."
    for name in ("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk"):
        text: str = getattr(draft, name)
        if len(text) > _MAX_CHARACTERS[name]:
            problems[name] = f"At most {_MAX_CHARACTERS[name]:,} characters; it has {len(text):,}."
        elif not text.strip() and name != "enforcement_risk":
            problems[name] = "It cannot be empty."
    if not draft.evidence:
        problems["evidence"] = "A record needs a passage that proves it."
    return problems | _unresolved(draft, registry)


def _unresolved(draft: Draft, registry: Registry) -> dict[str, str]:
    """Citations, agencies and lists that cannot be published as they are."""
    problems: dict[str, str] = {}
    for cited in draft.frameworks:
        if not cited.valid or cited.id not in registry.frameworks:
            why = cited.problem or "It is not in the registry."
            problems["frameworks"] = f"{cited.citation}: {why} Correct the citation or take it out."
    for agency in draft.agencies:
        if agency.id not in registry.agencies:
            problems["agencies"] = f"{agency.name} is not in the registry; choose an agency or take it out."
    lists = {
        "due_diligence": draft.due_diligence,
        "frameworks": tuple(cited.why for cited in draft.frameworks),
        "agencies": tuple(agency.reason for agency in draft.agencies),
        "factors": tuple(draft.factor_reasons.values()),
    }
    for name, texts in lists.items():
        if len(texts) > _MAX_LIST_ITEMS or any(len(text) > _MAX_ITEM_CHARACTERS for text in texts):
            problems.setdefault(name, f"At most {_MAX_LIST_ITEMS} entries of {_MAX_ITEM_CHARACTERS} characters.")
    return problems
