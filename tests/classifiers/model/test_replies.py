"""A careful reader's stored answer to our own prompt, replayed: its proposals become drafts without a flag."""

from pathlib import Path

import pytest
import yaml

from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.records import Analysis, Document
from tests.classifiers.reading import ask
from tests.fakes import FakeServer, Fault

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = "mossgarth/privacy-policy.txt"
REPLY = (ROOT / "tests" / "golden" / "replies" / "mossgarth-privacy-policy.json").read_text(encoding="utf-8")
GOLD = yaml.safe_load((ROOT / "samples" / "categories.yml").read_text(encoding="utf-8"))[SAMPLE]


@pytest.fixture(scope="module")
def replayed() -> tuple[Document, Analysis]:
    document = extract((ROOT / "samples" / SAMPLE).read_bytes(), source=SAMPLE, media_type="text/plain")
    clauses = cut_clauses(document)
    with FakeServer(faults=lambda _n, _r: Fault(body=lambda _text: REPLY)) as server:
        analysis = ask(server, (document, clauses), window_tokens=6000)
    assert len(server.requests) == 1
    return document, analysis


def test_no_proposal_is_rejected_flagged_or_merged(replayed: tuple[Document, Analysis]) -> None:
    _, analysis = replayed
    assert analysis.rejections == ()
    assert len(analysis.drafts) == 32
    assert [draft.title for draft in analysis.drafts if draft.flags] == []


def test_every_law_and_agency_is_known_and_valid(replayed: tuple[Document, Analysis]) -> None:
    _, analysis = replayed
    laws = [law for draft in analysis.drafts for law in draft.frameworks]
    assert len(laws) > 20
    assert all(law.valid and law.id for law in laws)
    assert all(agency.complaint_url for draft in analysis.drafts for agency in draft.agencies)


def test_the_samples_provisions_are_found(replayed: tuple[Document, Analysis]) -> None:
    document, analysis = replayed
    missed = []
    for provision in GOLD["provisions"]:
        words = " ".join(provision["phrase"].split())
        start = " ".join(document.text.split()).find(words)
        assert start >= 0
        overlapping = [
            draft
            for draft in analysis.drafts
            if draft.category == provision["category"]
            and any(_overlaps(document, span.start, span.end, start, len(words)) for span in draft.evidence)
        ]
        if not overlapping:
            missed.append(provision["phrase"])
    assert len(missed) <= 3, missed


def _overlaps(document: Document, start: int, end: int, phrase_start: int, phrase_length: int) -> bool:
    """Whether evidence and phrase are within a clause's length of each other, white space not counted."""
    low = len(" ".join(document.text[:start].split()))
    high = len(" ".join(document.text[:end].split()))
    return min(high, phrase_start + phrase_length) - max(low, phrase_start) > -300
