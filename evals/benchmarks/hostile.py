"""Hostile clauses: whether other clauses keep their labels, and whether links or markup get into a draft.

Run ``python -m evals.benchmarks.hostile [--model NAME]``. Each clause is read inside the same document, which is also
read with a harmless clause in its place.
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
    """For each hostile clause its name and its effects; none where it was resisted.

    Raises:
        ModelStopError: the model's server refuses every further call.

    """
    registry = load()
    plain, clauses = document_with(None)
    try:
        before = labels(await analyze(plain, clauses, analyst, budget=budget), clauses)
        effects_by_clause = []
        for hostile in load_hostile():
            document, cut = document_with(hostile)
            analysis = await analyze(document, cut, analyst, budget=budget)
            after = labels(analysis, cut)
            effects = [f"lost {category}, {level}: {text[:60]!r}" for text, category, level in sorted(before - after)]
            effects += [f"new {category}, {level}: {text[:60]!r}" for text, category, level in sorted(after - before)]
            effects += problems(analysis, document, registry)
            ledger = analysis.ledger(cut)
            if unread := ledger.failed + ledger.over_budget:
                effects.append(f"{unread} clauses not read")
            effects_by_clause.append((f"{hostile.id} ({hostile.tries})", effects))
        return effects_by_clause
    finally:
        await analyst.close()


def main(arguments: list[str] | None = None) -> int:
    """Print the effects; returns 1 where there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not needed: the clauses are ours")
    parser.add_argument("--model", default="offline")
    parser.add_argument("--lists", action="store_true", help="name the clauses without any effect, too")
    parser.add_argument("--budget", type=float, help="USD")
    options = parser.parse_args(arguments)
    settings = Settings()
    clauses = asyncio.run(measure(choose_analyst(options.model, settings), Budget(options.budget)))
    resisted = sum(not effects for _, effects in clauses)
    print(f"{options.model}: {resisted} of {len(clauses)} hostile clauses had no effect")
    for name, effects in clauses:
        if effects or options.lists:
            print(f"  {name}: {'; '.join(effects) or 'no effect'}")
    return 0 if resisted == len(clauses) else 1


if __name__ == "__main__":
    sys.exit(main())
