"""The desk under load: fills empty databases, measures, kills, verifies; ends with 1 where a bound is missed.

    python -m bench.desk_load                      on SQLite, in a temporary folder
    python -m bench.desk_load URL URL ...          on these empty databases, one after another
    make load                                      on SQLite and on a temporary PostgreSQL

Server time is that of the Server-Timing header, so the client's own does not count. Then 200 people decide at once on
one draft, 40 reviewers decide as fast as they can for a minute, and the desk is killed in the middle of them; after
each, the audit chain is verified and every decision that was confirmed is looked up.
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
from sqlalchemy import func, select

from bench.desk_load_data import CATEGORIES, ENTITIES, LONG, fill
from smallprint.store import Store, audit, open_store, people
from smallprint.store import tables as t

MOST_MS = 150.0  # of the server's time for a page, 95th percentile


@dataclass(frozen=True)
class Figure:
    """One figure of a run, with its bound where it has one."""

    what: str
    value: float
    most: float | None = None
    exactly: int | None = None

    @property
    def missed(self) -> bool:
        """Whether it is beyond its bound."""
        return (self.most is not None and self.value > self.most) or (
            self.exactly is not None and self.value != self.exactly
        )


@dataclass
class Tally:
    """What a crowd of reviewers met."""

    confirmed: list[str] = field(default_factory=list)  # acts that the desk said were done
    conflicts: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)  # of each decision, as the client waits


def sessions(store: Store, number: int) -> list[str]:
    """Session tokens of so many reviewers."""
    now, made = datetime.now(UTC), []
    with store.write() as connection:
        for n in range(number):
            name = f"Reviewer {n}"
            if people.person(connection, name) is None:
                people.add_person(connection, name, "reviewer", by="load", at=now)
            made.append(people.start_session(connection, name, now))
    return made


class Desk:
    """``smallprint review`` in a process of its own, and browsers of it."""

    def __init__(self, url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-c", "from app.cli import main; main()", "review", "--port", str(self.port)]
        ours = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        self.process = subprocess.Popen(  # noqa: S603 -- our own command
            command, env={**ours, "SMALLPRINT_DATABASE_URL": url}, stdout=subprocess.DEVNULL
        )

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(300):
            try:
                self.browser("").get("/sign-in")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the desk does not start")

    def browser(self, token: str) -> httpx.Client:
        """A browser of one reviewer."""
        plain = httpx.HTTPTransport(verify=False)  # no list of authorities is read for each of 200 clients
        where = f"http://127.0.0.1:{self.port}"
        return httpx.Client(base_url=where, cookies={"smallprint": token}, timeout=60, transport=plain)

    def processor(self) -> float:
        """Seconds of processor time that it has taken; nan where the system does not tell."""
        try:
            told = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            return float("nan")
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


_ELSEWHERE = ("PREFECT_API_URL", "SMALLPRINT_WEBHOOK_URL", "SMALLPRINT_OIDC_ISSUER")


@contextmanager
def desk(url: str) -> Iterator[Desk]:
    """A running desk."""
    running = Desk(url)
    try:
        running.wait()
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
        running.process.wait(20)


def field_of(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


# ---- pages


def measure_pages(running: Desk, token: str, drafts: Sequence[str], rounds: int) -> list[Figure]:
    """Milliseconds of each kind of page: the server's time, and its process's processor time."""
    chance = random.Random(7)  # noqa: S311 -- a sample, not a secret
    long, others = drafts[:LONG], drafts[LONG:]
    asked: dict[str, Callable[[], str]] = {
        "queue": lambda: "/queue",
        "queue, later page": lambda: f"/queue?page={chance.randrange(2, 300)}",
        "queue, filtered": lambda: f"/queue?category={chance.choice(CATEGORIES)}&severity=high",
        "queue, one entity": lambda: f"/queue?entity={chance.choice(ENTITIES)}",
        "search": lambda: f"/queue?q={chance.choice(('arbitration', 'refund fee', 'clause 17 kettle'))}",
        "search, in every draft": lambda: f"/queue?q={chance.choice(('house', 'the company may'))}",
        "next draft": lambda: "/next",
        "draft": lambda: f"/draft/{chance.choice(others or long)}",
        "draft, long document": lambda: f"/draft/{chance.choice(long)}",
    }
    figures = []
    with running.browser(token) as browser:
        for name, address in asked.items():
            browser.get(address())
            took, before = [], running.processor()
            for _ in range(rounds):
                answer = browser.get(address())
                if answer.status_code >= 400:
                    raise SystemExit(f"{name}: {answer.status_code}")
                took.append(float(answer.headers["server-timing"].rpartition("dur=")[2]))
            cost = (running.processor() - before) / rounds * 1000
            figures += [
                Figure(f"{name}: p95, ms", p95(took), most=MOST_MS),
                Figure(f"{name}: processor, ms", cost),
            ]
    return figures


# ---- crowds


def review_until(browser: httpx.Client, until: float, tally: Tally, lock: threading.Lock, seed: int) -> None:
    """One reviewer: take the next draft, decide, again; a desk that is gone ends the day."""
    chance = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    with browser:
        while time.monotonic() < until:
            try:
                where = browser.get("/next").headers.get("location", "")
                if not where.startswith("/draft/"):
                    return
                page = browser.get(where.partition("#")[0]).text
                saw, csrf = field_of(page, "saw"), field_of(page, "csrf")
                act = chance.choice(("approve", "approve", "approve", "reject", "second_opinion"))
                begun = time.monotonic()
                answer = browser.post(
                    where.partition("?")[0].partition("#")[0],
                    data={"csrf": csrf, "saw": saw, "act": act, "reasons": "misread"},
                )
                waited = time.monotonic() - begun
            except httpx.TransportError as error:
                with lock:
                    tally.errors[type(error).__name__] += 1
                return
            with lock:
                tally.seconds.append(waited)
                count(answer, tally)


def count(answer: httpx.Response, tally: Tally) -> None:
    """Put one answer where it belongs."""
    if answer.status_code == 303:
        found = re.search(r"done=([0-9a-f]+)", answer.headers["location"])
        tally.confirmed.append(found.group(1) if found else "")
    elif answer.status_code == 409:
        tally.conflicts += 1
    else:
        tally.errors[str(answer.status_code)] += 1


def crowd(browsers: Sequence[httpx.Client], seconds: float, *, kill: Callable[[], None] | None = None) -> Tally:
    """All of them at once for so long; ``kill`` is called half-way."""
    tally, lock = Tally(), threading.Lock()
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=review_until, args=(one, until, tally, lock, n)) for n, one in enumerate(browsers)
    ]
    for thread in threads:
        thread.start()
    if kill is not None:
        time.sleep(seconds / 2)
        kill()
    for thread in threads:
        thread.join()
    return tally


def stampede(browsers: Sequence[httpx.Client], draft: str) -> Tally:
    """Everybody approves the same draft at the same moment, having seen the same version."""
    tally, lock, barrier = Tally(), threading.Lock(), threading.Barrier(len(browsers))

    def one(browser: httpx.Client) -> None:
        with browser:
            page = browser.get(f"/draft/{draft}").text
            barrier.wait(300)
            data = {"csrf": field_of(page, "csrf"), "saw": field_of(page, "saw"), "act": "approve"}
            answer = browser.post(f"/draft/{draft}", data=data)
        with lock:
            count(answer, tally)

    threads = [threading.Thread(target=one, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


# ---- what is held against it afterwards


def findings(store: Store, confirmed: Sequence[str]) -> list[str]:
    """Everything that is wrong: a broken chain, a confirmed decision that is not there, one that is there twice."""
    with store.read() as connection:
        wrong = list(audit.verify(connection).problems)
        query = select(t.decisions.c.act, func.count()).where(t.decisions.c.by.like("Reviewer %"))
        kept = {row[0]: row[1] for row in connection.execute(query.group_by(t.decisions.c.act))}
        same = t.decisions.c.draft_id, t.decisions.c.version
        twice = select(same[0]).group_by(*same).having(func.count() > 1).subquery()
        doubled = select(func.count()).select_from(twice)
        wrong += ["a version was decided twice"] * int(connection.execute(doubled).scalar() or 0)
        approved = select(func.count()).select_from(t.drafts).where(t.drafts.c.status == "approved")
        records = select(func.count()).select_from(t.records).where(t.records.c.withdrawn_at.is_(None))
        if connection.execute(approved).scalar() != connection.execute(records).scalar():
            wrong.append("approved drafts and records differ in number")
    lost = [act for act in confirmed if act not in kept]
    if lost:
        wrong.append(f"{len(lost)} confirmed decisions are lost")
    if len(set(confirmed)) != len(confirmed):
        wrong.append("one decision was confirmed twice")
    return wrong


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[18] if len(values) > 1 else values[0]


# ---- a run


def met(what: str, tally: Tally, wrong: Sequence[str], *, killed: bool = False) -> list[Figure]:
    """The figures of a crowd; a desk that is killed may cut each of them off once."""
    for problem in wrong:
        print(f"  {what}: {problem}", file=sys.stderr, flush=True)
    if tally.errors:
        print(f"  {what}: {dict(tally.errors)}", file=sys.stderr, flush=True)
    return [
        Figure(f"{what}: decisions", len(tally.confirmed)),
        Figure(f"{what}: wait for one, p95, ms", p95(tally.seconds) * 1000 if tally.seconds else 0),
        Figure(f"{what}: conflicts", tally.conflicts, exactly=0),
        Figure(f"{what}: {'cut off' if killed else 'errors'}", tally.errors.total(), exactly=None if killed else 0),
        Figure(f"{what}: lost, doubled, broken", len(wrong), exactly=0),
    ]


def measure(url: str, asked: argparse.Namespace) -> list[Figure]:
    """Everything on one empty database."""
    store = open_store(url)
    say = f"{store.engine.dialect.name}: "
    print(f"{say}filling with {asked.drafts:,} drafts", file=sys.stderr, flush=True)
    drafts = fill(store, asked.drafts)
    tokens = sessions(store, max(asked.reviewers, asked.at_once))
    few = tokens[: asked.reviewers]
    confirmed: list[str] = []
    with desk(url) as running:
        print(f"{say}pages", file=sys.stderr, flush=True)
        figures = measure_pages(running, tokens[0], drafts, asked.rounds)
        print(f"{say}crowds", file=sys.stderr, flush=True)
        tally = stampede([running.browser(one) for one in tokens[: asked.at_once]], drafts[-1])
        confirmed += tally.confirmed
        what = f"{asked.at_once} at once on one draft"
        figures += [
            Figure(f"{what}: done", len(tally.confirmed), exactly=1),
            Figure(f"{what}: conflicts", tally.conflicts, exactly=asked.at_once - 1),
            Figure(f"{what}: lost, doubled, broken", len(findings(store, confirmed)), exactly=0),
        ]
        tally = crowd([running.browser(one) for one in few], asked.seconds)
        confirmed += tally.confirmed
        figures += met(f"{asked.reviewers} for {asked.seconds:.0f} s", tally, findings(store, confirmed))
    with desk(url) as running:
        browsers = [running.browser(one) for one in few]
        tally = crowd(browsers, asked.seconds / 3, kill=lambda: running.process.send_signal(signal.SIGKILL))
        confirmed += tally.confirmed
        figures += met("killed half-way", tally, findings(store, confirmed), killed=True)
    with desk(url) as running:
        tally = crowd([running.browser(one) for one in few], 5)
        figures += met("started again", tally, findings(store, confirmed + tally.confirmed))
    store.close()
    return figures


def table(columns: dict[str, list[Figure]]) -> str:
    """All figures, a line each, a column for each database; a missed bound has a mark."""
    lines = [f"{'':44}{'bound':>10}" + "".join(f"{name:>14}" for name in columns)]
    for row in zip(*columns.values(), strict=True):
        one = row[0]
        bound = f"{one.exactly:,}" if one.exactly is not None else f"< {one.most:,.0f}" if one.most is not None else ""
        values = "".join(f"{f'{f.value:,.0f}' + (' !' if f.missed else '  '):>14}" for f in row)
        lines.append(f"{one.what:44}{bound:>10}{values}")
    return "\n".join(lines)


def main() -> None:
    """Measure each database, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="*", help="SQLAlchemy URLs of empty databases; 'sqlite': a temporary one")
    parser.add_argument("--drafts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=60, help="pages of each kind")
    parser.add_argument("--reviewers", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--at-once", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="smallprint-load-") as folder:
        columns = {}
        for url in asked.url or ["sqlite"]:
            where = f"sqlite:///{folder}/load.db" if url == "sqlite" else url
            columns[where.partition(":")[0].partition("+")[0]] = measure(where, asked)
    print(table(columns))
    if any(one.missed for figures in columns.values() for one in figures):
        raise SystemExit("a bound is missed (!)")


if __name__ == "__main__":
    main()
