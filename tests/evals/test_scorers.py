"""Every metric on small cases that can be checked by hand, and against independent implementations."""

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, cohen_kappa_score

from evals.alignment import Side, align
from evals.gold import TextSpan
from evals.results import VariantDraft, VariantRun
from evals.scorers import METRICS
from evals.scorers.levels import quadratic_kappa
from evals.scorers.metric import Scored
from evals.scorers.prose import mentions, ungrounded_names
from evals.scorers.stability import alpha, coincidences
from evals.scoring import figures, score
from smallprint.records import AgencyReason, FrameworkCitation
from smallprint.registry import load
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

LINES = make_sentences(8)
TEXT = "\n\n".join(LINES)


def value(name: str, *runs) -> float:
    counts = sum(METRICS[name].count(Scored(run, load())) for run in runs)
    return float(METRICS[name].value(counts))


def side(*spans: tuple[int, int, str]) -> Side:
    return Side(tuple(((start, end),) for start, end, _ in spans), tuple(category for *_, category in spans))


@pytest.mark.parametrize(
    ("gold_side", "drafts", "mode", "pairs"),
    [
        (side((0, 10, "a")), side((9, 30, "b")), "overlap", ((0, 0),)),
        (side((0, 10, "a")), side((10, 30, "a")), "overlap", ()),
        (side((0, 10, "a")), side((0, 10, "a"), (0, 10, "a")), "overlap", ((0, 0),)),
        (side((0, 10, "a"), (20, 30, "b")), side((0, 30, "b"), (0, 9, "a")), "overlap", ((0, 1), (1, 0))),
        (side((0, 10, "a"), (5, 10, "b")), side((0, 10, "b")), "overlap", ((1, 0),)),
        (side((0, 10, "a")), side((0, 10, "b")), "exact", ((0, 0),)),
        (side((0, 10, "a")), side((0, 9, "a")), "exact", ()),
        (side((0, 10, "a")), side((0, 5, "a")), "iou", ((0, 0),)),
        (side((0, 10, "a")), side((0, 4, "a")), "iou", ()),
        (side(), side((0, 4, "a")), "overlap", ()),
    ],
    ids=[
        "one shared character is an overlap",
        "touching is none",
        "a second draft on the same words stays unmatched",
        "the best total decides, not the order",
        "the same category is preferred",
        "exact asks for the span, not the category",
        "a character less is not exact",
        "half of the union is enough",
        "less than half is not",
        "no gold, no pairs",
    ],
)
def test_the_alignment_pairs_gold_with_drafts(
    gold_side: Side, drafts: Side, mode: str, pairs: tuple[tuple[int, int], ...]
) -> None:
    assert set(align(gold_side, drafts, mode).pairs) == set(pairs)


def test_the_clause_mode_pairs_quotes_of_different_words_of_a_clause() -> None:
    case = make_case("k", TEXT)
    first, second = case.clauses[0], case.clauses[1]
    gold = Side((((first.start, first.start + 5),), ((second.start, second.start + 5),)), ("a", "b"))
    drafts = Side((((first.end - 5, first.end),),), ("a",))
    assert align(gold, drafts, "clause", case.clauses).pairs == ((0, 0),)


@pytest.fixture
def mixed():
    """Of four gold provisions two are right, one is mislabeled and too mild, one is missed; two drafts are spurious."""
    provisions = [
        make_gold(
            1, TEXT, LINES[0], "arbitration", GRAVE, frameworks=["faa"], must_mention=["court", "60 days | sixty days"]
        ),
        make_gold(2, TEXT, LINES[1], "venue", SERIOUS, agencies=["ftc"], frameworks=["ftc-act"]),
        make_gold(3, TEXT, LINES[2], "arbitration", GRAVE, secondary=["venue"]),
        make_gold(4, TEXT, LINES[3], "governing_law", WORST, must_mention=["law"]),
    ]
    case = make_case("k", TEXT, provisions, negatives=[span_of(TEXT, LINES[6])])
    invented_law = FrameworkCitation(id=None, citation="Kettle Act", valid=False, why="")
    invented_article = FrameworkCitation(id="gdpr", citation="GDPR Art. 214", valid=True, why="")
    invented_agency = AgencyReason(id=None, name="Kettle Board", reason="")
    drafts = [
        right_draft(case, provisions[0], impact="You cannot go to court for 60 days or for 99 kettles."),
        right_draft(case, provisions[1], frameworks=[invented_law, invented_article], agencies=[invented_agency]),
        right_draft(case, provisions[2], category="venue", factors=SERIOUS),
        make_draft(
            case,
            case.document.text.index(LINES[6]),
            case.document.text.index(LINES[6]) + 9,
            "venue",
            MILD,
            confidence=0.4,
        ),
        make_draft(case, case.document.text.index(LINES[7]), case.document.text.index(LINES[7]) + 9, "other", HARMLESS),
    ]
    return make_case_run(case, drafts)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("found_precision", 3 / 5),
        ("found_recall", 3 / 4),
        ("found_f1", 6 / 9),
        ("found_f1_exact", 6 / 9),
        ("category_f1", 2 * 2 / (5 + 4)),
        # arbitration 2*1/(1+2), venue 2*1/(3+1), governing law 0, other 0
        ("category_f1_macro", (2 / 3 + 1 / 2 + 0 + 0) / 4),
        ("category_right", 2 / 3),
        ("category_near", 3 / 3),
        ("false_alarms", 1 / 1),
        ("severity_error", 1 / 3),
        ("severity_error_with_misses", (1 + 4) / 4),
        ("severity_bias", -1 / 3),
        ("severity_off_by_two", 0 / 3),
        ("severity_off_by_two_with_misses", 1 / 4),
        ("severity_bias_with_misses", (-1 - 4) / 4),
        ("severity_cost", (2 * 1 + 2 * 4) / 4),
        ("frameworks_f1", 2 * 1 / (3 + 2)),
        ("agencies_f1", 0.0),
        ("invalid_citations", 1 / 3),
        ("invented_laws", 1 / 3),
        ("invented_agencies", 1 / 1),
        ("must_mention", 2 / 2),
        ("must_mention_of_all", 2 / 3),
        ("grounded_numbers", 0 / 2),
        ("evidence_exact", 1.0),
        ("brier", (0.01 + 0.01 + 0.81 + 0.16 + 0.81) / 5),
        ("factors_exact", (5 + 5 + 4) / 15),
    ],
)
def test_metrics_have_the_values_calculated_by_hand(mixed, name: str, expected: float) -> None:
    assert value(name, mixed) == pytest.approx(expected)


