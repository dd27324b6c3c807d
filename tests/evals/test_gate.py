"""The gate fails for every seeded defect, with a message that names the cause."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from evals.comparing import compare
from evals.fingerprints import changed_yardstick, yardstick_of
from evals.gate import (
    FloorChange,
    GateFile,
    GateResult,
    baseline_path,
    gate_path,
    hold,
    load_baseline,
    load_gate,
    set_floor,
    slug,
)
from evals.gold import TextSpan
from evals.leaks import analyst_files, leaks
from evals.loading import load_cases
from evals.results import CaseRun, Run, VariantDraft, VariantRun
from evals.scoring import Scores, score
from smallprint.errors import UserError
from smallprint.records import FrameworkCitation
from smallprint.registry import load
from smallprint.severity import severity
from tests.evals.factory import (
    GRAVE,
    HARMLESS,
    MILD,
    SERIOUS,
    WORST,
    make_case,
    make_case_run,
    make_draft,
    make_gold,
    make_run,
    make_sentences,
    right_draft,
    span_of,
)

CATEGORIES = ["arbitration", "venue", "governing_law", "auto_renewal", "data_sale", "ai_training"]
FACTORS = [GRAVE, SERIOUS, MILD, SERIOUS, WORST, GRAVE]
DAY = date(2026, 3, 1)


def flawless_case_run(number: int) -> CaseRun:
    """A case with six provisions, all found and right, no draft on two tempting sentences, an injection resisted."""
    lines = make_sentences(8, f"kettle {number}")
    text = "\n\n".join(lines)
    provisions = [
        make_gold(
            n + 1,
            text,
            lines[n],
            CATEGORIES[n],
            FACTORS[n],
            frameworks=["ftc-act"] if n % 2 else ["ftc-act", "faa"],
            agencies=["ftc"],
            must_mention=[f"kettle {number}"],
        )
        for n in range(6)
    ]
    negatives = [span_of(text, lines[6]), span_of(text, lines[7])]
    case = make_case(f"k{number}", text, provisions, negatives=negatives, split="test" if number % 3 == 0 else "dev")
    cited = [
        FrameworkCitation(id="ftc-act", citation="FTC Act Section 5", valid=True, why=""),
        FrameworkCitation(id="faa", citation="FAA, 9 U.S.C. §2", valid=True, why=""),
    ]
    drafts = [right_draft(case, gold, frameworks=cited[: len(gold.frameworks)]) for gold in provisions]
    unmoved = tuple(
        VariantDraft(spans=gold.spans, category=gold.category, severity=gold.severity) for gold in provisions
    )
    return make_case_run(case, drafts, variants=(VariantRun(kind="injection", name="silence", found=unmoved),))


@pytest.fixture(scope="module")
def sound() -> Run:
    return make_run([flawless_case_run(number) for number in range(12)], model="offline")


@pytest.fixture(scope="module")
def shipped() -> GateFile:
    return load_gate(gate_path("offline"))


@pytest.fixture(scope="module")
def blessed(sound: Run) -> Scores:
    return score(sound)


def held(run: Run, gate: GateFile, baseline: Scores, known=()) -> GateResult:
    return hold(run, score(run), gate, baseline, registry=load(), known=list(known))


def with_drafts(run: Run, change: Callable, *, cases: int | None = None) -> Run:
    """The run with every draft of the first so many cases changed; a change that gives None drops the draft."""
    changed = []
    for n, case_run in enumerate(run.cases):
        drafts = case_run.drafts
        if cases is None or n < cases:
            drafts = tuple(new for draft in drafts if (new := change(draft)) is not None)
        changed.append(case_run.model_copy(update={"drafts": drafts}))
    return run.model_copy(update={"cases": tuple(changed)})


def with_first_draft(run: Run, **changes: object) -> Run:
    """The run with the first draft of the first case changed."""
    first, *others = run.cases[0].drafts
    return with_first_case(run, drafts=(first.model_copy(update=changes), *others))


def with_first_case(run: Run, **changes: object) -> Run:
    return run.model_copy(update={"cases": (run.cases[0].model_copy(update=changes), *run.cases[1:])})


def severity_shifted_by_one(run: Run) -> Run:
    return with_first_draft(run, severity="medium")


def every_level_a_step_milder(run: Run) -> Run:
    milder = {GRAVE: SERIOUS, SERIOUS: MILD, WORST: GRAVE, MILD: HARMLESS}
    return with_drafts(
        run,
        lambda draft: draft.model_copy(
            update={"factors": milder[draft.factors], "severity": severity(milder[draft.factors])}
        ),
    )


def category_swapped(run: Run) -> Run:
    return with_drafts(
        run,
        lambda draft: draft.model_copy(update={"category": "venue"}) if draft.category == "governing_law" else draft,
    )


def agency_dropped(run: Run) -> Run:
    return with_drafts(run, lambda draft: draft.model_copy(update={"agencies": ()}))


def law_dropped(run: Run) -> Run:
    return with_drafts(run, lambda draft: draft.model_copy(update={"frameworks": draft.frameworks[1:]}))


def evidence_off_by_one(run: Run) -> Run:
    evidence = run.cases[0].drafts[0].evidence[0]
    return with_first_draft(
        run, evidence=(evidence.model_copy(update={"start": evidence.start + 1, "end": evidence.end + 1}),)
    )


def invented_citation(run: Run) -> Run:
    made_up = FrameworkCitation(id="gdpr", citation="GDPR Art. 214", valid=True, why="")
    return with_first_draft(run, frameworks=(made_up,))


def invented_law_admitted(run: Run) -> Run:
    return with_first_draft(
        run, frameworks=(FrameworkCitation(id=None, citation="Kettle Act §3", valid=False, why=""),)
    )


def truncated_document(run: Run) -> Run:
    case = run.cases[0].case
    return with_first_case(run, case=case.model_copy(update={"clauses": case.clauses[: len(case.clauses) // 2]}))


def duplicated_draft(run: Run) -> Run:
    drafts = run.cases[0].drafts
    return with_first_case(run, drafts=(*drafts, drafts[0].model_copy(update={"id": "another"})))


def drafts_on_tempting_sentences(run: Run) -> Run:
    def tempted(case_run: CaseRun) -> CaseRun:
        case = case_run.case
        extra = [make_draft(case, negative.start, negative.end, "other", MILD) for negative in case.negatives]
        return case_run.model_copy(update={"drafts": (*case_run.drafts, *extra)})

    return run.model_copy(update={"cases": tuple(tempted(case_run) for case_run in run.cases)})


def one_critical_provision_lost(run: Run) -> Run:
    return with_drafts(run, lambda draft: None if draft.severity == "critical" else draft, cases=1)


def document_failed(run: Run) -> Run:
    return with_first_case(run, error="8 of 8 clauses were not analyzed: the server was away")


def facts_left_out(run: Run) -> Run:
    return with_drafts(run, lambda draft: draft.model_copy(update={"consumer_impact": "You cannot go to court."}))


def amounts_made_up(run: Run) -> Run:
    return with_drafts(
        run, lambda draft: draft.model_copy(update={"consumer_impact": draft.consumer_impact + " You pay $7,431."})
    )


def gold_edited(run: Run) -> Run:
    case = run.cases[0].case
    edited = with_first_case(run, case=case.model_copy(update={"negatives": (TextSpan(start=0, end=5),)}))
    yardstick = yardstick_of([case_run.case for case_run in edited.cases], load())
    return edited.model_copy(update={"yardstick": yardstick})


def injection_obeyed(run: Run) -> Run:
    silenced = (VariantRun(kind="injection", name="silence", found=()),)
    cases = tuple(case_run.model_copy(update={"variants": silenced}) for case_run in run.cases)
    return run.model_copy(update={"cases": cases})


def unknown_agency(run: Run) -> Run:
    agency = run.cases[0].drafts[0].agencies[0].model_copy(update={"id": "kettle-board"})
    return with_first_draft(run, agencies=(agency,))


DEFECTS = {
    severity_shifted_by_one: ("integrity", "severity", "is medium, its factors give high"),
    every_level_a_step_milder: ("margin", "severity_cost.dev", "too mild counting double"),
    category_swapped: ("category", "governing_law", "the category governing_law fell: 12 of 12 provisions lost"),
    agency_dropped: ("margin", "agencies_f1.dev", "Agencies named"),
    law_dropped: ("margin", "frameworks_f1.test", "Laws cited"),
    evidence_off_by_one: ("integrity", "evidence", "the evidence of 'No court' (arbitration) at 1-"),
    invented_citation: ("integrity", "citations", "cites 'GDPR Art. 214' as valid"),
    invented_law_admitted: ("floor", "invented_laws.test", "Citations of laws that the registry lacks (test)"),
    truncated_document: ("integrity", "coverage", "the document is truncated"),
    duplicated_draft: ("integrity", "duplicates", "'No court' (arbitration) is there twice"),
    drafts_on_tempting_sentences: ("margin", "false_alarms.dev", "Tempting negatives"),
    one_critical_provision_lost: ("severe", "lost_severe", "k0 p5 (data_sale, critical)"),
    document_failed: ("error", "errors", "1 of 12 documents failed, 0% are allowed: k0: 8 of 8 clauses"),
    facts_left_out: ("margin", "must_mention.dev", "Facts mentioned"),
    amounts_made_up: ("floor", "grounded_numbers.dev", "Numbers that the cited passage has"),
    gold_edited: ("definition", "definitions", "dataset: 1 case changed (k0)"),
    injection_obeyed: ("floor", "injection_obeyed.dev", "Injected instructions"),
    unknown_agency: ("integrity", "agencies", "names the agency 'kettle-board'"),
}


@pytest.mark.parametrize(
    ("defect", "cause"), DEFECTS.items(), ids=[defect.__name__.replace("_", " ") for defect in DEFECTS]
)
def test_a_seeded_defect_fails_the_gate_with_its_cause(sound, shipped, blessed, defect, cause) -> None:
    kind, name, words = cause
    result = held(defect(sound), shipped, blessed)
    assert not result.met
    checks = [check for check in result.failed if (check.kind, check.name) == (kind, name)]
    assert checks, [check.message for check in result.failed]
    assert words in checks[0].message


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("Take kettle number k3 for an example.", "k3"),
        ("Our friends at Kestrel Kettles say so.", "kestrel kettles"),
        ("Sentence number 2 says what happens to kettle 3 2", "sentence number 2 says what happens to kettle"),
    ],
    ids=["the name of a test case", "the company of a test case", "eight words of a test document"],
)
def test_a_prompt_that_gives_a_test_case_away_fails_the_gate(sound, shipped, blessed, prompt: str, words: str) -> None:
    known = list(leaks([case_run.case for case_run in sound.cases], {"prompts/provisions.md": prompt}))
    result = held(sound, shipped, blessed, known)
    assert [check.kind for check in result.failed] == ["leak"]
    assert "prompts/provisions.md gives away the test case k" in result.failed[0].message
    assert words in result.failed[0].message


def test_a_prompt_may_quote_dev_cases(sound) -> None:
    cases = [case_run.case for case_run in sound.cases]
    assert list(leaks(cases, {"prompts/provisions.md": "kettle number k1"})) == []


def test_no_shipped_file_gives_a_test_case_away() -> None:
    assert [str(leak) for leak in leaks(load_cases(), analyst_files())] == []


def test_the_same_run_meets_the_gate(sound, shipped, blessed) -> None:
    result = held(sound, shipped, blessed)
    assert result.met, [check.message for check in result.failed]


def test_a_run_without_injected_copies_fails_the_floor_on_injections(sound, shipped, blessed) -> None:
    unread = make_run([case_run.model_copy(update={"variants": ()}) for case_run in sound.cases], model="offline")
    assert {check.name for check in held(unread, shipped, blessed).failed} == {
        "injection_obeyed.dev",
        "injection_obeyed.test",
    }


def test_errors_are_reported_apart_from_low_scores(sound, shipped, blessed) -> None:
    broken = held(document_failed(sound), shipped, blessed)
    assert {check.kind for check in broken.failed} == {"error"}
    low = held(one_critical_provision_lost(sound), shipped, blessed)
    assert "error" not in {check.kind for check in low.failed}


def test_too_mild_costs_more_than_too_harsh(sound) -> None:
    def value(run: Run) -> float:
        changes = compare(score(run), score(sound)).metrics
        return next(change.value for change in changes if change.metric == "severity_cost")

    harsher = {GRAVE: WORST, SERIOUS: GRAVE, WORST: WORST, MILD: SERIOUS}
    too_harsh = with_drafts(
        sound,
        lambda draft: draft.model_copy(
            update={"factors": harsher[draft.factors], "severity": severity(harsher[draft.factors])}
        ),
    )
    assert value(every_level_a_step_milder(sound)) > 2 * value(too_harsh) > 0


def test_without_a_baseline_the_gate_says_how_to_get_one(sound, shipped) -> None:
    result = hold(sound, score(sound), shipped, None, registry=load(), known=[])
    assert [check.name for check in result.failed] == ["baseline"]
    assert "smallprint eval bless" in result.failed[0].message


def test_another_models_baseline_is_refused(sound, shipped) -> None:
    other = sound.model_copy(update={"subject": sound.subject.model_copy(update={"model": "openai:x"})})
    result = held(sound, shipped, score(other))
    assert "model: the baseline is of openai:x, this run of offline" in result.failed[0].message


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"cases": {"k1": "x"}}, "dataset"),
        ({"registry_sha256": "x"}, "registry: categories, laws or agencies"),
        ({"scorers_sha256": "x"}, "scorers: a formula"),
    ],
    ids=["the dataset", "the registry", "the scorers"],
)
def test_runs_with_different_yardsticks_are_not_compared(sound, changed, words: str) -> None:
    scores = score(sound)
    other = scores.model_copy(update={"yardstick": scores.yardstick.model_copy(update=changed)})
    with pytest.raises(UserError, match="cannot be compared") as caught:
        compare(scores, other)
    assert words in str(caught.value)


def test_a_comparison_names_what_differs_between_the_subjects(sound) -> None:
    other = sound.model_copy(update={"subject": sound.subject.model_copy(update={"prompt_sha256": "new"})})
    comparison = compare(score(other), score(sound))
    assert comparison.subjects == ("prompt",)
    assert all(metric_change.change.detectable >= 0 for metric_change in comparison.metrics)


@pytest.fixture
def gate_file(tmp_path: Path) -> Path:
    path = tmp_path / "gate.yml"
    set_floor(path, FloorChange(day=DAY, metric="found_recall", split="dev", floor=0.6, reason="first"))
    set_floor(path, FloorChange(day=DAY, metric="severity_cost", split="dev", floor=1.0, reason="first"))
    return path


def test_a_floor_is_raised_without_a_reason_and_the_history_has_both(gate_file: Path) -> None:
    assert (
        set_floor(gate_file, FloorChange(day=DAY, metric="found_recall", split="dev", floor=0.7, reason="raised"))
        is False
    )
    gate = load_gate(gate_file)
    assert gate.floors["found_recall"]["dev"] == 0.7
    assert [change.floor for change in gate.history if change.metric == "found_recall"] == [0.6, 0.7]


@pytest.mark.parametrize(
    ("metric", "floor"), [("found_recall", 0.5), ("severity_cost", 1.2)], ids=["a lower floor", "a higher ceiling"]
)
def test_a_lower_demand_needs_a_reason(gate_file: Path, metric: str, floor: float) -> None:
    before = gate_file.read_text()
    with pytest.raises(UserError, match="reason"):
        set_floor(gate_file, FloorChange(day=DAY, metric=metric, split="dev", floor=floor, reason="later"))
    assert gate_file.read_text() == before
    why = "the gold grew by five documents"
    assert set_floor(gate_file, FloorChange(day=DAY, metric=metric, split="dev", floor=floor, reason=why)) is True
    assert load_gate(gate_file).history[-1].reason == why


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("dev: 0.6}", "dev: 0.4}", r"floors\.found_recall\.dev is 0\.4, its history ends with 0\.6"),
        ("found_recall: {", "found_recal: {", "found_recal: no metric has this name"),
        ("errors: 0.0", "errors: 3.0", "errors: Input should be less"),
    ],
    ids=["a floor lowered by hand", "a metric that does not exist", "a share over one"],
)
def test_a_gate_file_edited_by_hand_is_refused(gate_file: Path, before: str, after: str, words: str) -> None:
    gate_file.write_text(gate_file.read_text().replace(before, after, 1))
    with pytest.raises(UserError, match=words):
        load_gate(gate_file)


@pytest.mark.parametrize("name", ["offline.yml", "model.yml"])
def test_the_shipped_gates_are_valid(name: str) -> None:
    assert load_gate(gate_path("offline").parent / name).margins


def test_a_model_without_a_gate_of_its_own_has_the_common_one() -> None:
    assert gate_path("openai:gpt-5-mini").name == "model.yml"
    assert slug("openai:org/Model 5.1") == "openai-org-model-5.1"


def test_a_file_without_a_baseline_is_refused(tmp_path: Path) -> None:
    assert load_baseline(tmp_path / "none.json") is None
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(UserError, match="not a baseline"):
        load_baseline(tmp_path / "bad.json")


def test_the_shipped_baseline_has_the_present_yardstick() -> None:
    baseline = load_baseline(baseline_path("offline"))
    assert baseline is not None
    cases = [case for case in load_cases() if case.id in baseline.yardstick.cases]
    # After an edit of a case, the registry or a scorer: check the run, then bless it with 'smallprint eval bless'.
    assert changed_yardstick(yardstick_of(cases, load()), baseline.yardstick) == []
