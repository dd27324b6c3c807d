"""The registry: categories, frameworks with their citation grammar, agencies and defaults, as files a lawyer can edit.

Loading checks every entry and every reference between entries and stops at the first thing that does not hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from smallprint.errors import RegistryError
from smallprint.records import Noun
from smallprint.registry.checks import Problem, problems
from smallprint.registry.entries import (
    Agency,
    AgencyDefault,
    Category,
    CitationPattern,
    Cues,
    Default,
    Framework,
    name_key,
    reaches,
)
from smallprint.registry.reading import Path_, line_of, read

__all__ = [
    "Agency",
    "AgencyDefault",
    "Category",
    "CitationPattern",
    "Cues",
    "Default",
    "Framework",
    "Registry",
    "load",
    "reaches",
]

FILES = ("taxonomy", "frameworks", "agencies", "defaults")
_FOLDER = Path(__file__).parent
_Entry = TypeVar("_Entry", bound=Noun)
_Named = TypeVar("_Named", Framework, Agency)


class Registry(Noun):
    """Everything that drafts may name, by id and in the files' order."""

    categories: dict[str, Category]
    frameworks: dict[str, Framework]
    agencies: dict[str, Agency]
    defaults: dict[str, tuple[Default, ...]]  # by category
    ambiguous: dict[str, tuple[str, ...]]  # a name that several laws share -> their ids
    spellings: dict[str, tuple[str, ...]]  # a book of law as patterns write it -> other ways to write it
    reviewed: date  # the day to which the frameworks' status notes were checked
    sha256: str  # of the files' content, for provenance

    def __hash__(self) -> int:
        return hash(self.sha256)

    def category(self, id: str) -> Category | None:  # noqa: A002 -- the field's name
        """The category with this id."""
        return self.categories.get(id)

    def framework(self, name: str) -> Framework | None:
        """The framework with this id, name or alias, however it is spelled; citations are citations.py's matter."""
        return self._framework_names.get(name_key(name))

    def agency(self, name: str) -> Agency | None:
        """The agency with this id, name or alias, however it is spelled."""
        return self._agency_names.get(name_key(name))

    def enforcers(self, framework: str) -> tuple[Agency, ...]:
        """The agencies that enforce the framework with this id."""
        return tuple(agency for agency in self.agencies.values() if framework in agency.enforces)

    def defaults_for(
        self, category: str, jurisdictions: Iterable[str], clause: str = "", document: str = ""
    ) -> tuple[Default, ...]:
        """The frameworks that a consumer lawyer would cite for a clause of this category.

        Args:
            category: id.
            jurisdictions: where the document applies: US, US-CA, EU, DE, UK ...
            clause: its text, with what it needs of its list's lead-in.
            document: the whole text; where empty, the clause's.

        """
        reached = tuple(jurisdictions)
        text = document or clause
        return tuple(default for default in self.defaults.get(category, ()) if default.applies(reached, clause, text))

    @cached_property
    def _framework_names(self) -> dict[tuple[str, ...], Framework]:
        return _by_name(self.frameworks.values())

    @cached_property
    def _agency_names(self) -> dict[tuple[str, ...], Agency]:
        return _by_name(self.agencies.values())


def _by_name(entries: Iterable[_Named]) -> dict[tuple[str, ...], _Named]:
    return {name_key(name): entry for entry in entries for name in entry.names}


def load(folder: Path | None = None) -> Registry:
    """The registry in a folder; without one the registry that is shipped, loaded once per process.

    Raises:
        RegistryError: an entry or a reference does not hold; names file, line and key.

    """
    return _load(folder) if folder is not None else _shipped()


@cache
def _shipped() -> Registry:
    return _load(_FOLDER)


def _load(folder: Path) -> Registry:
    loaded = {stem: read(folder / f"{stem}.yml") for stem in FILES}
    files = {stem: _File(f"{stem}.yml", data, text) for stem, (data, text) in loaded.items()}
    categories = dict(files["taxonomy"].grouped())
    frameworks = dict(files["frameworks"].entries("frameworks", Framework))
    agencies = dict(files["agencies"].entries("agencies", Agency))
    defaults = dict(files["defaults"].defaults())
    parts: Any = {
        "categories": categories,
        "frameworks": frameworks,
        "agencies": agencies,
        "defaults": defaults,
        "ambiguous": files["frameworks"].lists("ambiguous"),
        "spellings": files["frameworks"].lists("spellings"),
    }
    for problem in problems(**parts):
        files[problem.file].fail(problem)
    digest = sha256()
    for path in sorted(folder.glob("*.yml")):
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return Registry(**parts, reviewed=files["frameworks"].day("reviewed"), sha256=digest.hexdigest())


