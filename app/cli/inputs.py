"""What the user names on the command line -> Sources: files, URLs, folders and manifests (YAML or CSV)."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from extractors.capture.file import is_url
from extractors.capture.media import SUFFIXES
from smallprint.errors import UserError
from smallprint.records import Source

MANIFESTS = frozenset({".yml", ".yaml", ".csv"})
_COLUMNS = (
    "entity",
    "title",
    "terms_type",
    "url",
    "path",
    "language",
    "jurisdictions",
    "published",
    "ignore_robots",
    "render",
)
_SWITCHES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# A manifest is a list of rows of short values: 100,000 documents of 100 characters make 10 MB, an address is below
# 2,000 characters in every browser, and a row holds at most a list.
MAX_MANIFEST_LENGTH, MAX_FIELD_LENGTH, MAX_DEPTH = 10_000_000, 10_000, 4
_ROW_FORM = "a row has entity, title, terms_type, language and either url or path"


def gather(inputs: Iterable[str]) -> list[Source]:
    """One Source per document, in the order given, each location once.

    Raises:
        UserError: an input does not exist, a folder holds nothing readable, a manifest row is wrong (with its line).

    """
    by_location: dict[str, Source] = {}
    for name in inputs:
        for source in _sources(name):
            known = by_location.get(source.location)
            # A manifest knows more of a document than the folder that it lies in.
            if known is None or not (known.entity or known.title):
                by_location[source.location] = source
    return list(by_location.values())


def one_document(location: str, language: str | None = None) -> Source:
    """The source that ``read`` and ``extract`` are given.

    Raises:
        UserError: it is not there, or is something that only ``run`` takes.

    """
    path = Path(location)
    if not is_url(location):
        if not path.exists():
            raise UserError(f"{location}: no such file; URLs start with https://")
        if path.is_dir() or path.suffix.lower() in MANIFESTS:
            kind = "a folder" if path.is_dir() else "a manifest"
            raise UserError(f"{location} is {kind}; 'smallprint run {location}' reads all documents in it")
    return Source(location=_storable(location), language=_language("--language", language))


def _sources(name: str) -> Iterator[Source]:
    path = Path(name)
    if is_url(name):
        yield Source(location=name)
    elif path.is_dir():
        yield from _folder(path)
    elif not path.exists():
        raise UserError(f"{name}: no such file or folder; URLs start with https://")
    elif path.suffix.lower() in MANIFESTS:
        yield from read_manifest(path)
    else:
        yield Source(location=_absolute(path))


def _folder(folder: Path) -> Iterator[Source]:
    """Every file of a readable type, sub-folders included, hidden ones not."""
    files = sorted(path for path in _files(folder) if path.suffix.lower() in SUFFIXES and path.is_file())
    for path in files:
        if not _is_inside(path, folder):
            raise UserError(
                f"{path} is a link that leads out of {folder}; remove it, or name the file that it leads to"
            )
    if not files:
        raise UserError(f"{folder}: no file ends in {', '.join(sorted(SUFFIXES))}")
    for path in files:
        yield Source(location=_absolute(path))


def _files(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UserError(f"{error.filename}: the folder cannot be read ({error.strerror})") from error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith("."))


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a file lies in a folder once all links are followed: a folder may have come from a stranger."""
    return path.resolve().is_relative_to(folder.resolve())


def _absolute(path: Path) -> str:
    """Where a file is, whatever folder a later run is started from: two folders' terms.html are two sources."""
    return _storable(os.path.abspath(path))  # noqa: PTH100 -- Path.absolute keeps 'a/../b'


def _storable(location: str) -> str:
    try:
        location.encode()
    except UnicodeEncodeError:
        readable = location.encode(errors="surrogateescape").decode(errors="backslashreplace")
        raise UserError(f"{readable}: the file's name is not valid Unicode; rename it") from None
    return location


