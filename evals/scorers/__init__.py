"""The metrics, in the order in which they are shown; each docstring has the formula and its source."""

from evals.scorers import calibration, detection, evidence, levels, prose, references, stability
from evals.scorers.metric import Array, Metric, Scored

__all__ = ["METRICS", "Array", "Metric", "Scored"]

METRICS: dict[str, Metric] = {
    metric.name: metric
    for module in (detection, levels, references, evidence, prose, calibration, stability)
    for metric in module.METRICS
}
