"""Registry files as plain data, and the line of any entry for the error that names it."""

from pathlib import Path
from typing import Any, NoReturn

import yaml

from smallprint.errors import RegistryError

Path_ = tuple[str | int, ...]  # keys and indices from the file's root to an entry

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMPTY = frozenset({"", "~", "null"})


def read(path: Path) -> tuple[dict[str, Any], str]:
    """The mapping in a YAML file, and the file's text.

    Every scalar is text, whatever it looks like, save null: 13 is not a number here, 4.10 not 4.1, NO not false.

    Raises:
        RegistryError: the file is missing, is not YAML, or is no mapping; or a key stands twice in one mapping.

    """
    try:
        text = path.read_text(encoding="utf-8")
        builder = _Builder(path.name)
        for event in yaml.parse(text, Loader=_Parser):
            builder.take(event)
    except OSError as error:
        raise RegistryError(path.name, "-", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RegistryError(path.name, "-", f"is not UTF-8 text: {error.reason}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise RegistryError(path.name, "-", f"line {mark.line + 1}: {problem}" if mark else problem) from error
    if not builder.root or not isinstance(builder.root[0], dict):
        raise RegistryError(path.name, "-", "must be a mapping")
    return builder.root[0], text


class _Builder:
    """Mappings, lists, texts and None from the parser's events, in half the time that its constructor takes."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: list[Any] = []
        self.open_collections: list[Any] = [self.root]
        self.keys: list[str | None] = [None]  # for each open collection the key that waits for its value

    def take(self, event: Any) -> None:  # noqa: ANN401 -- the parser's class depends on how it was built
        """Add what the event opens, closes or holds."""
        is_key = isinstance(self.open_collections[-1], dict) and self.keys[-1] is None
        if isinstance(event, yaml.ScalarEvent):
            if is_key:
                self._key(event)
            else:
                self._put(None if event.implicit[0] and event.value in _EMPTY else event.value)
        elif isinstance(event, yaml.CollectionStartEvent):
            if is_key:
                self._refuse(event, "a key must be text")
            collection: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._put(collection)
            self.open_collections.append(collection)
            self.keys.append(None)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open_collections.pop()
            self.keys.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(event, "references (*) are not allowed")

    def _key(self, event: Any) -> None:  # noqa: ANN401
        if event.value in self.open_collections[-1]:
            self._refuse(event, f"the key {event.value!r} stands twice")
        self.keys[-1] = event.value

    def _put(self, value: Any) -> None:  # noqa: ANN401
        inner = self.open_collections[-1]
        if isinstance(inner, list):
            inner.append(value)
        else:
            inner[self.keys[-1]] = value
            self.keys[-1] = None

    def _refuse(self, event: Any, problem: str) -> NoReturn:  # noqa: ANN401
        raise RegistryError(
            self.file, str(event.value) if hasattr(event, "value") else "-", f"{_line(event)}: {problem}"
        )


def _line(event: Any) -> str:  # noqa: ANN401
    return f"line {event.start_mark.line + 1}"


def line_of(text: str, path: Path_) -> int:
    """The line, from 1, of the entry at this path; of its nearest ancestor where it does not exist."""
    node = yaml.compose(text, Loader=_Parser)
    line = 1
    for step in path:
        child = _child(node, step)
        if child is None:
            break
        line, node = child
    return line


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    return None
