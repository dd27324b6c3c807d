"""A browser without scripts: reads the forms of a page, fills them in, presses a button, follows redirects."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from fastapi.testclient import TestClient
from lxml import html

from smallprint.review import Standing
from smallprint.store import Store, drafts
from tests.drafts import REFUND


@dataclass
class Page:
    """A page that was loaded."""

    status: int
    address: str
    source: str
    headers: Any

    @property
    def tree(self):
        return html.fromstring(self.source)

    @property
    def text(self) -> str:
        """The visible text, in one line."""
        tree = self.tree
        for hidden in tree.xpath("//script|//style|//datalist|//option"):
            hidden.getparent().remove(hidden) if hidden.tail is None else hidden.drop_tree()
        return " ".join(tree.text_content().split())

    def all(self, path: str):
        return self.tree.xpath(path)

    def text_area(self, name: str) -> str:
        """The content of a text area."""
        return self.tree.xpath("string(//textarea[@name=$name])", name=name)

    def form(self, action: str):
        """The first form that goes there."""
        forms = {urlsplit(form.get("action") or "").path: form for form in reversed(self.tree.forms)}
        assert action in forms, f"no form to {action} on {self.address}: {sorted(forms)}"
        return forms[action]


class Browser:
    """Walks the desk."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, address: str) -> Page:
        return self._follow(self.client.get(address))

    def post(self, address: str, fields: list[tuple[str, str]], **headers: str) -> Page:
        headers = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self._follow(self.client.post(address, content=urlencode(fields), headers=headers))

    def send(self, page: Page, action: str, changes: dict[str, Any] | None = None, **headers: str) -> Page:
        """Send a form of a page with some fields changed; a list changes a repeated field, None takes it out."""
        form = page.form(action)
        fields = [(name, value) for name, value in form.form_values() if name]
        for name, value in (changes or {}).items():
            fields = [field for field in fields if field[0] != name]
            values = value if isinstance(value, list) else [] if value is None else [value]
            fields += [(name, str(text)) for text in values]
        return self.post(urljoin(page.address, form.get("action")), fields, **headers)

    def _follow(self, response) -> Page:
        for _ in range(5):
            if response.status_code not in (302, 303):
                break
            response = self.client.get(urljoin(str(response.url), response.headers["location"]))
        return Page(response.status_code, response.url.raw_path.decode(), response.text, response.headers)


ADDRESS = f"/draft/{REFUND.id}"


def decide(browser: Browser, action: str, draft=REFUND, page: Page | None = None, **changes) -> Page:
    """Send the form of a draft's page, loaded now unless ``page`` was loaded before, with some fields changed."""
    page = page or browser.get(f"/draft/{draft.id}")
    return browser.send(page, f"/draft/{draft.id}", {"act": action, **changes})


def standing(store: Store, draft=REFUND) -> Standing:
    with store.read() as connection:
        return drafts.find_standing(connection, draft.id)
