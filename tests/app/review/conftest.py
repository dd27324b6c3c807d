"""The desk as a browser without scripts sees it: forms read from pages and sent back."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.review import passwords
from app.review.desk import create_desk
from smallprint.store import Store, open_store, people, sessions
from tests.app.review.browser import Browser
from tests.databases import KINDS, Databases
from tests.drafts import NOW, fill

PEOPLE = {"Anna": "reviewer", "Ben": "reviewer", "Lea": "lead", "Adam": "admin", "Rita": "read-only"}


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **units: float) -> None:
        self.now += timedelta(**units)


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[Callable[[], PasswordHash]]:
    """The desk's own way of hashing; tests take a quick one, because the real one is slow by intention."""
    real = passwords._hasher
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    passwords._hasher = lambda: quick
    yield real
    passwords._hasher = real


@pytest.fixture
def clock() -> Clock:
    return Clock()


def fill_with_people(store: Store) -> None:
    """Four drafts, and somebody of each role."""
    fill(store)
    with store.write() as connection:
        for name, role in PEOPLE.items():
            people.add_person(connection, name, role, by="test", at=NOW)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The database of a test: each kind in turn, unless its module says otherwise."""
    return request.param


@pytest.fixture
def store(kind: str, databases: Databases) -> Iterator[Store]:
    with databases.copy(kind, fill_with_people) as url:
        opened = open_store(url)
        yield opened
        opened.close()


@pytest.fixture
def browse(store: Store, clock: Clock):
    """Browsers of people who have signed in, or of a guest."""
    desk = create_desk(store, clock=clock)

    def browser(name: str | None = None) -> Browser:
        client = TestClient(desk, base_url="http://desk.example", follow_redirects=False, raise_server_exceptions=True)
        if name is not None:
            with store.write() as connection:
                client.cookies.set(
                    "smallprint", sessions.start_session(connection, name, clock()), domain="desk.example"
                )
        return Browser(client)

    return browser


@pytest.fixture
def anna(browse) -> Browser:
    return browse("Anna")


@pytest.fixture
def ben(browse) -> Browser:
    return browse("Ben")
