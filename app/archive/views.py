"""What the pages between the records show: companies, categories, laws, agencies, levels, each with its records."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.archive.edition import DocumentPage, Edition, RecordPage
from smallprint.registry import Registry
from smallprint.severity import LEVELS

T = TypeVar("T")

STANDING = ("current", "draft")  # states of records that count in tables and comparisons
WORST_FIRST = tuple(reversed(LEVELS))
MAX_NEAREST = 3  # records of other companies that a record page names; the category's page has all


@dataclass(frozen=True)
class Company:
    """A company with what is published of it."""

    name: str
    documents: tuple[DocumentPage, ...]
    records: tuple[RecordPage, ...]  # those that stand, the worst first

    @property
    def levels(self) -> dict[str, int]:
        """How many records of each level, the worst first."""
        return count_levels(self.records)


@dataclass(frozen=True)
class CompanyCell:
    """One company in a category's table."""

    company: Company
    records: tuple[RecordPage, ...]  # the worst first
    absent_from: tuple[DocumentPage, ...]  # documents read whole in which nothing of the category was found

    @property
    def state(self) -> str:
        """``has``, ``absent`` (proven by a whole reading) or ``unknown``."""
        if self.records:
            return "has"
        return "absent" if self.absent_from else "unknown"


@dataclass(frozen=True)
class Views:
    """Everything that the pages look up, worked out once."""

    edition: Edition
    registry: Registry
    companies: tuple[Company, ...]
    record_by_id: Mapping[str, RecordPage]
    document_by_id: Mapping[str, DocumentPage]
    by_category: Mapping[str, tuple[RecordPage, ...]]
    by_law: Mapping[str, tuple[RecordPage, ...]]
    by_agency: Mapping[str, tuple[RecordPage, ...]]
    by_level: Mapping[str, tuple[RecordPage, ...]]

    def category_rows(self, category: str) -> list[CompanyCell]:
        """Every company's row for a category: those that have it first, the worst first, then the unknown."""
        rows = []
        for company in self.companies:
            records = tuple(record for record in company.records if category in categories_of(record))
            absent = tuple(
                document
                for document in company.documents
                if any(absence.category == category for absence in document.absences)
            )
            rows.append(CompanyCell(company, records, absent))
        order = {"has": 0, "absent": 1, "unknown": 2}
        return sorted(rows, key=lambda row: (order[row.state], -_worst(row.records), row.company.name))

    def nearest(self, record: RecordPage) -> list[RecordPage]:
        """The worst record of the same category of each of a few other companies, those of its own level first."""
        level = LEVELS.index(record.draft.severity)
        by_company: dict[str, RecordPage] = {}
        for other in self.by_category.get(record.draft.category, ()):
            if other.entity != record.entity:
                by_company.setdefault(other.entity, other)
        ranked = sorted(
            by_company.values(), key=lambda other: (abs(LEVELS.index(other.draft.severity) - level), other.entity)
        )
        return ranked[:MAX_NEAREST]


def categories_of(record: RecordPage) -> tuple[str, ...]:
    """The primary category, then the others."""
    return (record.draft.category, *record.draft.secondary)


def count_levels(records: Iterable[RecordPage]) -> dict[str, int]:
    """How many records of each level, the worst first, levels without any included."""
    counts = Counter(record.draft.severity for record in records)
    return {level: counts[level] for level in WORST_FIRST}


def build_views(edition: Edition, registry: Registry) -> Views:
    """The lookups of an edition."""
    standing = [record for record in edition.records if record.state in STANDING]
    names = sorted({document.entity for document in edition.documents}, key=str.casefold)
    documents = _grouped(edition.documents, lambda document: (document.entity,))
    records = _grouped(standing, lambda record: (record.entity,))
    return Views(
        edition=edition,
        registry=registry,
        companies=tuple(Company(name, documents[name], records.get(name, ())) for name in names),
        record_by_id={record.id: record for record in edition.records},
        document_by_id={document.id: document for document in edition.documents},
        by_category=_grouped(standing, categories_of),
        by_law=_grouped(standing, lambda record: tuple(law.id for law in record.draft.frameworks if law.id)),
        by_agency=_grouped(standing, lambda record: tuple(agency.id for agency in record.draft.agencies if agency.id)),
        by_level=_grouped(standing, lambda record: (record.draft.severity,)),
    )


def _grouped(members: Iterable[T], keys: Callable[[T], Sequence[str]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for member in members:
        for key in dict.fromkeys(keys(member)):
            groups.setdefault(key, []).append(member)
    return {key: tuple(group) for key, group in groups.items()}


def _worst(records: Sequence[RecordPage]) -> int:
    return max((LEVELS.index(record.draft.severity) for record in records), default=-1)
