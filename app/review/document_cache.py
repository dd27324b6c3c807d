"""The documents that people are reading, kept in memory: a stored text never changes, and loading it takes a while."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from threading import Lock

from classifiers.grounding import Grounder
from extractors.fragments import PageWords, page_words
from smallprint.records import Clause, Document, Snapshot, Source
from smallprint.store import Store, documents

MAX_DOCUMENTS = 48  # held in memory; chosen, not measured: a few dozen documents are open at a time


@dataclass(frozen=True)
class LoadedDocument:
    """A document with its clauses, its source and the capture that it was read from."""

    document: Document
    clauses: tuple[Clause, ...]
    source: Source
    snapshot: Snapshot | None  # the capture that brought these bytes

    @cached_property
    def grounder(self) -> Grounder:
        """Proves quotes from this document."""
        return Grounder(self.document, self.clauses)

    @cached_property
    def page_words(self) -> PageWords:
        """Its words as browsers find them, for addresses that open the live page at a passage."""
        return page_words(self.document)

    @cached_property
    def clause_by_id(self) -> dict[str, Clause]:
        """Clauses by their ids."""
        return {clause.id: clause for clause in self.clauses}

    @property
    def title(self) -> str:
        """The document's name."""
        return self.source.title or self.document.title or self.source.origin

    @property
    def heading(self) -> str:
        """Whose document it is, and its name."""
        return self.title if self.title.startswith(self.entity) else f"{self.entity} · {self.title}"

    @property
    def file(self) -> str:
        """The name of the file, or the address, that it came from."""
        location = self.source.location
        return location if location.startswith(("http://", "https://")) else PurePath(location).name

    @property
    def entity(self) -> str:
        """The company; where none is stated, the host or the file name that the text came from, never a path."""
        return self.source.entity or self.source.origin


class DocumentCache:
    """A bounded cache of documents, shared by all threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._documents: OrderedDict[str, LoadedDocument] = OrderedDict()
        self._lock = Lock()

    def load(self, document_id: str) -> LoadedDocument | None:
        """The document, from memory or from the store; None for an unknown id."""
        with self._lock:
            cached = self._documents.get(document_id)
            if cached is not None:
                self._documents.move_to_end(document_id)
                return cached
        loaded = self._load(document_id)
        if loaded is not None:
            with self._lock:
                self._documents[document_id] = loaded
                while len(self._documents) > MAX_DOCUMENTS:
                    self._documents.popitem(last=False)
        return loaded

    def _load(self, document_id: str) -> LoadedDocument | None:
        with self.store.read() as connection:
            stored = documents.find_document(connection, document_id)
        if stored is None:
            return None
        return LoadedDocument(stored.document, stored.clauses, stored.source, stored.snapshot)
