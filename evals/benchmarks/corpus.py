"""Real documents for the benchmarks: the newest version of each document of ``versions/``, cut into clauses."""

import json
from pathlib import Path
from typing import NamedTuple

from smallprint.records import Clause, Document


class CutDocument(NamedTuple):
    """A document with its clauses."""

    document: Document
    clauses: tuple[Clause, ...]


def newest_versions(data: Path) -> dict[str, Path]:
    """The file of the newest version of each document of ``data/versions``, by name, in the order of the names.

    Raises:
        FileNotFoundError: the folder has no versions/manifest.jsonl.

    """
    newest: dict[str, Path] = {}
    with (data / "versions" / "manifest.jsonl").open(encoding="utf-8") as manifest:
        for line in manifest:
            file = json.loads(line)["file"]
            newest[file.rpartition("/")[0]] = data / "versions" / file  # the newest is listed last
    return dict(sorted(newest.items()))
