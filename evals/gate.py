"""The gate: integrity, errors, floors and non-inferiority to a blessed baseline, each failure naming its cause."""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from evals.comparing import Comparison, MetricChange, compare
from evals.fingerprints import changed_yardstick
from evals.gold import Case, Split
from evals.integrity import faults
from evals.leaks import Leak, leaks
from evals.results import Run
from evals.scorers import METRICS
from evals.scoring import Scores, figures
from evals.statistics import FEWEST
from smallprint.errors import UserError
from smallprint.records import Noun
from smallprint.registry import Registry

GATES = Path(__file__).parent / "gates"
BASELINES = Path(__file__).parent / "baselines"
Share = Annotated[float, Field(ge=0, le=1)]
Kind = Literal["integrity", "leak", "error", "floor", "definition", "margin", "category", "severe"]

_HEADER = """\
# What a run must reach (floors; ceilings where less is better), and how much worse than its baseline it may be
# (margins). Floors are changed by `smallprint eval floor`, which writes the history that they must agree with.
"""


class FloorChange(Noun):
    """One entry of a gate's history."""

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
    """One thing that the gate looked at."""

    kind: Kind
    name: str
    passed: bool
    message: str
    details: tuple[str, ...] = ()


class GateResult(Noun):
    """Everything that the gate looked at; it is met when every check passes."""

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
    """A model's name as a file name."""
    return re.sub(r"[^a-z0-9.]+", "-", model.lower()).strip("-")


def gate_path(model: str) -> Path:
    """The gate of a model: its own file where it has one, else the one for all models."""
    own = GATES / f"{slug(model)}.yml"
    return own if own.exists() else GATES / "model.yml"


def baseline_path(model: str) -> Path:
    """Where a model's blessed baseline lies."""
    return BASELINES / f"{slug(model)}.json"


