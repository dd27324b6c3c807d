"""Whether summaries mention the facts that they must, add none that the source lacks, and are readable.

Deterministic: numbers, amounts, dates and names of a summary are looked up in the cited clauses and the document.
"""

import re
from functools import lru_cache

from classifiers.wording import reading_grade, ungrounded_numbers
from evals.scorers.metric import Scored, mean, share
from smallprint.records import Clause, Draft
from smallprint.registry import Registry

MAX_GRADE = 14.0  # school years; drafts above it get the flag hard_to_read (classifiers/drafting.py)
_GROUP = "Texts"
_NAME = re.compile(r"(?<![.!?:\"“] )(?<!^)\b[A-Z][\w&'’-]*[a-z][\w&'’-]*\b")
_WORD = re.compile(r"[^\W\d_]+")
_KNOWN_WORDS = frozenset({"you", "your", "i"})


def texts(draft: Draft) -> str:
    """The texts of a draft, without those on laws and agencies."""
    return f"{claims(draft)} {draft.why_it_matters}"


def claims(draft: Draft) -> str:
    """The texts that speak about the document; ``why_it_matters`` speaks about the law around it."""
    return f"{draft.title} {draft.what_it_is} {draft.consumer_impact}"


def mentions(text: str, fact: str) -> bool:
    """Whether a text has one of a fact's spellings; case, hyphens and white space do not matter, endings may follow."""
    folded = _folded(text)
    return any(re.search(rf"(?<!\w){re.escape(spelling)}", folded) for spelling in _spellings(fact))


@lru_cache(maxsize=4096)
def _spellings(fact: str) -> tuple[str, ...]:
    return tuple(_folded(spelling) for spelling in fact.split("|"))


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("’", "'").split())


def _must_mention(scored: Scored) -> tuple[float, float]:
    """Facts that the drafts of found provisions mention, of the facts that they must mention."""
    mentioned = sum(mentions(texts(draft), fact) for gold, draft in scored.pairs for fact in gold.must_mention)
    return mentioned, sum(len(gold.must_mention) for gold, _ in scored.pairs)


def _must_mention_of_all(scored: Scored) -> tuple[float, float]:
    """The same, of the facts of all gold: a missed provision mentions nothing."""
    return _must_mention(scored)[0], sum(len(gold.must_mention) for gold in scored.gold)


def sources(draft: Draft, clauses: dict[str, Clause]) -> list[str]:
    """The texts that a draft may take numbers from: its evidence, the cited clauses, their lead-ins and headings."""
    cited = [clauses[id_] for evidence in draft.evidence for id_ in evidence.clauses if id_ in clauses]
    lead_ins = [clauses[clause.lead_in] for clause in cited if clause.lead_in in clauses]
    headings = [heading for clause in cited for heading in clause.heading_path]
    return [
        *(evidence.text for evidence in draft.evidence),
        *(clause.text for clause in (*cited, *lead_ins)),
        *headings,
    ]


def ungrounded_numbers_of(draft: Draft, clauses: dict[str, Clause]) -> tuple[str, ...]:
    """Numbers, amounts, days and years of the claims that the cited passages lack; numbers of laws do not count."""
    return ungrounded_numbers(claims(draft), sources(draft, clauses))


def ungrounded_names(draft: Draft, document: str, registry: Registry) -> tuple[str, ...]:
    """Capitalized words inside sentences that neither the document nor the registry has."""
    known = _words(document) | _registry_words(registry) | _KNOWN_WORDS
    named = [word for text in _prose(draft) for word in _NAME.findall(text)]
    return tuple(dict.fromkeys(word for word in named if not _words(word) <= known))


def _prose(draft: Draft) -> tuple[str, ...]:
    # Without the title, which may be capitalized throughout.
    return (draft.what_it_is, draft.consumer_impact)


@lru_cache(maxsize=256)
def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text))


@lru_cache(maxsize=4)
def _registry_words(registry: Registry) -> frozenset[str]:
    named = [
        *(name for framework in registry.frameworks.values() for name in framework.names),
        *(name for agency in registry.agencies.values() for name in agency.names),
        *(category.name for category in registry.categories.values()),
    ]
    return _words(" ".join(named))


def _clauses(scored: Scored) -> dict[str, Clause]:
    return {clause.id: clause for clause in scored.run.case.clauses}


def _numbers(scored: Scored) -> tuple[float, float]:
    clauses = _clauses(scored)
    stated = sum(len(ungrounded_numbers(claims(draft), ())) for draft in scored.drafts)
    return stated - sum(len(ungrounded_numbers_of(draft, clauses)) for draft in scored.drafts), stated


def _names(scored: Scored) -> tuple[float, float]:
    text = f"{scored.run.case.document.text} {scored.run.case.source.entity or ''} {scored.run.case.source.title or ''}"
    stated = ungrounded = 0
    for draft in scored.drafts:
        stated += len({word for prose in _prose(draft) for word in _NAME.findall(prose)})
        ungrounded += len(ungrounded_names(draft, text, scored.registry))
    return stated - ungrounded, stated


def _grade(scored: Scored) -> tuple[float, float]:
    grades = [reading_grade(draft.consumer_impact) for draft in scored.drafts]
    return sum(grades), len(grades)


def _hard(scored: Scored) -> tuple[float, float]:
    return sum(reading_grade(draft.consumer_impact) > MAX_GRADE for draft in scored.drafts), len(scored.drafts)


METRICS = (
    share("must_mention", "Facts mentioned, of what was found", _must_mention, better="higher",
          group=_GROUP),
    share("must_mention_of_all", "Facts mentioned, of all gold", _must_mention_of_all, better="higher",
          group=_GROUP),
    share("grounded_numbers", "Numbers that the cited passage has", _numbers, better="higher",
          group=_GROUP, blameless=True),
    share("grounded_names", "Names that document or registry has", _names, better="higher", group=_GROUP,
          blameless=True),
    mean("reading_grade", "Reading grade of the consumer impact", _grade, better="lower",
         group=_GROUP),
    share("hard_to_read", f"Consumer impact above grade {MAX_GRADE:.0f}", _hard, better="lower", group=_GROUP),
)  # fmt: skip
