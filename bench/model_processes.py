"""Figures measured in processes of their own: wall time against the ideal schedule, memory, kills at random moments."""

import heapq
import json
import random
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evals.benchmarks.figures import Figure, at_most

_SLOTS = 10  # calls at once, as in bench_settings
_KILLS = 20
# Limits above what was measured when they were set, to notice a step back: 1.02 to 1.08 times the ideal schedule
# (docs/decisions/0009-calls.md), 55 ms of our own for 50 kB on a quiet core, memory that does not grow.
_MAX_WALL_TIME = 1.15  # times the ideal schedule
_MAX_OWN_MS = 150  # processor time for 50,000 characters
_MAX_MEMORY_GROWTH = 1.05


def ideal_schedule(seconds: Sequence[float], slots: int) -> float:
    """Wall time of calls of these lengths where each starts, in this order, in the first slot that is free.

    A caller that loses no time and cannot know which answers will be slow takes so long.
    """
    free_at = [0.0] * slots
    for duration in seconds:
        heapq.heappushpop(free_at, free_at[0] + duration)
    return max(free_at)


def longest_first(seconds: Sequence[float], slots: int) -> float:
    """Wall time for a caller that knows the lengths beforehand and starts the longest call first."""
    return ideal_schedule(sorted(seconds, reverse=True), slots)


@contextmanager
def server_process(*arguments: str) -> Iterator[str]:
    """Run the fake server in a process of its own; yields its address."""
    command = [sys.executable, "-m", "tests.fakes", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 our own module
        if process.stdout is None:
            raise RuntimeError("the fake server has no output")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def stats(address: str) -> dict[str, Any]:
    """The counts of a server process."""
    with urllib.request.urlopen(f"{address}/stats", timeout=10) as reply:  # noqa: S310 -- our own process
        counts: dict[str, Any] = json.load(reply)
    return counts


def work(folder: Path, address: str, home: Path, *arguments: str) -> dict[str, Any]:
    """Run bench.model_work in a process of its own, to its end; returns what it measured."""
    command = _command(folder, address, home, *arguments)
    process = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 our own module
    measured: dict[str, Any] = json.loads(process.stdout)
    return measured


def _command(folder: Path, address: str, home: Path, *arguments: str) -> list[str]:
    module = "bench.model_work"
    return [sys.executable, "-m", module, str(folder), "--server", address, "--home", str(home), *arguments]


_SCHEDULES = {
    "0.3 s an answer": ("--latency", "0.3"),
    "every tenth answer 2 s": ("--latency", "0.3", "--slow-every", "10"),
    "0.3 s and 2 ms an output token": ("--latency", "0.3", "--seconds-per-token", "0.002"),
}


def schedule(folder: Path, scratch: Path) -> Iterator[Figure]:
    """Wall time against the ideal schedule of the same calls, and the processor time of our own code."""
    for n, (name, arguments) in enumerate(_SCHEDULES.items()):
        with server_process(*arguments) as address:
            measured = work(folder, address, scratch / f"schedule{n}")
            seconds = stats(address)["seconds"][1:]  # without the call that warms up
        ideal, foreseen = ideal_schedule(seconds, _SLOTS), longest_first(seconds, _SLOTS)
        yield Figure(
            f"wall time, {name}",
            f"{measured['wall']:.2f} s of {ideal:.2f} ({foreseen:.2f} if all were known beforehand)",
            f"at most {_MAX_WALL_TIME} x ideal",
            measured["wall"] <= _MAX_WALL_TIME * ideal,
        )
        if n == 0:
            own = measured["processor"] / measured["characters"] * 50_000 * 1000
            yield at_most("own processing of 50 kB, ms of processor time", own, _MAX_OWN_MS, ".0f")


def memory(folder: Path, scratch: Path) -> Iterator[Figure]:
    """Memory after 100 and after 500 documents."""
    short = scratch / "short"
    short.mkdir()
    for path in folder.glob("*.md"):
        (short / path.name).write_text(path.read_text(encoding="utf-8")[:8_000], encoding="utf-8")
    with server_process() as address:
        megabytes = work(short, address, scratch / "memory", "--times", "500")["memory"]  # every fifty documents
    early, late = megabytes[1], megabytes[-1]
    yield Figure(
        "memory after 100 and after 500 documents",
        f"{early:.0f} and {late:.0f} MB",
        f"flat: +{_MAX_MEMORY_GROWTH - 1:.0%}",
        late <= _MAX_MEMORY_GROWTH * early,
    )


def kills(folder: Path, scratch: Path) -> Iterator[Figure]:
    """Calls repeated and drafts changed where the process is killed at a random moment and started again."""
    documents = scratch / "three"
    documents.mkdir()
    for path in sorted(folder.glob("*.md"))[:3]:
        shutil.copy(path, documents)
    chance = random.Random(11)  # noqa: S311 -- the same moments every time
    with server_process("--latency", "0.3") as address:
        undisturbed = work(documents, address, scratch / "undisturbed", "--cold")
    calls = undisturbed["usage"]["calls"]
    killed = repeated = different = 0
    with server_process("--latency", "0.3") as address:
        for n in range(_KILLS):
            home = scratch / f"kill{n}"
            process = subprocess.Popen(_command(documents, address, home, "--cold"), stdout=subprocess.PIPE)  # noqa: S603 our own
            try:
                process.wait(timeout=chance.uniform(0.8, 4.0))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
            stored = _stored_answers(home)
            again = work(documents, address, home, "--cold")
            repeated += again["usage"]["calls"] - (calls - stored)
            different += again["drafts"] != undisturbed["drafts"]
    yield Figure(
        f"SIGKILL at {_KILLS} moments ({killed} in time): finished calls repeated", str(repeated), "none", repeated == 0
    )
    yield Figure("... reruns with other drafts than undisturbed", str(different), "none", different == 0)


def _stored_answers(home: Path) -> int:
    """How many answers a killed process has left in its store."""
    import sqlite3

    if not (home / "smallprint.db").is_file():
        return 0
    with sqlite3.connect(home / "smallprint.db") as database:
        try:
            count: int = database.execute("select count(*) from answers").fetchone()[0]
        except sqlite3.OperationalError:  # killed before the tables were there
            return 0
    return count
