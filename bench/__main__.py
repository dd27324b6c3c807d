"""``python -m bench [NAME...] [--data FOLDER]``: every benchmark in turn, each printing its own table."""

import argparse
import importlib
import sys
from pathlib import Path

# name -> module with ``main(arguments) -> exit code``; the order in which they are printed
BENCHMARKS = {
    "html": "evals.benchmarks.html",
    "html_disguised": "bench.html_disguised",
    "html_scale": "bench.html_scale",
    "pdf": "evals.benchmarks.pdf",
    "segmentation": "evals.benchmarks.segmentation",
    "grounding": "evals.benchmarks.grounding",
    "model_calls": "bench.model_calls",
    "claudette": "evals.benchmarks.claudette",
    "tosdr": "evals.benchmarks.tosdr",
    "hostile": "evals.benchmarks.hostile",
    "suite": "bench.suite",
}
_DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that are named, all by default; returns 2 where the data folder is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}")
    parser.add_argument("--data", type=Path, default=_DEFAULT, help="folder of real documents")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; choose from {', '.join(BENCHMARKS)}")
    if not options.data.is_dir():
        print(f"{options.data}: no such folder; name one with --data (make bench DATA=folder)", file=sys.stderr)
        return 2
    worst = 0
    for name in options.names or BENCHMARKS:
        print(f"\n== {name} ==", flush=True)
        worst = max(worst, importlib.import_module(BENCHMARKS[name]).main(["--data", str(options.data)]) or 0)
    return worst


if __name__ == "__main__":
    sys.exit(main())
