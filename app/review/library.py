"""The documents that people are reading, kept in memory: a derived text never changes, and reading it takes a while."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from threading import Lock

from classifiers.grounding import Grounder
from extractors.fragments import PageWords, page_words
from smallprint.records import Clause, Document, Snapshot, Source
from smallprint.store import Store, documents

_KEPT = 48


@dataclass(frozen=True)
class Volume:
    """A document with what a reviewer needs around it."""

    document: Document
    clauses: tuple[Clause, ...]
    source: Source
    snapshot: Snapshot | None  # the visit that brought these bytes

    @cached_property
    def grounder(self) -> Grounder:
        """Proves quotes from this document."""
        return Grounder(self.document, self.clauses)

    @cached_property
    def words(self) -> PageWords:
        """Its words as browsers find them, for addresses that open the live page at a passage."""
        return page_words(self.document)

    @cached_property
    def by_id(self) -> dict[str, Clause]:
        """Clauses by their ids."""
        return {clause.id: clause for clause in self.clauses}

    @property
    def title(self) -> str:
        """How the document is called."""
        return self.source.title or self.document.title or self.source.origin

    @property
    def heading(self) -> str:
        """Whose document it is, and how it is called."""
        return self.title if self.title.startswith(self.entity) else f"{self.entity} · {self.title}"

    @property
    def file(self) -> str:
        """The name of the file, or the address, that it came from."""
        location = self.source.location
        return location if location.startswith(("http://", "https://")) else PurePath(location).name

    @property
    def entity(self) -> str:
        """Whose document it is; where nobody said, the host or the file that it came from, never a path of a disk."""
        return self.source.entity or self.source.origin


class Library:
    """A bounded cache of volumes, shared by all threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._volumes: OrderedDict[str, Volume] = OrderedDict()
        self._lock = Lock()

    def volume(self, document_id: str) -> Volume | None:
        """The document, from memory or from the store; None for an unknown id."""
        with self._lock:
            found = self._volumes.get(document_id)
            if found is not None:
                self._volumes.move_to_end(document_id)
                return found
        made = self._load(document_id)
        if made is not None:
            with self._lock:
                self._volumes[document_id] = made
                while len(self._volumes) > _KEPT:
                    self._volumes.popitem(last=False)
        return made

    def _load(self, document_id: str) -> Volume | None:
        with self.store.read() as connection:
            stored = documents.find_document(connection, document_id)
        if stored is None:
            return None
        return Volume(stored.document, stored.clauses, stored.source, stored.snapshot)
