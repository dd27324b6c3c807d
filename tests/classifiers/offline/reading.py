"""Functions that have the offline analyst read a few sentences, or a table of them, for the tests of its rules."""

from pathlib import Path

import yaml

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
    terms = document(*paragraphs, title=title)
    return offline.propose(terms, cut_clauses(terms), load(), source=source)


def only(*paragraphs: str, title: str = "Terms of Service") -> Proposal:
    """The only proposal for these paragraphs."""
    proposals = read_terms(*paragraphs, title=title)
    assert len(proposals) == 1, [(proposal.category, proposal.title) for proposal in proposals]
    return proposals[0]


def table(name: str) -> list[tuple[str, str]]:
    """The sentences of a table beside this file, each with the category that is detected in it."""
    sentences_of = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return [(sentence, category) for category, sentences in sentences_of.items() for sentence in sentences]
