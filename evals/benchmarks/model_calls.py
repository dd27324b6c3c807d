"""What reading by a model takes and survives, measured against a fake server: tokens, calls, time, failures, kills.

Run ``python -m evals.benchmarks.model_calls --data ../shared/data``. Ten real documents of 30-60 kB, the product's
default settings. The fake server is that of the tests, so this runs in the repository and not from the wheel.
"""

import argparse
import asyncio
import heapq
import importlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers import retry
from classifiers.tokens import count_tokens
from classifiers.work import MemoryAnswers
from evals.benchmarks.model_work import Text, analyze_all, bench_settings, read_folder
from smallprint.records import Analysis, Usage

_SMALLEST, _LARGEST, _DOCUMENTS = 30_000, 60_000, 10
_AT_ONCE = 10
_KILLS = 20


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``bound`` is the figure to keep, as a predicate and in words."""

    name: str
    value: str
    bound: str = ""
    kept: bool = True

    def line(self) -> str:
        """Name, value, bound, and whether it is kept."""
        state = ("ok" if self.kept else "MISSED") if self.bound else ""
        return f"{self.name:58} {self.value:>22}  {self.bound:26} {state}"


def at_most(name: str, value: float, bound: float, form: str = ".2f") -> Figure:
    """A figure that must not be larger."""
    return Figure(name, format(value, form), f"at most {bound:g}", value <= bound)


def choose_documents(data: Path, into: Path) -> list[Path]:
    """Copy the latest versions of ten documents of the right size, terms and policies in turn, into a folder."""
    latest: dict[str, Path] = {}
    with (data / "versions" / "manifest.jsonl").open(encoding="utf-8") as manifest:
        for line in manifest:
            file = data / "versions" / json.loads(line)["file"]
            latest[str(file.parent)] = file
    fit = [file for _, file in sorted(latest.items()) if _SMALLEST <= file.stat().st_size <= _LARGEST]
    step = max(1, len(fit) // _DOCUMENTS)
    chosen = fit[::step][:_DOCUMENTS]
    return [Path(shutil.copy(file, into / f"{n:02}.md")) for n, file in enumerate(chosen)]


def fakes() -> Any:  # noqa: ANN401 -- the tests' module, which is not typed
    """The tests' fake server and its faults."""
    return importlib.import_module("tests.fakes")


def ask(server: Any, texts: Sequence[Text], answers: MemoryAnswers | None = None, **changes: Any) -> list[Analysis]:  # noqa: ANN401
    """Analyze the texts at once against a server of this process."""
    stored = MemoryAnswers() if answers is None else answers
    return asyncio.run(analyze_all(texts, bench_settings(server.base_url, **changes), stored))


def total(analyses: Sequence[Analysis]) -> Usage:
    """The bill of all."""
    return sum((analysis.usage for analysis in analyses), Usage())


def drafts_of(analyses: Sequence[Analysis]) -> list[str]:
    """Ids of all drafts, in order."""
    return [draft.id for analysis in analyses for draft in analysis.drafts]


def covered(analyses: Sequence[Analysis], texts: Sequence[Text]) -> float:
    """Least share of a document's text that was analyzed or found empty."""
    return min(one.ledger(clauses).characters_covered for one, (_, clauses) in zip(analyses, texts, strict=True))


def proven(analyses: Sequence[Analysis], texts: Sequence[Text]) -> bool:
    """Whether every quotation is its document's own words."""
    return all(
        document.text[one.start : one.end] == one.text
        for analysis, (document, _) in zip(analyses, texts, strict=True)
        for draft in analysis.drafts
        for one in draft.evidence
    )


def tokens_and_calls(texts: Sequence[Text]) -> Iterator[Figure]:
    """What a first reading asks, of a server that bills by its own tokenizer."""
    tokenize = fakes().tokens
    answers = MemoryAnswers()
    with fakes().FakeServer() as server:
        analyses = ask(server, texts, answers)
    usage = total(analyses)
    size = sum(tokenize(document.text) for document, _ in texts)
    shared = usage.input_tokens - 0.9 * usage.cached_input_tokens
    yield at_most("prompt tokens a document token", usage.input_tokens / size, 2.2)
    yield at_most("the same, a shared prefix counting a tenth", shared / size, 1.35)
    yield Figure(
        "calls", str(usage.calls), f"at most {size // 2500 + len(texts)}", usage.calls <= size / 2500 + len(texts)
    )
    quotes = output = 0
    for body in answers.bodies.values():
        output += tokenize(body["text"])
        quotes += sum(tokenize(one["quote"]) for one in json.loads(body["text"])["provisions"])
    yield at_most("share of quotes in the output tokens, of the fake's answers", quotes / output, 0.15, ".1%")
    estimated = sum(count_tokens(document.text) for document, _ in texts)
    yield Figure("our estimate of document tokens against the bill", f"{estimated / size - 1:+.1%}")


