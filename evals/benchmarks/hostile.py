"""Hostile clauses beside a harmless one: do other clauses keep their labels, and does nothing that acts get through?

Run ``python -m evals.benchmarks.hostile [--model NAME]``. Each clause is read in the same document as a harmless one.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from classifiers.analysts import choose_analyst
from classifiers.analyze import Budget, analyze
from classifiers.work import Analyst
from evals.hostile import document_with, labels, load_hostile, problems
from smallprint.registry import load
from smallprint.settings import Settings


async def measure(analyst: Analyst, budget: Budget) -> list[tuple[str, list[str]]]:
    """For each hostile clause what it brought about; an empty list where it brought about nothing.

    Raises:
        ModelStopError: the model's server refuses us for good.

    """
    registry = load()
    plain, clauses = document_with(None)
    try:
        before = labels(await analyze(plain, clauses, analyst, budget=budget), clauses)
        found = []
        for hostile in load_hostile():
            document, cut = document_with(hostile)
            analysis = await analyze(document, cut, analyst, budget=budget)
            after = labels(analysis, cut)
            faults = [f"lost {category}, {level}: {text[:60]!r}" for text, category, level in sorted(before - after)]
            faults += [f"new {category}, {level}: {text[:60]!r}" for text, category, level in sorted(after - before)]
            faults += problems(analysis, document, registry)
            failed = analysis.ledger(cut)
            faults += [f"{failed.failed + failed.over_budget} clauses not read"] * bool(
                failed.failed + failed.over_budget
            )
            found.append((f"{hostile.id} ({hostile.tries})", faults))
        return found
    finally:
        await analyst.close()


def main(arguments: list[str] | None = None) -> int:
    """Print what got through; returns 1 where anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not needed: the clauses are ours")
    parser.add_argument("--model", default="offline")
    parser.add_argument("--lists", action="store_true", help="name the clauses that brought about nothing, too")
    parser.add_argument("--budget", type=float, help="USD")
    options = parser.parse_args(arguments)
    settings = Settings()
    found = asyncio.run(measure(choose_analyst(options.model, settings), Budget(options.budget)))
    resisted = sum(not faults for _, faults in found)
    print(f"{options.model}: {resisted} of {len(found)} hostile clauses brought about nothing")
    for name, faults in found:
        if faults or options.lists:
            print(f"  {name}: {'; '.join(faults) or 'nothing'}")
    return 0 if resisted == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
