"""Where a document applies, as far as its own words say: the places whose law its provisions may engage."""

import re

from classifiers.places import reach_of
from smallprint.records import Document, Source

# A place counts when the document speaks of its people, its law or its courts, not when it names an office there.
_SIGNS = {
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
_PEOPLE = (
    r"(?:residents?|reside[ds]?|residing|users?|consumers?|customers?|individuals?|persons?|people|citizens?|located|live|living|"
    r"based|laws?|courts?|rights?|regulation|act|governed|jurisdiction|arbitration)"
)
_NEAR = 60  # characters between a place and the word that makes it count
_SURE = {
    "US": r"\bCCPA\b|\bDMCA\b|Federal Arbitration Act|American Arbitration Association",
    "EU": r"\bGDPR\b",
    "UK": r"\bUK GDPR\b",
    "BR": r"\bLGPD\b",
}


def _compiled(places: str) -> re.Pattern[str]:
    near = rf"[^.\n]{{0,{_NEAR}}}"
    return re.compile(rf"(?:{places}){near}\b(?i:{_PEOPLE})\b|\b(?i:{_PEOPLE})\b{near}(?:{places})")


_COUNTS = {place: _compiled(signs) for place, signs in _SIGNS.items()}


def places_of(document: Document, source: Source | None) -> tuple[str, ...]:
    """Registry codes: the manifest's, else those that the text shows, without those it keeps out; may be empty."""
    reach = reach_of(document, source)
    if reach.only:
        return reach.only
    shown = [place for place in _COUNTS if _shows(place, document.text)]
    return tuple(place for place in shown if place not in reach.excluded)


def _shows(place: str, text: str) -> bool:
    sure = _SURE.get(place)
    return bool((sure and re.search(sure, text)) or _COUNTS[place].search(text))