def load_gate(path: Path) -> GateFile:
    """A gate from its file.

    Raises:
        UserError: the file does not hold, or a floor is not the one that its history ends with.

    """
    try:
        gate = GateFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise UserError(f"{path.name}: cannot be read as a gate: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UserError(f"{path.name}: {'.'.join(str(one) for one in first['loc'])}: {first['msg']}") from error
    for name in (*gate.floors, *gate.margins):
        if name not in METRICS:
            raise UserError(f"{path.name}: {name}: no metric has this name")
    last = {(one.metric, one.split): one.floor for one in gate.history}
    stands = {(name, split): floor for name, by_split in gate.floors.items() for split, floor in by_split.items()}
    for key in sorted(last.keys() | stands.keys()):
        if last.get(key) != stands.get(key):
            raise UserError(
                f"{path.name}: floors.{key[0]}.{key[1]} is {stands.get(key)}, its history ends with {last.get(key)}; "
                "change floors with 'smallprint eval floor', which asks for a reason"
            )
    return gate


def set_floor(path: Path, change: FloorChange) -> bool:
    """Write a floor and its history; returns whether the demand was lowered.

    Raises:
        UserError: no metric has this name, or the demand is lowered without a reason.

    """
    gate = load_gate(path) if path.exists() else GateFile(floors={}, margins={}, history=())
    metric = METRICS.get(change.metric)
    if metric is None:
        raise UserError(f"no metric is called {change.metric!r}; 'smallprint eval --json' names them")
    before = gate.floors.get(change.metric, {}).get(change.split)
    lowered = before is not None and (change.floor < before if metric.better == "higher" else change.floor > before)
    if lowered and len(change.reason.split()) < 3:
        raise UserError(f"{change.metric} was {before}: to ask for less give a reason of at least three words")
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
        UserError: the file is no baseline.

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
    """Hold a run against a gate and a baseline; ``known`` are leaks where the caller has looked for them."""
    found = list(leaks(_cases(run))) if known is None else known
    return GateResult(
        checks=(
            *_integrity(run, registry),
            _leaks(found),
            _errors(run, gate),
            *_floors(scores, gate),
            *_against_baseline(scores, gate, baseline),
        )
    )


def _cases(run: Run) -> Iterator[Case]:
    return (one.case for one in run.cases)


def _integrity(run: Run, registry: Registry) -> Iterator[Check]:
    by_name: dict[str, list[str]] = {}
    for fault in faults(run, registry):
        by_name.setdefault(fault.what, []).append(str(fault))
    if not by_name:
        yield Check(kind="integrity", name="integrity", passed=True, message="spans, severities and names are true")
    for name, texts in by_name.items():
        yield Check(kind="integrity", name=name, passed=False, message=_first(texts), details=tuple(texts))


def _first(texts: Sequence[str]) -> str:
    return texts[0] + (f" (and {len(texts) - 1} more)" if len(texts) > 1 else "")


def _leaks(found: Sequence[Leak]) -> Check:
    texts = tuple(str(leak) for leak in found)
    if not texts:
        return Check(
            kind="leak", name="leaks", passed=True, message="nothing that an analyst is told shows a test case"
        )
    return Check(kind="leak", name="leaks", passed=False, message=_first(texts), details=texts)


def _errors(run: Run, gate: GateFile) -> Check:
    failed = [f"{one.case.id}: {one.error}" for one in run.cases if one.error]
    share = len(failed) / max(1, len(run.cases))
    passed = share <= gate.errors and bool(run.cases)
    words = f"{len(failed)} of {len(run.cases)} documents failed"
    message = f"{words}, {gate.errors:.0%} may: {_first(failed)}" if failed and not passed else words
    return Check(kind="error", name="errors", passed=passed, message=message, details=tuple(failed))


def _floors(scores: Scores, gate: GateFile) -> Iterator[Check]:
    for split in scores.splits():
        found = figures(scores.split(split), [METRICS[name] for name in gate.floors])
        for name, by_split in gate.floors.items():
            if split not in by_split:
                continue
            floor, metric = by_split[split], METRICS[name]
            if name not in found:
                message = f"{metric.title} ({split}): nothing to measure it on"
                yield Check(kind="floor", name=f"{name}.{split}", passed=metric.blameless, message=message)
                continue
            value = found[name].value
            least = metric.better == "higher"
            passed = value >= floor if least else abs(value) <= floor
            relation = (
                ("at least" if least else "at most")
                if passed
                else ("below its floor" if least else "above its ceiling")
            )
            message = f"{metric.title} ({split}): {_number(name, value)}, {relation} {_number(name, floor)}"
            yield Check(kind="floor", name=f"{name}.{split}", passed=passed, message=message)


def _number(name: str, value: float) -> str:
    return f"{value:.1%}" if METRICS[name].percent else f"{value:.3f}"


def _against_baseline(scores: Scores, gate: GateFile, baseline: Scores | None) -> Iterator[Check]:
    if baseline is None:
        message = f"{scores.subject.model} has no blessed baseline; look at the run, then 'smallprint eval bless'"
        yield Check(kind="definition", name="baseline", passed=False, message=message)
        return
    reasons = changed_yardstick(scores.yardstick, baseline.yardstick)
    if scores.subject.model != baseline.subject.model:
        reasons.append(f"model: the baseline is of {baseline.subject.model}, this run of {scores.subject.model}")
    if reasons:
        message = f"not comparable with the baseline: {'; '.join(reasons)}. Bless anew with 'smallprint eval bless'"
        yield Check(kind="definition", name="definitions", passed=False, message=message, details=tuple(reasons))
        return
    comparison = compare(scores, baseline, gate.margins)
    changed = ", ".join(comparison.subjects) or "nothing"
    yield Check(kind="definition", name="definitions", passed=True, message=f"same yardstick; changed: {changed}")
    yield from (_margin(one, gate.margins[one.metric]) for one in comparison.metrics if one.metric in gate.margins)
    yield from _categories(comparison)
    yield _severe(comparison, scores, gate)


def _margin(one: MetricChange, margin: float) -> Check:
    """Non-inferiority: the interval's bad end must lie within the margin (Schuirmann 1987)."""
    metric, change = METRICS[one.metric], one.change
    if metric.better == "higher":
        worst = change.low
        passed = worst >= -margin or change.value == 0
    else:
        worst = change.high
        passed = worst <= margin or change.value == 0
    verdict = "within" if passed else "worse than the baseline allows; outside"
    message = (
        f"{metric.title} ({one.split}): {_number(one.metric, one.baseline)} to {_number(one.metric, one.value)}, "
        f"change {change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}], {verdict} the margin {margin:.3f}; "
        f"{_power(change.detectable)}"
    )
    return Check(kind="margin", name=f"{one.metric}.{one.split}", passed=passed, message=message)


def _power(detectable: float) -> str:
    if math.isinf(detectable):
        return f"fewer than {FEWEST} documents can show no difference"
    return f"this set can detect {detectable:.3f}"


def _categories(comparison: Comparison) -> Iterator[Check]:
    fallen = [one for one in comparison.categories if one.lost > one.won and one.adjusted <= 0.05]
    if not fallen:
        yield Check(kind="category", name="categories", passed=True, message="no category fell (McNemar, Holm)")
    for one in fallen:
        message = (
            f"the category {one.category} fell: {one.lost} of {one.gold} provisions lost, {one.won} won "
            f"(McNemar p {one.p:.4f}, {one.adjusted:.4f} after Holm)"
        )
        yield Check(kind="category", name=one.category, passed=False, message=message)


def _severe(comparison: Comparison, scores: Scores, gate: GateFile) -> Check:
    severe = sum(one.severity in ("high", "critical") for case in scores.cases for one in case.verdicts)
    lost = [f"{one.case} {one.gold} ({one.category}, {one.severity})" for one in comparison.lost_severe()]
    passed = len(lost) <= gate.lost_severe * severe
    message = f"{len(lost)} of {severe} high or critical provisions lost against the baseline"
    if not passed:
        message += f", {gate.lost_severe:.0%} may: {_first(lost)}"
    return Check(kind="severe", name="lost_severe", passed=passed, message=message, details=tuple(lost))