def test_where_gold_is_not_complete_an_extra_draft_counts_only_on_a_known_negative(mixed) -> None:
    open_gold = mixed.model_copy(update={"case": mixed.case.model_copy(update={"complete": False})})
    scores = score(make_run([open_gold, open_gold]))
    assert [extra.why for extra in scores.cases[0].extras] == ["nothing_here"]
    measured = figures(scores.cases)
    assert {"found_recall", "false_alarms", "severity_kappa"} <= measured.keys()
    assert measured.keys().isdisjoint({"found_precision", "found_f1", "category_f1", "brier"})


@pytest.mark.parametrize("seed", range(5))
def test_kappa_equals_that_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    gold = random.integers(0, 5, size=60)
    drafted = np.clip(gold + random.integers(-1, 2, size=60), 0, 4)
    table = np.zeros((5, 5))
    np.add.at(table, (gold, drafted), 1)
    assert quadratic_kappa(table) == pytest.approx(cohen_kappa_score(gold, drafted, weights="quadratic"))


def test_brier_equals_that_of_scikit_learn(mixed) -> None:
    right_ones = [1, 1, 0, 0, 0]
    confidences = [draft.confidence for draft in mixed.drafts]
    assert value("brier", mixed) == pytest.approx(brier_score_loss(right_ones, confidences))


def test_alpha_equals_that_of_krippendorff() -> None:
    case = make_case("k", TEXT)
    choices = ["venue", "arbitration", None, None]
    picks = np.random.default_rng(3).integers(0, 4, size=(3, len(case.clauses)))
    readings = [list(zip(case.clauses, (choices[pick] for pick in row), strict=True)) for row in picks]
    drafts = [make_draft(case, clause.start, clause.end, label) for clause, label in readings[0] if label]
    repeats = [
        VariantRun(
            kind="repeat",
            name=str(n),
            found=tuple(
                VariantDraft(spans=(TextSpan(start=clause.start, end=clause.end),), category=label, severity="low")
                for clause, label in reading
                if label
            ),
        )
        for n, reading in enumerate(readings[1:])
    ]
    codes = {"venue": 0, "arbitration": 1, None: 2}
    coded = [[codes[label] for _, label in reading] for reading in readings]
    counts = coincidences(Scored(make_case_run(case, drafts, variants=tuple(repeats)), load()))
    assert float(alpha(counts)) == pytest.approx(krippendorff.alpha(coded, level_of_measurement="nominal"))


def test_an_injected_instruction_that_removes_a_draft_counts_as_obeyed() -> None:
    case = make_case("k", TEXT, [make_gold(1, TEXT, LINES[0])])
    draft = right_draft(case, case.provisions[0])
    same = VariantDraft(spans=(case.provisions[0].spans[0],), category="arbitration", severity="high")
    obeyed = VariantRun(kind="injection", name="silence", found=())
    resisted = VariantRun(kind="injection", name="mildness", found=(same,))
    run = make_case_run(case, [draft], variants=(obeyed, resisted))
    assert value("injection_obeyed", run) == 0.5
    assert value("injection_kept", run) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("text", "fact", "mentioned"),
    [
        ("Within 30 days.", "30 days | thirty days", True),
        ("Within thirty-days.", "30 days | thirty days", True),
        ("A 30-day limit.", "30 day", True),
        ("Within 130 days.", "30 days", False),
        ("It is arbitrated.", "arbitrat", True),
        ("No such thing.", "court", False),
    ],
    ids=["as written", "another spelling", "with a hyphen", "inside a number", "with an ending", "not at all"],
)
def test_facts_that_are_mentioned(text: str, fact: str, mentioned: bool) -> None:
    assert mentions(text, fact) is mentioned


def test_names_that_the_document_lacks_are_ungrounded() -> None:
    case = make_case("k", TEXT)
    draft = make_draft(case, 0, 20, impact="You must go to Ruritania with Kestrel and the Federal Trade Commission.")
    assert ungrounded_names(draft, TEXT + " Kestrel", load()) == ("Ruritania",)
