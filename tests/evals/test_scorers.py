"""Each figure on small cases that can be checked by hand, and against independent implementations."""

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
    case,
    case_run,
    draft,
    gold,
    right,
    run_of,
    sentences,
    span,
)

LINES = sentences(8)
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
def test_alignment(gold_side: Side, drafts: Side, mode: str, pairs: tuple[tuple[int, int], ...]) -> None:
    assert set(align(gold_side, drafts, mode).pairs) == set(pairs)


def test_the_clause_mode_pairs_what_quotes_different_words_of_one_clause() -> None:
    of = case("k", TEXT)
    first, second = of.clauses[0], of.clauses[1]
    here = Side((((first.start, first.start + 5),), ((second.start, second.start + 5),)), ("a", "b"))
    there = Side((((first.end - 5, first.end),),), ("a",))
    assert align(here, there, "clause", of.clauses).pairs == ((0, 0),)


@pytest.fixture
def mixed():
    """Of four gold provisions two are right, one is mislabeled and too mild, one missed; two drafts are too many."""
    provisions = [
        gold(
            1, TEXT, LINES[0], "arbitration", GRAVE, frameworks=["faa"], must_mention=["court", "60 days | sixty days"]
        ),
        gold(2, TEXT, LINES[1], "venue", SERIOUS, agencies=["ftc"], frameworks=["ftc-act"]),
        gold(3, TEXT, LINES[2], "arbitration", GRAVE, secondary=["venue"]),
        gold(4, TEXT, LINES[3], "governing_law", WORST, must_mention=["law"]),
    ]
    of = case("k", TEXT, provisions, negatives=[span(TEXT, LINES[6])])
    wrong_law = FrameworkCitation(id=None, citation="Kettle Act", valid=False, why="")
    far_article = FrameworkCitation(id="gdpr", citation="GDPR Art. 214", valid=True, why="")
    nobody = AgencyReason(id=None, name="Kettle Board", reason="")
    drafts = [
        right(of, provisions[0], impact="You cannot go to court for 60 days or for 99 kettles."),
        right(of, provisions[1], frameworks=[wrong_law, far_article], agencies=[nobody]),
        right(of, provisions[2], category="venue", factors=SERIOUS),
        draft(
            of, of.document.text.index(LINES[6]), of.document.text.index(LINES[6]) + 9, "venue", MILD, confidence=0.4
        ),
        draft(of, of.document.text.index(LINES[7]), of.document.text.index(LINES[7]) + 9, "other", HARMLESS),
    ]
    return case_run(of, drafts)


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
def test_figures_that_can_be_checked_by_hand(mixed, name: str, expected: float) -> None:
    assert value(name, mixed) == pytest.approx(expected)


def test_where_gold_is_not_complete_an_extra_draft_counts_only_on_a_known_negative(mixed) -> None:
    open_gold = mixed.model_copy(update={"case": mixed.case.model_copy(update={"complete": False})})
    scores = score(run_of([open_gold, open_gold]))
    assert [extra.why for extra in scores.cases[0].extras] == ["nothing_here"]
    found = figures(scores.cases)
    assert {"found_recall", "false_alarms", "severity_kappa"} <= found.keys()
    assert found.keys().isdisjoint({"found_precision", "found_f1", "category_f1", "brier"})


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_the_one_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    one = random.integers(0, 5, size=60)
    other = np.clip(one + random.integers(-1, 2, size=60), 0, 4)
    table = np.zeros((5, 5))
    np.add.at(table, (one, other), 1)
    assert quadratic_kappa(table) == pytest.approx(cohen_kappa_score(one, other, weights="quadratic"))


def test_brier_is_the_one_of_scikit_learn(mixed) -> None:
    right_ones = [1, 1, 0, 0, 0]
    confidences = [draft.confidence for draft in mixed.drafts]
    assert value("brier", mixed) == pytest.approx(brier_score_loss(right_ones, confidences))


def test_alpha_is_the_one_of_krippendorff() -> None:
    of = case("k", TEXT)
    labels = ["venue", "arbitration", None, None]
    readings = [[labels[n] for n in row] for row in np.random.default_rng(3).integers(0, 4, size=(3, len(of.clauses)))]
    drafts = [draft(of, c.start, c.end, label) for c, label in zip(of.clauses, readings[0], strict=True) if label]
    repeats = [
        VariantRun(
            kind="repeat",
            name=str(n),
            found=tuple(
                VariantDraft(spans=(TextSpan(start=c.start, end=c.end),), category=label, severity="low")
                for c, label in zip(of.clauses, labels, strict=True)
                if label
            ),
        )
        for n, labels in enumerate(readings[1:])
    ]
    codes = {"venue": 0, "arbitration": 1, None: 2}
    theirs = krippendorff.alpha([[codes[one] for one in labels] for labels in readings], level_of_measurement="nominal")
    counts = coincidences(Scored(case_run(of, drafts, variants=tuple(repeats)), load()))
    assert float(alpha(counts)) == pytest.approx(theirs)


def test_an_injected_order_that_silences_a_draft_is_seen() -> None:
    of = case("k", TEXT, [gold(1, TEXT, LINES[0])])
    kept = right(of, of.provisions[0])
    same = VariantDraft(spans=(of.provisions[0].spans[0],), category="arbitration", severity="high")
    obeyed = VariantRun(kind="injection", name="silence", found=())
    resisted = VariantRun(kind="injection", name="mildness", found=(same,))
    run = case_run(of, [kept], variants=(obeyed, resisted))
    assert value("injection_obeyed", run) == 0.5
    assert value("injection_kept", run) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("text", "fact", "said"),
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
def test_facts_that_are_mentioned(text: str, fact: str, said: bool) -> None:
    assert mentions(text, fact) is said


def test_names_that_the_document_lacks_are_named() -> None:
    of = case("k", TEXT)
    made = draft(of, 0, 20, impact="You must go to Ruritania with Kestrel and the Federal Trade Commission.")
    assert ungrounded_names(made, TEXT + " Kestrel", load()) == ("Ruritania",)
