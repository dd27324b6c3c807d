"""Small cases, drafts and runs for the tests of the evals; every provision is a sentence of a made-up text."""

from collections.abc import Sequence
from datetime import UTC, datetime

from evals.gold import Case, GoldProvision, TextSpan
from evals.results import CaseRun, Run, Subject, Yardstick
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import AgencyReason, Draft, Evidence, Factors, FrameworkCitation, Ledger, Provenance, Source
from smallprint.severity import severity

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HARMLESS = Factors(rights_waived=0, opt_out=0, breadth=3, exposure=0, discretion=0)
MILD = Factors(rights_waived=1, opt_out=1, breadth=3, exposure=0, discretion=0)
SERIOUS = Factors(rights_waived=2, opt_out=2, breadth=3, exposure=1, discretion=0)
GRAVE = Factors(rights_waived=3, opt_out=2, breadth=3, exposure=1, discretion=0)
WORST = Factors(rights_waived=3, opt_out=3, breadth=3, exposure=3, discretion=3)


def make_sentences(count: int, word: str = "kettle") -> list[str]:
    """Different sentences, to be joined as paragraphs."""
    return [f"Sentence number {n} says what happens to {word} {n} when it breaks." for n in range(count)]


def make_case(
    name: str,
    text: str,
    gold: Sequence[GoldProvision] = (),
    *,
    negatives: Sequence[TextSpan] = (),
    split: str = "dev",
    complete: bool = True,
) -> Case:
    """A case whose document is this text."""
    document = extract(text.encode(), source=f"{name}.txt", language="en")
    return Case(
        id=name,
        source=Source(location=f"{name}.txt", entity="Kestrel Kettles", language="en", jurisdictions=("US",)),
        split=split,
        complete=complete,
        document=document,
        clauses=cut_clauses(document),
        provisions=tuple(gold),
        negatives=tuple(negatives),
    )


def span_of(text: str, words: str) -> TextSpan:
    start = text.index(words)
    return TextSpan(start=start, end=start + len(words))


def make_gold(
    number: int,
    text: str,
    words: str,
    category: str = "arbitration",
    factors: Factors = GRAVE,
    *,
    frameworks: Sequence[str] = (),
    agencies: Sequence[str] = (),
    must_mention: Sequence[str] = (),
    secondary: Sequence[str] = (),
) -> GoldProvision:
    return GoldProvision(
        id=f"p{number}",
        spans=(span_of(text, words),),
        text=words,
        category=category,
        secondary=tuple(secondary),
        factors=factors,
        severity=severity(factors),
        frameworks=tuple(frameworks),
        agencies=tuple(agencies),
        must_mention=tuple(must_mention),
    )


def make_draft(
    case: Case,
    start: int,
    end: int,
    category: str = "arbitration",
    factors: Factors = GRAVE,
    *,
    frameworks: Sequence[FrameworkCitation] = (),
    agencies: Sequence[AgencyReason] = (),
    impact: str = "You cannot go to court.",
    confidence: float = 0.9,
) -> Draft:
    touched = tuple(clause.id for clause in case.clauses if clause.start < end and start < clause.end)
    return Draft(
        id=f"d{case.id}-{start}-{end}-{category}",
        title="No court",
        category=category,
        severity=severity(factors),
        factors=factors,
        what_it_is="Disputes go elsewhere.",
        consumer_impact=impact,
        why_it_matters="It is unusual.",
        frameworks=tuple(frameworks),
        agencies=tuple(agencies),
        evidence=(Evidence(start=start, end=end, status="exact", text=case.document.text[start:end], clauses=touched),),
        confidence=confidence,
        provenance=Provenance(
            model="fake",
            prompt="fake@1",
            prompt_sha256="p",
            schema_sha256="s",
            registry_sha256="r",
            snapshot_sha256=case.document.sha256,
            document=case.document.id,
            run=None,
            created_at=NOW,
        ),
    )


def right_draft(case: Case, gold: GoldProvision, **changed: object) -> Draft:
    """A draft that agrees with this gold in everything but what is changed."""
    span = gold.spans[0]
    facts = {
        "category": gold.category,
        "factors": gold.factors,
        "frameworks": [
            FrameworkCitation(id=name, citation=name, valid=True, why="it applies") for name in gold.frameworks
        ],
        "agencies": [AgencyReason(id=name, name=name, reason="it enforces") for name in gold.agencies],
        "impact": "You cannot go to court. " + " ".join(fact.split("|")[0] for fact in gold.must_mention),
        **changed,
    }
    return make_draft(case, span.start, span.end, **facts)


def make_case_run(case: Case, drafts: Sequence[Draft], **changed: object) -> CaseRun:
    ledger = Ledger(
        clauses=len(case.clauses),
        analyzed=0,
        nothing_found=len(case.clauses),
        failed=0,
        over_budget=0,
        characters_covered=1.0,
    )
    return CaseRun(case=case, drafts=tuple(drafts), ledger=ledger, **changed)


def make_run(runs: Sequence[CaseRun], *, model: str = "fake") -> Run:
    from evals.fingerprints import yardstick_of
    from smallprint.registry import load

    return Run(
        suite="gold",
        created_at=NOW,
        version="0",
        subject=Subject(model=model, prompt="fake@1", prompt_sha256="p", schema_sha256="s", code_sha256="c"),
        yardstick=yardstick_of([case_run.case for case_run in runs], load())
        if runs
        else Yardstick(cases={}, registry_sha256="", scorers_sha256=""),
        cases=tuple(runs),
    )
