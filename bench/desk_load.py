"""Measure the review desk under load: fill empty databases, time pages, let crowds decide, kill the desk, verify.

    python -m bench.desk_load                      on SQLite, in a temporary folder
    python -m bench.desk_load URL URL ...          on these empty databases, one after another
    make load                                      on SQLite and on a temporary PostgreSQL

Times of pages are the server's own, from the Server-Timing header. After the pages, 200 people approve one draft at
the same moment, 40 reviewers decide as fast as they can for a minute, and the desk is killed while they work. After
each crowd the audit chain is verified and every confirmed decision is looked up. Exit code 1: a bound was missed.
"""

import argparse
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import httpx

from bench.desk_load_data import CATEGORIES, ENTITIES, LONG_DOCUMENT_DRAFTS, fill
from smallprint.store import Store, audit, history, open_store, people, sessions
from smallprint.store.drafts import stream_drafts
from smallprint.store.records import stream_records

# Server time of a page, 95th percentile: the slowest one took 117 ms (docs/decisions/0020-review-desk.md), the rest is
# for noise of the machine.
MAX_PAGE_MS = 150.0
# Settings of this shell that would have the measured desk talk to other servers.
_FOREIGN_SETTINGS = ("PREFECT_API_URL", "SMALLPRINT_WEBHOOK_URL", "SMALLPRINT_OIDC_ISSUER")


@dataclass(frozen=True)
class Measurement:
    """One figure of a database, with an upper bound or the only value that is right, where there is one."""

    name: str
    value: float
    upper_bound: float | None = None
    expected: int | None = None

    @property
    def missed(self) -> bool:
        """Whether it is beyond its bound."""
        return (self.upper_bound is not None and self.value > self.upper_bound) or (
            self.expected is not None and self.value != self.expected
        )


@dataclass
class CrowdOutcome:
    """What the decisions of a crowd of reviewers came to."""

    confirmed: list[str] = field(default_factory=list)  # ids of the acts that the desk confirmed
    conflicts: int = 0
    errors: Counter[str] = field(default_factory=Counter)  # by HTTP status or exception
    seconds: list[float] = field(default_factory=list)  # that the client waited for each decision


def start_sessions(store: Store, number: int) -> list[str]:
    """Session tokens of so many reviewers, who are added where they are missing."""
    now, tokens = datetime.now(UTC), []
    with store.write() as connection:
        for n in range(number):
            name = f"Reviewer {n}"
            if people.find_person(connection, name) is None:
                people.add_person(connection, name, "reviewer", by="load", at=now)
            tokens.append(sessions.start_session(connection, name, now))
    return tokens


