"""Has the offline analyst read a few sentences, for the tests of its rules."""

from classifiers import offline
from classifiers.proposals import Proposal
from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import Document, Source
from smallprint.registry import load

KETTLES = Source(location="terms.txt", entity="Kestrel Kettles", jurisdictions=("US", "EU", "UK"))


def document(*paragraphs: str, title: str = "Terms of Service", media_type: str = "text/markdown") -> Document:
    text = "\n\n".join([f"# {title}", *paragraphs])
    return extract(text.encode(), source="terms.md", media_type=media_type, language="en")


def read_terms(*paragraphs: str, source: Source | None = KETTLES, title: str = "Terms of Service") -> list[Proposal]:
    """The proposals for a document of these paragraphs."""
    whole = document(*paragraphs, title=title)
    return offline.propose(whole, cut_clauses(whole), load(), source=source)
