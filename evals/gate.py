"""The gate: integrity, leaks, errors, floors, and non-inferiority to a blessed baseline; a failure names its cause."""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from evals.comparing import SEVERE, Comparison, MetricChange, compare
from evals.fingerprints import changed_yardstick
from evals.gold import Split
from evals.integrity import faults
from evals.leaks import Leak, leaks
from evals.results import Run
from evals.scorers import METRICS
from evals.scoring import Scores, figures
from evals.statistics import MIN_DOCUMENTS
from smallprint.errors import UserError
from smallprint.records import Noun
from smallprint.registry import Registry

GATES = Path(__file__).parent / "gates"
BASELINES = Path(__file__).parent / "baselines"
Share = Annotated[float, Field(ge=0, le=1)]
MAX_CATEGORY_P = 0.05  # a category fell where chance explains its losses in less than one of twenty comparisons
MIN_REASON_WORDS = 3  # fewer say nothing to whoever reads the history later
CheckKind = Literal["integrity", "leak", "error", "floor", "definition", "margin", "category", "severe"]

_HEADER = """\
# What a run must reach (floors; ceilings where less is better), and how much worse than its baseline it may be
# (margins). Change floors with `smallprint eval floor`: it writes the history, which the floors must agree with.
"""


class FloorChange(Noun):
    """One change of a floor in a gate's history."""

    day: date
    metric: str
    split: Split
    floor: float
    reason: str = Field(min_length=1)


class GateFile(Noun):
    """One file of ``gates/``."""

    errors: Share = 0.0  # share of the documents that may fail, wholly or in part
    lost_severe: Share = 0.0  # share of the high and critical gold that may be lost against the baseline
    floors: dict[str, dict[Split, float]]
    margins: dict[str, float]
    history: tuple[FloorChange, ...]


class Check(Noun):
    """One check of the gate and its result."""

    kind: CheckKind
    name: str
    passed: bool
    message: str
    details: tuple[str, ...] = ()


class GateResult(Noun):
    """All checks of the gate; it is met when every one passes."""

    checks: tuple[Check, ...]

    @property
    def met(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)


def slug(model: str) -> str:
    """A model's name as a file name without suffix."""
    return re.sub(r"[^a-z0-9.]+", "-", model.lower()).strip("-")


def gate_path(model: str) -> Path:
    """The gate file of a model: its own where it has one, else the one for all models."""
    own = GATES / f"{slug(model)}.yml"
    return own if own.exists() else GATES / "model.yml"


def baseline_path(model: str) -> Path:
    """The file of a model's blessed baseline."""
    return BASELINES / f"{slug(model)}.json"


