"""The jurisdictions whose law may apply to a document's provisions, as far as its manifest or its text shows."""

import re

from classifiers.stated_jurisdictions import reach_of
from smallprint.records import Document, Source

# A jurisdiction counts when the document speaks of its people, its law or its courts, not of an office there.
_NAMES = {
    "US": r"United States|\bU\.?S\.?A?\b(?! ?\$)|American Arbitration|Federal Arbitration Act|State of [A-Z]|"
    r"California|Delaware|\bCCPA\b|\bCOPPA\b|\bDMCA\b|New York|JAMS",
    "EU": r"European (?:Economic Area|Union)|\bEEA\b|\bEU\b|\bGDPR\b|General Data Protection Regulation|"
    r"\b(?:Germany|France|Ireland|Spain|Italy|Netherlands|Poland|Luxembourg)\b",
    "UK": r"United Kingdom|\bUK\b|England and Wales|English law",
    "CA": r"\bCanad(?:a|ian)\b|\bPIPEDA\b|Qu[eé]bec",
    "BR": r"\bBrazil(?:ian)?\b|\bLGPD\b",
    "AU": r"\bAustralian?\b",
    "JP": r"\bJapan(?:ese)?\b|\bAPPI\b",
    "KR": r"\b(?:South )?Korean?\b",
    "IN": r"\bIndian?\b(?! Ocean)",
}
_PEOPLE_OR_LAW = (
    r"(?:residents?|reside[ds]?|residing|users?|consumers?|customers?|individuals?|persons?|people|citizens?|located|live|living|"
    r"based|laws?|courts?|rights?|regulation|act|governed|jurisdiction|arbitration)"
)
_MAX_DISTANCE = 60  # characters between a name and the word that makes it count; chosen by eye, about half a line
# Names that count by themselves.
_LAWS_AND_BODIES = {
    "US": r"\bCCPA\b|\bDMCA\b|Federal Arbitration Act|American Arbitration Association",
    "EU": r"\bGDPR\b",
    "UK": r"\bUK GDPR\b",
    "BR": r"\bLGPD\b",
}


def _with_people_or_law(names: str) -> re.Pattern[str]:
    between = rf"[^.\n]{{0,{_MAX_DISTANCE}}}"
    return re.compile(rf"(?:{names}){between}\b(?i:{_PEOPLE_OR_LAW})\b|\b(?i:{_PEOPLE_OR_LAW})\b{between}(?:{names})")


_MENTIONS = {code: _with_people_or_law(names) for code, names in _NAMES.items()}


def applicable_jurisdictions(document: Document, source: Source | None) -> tuple[str, ...]:
    """Registry codes: the manifest's, else those that the text shows, without those it excludes; may be empty."""
    reach = reach_of(document, source)
    if reach.confined_to:
        return reach.confined_to
    mentioned = [code for code in _MENTIONS if _mentions(code, document.text)]
    return tuple(code for code in mentioned if code not in reach.excluded)


def _mentions(code: str, text: str) -> bool:
    law_or_body = _LAWS_AND_BODIES.get(code)
    return bool((law_or_body and re.search(law_or_body, text)) or _MENTIONS[code].search(text))
