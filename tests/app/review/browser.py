"""A browser without scripts: reads the forms of a page, fills them in, presses a button, follows redirects."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from fastapi.testclient import TestClient
from lxml import html


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
        """What a reader sees, in one line."""
        tree = self.tree
        for hidden in tree.xpath("//script|//style|//datalist|//option"):
            hidden.getparent().remove(hidden) if hidden.tail is None else hidden.drop_tree()
        return " ".join(tree.text_content().split())

    def all(self, path: str):
        return self.tree.xpath(path)

    def typed(self, name: str) -> str:
        """What stands in a field that has room for several lines."""
        return self.tree.xpath("string(//textarea[@name=$name])", name=name)

    def form(self, action: str):
        """The first form that goes there."""
        found = [one for one in self.tree.forms if urlsplit(one.get("action") or "").path == action]
        assert found, f"no form to {action} on {self.address}: {[one.get('action') for one in self.tree.forms]}"
        return found[0]


class Browser:
    """Walks the desk."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, address: str) -> Page:
        return self._follow(self.client.get(address))

    def post(self, address: str, fields: list[tuple[str, str]], **headers: str) -> Page:
        sent = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self._follow(self.client.post(address, content=urlencode(fields), headers=sent))

    def send(self, page: Page, action: str, changes: dict[str, Any] | None = None, **headers: str) -> Page:
        """Send a form of a page with some fields changed; a list changes a repeated field, None takes it out."""
        form = page.form(action)
        fields = [(name, value) for name, value in form.form_values() if name]
        for name, value in (changes or {}).items():
            fields = [one for one in fields if one[0] != name]
            values = value if isinstance(value, list) else [] if value is None else [value]
            fields += [(name, str(one)) for one in values]
        return self.post(urljoin(page.address, form.get("action")), fields, **headers)

    def _follow(self, response) -> Page:
        for _ in range(5):
            if response.status_code not in (302, 303):
                break
            response = self.client.get(urljoin(str(response.url), response.headers["location"]))
        return Page(response.status_code, response.url.raw_path.decode(), response.text, response.headers)
