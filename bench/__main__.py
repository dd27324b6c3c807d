"""``python -m bench [NAME...] [--data FOLDER]``: run the benchmarks named, or all; each prints its own table."""

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
_DEFAULT_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def main(arguments: list[str] | None = None) -> int:
    """Run benchmarks; returns the highest of their exit codes, or 2 where the data folder is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}")
    parser.add_argument("--data", type=Path, default=_DEFAULT_DATA, help="folder of real documents")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; choose from {', '.join(BENCHMARKS)}")
    if not options.data.is_dir():
        print(f"{options.data}: no such folder; name one with --data (make bench DATA=folder)", file=sys.stderr)
        return 2
    exit_code = 0
    for name in options.names or BENCHMARKS:
        print(f"\n== {name} ==", flush=True)
        exit_code = max(exit_code, importlib.import_module(BENCHMARKS[name]).main(["--data", str(options.data)]) or 0)
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
