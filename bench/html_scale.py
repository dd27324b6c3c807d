"""How reading HTML scales: time and peak memory of a 5 MB page, and whether memory stays flat over 1,000 pages.

Run ``python -m bench.html_scale``. Each measurement runs in a process of its own.
"""

import argparse
import gc
import itertools
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from extractors import extract
from extractors.clauses import cut_clauses

T = TypeVar("T")
_LARGE_PAGE_BYTES = 5_000_000
_PAGES = 1000
_WARM_UP_PAGES = 200  # after them caches are filled and memory should no longer grow


def large_page(size: int = _LARGE_PAGE_BYTES) -> bytes:
    """A page of numbered sections with lists and tables, some ``size`` bytes long."""
    parts = ["<!doctype html><html lang=en><head><title>Terms</title></head><body><nav><a href=/>Home</a></nav><main>"]
    total = 0
    for number in itertools.count(1):
        section = (
            f'<section id="s{number}" class="legal-section"><h2>{number}. Section {number}</h2>'
            f"<p class=clause>{number}.1 <b>Duties.</b> You keep your password secret and tell us at once when"
            f" somebody else may know it, as <a href='#s{number}'>section {number}</a> says.</p><ol type=a>"
            "<li>A day that has begun counts in full.</li><li>A notice by mail arrives on the third day.</li></ol>"
            "<table><tr><th>Fee</th><th>Amount</th></tr><tr><td>Late payment</td><td>2 EUR a day</td></tr></table>"
            "</section>"
        )
        parts.append(section)
        total += len(section)
        if total >= size:
            break
    parts.append("</main><footer><a href=/imprint>Imprint</a></footer></body></html>")
    return "".join(parts).encode()


def measure_large() -> tuple[float, float, int]:
    """The large page: seconds of processor time to read it, peak memory in MB, number of clauses."""
    page = large_page()
    start = time.process_time()
    document = extract(page, source="large.html", media_type="text/html")
    seconds = time.process_time() - start
    return seconds, _peak_megabytes(), len(cut_clauses(document))


def measure_many(paths: Sequence[Path]) -> tuple[float, float, float]:
    """Pages per second of processor time, memory in MB after the first 200 pages, and after all 1,000."""
    pages = [(path.name, path.read_bytes()) for path in paths]
    start = time.process_time()
    warm = 0.0
    for count, (name, data) in enumerate(itertools.islice(itertools.cycle(pages), _PAGES), 1):
        extract(data, source=name, media_type="text/html")
        if count == _WARM_UP_PAGES:
            warm = _resident_megabytes()
    return _PAGES / (time.process_time() - start), warm, _resident_megabytes()


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident_megabytes() -> float:
    gc.collect()
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def _in_new_process(work: Callable[..., T], *arguments: object) -> T:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def table(large: tuple[float, float, int], many: tuple[float, float, float]) -> Iterable[str]:
    """The figures as lines of text."""
    seconds, peak, clauses = large
    size = f"a page of {_LARGE_PAGE_BYTES / 1e6:.0f} MB"
    yield f"{size}: {seconds:.2f} s of processor time, peak {peak:.0f} MB, {clauses:,} clauses"
    rate, warm, end = many
    yield f"{_PAGES:,} pages: {rate:.0f} a second, {warm:.0f} MB after {_WARM_UP_PAGES}, {end:.0f} MB at the end"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; exit code 2 where the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds html/")
    paths = sorted((parser.parse_args(arguments).data / "html").glob("*.html"))
    if not paths:
        sys.stderr.write("no html/*.html there\n")
        return 2
    for line in table(_in_new_process(measure_large), _in_new_process(measure_many, paths)):
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