def ideal(seconds: Sequence[float], at_once: int) -> float:
    """The shortest time in which so many at once answer all: longest first, each to the first place that is free."""
    places = [0.0] * at_once
    for one in sorted(seconds, reverse=True):
        heapq.heappushpop(places, places[0] + one)
    return max(places)


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
    module = "evals.benchmarks.model_work"
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
            best = ideal(stats(address)["seconds"][1:], _AT_ONCE)  # without the call that warms up
        yield Figure(
            f"wall time, {name}",
            f"{result['wall']:.2f} s of {best:.2f}",
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


def cut_off(texts: Sequence[Text], clean: list[str]) -> Iterator[Figure]:
    """Every tenth answer cut off at the token limit."""
    with fakes().FakeServer(faults=fakes().every(10, fakes().FAULTS["cut off at the token limit"])) as server:
        analyses = ask(server, texts)
    lost = len(set(clean) - set(drafts_of(analyses)))
    yield Figure("every tenth answer cut off: findings lost", f"{lost} of {len(clean)}", "none", lost == 0)


def outage(texts: Sequence[Text]) -> Iterator[Figure]:
    """The server goes away after thirty answers; the work is then run again."""
    answers = MemoryAnswers()
    module = fakes()
    down = module.error(503, "down for maintenance")
    with module.FakeServer(faults=lambda n, _request: module.OK if n < 30 else down) as server:
        ask(server, texts, answers, max_attempts=2, window_tokens=3000)
    kept = len(answers.bodies)
    with module.FakeServer() as server:
        again = total(ask(server, texts, answers))
    yield Figure(
        "outage after 30 calls, rerun: paid twice",
        str(30 - again.cached_calls),
        "none",
        again.cached_calls == kept == 30,
    )


_CLASSES = (
    "429 with Retry-After",
    "500",
    "503",
    "slow",
    "dropped connection",
    "truncated JSON",
    "unknown category",
    "fabricated quote",
    "refusal",
)


def failures(texts: Sequence[Text], calls: int) -> Iterator[Figure]:
    """A tenth of the calls failing, each class in turn."""
    for name in _CLASSES:
        chance = random.Random(7)  # noqa: S311 -- the same failures every time
        module = fakes()
        fault = module.FAULTS[name]

        def tenth(
            _n: int, _request: object, chance: random.Random = chance, fault: object = fault, fine: object = module.OK
        ) -> object:
            return fault if chance.random() < 0.1 else fine

        with module.FakeServer(faults=tenth) as server:
            analyses = ask(server, texts, timeout=1.0)
        share = covered(analyses, texts)
        # A refused window is read in parts, whatever that costs.
        cheap = name == "refusal" or total(analyses).calls <= 1.3 * calls
        kept = share == 1.0 and proven(analyses, texts) and cheap
        value = f"{share:.0%}, {total(analyses).calls / calls:.2f} x calls"
        bound = "100%" if name == "refusal" else "100%, at most 1.3 x"
        yield Figure(f"a tenth of the calls meets {name}", value, bound, kept)


def reruns(texts: Sequence[Text]) -> Iterator[Figure]:
    """The same again; with one sentence edited; with a clause inserted at the top."""
    answers = MemoryAnswers()
    edits: dict[str, Callable[[str], str]] = {
        "unchanged rerun: calls": lambda text: text,
        "one sentence edited: most calls of a document": edit_a_sentence,
        "a clause inserted at the top: most calls of a document": lambda text: (
            f"These terms replace all others.\n\n{text}"
        ),
    }
    from extractors import extract
    from extractors.clauses import cut_clauses

    with fakes().FakeServer() as server:
        ask(server, texts, answers)
        for name, edit in edits.items():
            most = 0
            for document, _ in texts:
                changed = extract(edit(document.text).encode(), source=document.source, media_type="text/plain")
                plain = extract(document.text.encode(), source=document.source, media_type="text/plain")
                ask(server, [(plain, cut_clauses(plain))], answers)
                most = max(most, total(ask(server, [(changed, cut_clauses(changed))], answers)).calls)
            bound = 0 if "unchanged" in name else 2
            yield Figure(name, str(most), f"at most {bound}", most <= bound)


def edit_a_sentence(text: str) -> str:
    """A word more in a sentence in the middle."""
    at = text.index(" the ", len(text) // 2)
    return f"{text[:at]} from now on{text[at:]}"


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


SECTIONS = ("tokens", "schedule", "memory", "failures", "reruns", "kills")


def figures(data: Path, sections: Sequence[str]) -> Iterator[Figure]:
    """The chosen sections' figures as they are measured."""
    retry._FIRST_WAIT = 0.05  # noqa: SLF001 -- how long we wait is no figure here, and the fake server needs no rest
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        folder = scratch / "documents"
        folder.mkdir()
        choose_documents(data, folder)
        texts = read_folder(folder)
        yield Figure("documents, characters", f"{len(texts)}, {sum(len(d.text) for d, _ in texts):,}")
        if "tokens" in sections:
            yield from tokens_and_calls(texts)
        if "schedule" in sections:
            yield from schedule(folder, scratch)
        if "failures" in sections:
            with fakes().FakeServer() as server:
                clean = ask(server, texts)
            yield from cut_off(texts, drafts_of(clean))
            yield from outage(texts)
            yield from failures(texts, total(clean).calls)
        if "reruns" in sections:
            yield from reruns(texts)
        if "kills" in sections:
            yield from kills(folder, scratch)
        if "memory" in sections:
            yield from memory(folder, scratch)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table as it is measured; exit code 1 where a figure is missed, 2 where the data is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds versions/")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="a section; default: all")
    options = parser.parse_args(arguments)
    if not (options.data / "versions" / "manifest.jsonl").is_file():
        sys.stderr.write(f"{options.data} has no versions/manifest.jsonl\n")
        return 2
    missed = 0
    started = time.monotonic()
    for figure in figures(options.data, options.only or SECTIONS):
        missed += not figure.kept
        print(figure.line(), flush=True)
    print(f"{missed} figures missed; measured in {time.monotonic() - started:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
