"""A cache of analyses by a hash of everything that they depend on, so that a second run analyzes nothing."""

import os
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from evals.results import Subject
from smallprint.records import Analysis, Document, Source


class AnalysisCache:
    """A folder with one file per analysis; without a folder, the memory of this process."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.in_memory: dict[str, Analysis] = {}

    def get(self, key: str) -> Analysis | None:
        """The analysis under a key; None where there is none or its file is damaged."""
        if self.folder is None:
            return self.in_memory.get(key)
        try:
            return Analysis.model_validate_json((self.folder / f"{key}.json").read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def put(self, key: str, analysis: Analysis) -> None:
        """Store an analysis; its file appears whole or not at all."""
        if self.folder is None:
            self.in_memory[key] = analysis
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=self.folder, suffix=".part", delete=False, encoding="utf-8") as file:
            file.write(analysis.model_dump_json())
        os.replace(file.name, self.folder / f"{key}.json")  # noqa: PTH105 -- the name is a string


def analysis_key(subject: Subject, document: Document, source: Source, repeat: int = 0) -> str:
    """A hash of who analyzes (model, instructions, code), what is analyzed, and which repeat it is."""
    parts = (subject.model_dump_json(), document.model_dump_json(), source.model_dump_json(), str(repeat))
    return sha256("\n".join(parts).encode()).hexdigest()
