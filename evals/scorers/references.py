"""Are laws and agencies right: set F1 on what was found, and how often a name or an article is made up.

Sets hold registry ids, so that "15 U.S.C. §45" and "Section 5 of the FTC Act" are one. F1 is micro-averaged over pairs
(2 |A ∩ B| / (|A| + |B|), Dice 1945). Citations are resolved anew here: a draft's own word on them is not trusted.
"""

from functools import lru_cache

import numpy as np

from classifiers.citations import resolve_citations
from evals.scorers.metric import Array, Metric, Scored, f1, share
from smallprint.registry import Registry

_GROUP = "Laws and agencies"


def framework_counts(scored: Scored) -> Array:
    """(common, drafted, gold) law ids over pairs whose gold is labeled; a law without an id is drafted in vain."""
    return _sets(
        [(gold.frameworks, [one.id or f"?{one.citation}" for one in draft.frameworks]) for gold, draft in scored.pairs]
    )


def agency_counts(scored: Scored) -> Array:
    """(common, drafted, gold) agency ids over pairs whose gold is labeled."""
    return _sets(
        [(gold.agencies, [one.id or f"?{one.name}" for one in draft.agencies]) for gold, draft in scored.pairs]
    )


def _sets(pairs: list[tuple[tuple[str, ...] | None, list[str]]]) -> Array:
    total = np.zeros(3)
    for gold, drafted in pairs:
        if gold is not None:
            total += (len(set(gold) & set(drafted)), len(set(drafted)), len(set(gold)))
    return total


def _invalid(scored: Scored) -> tuple[float, float]:
    """Citations of a known law with an article that it does not have, of all citations."""
    return _problems(scored, known=True)


def _invented_laws(scored: Scored) -> tuple[float, float]:
    """Citations that name no law of the registry, of all citations."""
    return _problems(scored, known=False)


def _problems(scored: Scored, *, known: bool) -> tuple[float, float]:
    cited = [one for draft in scored.drafts for one in draft.frameworks]
    places = scored.run.case.source.jurisdictions
    kinds = [_trouble(one.citation, scored.registry, places) for one in cited]
    return kinds.count("article" if known else "law"), len(cited)


@lru_cache(maxsize=65536)
def _trouble(citation: str, registry: Registry, places: tuple[str, ...]) -> str:
    """What is wrong with a citation: its article, its law, or nothing."""
    for one in resolve_citations(citation, registry, places):
        if one.framework is None:
            return "law"
        if not one.valid:
            return "article"
    return ""


def _invented_agencies(scored: Scored) -> tuple[float, float]:
    """Agencies that are none of the registry's, of all agencies named."""
    named = [one for draft in scored.drafts for one in draft.agencies]
    return sum(one.id not in scored.registry.agencies for one in named), len(named)


def _f1(counts: Array) -> Array:
    return f1(counts[..., 0], counts[..., 1], counts[..., 2])


METRICS = (
    Metric("frameworks_f1", "Laws cited, set F1", "higher", framework_counts, _f1, lambda c: c[..., 2], _GROUP),
    Metric("agencies_f1", "Agencies named, set F1", "higher", agency_counts, _f1, lambda c: c[..., 2], _GROUP),
    share(
        "invalid_citations",
        "Citations of articles that do not exist",
        _invalid,
        better="lower",
        group=_GROUP,
        blameless=True,
    ),
    share(
        "invented_laws",
        "Citations of laws that nobody knows",
        _invented_laws,
        better="lower",
        group=_GROUP,
        blameless=True,
    ),
    share(
        "invented_agencies",
        "Agencies that nobody knows",
        _invented_agencies,
        better="lower",
        group=_GROUP,
        blameless=True,
    ),
)
