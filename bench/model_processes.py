"""Figures that need processes of their own: wall time against the ideal schedule, memory, kills at random moments."""

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

_AT_ONCE = 10
_KILLS = 20


def ideal(seconds: Sequence[float], at_once: int) -> float:
    """The time in which so many at once answer all, in the order asked, each in the first place that is free.

    That is what a caller attains that loses no time and cannot know which answers will be slow.
    """
    places = [0.0] * at_once
    for one in seconds:
        heapq.heappushpop(places, places[0] + one)
    return max(places)


def foreseen(seconds: Sequence[float], at_once: int) -> float:
    """The same for a caller that knows beforehand: the longest first."""
    return ideal(sorted(seconds, reverse=True), at_once)


@contextmanager
def server_process(*arguments: str) -> Iterator[str]:
    """The fake server in a process of its own; its address."""
    command = [sys.executable, "-m", "tests.fakes", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 our own module
        if process.stdout is None:
            raise RuntimeError("the fake server has no output")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def stats(address: str) -> dict[str, Any]:
    """What a server process has counted."""
    with urllib.request.urlopen(f"{address}/stats", timeout=10) as reply:  # noqa: S310 -- our own process
        counted: dict[str, Any] = json.load(reply)
    return counted


def work(folder: Path, address: str, home: Path, *arguments: str) -> dict[str, Any]:
    """One process of work, to its end."""
    done = subprocess.run(_command(folder, address, home, *arguments), capture_output=True, text=True, check=True)  # noqa: S603 our own module
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _command(folder: Path, address: str, home: Path, *arguments: str) -> list[str]:
    module = "bench.model_work"
    return [sys.executable, "-m", module, str(folder), "--server", address, "--home", str(home), *arguments]


_SCHEDULES = {
    "0.3 s an answer": ("--latency", "0.3"),
    "every tenth answer 2 s": ("--latency", "0.3", "--slow-every", "10"),
    "0.3 s and 2 ms an output token": ("--latency", "0.3", "--seconds-per-token", "0.002"),
}


def schedule(folder: Path, scratch: Path) -> Iterator[Figure]:
    """Wall time against the ideal schedule of the same calls, and our own part of it."""
    for n, (name, arguments) in enumerate(_SCHEDULES.items()):
        with server_process(*arguments) as address:
            result = work(folder, address, scratch / f"schedule{n}")
            seconds = stats(address)["seconds"][1:]  # without the call that warms up
        best = ideal(seconds, _AT_ONCE)
        yield Figure(
            f"wall time, {name}",
            f"{result['wall']:.2f} s of {best:.2f} ({foreseen(seconds, _AT_ONCE):.2f} if all were known beforehand)",
            "at most 1.15 x ideal",
            result["wall"] <= 1.15 * best,
        )
        if n == 0:
            own = result["processor"] / result["characters"] * 50_000 * 1000
            yield at_most("own processing of 50 kB, ms of processor time", own, 150, ".0f")


def memory(folder: Path, scratch: Path) -> Iterator[Figure]:
    """Memory after 100 and after 500 documents."""
    short = scratch / "short"
    short.mkdir()
    for path in folder.glob("*.md"):
        (short / path.name).write_text(path.read_text(encoding="utf-8")[:8_000], encoding="utf-8")
    with server_process() as address:
        seen = work(short, address, scratch / "memory", "--times", "500")["memory"]
    yield Figure(
        "memory after 100 and after 500 documents",
        f"{seen[1]:.0f} and {seen[-1]:.0f} MB",
        "flat: +5 %",
        seen[-1] <= 1.05 * seen[1],
    )


def kills(folder: Path, scratch: Path) -> Iterator[Figure]:
    """SIGKILL at random moments, each followed by another start, until the work is done."""
    few = scratch / "few"
    few.mkdir()
    for path in sorted(folder.glob("*.md"))[:3]:
        shutil.copy(path, few)
    chance = random.Random(11)  # noqa: S311 -- the same moments every time
    with server_process("--latency", "0.3") as address:
        undisturbed = work(few, address, scratch / "undisturbed", "--cold")
    calls = undisturbed["usage"]["calls"]
    killed = repeated = different = 0
    with server_process("--latency", "0.3") as address:
        for n in range(_KILLS):
            home = scratch / f"kill{n}"
            process = subprocess.Popen(_command(few, address, home, "--cold"), stdout=subprocess.PIPE)  # noqa: S603 our own
            try:
                process.wait(timeout=chance.uniform(0.8, 4.0))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                killed += 1
            kept = _stored(home)
            again = work(few, address, home, "--cold")
            repeated += again["usage"]["calls"] - (calls - kept)
            different += again["drafts"] != undisturbed["drafts"]
    yield Figure(
        f"SIGKILL at {_KILLS} moments ({killed} in time): finished calls repeated", str(repeated), "none", repeated == 0
    )
    yield Figure("... reruns with other drafts than undisturbed", str(different), "none", different == 0)


def _stored(home: Path) -> int:
    """Answers that a killed process has left in its store."""
    import sqlite3

    if not (home / "smallprint.db").is_file():
        return 0
    with sqlite3.connect(home / "smallprint.db") as database:
        try:
            found: int = database.execute("select count(*) from answers").fetchone()[0]
        except sqlite3.OperationalError:  # killed before the tables were there
            return 0
    return found