class DeskProcess:
    """``smallprint review`` in a process of its own, and browsers on it."""

    def __init__(self, url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-c", "from app.cli import main; main()", "review", "--port", str(self.port)]
        environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN_SETTINGS}
        self.process = subprocess.Popen(  # noqa: S603 -- our own command
            command, env={**environment, "SMALLPRINT_DATABASE_URL": url}, stdout=subprocess.DEVNULL
        )

    def wait(self) -> None:
        """Wait until the desk answers, half a minute at most."""
        for _ in range(300):
            try:
                self.browser("").get("/sign-in")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the desk does not start")

    def browser(self, token: str) -> httpx.Client:
        """The browser of a reviewer, by session token."""
        transport = httpx.HTTPTransport(verify=False)  # reading the list of authorities 200 times takes seconds
        address = f"http://127.0.0.1:{self.port}"
        return httpx.Client(base_url=address, cookies={"smallprint": token}, timeout=60, transport=transport)

    def processor_seconds(self) -> float:
        """Processor time that the desk has taken so far; nan on systems without /proc."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        except OSError:
            return float("nan")
        fields = stat.rpartition(")")[2].split()  # 11 and 12 are utime and stime, in clock ticks
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_desk(url: str) -> Iterator[DeskProcess]:
    """A desk on this database, stopped at the end."""
    desk = DeskProcess(url)
    try:
        desk.wait()
        yield desk
    finally:
        if desk.process.poll() is None:
            desk.process.terminate()
        desk.process.wait(20)


def field_of(page: str, name: str) -> str:
    """The value of a hidden field; empty where the page has none of this name."""
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    return match[1] if match else ""


# ---- pages


def measure_pages(desk: DeskProcess, token: str, drafts: Sequence[str], rounds: int) -> list[Measurement]:
    """Milliseconds of each kind of page: the server's time, and its process's processor time."""
    chance = random.Random(7)  # noqa: S311 -- a sample, not a secret
    of_long_document, others = drafts[:LONG_DOCUMENT_DRAFTS], drafts[LONG_DOCUMENT_DRAFTS:]
    addresses: dict[str, Callable[[], str]] = {
        "queue": lambda: "/queue",
        "queue, later page": lambda: f"/queue?page={chance.randrange(2, 300)}",
        "queue, filtered": lambda: f"/queue?category={chance.choice(CATEGORIES)}&severity=high",
        "queue, one entity": lambda: f"/queue?entity={chance.choice(ENTITIES)}",
        "search": lambda: f"/queue?q={chance.choice(('arbitration', 'refund fee', 'clause 17 kettle'))}",
        "search, in every draft": lambda: f"/queue?q={chance.choice(('house', 'the company may'))}",
        "next draft": lambda: "/next",
        "draft": lambda: f"/draft/{chance.choice(others or of_long_document)}",
        "draft, long document": lambda: f"/draft/{chance.choice(of_long_document)}",
    }
    measurements = []
    with desk.browser(token) as browser:
        for name, address in addresses.items():
            browser.get(address())
            milliseconds, before = [], desk.processor_seconds()
            for _ in range(rounds):
                answer = browser.get(address())
                if answer.status_code >= 400:
                    raise SystemExit(f"{name}: {answer.status_code}")
                milliseconds.append(float(answer.headers["server-timing"].rpartition("dur=")[2]))
            processor = (desk.processor_seconds() - before) / rounds * 1000
            measurements += [
                Measurement(f"{name}: p95, ms", p95(milliseconds), upper_bound=MAX_PAGE_MS),
                Measurement(f"{name}: processor, ms", processor),
            ]
    return measurements


# ---- crowds


def review_until(browser: httpx.Client, until: float, outcome: CrowdOutcome, lock: threading.Lock, seed: int) -> None:
    """One reviewer: take the next draft, decide, again, until the time is over or the desk is gone."""
    chance = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    with browser:
        while time.monotonic() < until:
            try:
                location = browser.get("/next").headers.get("location", "")
                if not location.startswith("/draft/"):
                    return
                page = browser.get(location.partition("#")[0]).text
                saw, csrf = field_of(page, "saw"), field_of(page, "csrf")
                act = chance.choice(("approve", "approve", "approve", "reject", "second_opinion"))
                started = time.monotonic()
                answer = browser.post(
                    location.partition("?")[0].partition("#")[0],
                    data={"csrf": csrf, "saw": saw, "act": act, "reasons": "misread"},
                )
                waited = time.monotonic() - started
            except httpx.TransportError as error:
                with lock:
                    outcome.errors[type(error).__name__] += 1
                return
            with lock:
                outcome.seconds.append(waited)
                count(answer, outcome)


def count(answer: httpx.Response, outcome: CrowdOutcome) -> None:
    """Add an answer to a decision: confirmed, in conflict, or an error."""
    if answer.status_code == 303:
        match = re.search(r"done=([0-9a-f]+)", answer.headers["location"])
        outcome.confirmed.append(match[1] if match else "")
    elif answer.status_code == 409:
        outcome.conflicts += 1
    else:
        outcome.errors[str(answer.status_code)] += 1


def crowd(browsers: Sequence[httpx.Client], seconds: float, *, kill: Callable[[], None] | None = None) -> CrowdOutcome:
    """All reviewers at once for so many seconds; ``kill`` is called half-way."""
    outcome, lock = CrowdOutcome(), threading.Lock()
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=review_until, args=(browser, until, outcome, lock, seed))
        for seed, browser in enumerate(browsers)
    ]
    for thread in threads:
        thread.start()
    if kill is not None:
        time.sleep(seconds / 2)
        kill()
    for thread in threads:
        thread.join()
    return outcome


def stampede(browsers: Sequence[httpx.Client], draft: str) -> CrowdOutcome:
    """Everybody approves the same draft at the same moment, having seen the same version."""
    outcome, lock, barrier = CrowdOutcome(), threading.Lock(), threading.Barrier(len(browsers))

    def approve(browser: httpx.Client) -> None:
        with browser:
            page = browser.get(f"/draft/{draft}").text
            barrier.wait(300)
            data = {"csrf": field_of(page, "csrf"), "saw": field_of(page, "saw"), "act": "approve"}
            answer = browser.post(f"/draft/{draft}", data=data)
        with lock:
            count(answer, outcome)

    threads = [threading.Thread(target=approve, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


# ---- what the database holds afterwards


def faults(store: Store, confirmed: Sequence[str]) -> list[str]:
    """Everything that is wrong: a broken chain, confirmed decisions that are lost or doubled, drafts without records.

    Args:
        store: the desk's database.
        confirmed: ids of the acts that the desk confirmed.

    """
    with store.read() as connection:
        problems = list(audit.verify_chain(connection).problems)
        decisions = [decision for act in confirmed for decision in history.list_act(connection, act)]
        approved = sum(1 for _ in stream_drafts(connection, status="approved"))
        if approved != sum(1 for _ in stream_records(connection)):
            problems.append("approved drafts and records differ in number")
    versions = Counter((decision.draft_id, decision.version) for decision in {*decisions})
    problems += ["a version was decided twice"] * sum(number > 1 for number in versions.values())
    stored = {decision.act for decision in decisions}
    lost = [act for act in confirmed if act not in stored]
    if lost:
        problems.append(f"{len(lost)} confirmed decisions are lost")
    if len(set(confirmed)) != len(confirmed):
        problems.append("one decision was confirmed twice")
    return problems


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[18] if len(values) > 1 else values[0]


# ---- a run


def summarize(crowd_name: str, outcome: CrowdOutcome, problems: Sequence[str], *, killed: bool) -> list[Measurement]:
    """The figures of a crowd. A desk that is killed may cut each reviewer off once, which is no error."""
    for problem in problems:
        print(f"  {crowd_name}: {problem}", file=sys.stderr, flush=True)
    if outcome.errors:
        print(f"  {crowd_name}: {dict(outcome.errors)}", file=sys.stderr, flush=True)
    errors, slowest = outcome.errors.total(), p95(outcome.seconds) * 1000 if outcome.seconds else 0
    return [
        Measurement(f"{crowd_name}: decisions", len(outcome.confirmed)),
        Measurement(f"{crowd_name}: wait for one, p95, ms", slowest),
        Measurement(f"{crowd_name}: conflicts", outcome.conflicts, expected=0),
        Measurement(f"{crowd_name}: {'cut off' if killed else 'errors'}", errors, expected=None if killed else 0),
        Measurement(f"{crowd_name}: lost, doubled, broken", len(problems), expected=0),
    ]


def measure(url: str, options: argparse.Namespace) -> list[Measurement]:
    """Everything on one empty database."""
    store = open_store(url)
    database = store.engine.dialect.name
    print(f"{database}: filling with {options.drafts:,} drafts", file=sys.stderr, flush=True)
    drafts = fill(store, options.drafts)
    tokens = start_sessions(store, max(options.reviewers, options.at_once))
    reviewers = tokens[: options.reviewers]
    confirmed: list[str] = []
    with running_desk(url) as desk:
        print(f"{database}: pages", file=sys.stderr, flush=True)
        measurements = measure_pages(desk, tokens[0], drafts, options.rounds)
        print(f"{database}: crowds", file=sys.stderr, flush=True)
        outcome = stampede([desk.browser(token) for token in tokens[: options.at_once]], drafts[-1])
        confirmed += outcome.confirmed
        name = f"{options.at_once} at once on one draft"
        measurements += [
            Measurement(f"{name}: done", len(outcome.confirmed), expected=1),
            Measurement(f"{name}: conflicts", outcome.conflicts, expected=options.at_once - 1),
            Measurement(f"{name}: lost, doubled, broken", len(faults(store, confirmed)), expected=0),
        ]
        outcome = crowd([desk.browser(token) for token in reviewers], options.seconds)
        confirmed += outcome.confirmed
        name = f"{options.reviewers} for {options.seconds:.0f} s"
        measurements += summarize(name, outcome, faults(store, confirmed), killed=False)
    with running_desk(url) as desk:
        browsers = [desk.browser(token) for token in reviewers]
        outcome = crowd(browsers, options.seconds / 3, kill=lambda: desk.process.send_signal(signal.SIGKILL))
        confirmed += outcome.confirmed
        measurements += summarize("killed half-way", outcome, faults(store, confirmed), killed=True)
    with running_desk(url) as desk:
        outcome = crowd([desk.browser(token) for token in reviewers], 5)
        confirmed += outcome.confirmed
        measurements += summarize("started again", outcome, faults(store, confirmed), killed=False)
    store.close()
    return measurements


def table(columns: dict[str, list[Measurement]]) -> str:
    """All measurements, a line each, a column for each database; a missed bound is marked with "!"."""
    lines = [f"{'':44}{'bound':>10}" + "".join(f"{name:>14}" for name in columns)]
    for row in zip(*columns.values(), strict=True):
        values = "".join(f"{f'{cell.value:,.0f}' + (' !' if cell.missed else '  '):>14}" for cell in row)
        lines.append(f"{row[0].name:44}{_bound(row[0]):>10}{values}")
    return "\n".join(lines)


def _bound(measurement: Measurement) -> str:
    if measurement.expected is not None:
        return f"{measurement.expected:,}"
    return f"< {measurement.upper_bound:,.0f}" if measurement.upper_bound is not None else ""


def main() -> None:
    """Measure each database, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="*", help="SQLAlchemy URLs of empty databases; 'sqlite': a temporary one")
    parser.add_argument("--drafts", type=int, default=20_000, help="to fill the database with")
    parser.add_argument("--rounds", type=int, default=60, help="pages of each kind")
    parser.add_argument("--reviewers", type=int, default=40, help="people who decide as fast as they can")
    parser.add_argument("--seconds", type=float, default=60, help="how long they do")
    parser.add_argument("--at-once", type=int, default=200, help="people who approve one draft at the same moment")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="smallprint-load-") as folder:
        columns = {}
        for url in options.url or ["sqlite"]:
            database = f"sqlite:///{folder}/load.db" if url == "sqlite" else url
            columns[database.partition(":")[0].partition("+")[0]] = measure(database, options)
    print(table(columns))
    if any(cell.missed for column in columns.values() for cell in column):
        raise SystemExit("a bound is missed (!)")


if __name__ == "__main__":
    main()