def _with(data: Any, **further: str) -> Any:  # noqa: ANN401 -- from YAML
    return {**data, **further} if isinstance(data, dict) else data


class _File:
    """One file's data, and the path of each entry in it."""

    def __init__(self, name: str, data: Mapping[str, Any], text: str) -> None:
        self.name, self.data, self.text = name, data, text
        self.paths: dict[str, Path_] = {}  # by the entry's id

    def entries(self, key: str, model: type[_Entry]) -> Iterator[tuple[str, _Entry]]:
        """The list under a key as (id, model), ids unique."""
        for number, data in enumerate(self._list((key,))):
            yield self._entry((key, number), data, model)

    def grouped(self) -> Iterator[tuple[str, Category]]:
        """The taxonomy: groups of categories."""
        for group in self.mapping("groups"):
            for number, data in enumerate(self._list(("groups", group))):
                path = ("groups", group, number)
                yield self._entry(path, _with(data, group=group), Category)

    def defaults(self) -> Iterator[tuple[str, tuple[Default, ...]]]:
        """Category -> jurisdiction -> entries, flattened per category."""
        for category, by_jurisdiction in self.data.items():
            self.paths[category] = (category,)
            if not isinstance(by_jurisdiction, dict):
                self.stop((category,), "must be a mapping from jurisdiction to entries")
            defaults = [
                self._model(
                    (category, jurisdiction, number),
                    _with(data, category=category, jurisdiction=jurisdiction),
                    Default,
                )
                for jurisdiction in by_jurisdiction
                for number, data in enumerate(self._list((category, jurisdiction)))
            ]
            yield category, tuple(defaults)

    def mapping(self, key: str) -> dict[str, Any]:
        """The mapping under a key; empty where the key is absent."""
        mapping = self.data.get(key) or {}
        if not isinstance(mapping, dict):
            self.stop((key,), "must be a mapping")
        return mapping

    def lists(self, key: str) -> dict[str, tuple[str, ...]]:
        """The mapping from a name to a list of names under a key."""
        return {name: tuple(map(str, self._list((key, name)))) for name in self.mapping(key)}

    def day(self, key: str) -> date:
        """The day under a key."""
        try:
            return date.fromisoformat(str(self.data.get(key)))
        except ValueError:
            self.stop((key,), "must be a day, as in 2026-07-31")

    def _list(self, path: Path_) -> list[Any]:
        node: Any = self.data
        for step in path:
            node = node.get(step) if isinstance(node, dict) else None
        if not isinstance(node, list):
            self.stop(path, "must be a list of entries")
        return node

    def _entry(self, path: Path_, data: Any, model: type[_Entry]) -> tuple[str, _Entry]:  # noqa: ANN401 -- from YAML
        entry = self._model(path, data, model)
        name: str = entry.id  # type: ignore[attr-defined]
        if name in self.paths:
            self.stop(path, f"the id {name!r} stands twice")
        self.paths[name] = path
        return name, entry

    def _model(self, path: Path_, data: Any, model: type[_Entry]) -> _Entry:  # noqa: ANN401 -- from YAML
        try:
            return model.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            self.stop((*path, *first["loc"]), first["msg"], entry=data.get("id") if isinstance(data, dict) else None)

    def stop(self, path: Path_, problem: str, *, entry: str | None = None) -> NoReturn:
        """Raise a RegistryError that names the line; the key begins with the entry's id where it has one."""
        steps = path[2 if path[:1] != ("groups",) else 3 :] if entry else path
        key = ".".join(str(step) for step in ((entry, *steps) if entry else steps))
        # The validator's own account adds nothing to the sentence.
        raise RegistryError(self.name, key, f"line {line_of(self.text, path)}: {problem}") from None

    def fail(self, problem: Problem) -> NoReturn:
        """Raise a RegistryError for a cross-check."""
        fields = tuple(int(step) if step.isdigit() else step for step in problem.field.split(".") if step)
        path = (*self.paths.get(problem.entry, (problem.entry,)), *fields)
        key = ".".join((problem.entry, *(str(step) for step in fields)))
        raise RegistryError(self.name, key, f"line {line_of(self.text, path)}: {problem.text}")