def read_manifest(path: Path) -> list[Source]:
    """The sources that a manifest lists; paths are relative to the manifest.

    Raises:
        UserError: with file, line and field of the first mistake.

    """
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _yaml_rows(path)
    lines: dict[str, int] = {}
    sources = []
    for line, row in rows:
        source = _source(path, line, row)
        if source.location in lines:
            raise UserError(f"{path}:{line}: the same document as in line {lines[source.location]}")
        lines[source.location] = line
        sources.append(source)
    if not sources:
        raise UserError(f"{path}: the manifest lists no document; {_ROW_FORM}")
    return sources


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            # Spreadsheets set to other languages than English separate by semicolons.
            delimiter = max(",;\t", key=head.count)
            reader = csv.DictReader(file, strict=True, delimiter=delimiter)
            for name in reader.fieldnames or ():
                if name not in _COLUMNS:
                    raise UserError(f"{path}:1: unknown column {name!r}; known are {', '.join(_COLUMNS)}")
            line = reader.line_num + 1
            for row in reader:
                if None in row:
                    raise UserError(f"{path}:{line}: more values than columns; quote values that hold {delimiter!r}")
                filled = {name: cell for name, cell in row.items() if cell and cell.strip()}
                if filled:  # a spreadsheet's empty last rows are separators alone
                    yield line, filled
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not in UTF-8; in a spreadsheet, save it as 'CSV UTF-8'") from error
    except csv.Error as error:
        raise UserError(f"{path}:{line}: not CSV: {error}") from error


def _yaml_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        _check_yaml(path, text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UserError(f"{where}: not YAML: {getattr(error, 'problem', None) or error}") from error
    if not isinstance(root, yaml.SequenceNode):
        raise UserError(f"{path}: a manifest is a list of documents; {_ROW_FORM}")
    for node in root.value:
        line = node.start_mark.line + 1
        try:
            row = yaml.SafeLoader("").construct_document(node)
        except (yaml.YAMLError, ValueError) as error:  # a date that no calendar has, an unknown tag
            raise UserError(f"{path}:{line}: not a row: {getattr(error, 'problem', None) or error}") from error
        if not isinstance(row, dict):
            raise UserError(f"{path}:{line}: not a mapping; {_ROW_FORM}")
        yield line, row


def _check_yaml(path: Path, text: str) -> None:
    """Refuse what no manifest needs and what can grow without end: aliases, deep nesting, huge scalars.

    Raises:
        UserError: with the line.
        YAMLError: it is not YAML.

    """
    import yaml

    if len(text) > MAX_MANIFEST_LENGTH:
        raise UserError(f"{path}: a manifest of {len(text):,} characters; at most {MAX_MANIFEST_LENGTH:,} are read")
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        where = f"{path}:{event.start_mark.line + 1 if event.start_mark else 1}"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UserError(f"{where}: anchors and aliases are not read; write the value where it belongs")
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > MAX_FIELD_LENGTH:
            raise UserError(
                f"{where}: a value of {len(event.value):,} characters; at most {MAX_FIELD_LENGTH:,} are read"
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise UserError(f"{where}: nested {depth} deep; {_ROW_FORM}")


def _source(path: Path, line: int, row: Mapping[str, Any]) -> Source:
    where = f"{path}:{line}"
    for name in row:
        if name not in _COLUMNS:
            raise UserError(f"{where}: unknown field {name!r}; known are {', '.join(_COLUMNS)}")
    url, local = row.get("url"), row.get("path")
    if bool(url) == bool(local):
        raise UserError(f"{where}: give either url or path{', not both' if url else ''}")
    if url and not is_url(str(url)):
        raise UserError(f"{where}: url: {url!r} does not start with https:// or http://")
    if local and not (path.parent / str(local)).is_file():
        raise UserError(f"{where}: path: there is no file {path.parent / str(local)}")
    if local and not _is_inside(path.parent / str(local), path.parent):
        raise UserError(f"{where}: path: {local} leads out of the manifest's folder; put the manifest above its files")
    return Source(
        location=str(url) if url else _absolute(path.parent / str(local)),
        entity=_text(row, "entity"),
        title=_text(row, "title"),
        terms_type=_text(row, "terms_type"),
        language=_language(f"{where}: language", row.get("language")),
        jurisdictions=_jurisdictions(row.get("jurisdictions")),
        published=_text(row, "published"),
        ignore_robots=_switch(where, row, "ignore_robots"),
        render=_switch(where, row, "render"),
    )


def _language(where: str, code: object) -> str | None:
    if code is None:
        return None
    if not (isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha()):
        raise UserError(f"{where}: {code!r} is not a two-letter code such as en")
    return code.lower()


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return None if value in (None, "") else str(value).strip()


def _switch(where: str, row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name)
    if value is None:
        return False
    switch = _SWITCHES.get(str(value).strip().lower())
    if switch is None:
        raise UserError(f"{where}: {name}: {value!r} is neither true nor false")
    return switch


def _jurisdictions(value: object) -> tuple[str, ...]:
    """A YAML list, or a CSV cell with codes between commas, semicolons or spaces."""
    if not value:
        return ()
    parts = value if isinstance(value, list) else str(value).replace(";", " ").replace(",", " ").split()
    return tuple(str(part).strip().upper() for part in parts)
