"""A served desk and Chromium to look at it, for the tests of what people see and press."""

import shutil
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from app.review.desk import create_desk
from smallprint.store import drafts, open_store, people, sessions
from tests.app.review.conftest import Clock
from tests.drafts import NOW, fill

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt install chromium)")

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as started:
        # --no-sandbox: the tests may run as root in a container, on pages of our own only.
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Served:
    """A desk on a port of this machine, and browsers on its pages."""

    def __init__(self, store, clock, chromium, **options) -> None:
        self.store, self.clock, self.chromium = store, clock, chromium
        self.contexts: list = []
        config = uvicorn.Config(create_desk(store, clock=clock, **options), port=0, log_level="error")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        while not self.server.started:
            self.thread.join(0.02)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"

    def page(self, name: str | None = None, **options):
        """A page in a browser of its own, signed in as somebody."""
        context = self.chromium.new_context(
            base_url=self.base, **{"viewport": {"width": 1400, "height": 900}, **options}
        )
        context.set_default_timeout(10_000)
        if name is not None:
            with self.store.write() as connection:
                token = sessions.start_session(connection, name, self.clock())
            context.add_cookies([{"name": "smallprint", "value": token, "url": self.base}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the script failed: {error}"))
        return page

    def standing(self, draft):
        with self.store.read() as connection:
            return drafts.find_standing(connection, draft.id)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture
def kind(request) -> str:
    """The kind of database: SQLite, where a test does not ask for both."""
    return getattr(request, "param", "sqlite")


def fill_with_a_password(store) -> None:
    """Four drafts and three people, of whom Anna has a password."""
    from app.review.passwords import hash_password

    fill(store)
    with store.write() as connection:
        for name, role in (("Anna", "reviewer"), ("Ben", "reviewer"), ("Lea", "lead")):
            password = hash_password(PASSWORD) if name == "Anna" else None
            people.add_person(connection, name, role, by="test", at=NOW, password=password)


@pytest.fixture
def served(kind, databases, chromium) -> Iterator[Served]:
    with databases.copy(kind, fill_with_a_password) as url:
        store = open_store(url)
        running = Served(store, Clock(), chromium)
        yield running
        running.close()
        store.close()


def at_draft(page, draft) -> None:
    page.wait_for_url(f"**/draft/{draft.id}*")
    page.wait_for_selector("#decision")
    page.wait_for_load_state()