def load_gate(path: Path) -> GateFile:
    """A gate from its file.

    Raises:
        UserError: the file is not valid, or a floor is not the last one of its history.

    """
    try:
        gate = GateFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise UserError(f"{path.name}: cannot be read as a gate: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UserError(f"{path.name}: {'.'.join(str(key) for key in first['loc'])}: {first['msg']}") from error
    for name in (*gate.floors, *gate.margins):
        if name not in METRICS:
            raise UserError(f"{path.name}: {name}: no metric has this name")
    last = {(change.metric, change.split): change.floor for change in gate.history}
    floors = {(name, split): floor for name, by_split in gate.floors.items() for split, floor in by_split.items()}
    for key in sorted(last.keys() | floors.keys()):
        if last.get(key) != floors.get(key):
            raise UserError(
                f"{path.name}: floors.{key[0]}.{key[1]} is {floors.get(key)}, its history ends with {last.get(key)}; "
                "change floors with 'smallprint eval floor', which asks for a reason"
            )
    return gate


def set_floor(path: Path, change: FloorChange) -> bool:
    """Write a floor and its history; returns whether less is required than before.

    Raises:
        UserError: no metric has this name, or less is required than before and no reason is given.

    """
    gate = load_gate(path) if path.exists() else GateFile(floors={}, margins={}, history=())
    metric = METRICS.get(change.metric)
    if metric is None:
        raise UserError(f"no metric is called {change.metric!r}; 'smallprint eval --json' names them")
    before = gate.floors.get(change.metric, {}).get(change.split)
    lowered = before is not None and (change.floor < before if metric.better == "higher" else change.floor > before)
    if lowered and len(change.reason.split()) < MIN_REASON_WORDS:
        raise UserError(
            f"{change.metric} was {before}: to require less, give a reason of at least {MIN_REASON_WORDS} words"
        )
    floors = {name: dict(by_split) for name, by_split in gate.floors.items()}
    floors.setdefault(change.metric, {})[change.split] = change.floor
    data: dict[str, Any] = gate.model_dump(mode="json")
    data["floors"] = {name: floors[name] for name in METRICS if name in floors}
    data["history"].append(change.model_dump(mode="json"))
    text = yaml.safe_dump(data, sort_keys=False, width=120, allow_unicode=True, default_flow_style=None)
    path.write_text(_HEADER + text, encoding="utf-8")
    return lowered


def load_baseline(path: Path) -> Scores | None:
    """A baseline from its file; None where there is no file.

    Raises:
        UserError: the file holds no baseline.

    """
    if not path.exists():
        return None
    try:
        return Scores.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise UserError(f"{path}: not a baseline: {str(error).splitlines()[0]}") from error


def hold(
    run: Run,
    scores: Scores,
    gate: GateFile,
    baseline: Scores | None,
    *,
    registry: Registry,
    known: Sequence[Leak] | None = None,
) -> GateResult:
    """Check a run against a gate and a baseline.

    Args:
        run: the run.
        scores: its scores.
        gate: floors and margins.
        baseline: the blessed scores, if there are any; without them the gate is not met.
        registry: what the labels of the drafts are checked against.
        known: leaks of test cases, where the caller has looked for them already.

    """
    found_leaks = list(leaks(case_run.case for case_run in run.cases)) if known is None else known
    return GateResult(
        checks=(
            *_integrity(run, registry),
            _leaks(found_leaks),
            _errors(run, gate),
            *_floors(scores, gate),
            *_against_baseline(scores, gate, baseline),
        )
    )


def _integrity(run: Run, registry: Registry) -> Iterator[Check]:
    by_check: dict[str, list[str]] = {}
    for fault in faults(run, registry):
        by_check.setdefault(fault.check, []).append(str(fault))
    if not by_check:
        yield Check(kind="integrity", name="integrity", passed=True, message="spans, severities and names are correct")
    for name, texts in by_check.items():
        yield Check(kind="integrity", name=name, passed=False, message=_first(texts), details=tuple(texts))


def _first(texts: Sequence[str]) -> str:
    return texts[0] + (f" (and {len(texts) - 1} more)" if len(texts) > 1 else "")


def _leaks(found_leaks: Sequence[Leak]) -> Check:
    texts = tuple(str(leak) for leak in found_leaks)
    if not texts:
        message = "no prompt, example or rule gives a test case away"
        return Check(kind="leak", name="leaks", passed=True, message=message)
    return Check(kind="leak", name="leaks", passed=False, message=_first(texts), details=texts)


def _errors(run: Run, gate: GateFile) -> Check:
    failed = [f"{case_run.case.id}: {case_run.error}" for case_run in run.cases if case_run.error]
    share = len(failed) / max(1, len(run.cases))
    passed = share <= gate.errors and bool(run.cases)
    message = f"{len(failed)} of {len(run.cases)} documents failed"
    if failed and not passed:
        message += f", {gate.errors:.0%} are allowed: {_first(failed)}"
    return Check(kind="error", name="errors", passed=passed, message=message, details=tuple(failed))


def _floors(scores: Scores, gate: GateFile) -> Iterator[Check]:
    for split in scores.splits():
        values = figures(scores.split(split), [METRICS[name] for name in gate.floors])
        for name, by_split in gate.floors.items():
            if split not in by_split:
                continue
            floor, metric = by_split[split], METRICS[name]
            if name not in values:
                message = f"{metric.title} ({split}): the cases have nothing to measure it on"
                yield Check(kind="floor", name=f"{name}.{split}", passed=metric.blameless, message=message)
                continue
            value = values[name].value
            at_least = metric.better == "higher"
            passed = value >= floor if at_least else abs(value) <= floor
            if passed:
                relation = "at least" if at_least else "at most"
            else:
                relation = "below its floor" if at_least else "above its ceiling"
            message = f"{metric.title} ({split}): {_number(name, value)}, {relation} {_number(name, floor)}"
            yield Check(kind="floor", name=f"{name}.{split}", passed=passed, message=message)


def _number(name: str, value: float) -> str:
    return f"{value:.1%}" if METRICS[name].percent else f"{value:.3f}"


def _against_baseline(scores: Scores, gate: GateFile, baseline: Scores | None) -> Iterator[Check]:
    if baseline is None:
        message = (
            f"{scores.subject.model} has no blessed baseline; check the run, then bless it with 'smallprint eval bless'"
        )
        yield Check(kind="definition", name="baseline", passed=False, message=message)
        return
    reasons = changed_yardstick(scores.yardstick, baseline.yardstick)
    if scores.subject.model != baseline.subject.model:
        reasons.append(f"model: the baseline is of {baseline.subject.model}, this run of {scores.subject.model}")
    if reasons:
        message = (
            f"not comparable with the baseline: {'; '.join(reasons)}. Bless a new one with 'smallprint eval bless'"
        )
        yield Check(kind="definition", name="definitions", passed=False, message=message, details=tuple(reasons))
        return
    comparison = compare(scores, baseline, gate.margins)
    changed = ", ".join(comparison.subjects) or "nothing"
    yield Check(kind="definition", name="definitions", passed=True, message=f"same yardstick; changed: {changed}")
    yield from (
        _margin(change, gate.margins[change.metric]) for change in comparison.metrics if change.metric in gate.margins
    )
    yield from _categories(comparison)
    yield _severe(comparison, scores, gate)


def _margin(metric_change: MetricChange, margin: float) -> Check:
    """Non-inferiority: the worse bound of the interval must be within the margin (Schuirmann 1987)."""
    name, metric, change = metric_change.metric, METRICS[metric_change.metric], metric_change.change
    if metric.better == "higher":
        worst = change.low
        passed = worst >= -margin or change.value == 0
    else:
        worst = change.high
        passed = worst <= margin or change.value == 0
    verdict = "within" if passed else "worse than the baseline allows: outside"
    message = (
        f"{metric.title} ({metric_change.split}): {_number(name, metric_change.baseline)} to "
        f"{_number(name, metric_change.value)}, "
        f"change {change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}], {verdict} the margin {margin:.3f}; "
        f"{_power(change.detectable)}"
    )
    return Check(kind="margin", name=f"{name}.{metric_change.split}", passed=passed, message=message)


def _power(detectable: float) -> str:
    if math.isinf(detectable):
        return f"fewer than {MIN_DOCUMENTS} documents cannot show a difference"
    return f"this set can detect {detectable:.3f}"


def _categories(comparison: Comparison) -> Iterator[Check]:
    fallen = [
        change for change in comparison.categories if change.lost > change.won and change.adjusted <= MAX_CATEGORY_P
    ]
    if not fallen:
        yield Check(kind="category", name="categories", passed=True, message="no category fell (McNemar, Holm)")
    for change in fallen:
        message = (
            f"the category {change.category} fell: {change.lost} of {change.gold} provisions lost, {change.won} won "
            f"(McNemar p {change.p:.4f}, {change.adjusted:.4f} after Holm)"
        )
        yield Check(kind="category", name=change.category, passed=False, message=message)


def _severe(comparison: Comparison, scores: Scores, gate: GateFile) -> Check:
    severe = sum(outcome.severity in SEVERE for case in scores.cases for outcome in case.verdicts)
    lost = [
        f"{change.case} {change.gold} ({change.category}, {change.severity})" for change in comparison.lost_severe()
    ]
    passed = len(lost) <= gate.lost_severe * severe
    message = f"{len(lost)} of {severe} high or critical provisions lost against the baseline"
    if not passed:
        message += f", {gate.lost_severe:.0%} are allowed: {_first(lost)}"
    return Check(kind="severe", name="lost_severe", passed=passed, message=message, details=tuple(lost))
