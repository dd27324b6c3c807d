"""Registry files as plain data, and the line of any entry for the error that names it."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from smallprint.errors import RegistryError

Path_ = tuple[str | int, ...]  # keys and indices from the file's root to an entry

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Loader):  # type: ignore[misc]
    """Loads plain data, and takes a key that stands twice in one mapping for the mistake that it is."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        loaded: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        if len(loaded) != len(node.value):
            keys = [key.value for key, _ in node.value]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} stands twice", node.start_mark)
        return loaded


def read(path: Path) -> tuple[dict[str, Any], str]:
    """The mapping in a YAML file, and the file's text.

    Raises:
        RegistryError: the file is missing, is not YAML, or is no mapping.

    """
    try:
        text = path.read_text(encoding="utf-8")
        loaded = yaml.load(text, Loader=_Strict)  # noqa: S506 -- a safe loader
    except OSError as error:
        raise RegistryError(path.name, "-", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RegistryError(path.name, "-", f"is not UTF-8 text: {error.reason}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise RegistryError(path.name, "-", f"line {mark.line + 1}: {problem}" if mark else problem) from error
    if not isinstance(loaded, dict):
        raise RegistryError(path.name, "-", "must be a mapping")
    return loaded, text


def line_of(text: str, path: Path_) -> int:
    """The line, from 1, of the entry at this path; of its nearest ancestor where it does not exist."""
    node = yaml.compose(text, Loader=_Loader)
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
