"""The desk under load: ``python -m app.review.load DATABASE_URL`` fills an empty database, measures, kills, verifies.

What is measured: server time of queue and draft pages over 20,000 drafts (the Server-Timing header: the client's own
time does not count); 40 reviewers who decide as fast as they can; 200 decisions at once on one draft; SIGKILL in
the middle of the 40. After each, the audit chain is verified and every decision that was confirmed is looked up.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import quantiles

import httpx
from sqlalchemy import func, select

from app.review.load_data import CATEGORIES, ENTITIES, fill
from smallprint import audit, people_store
from smallprint import tables as t
from smallprint.store import Store, open_store

PORT = 8899
BASE = f"http://127.0.0.1:{PORT}"


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
    with store.write() as c:
        for n in range(number):
            name = f"Reviewer {n}"
            if people_store.person(c, name) is None:
                people_store.add_person(c, name, "reviewer", by="load", at=now)
            made.append(people_store.start_session(c, name, now))
    return made


@contextmanager
def desk(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """The desk in a process of its own, as ``smallprint review`` runs it."""
    command = [sys.executable, "-c", "from app.cli import main; main()", "review", "--port", str(PORT)]
    process = subprocess.Popen(  # noqa: S603 -- our own command
        command, env={**os.environ, "SMALLPRINT_DATABASE_URL": url}, stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            time.sleep(0.2)
            try:
                httpx.get(f"{BASE}/sign-in", timeout=2)
            except httpx.HTTPError:
                continue
            break
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)


def client(token: str) -> httpx.Client:
    """A browser of one reviewer."""
    return httpx.Client(base_url=BASE, cookies={"smallprint": token}, timeout=60)


def field_of(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found.group(1) if found else ""


# ---- pages


def measure_pages(token: str, drafts: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Server milliseconds of each kind of page."""
    chance = random.Random(7)  # noqa: S311 -- a sample, not a secret
    asked: dict[str, Callable[[], str]] = {
        "queue": lambda: "/queue",
        "queue, later page": lambda: f"/queue?page={chance.randrange(2, 300)}",
        "queue, filtered": lambda: f"/queue?category={chance.choice(CATEGORIES)}&severity=high",
        "queue, one entity": lambda: f"/queue?entity={chance.choice(ENTITIES)}",
        "queue, searched": lambda: f"/queue?q={chance.choice(('arbitration', 'refund fee', 'clause 17 kettle'))}",
        "next draft": lambda: "/next",
        "draft": lambda: f"/draft/{chance.choice(drafts)}",
    }
    took: dict[str, list[float]] = {name: [] for name in asked}
    with client(token) as browser:
        browser.get("/queue")
        for _ in range(rounds):
            for name, address in asked.items():
                answer = browser.get(address())
                if answer.status_code >= 400:
                    raise SystemExit(f"{name}: {answer.status_code}")
                took[name].append(float(answer.headers["server-timing"].rpartition("dur=")[2]))
    return took


# ---- crowds


def review_until(token: str, until: float, tally: Tally, lock: threading.Lock, seed: int) -> None:
    """One reviewer: take the next draft, decide, again; a desk that is gone ends the day."""
    chance = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    with client(token) as browser:
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


def crowd(tokens: Sequence[str], seconds: float, *, kill: Callable[[], None] | None = None) -> Tally:
    """All of them at once for so long; ``kill`` is called half-way."""
    tally, lock = Tally(), threading.Lock()
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=review_until, args=(token, until, tally, lock, n)) for n, token in enumerate(tokens)
    ]
    for thread in threads:
        thread.start()
    if kill is not None:
        time.sleep(seconds / 2)
        kill()
    for thread in threads:
        thread.join()
    return tally


def stampede(tokens: Sequence[str], draft: str) -> Tally:
    """Everybody approves the same draft at the same moment, having seen the same version."""
    tally, lock, barrier = Tally(), threading.Lock(), threading.Barrier(len(tokens))

    def one(token: str) -> None:
        with client(token) as browser:
            page = browser.get(f"/draft/{draft}").text
            barrier.wait()
            data = {"csrf": field_of(page, "csrf"), "saw": field_of(page, "saw"), "act": "approve"}
            answer = browser.post(f"/draft/{draft}", data=data)
        with lock:
            count(answer, tally)

    threads = [threading.Thread(target=one, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


# ---- what is held against it afterwards


def findings(store: Store, confirmed: Sequence[str]) -> list[str]:
    """Everything that is wrong: a broken chain, a confirmed decision that is not there, one that is there twice."""
    with store.read() as c:
        wrong = list(audit.verify(c).problems)
        query = select(t.decisions.c.act, func.count()).where(t.decisions.c.by.like("Reviewer %"))
        kept = {row[0]: row[1] for row in c.execute(query.group_by(t.decisions.c.act))}
        same = t.decisions.c.draft_id, t.decisions.c.version
        twice = select(same[0]).group_by(*same).having(func.count() > 1).subquery()
        doubled = select(func.count()).select_from(twice)
        wrong += ["a version was decided twice"] * int(c.execute(doubled).scalar() or 0)
        approved = select(func.count()).select_from(t.drafts).where(t.drafts.c.status == "approved")
        records = select(func.count()).select_from(t.records).where(t.records.c.withdrawn_at.is_(None))
        if c.execute(approved).scalar() != c.execute(records).scalar():
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


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="SQLAlchemy URL of an empty database")
    parser.add_argument("--drafts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=60, help="pages of each kind")
    parser.add_argument("--reviewers", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--at-once", type=int, default=200)
    asked = parser.parse_args()
    store = open_store(asked.url)
    drafts = fill(store, asked.drafts)
    tokens = sessions(store, max(asked.reviewers, asked.at_once))
    confirmed: list[str] = []
    print(f"{store.engine.dialect.name}, {len(drafts):,} drafts", flush=True)
    with desk(asked.url):
        for name, took in measure_pages(tokens[0], drafts, asked.rounds).items():
            print(f"  {name:20} median {sorted(took)[len(took) // 2]:6.1f} ms   p95 {p95(took):6.1f} ms", flush=True)
        tally = stampede(tokens[: asked.at_once], drafts[-1])
        confirmed += tally.confirmed
        said = f"{len(tally.confirmed)} won, {tally.conflicts} conflicts, errors {dict(tally.errors)}"
        print(f"  {asked.at_once} decisions at once on one draft: {said}; {findings(store, confirmed)}", flush=True)
        tally = crowd(tokens[: asked.reviewers], asked.seconds)
        confirmed += tally.confirmed
        report(f"{asked.reviewers} reviewers, {asked.seconds:.0f} s", tally, findings(store, confirmed))
    with desk(asked.url) as process:
        tally = crowd(tokens[: asked.reviewers], 20, kill=lambda: process.send_signal(signal.SIGKILL))
        confirmed += tally.confirmed
        report("SIGKILL half-way", tally, findings(store, confirmed))
    with desk(asked.url):
        tally = crowd(tokens[: asked.reviewers], 5)
        report("and started again", tally, findings(store, confirmed + tally.confirmed))
    store.close()


def report(what: str, tally: Tally, wrong: Sequence[str]) -> None:
    """One line."""
    waited = f", p95 {p95(tally.seconds) * 1000:.0f} ms a decision" if tally.seconds else ""
    said = f"{len(tally.confirmed)} decisions, {tally.conflicts} conflicts, errors {dict(tally.errors)}{waited}"
    print(f"  {what}: {said}; wrong: {list(wrong) or 'nothing'}", flush=True)


if __name__ == "__main__":
    main()
