"""Where a document says that its service may and may not be used, read from plain statements only.

A law of a place whose people a document keeps out cannot be engaged by it; ``citations.applicability`` warns then.
"""

import re

from smallprint.records import Document, Noun, Source

_SENTENCE = re.compile(r"[^.;\n]{20,600}")
_LIMITS = re.compile(r"\b(?:not|only|solely|exclusively)\b")  # which every pattern below has
_SERVICE = re.compile(r"\b(?:services?|site|websites?|apps?|application|platform|products?)\b", re.IGNORECASE)
# A rule or an offer that spares some people is not a service that keeps them out.
_PART_OF_TERMS = re.compile(
    r"\b(?:sections?|clauses?|provisions?|paragraphs?|arbitration|waiver|policy|notice|features?|promotions?|discounts?|rights?|(?:this|the)\s+offers?)\b",
    re.IGNORECASE,
)
_PLACES = {
    "EU": r"European\s+Economic\s+Area|EEA|European\s+Union|EU",
    "UK": r"United\s+Kingdom|UK|U\.K\b|Great\s+Britain",
    "US": r"United\s+States(?:\s+of\s+America)?|USA|U\.S\b",
    "US-CA": r"California",
    "US-IL": r"Illinois",
    "US-TX": r"Texas",
    "US-WA": r"Washington\s+State|State\s+of\s+Washington",
    "CA": r"Canada",
    "CA-QC": r"Qu[eé]bec",
    "BR": r"Brazil",
    "AU": r"Australia",
    "JP": r"Japan",
    "KR": r"(?:South\s+)?Korea",
    "IN": r"India",
}
_PLACE = re.compile("|".join(f"(?P<{code.replace('-', '_')}>\\b(?:{names})\\b)" for code, names in _PLACES.items()))
_NAMES = "|".join(_PLACES.values())
_LIST = (
    rf"(?:the\s+)?(?P<places>(?:{_NAMES})\b(?:(?:,|\s+or|\s+and|,\s+or|,\s+and)\s+(?:the\s+)?(?:{_NAMES})\b){{0,5}})"
)
_WHO = (
    r"(?:(?:residents?|persons?|people|users?|individuals?|consumers?|customers?|citizens?|those|anyone|visitors?)\s+"
    r"(?:who\s+)?(?:are\s+)?(?:located\s+|residing\s+|reside\s+|resident\s+|living\s+|live\s+|based\s+)?(?:of|in|from|within)\s+)?"
)
_OPEN = r"(?:available|intended|directed|offered|marketed|targeted|designed|open|provided)"
_TO = r"\s+(?:for\s+use\s+)?(?:to|for|in|at|by|within)\s+"
_KEEPS_OUT = (
    re.compile(rf"\bnot\s+(?:currently\s+|yet\s+|be\s+)?{_OPEN}{_TO}{_WHO}{_LIST}"),
    re.compile(rf"\b(?:do|does)\s+not\s+(?:offer|direct|target|market|provide)\b[^.;]{{0,60}}?{_TO}{_WHO}{_LIST}"),
    re.compile(
        rf"\b(?:located|reside|resident|live|based)\s+in\s+{_LIST},?\s+(?:you\s+(?:may|must)\s+not|please\s+do\s+not|do\s+not)\s+(?:use|access)"
    ),
)
_CONFINES = (
    re.compile(rf"\b{_OPEN}\s+(?:only|solely|exclusively){_TO}{_WHO}{_LIST}"),
    re.compile(rf"\b(?:only|solely|exclusively)\s+{_OPEN}{_TO}{_WHO}{_LIST}"),
)


class Reach(Noun):
    """What a document says of where it applies; empty where it does not say."""

    only: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def stated_reach(text: str) -> Reach:
    """The places to which a document confines its service, and those whose people it keeps out.

    Reads sentences such as "The Service is not available to residents of the European Economic Area" and "The Site is
    intended only for users in the United States". Linear in the length of the text.
    """
    only: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        if not _LIMITS.search(sentence):
            continue
        for patterns, found in ((_CONFINES, only), (_KEEPS_OUT, excluded)):
            for pattern in patterns:
                said = pattern.search(sentence)
                # What is confined stands before: the service, not a rule about it.
                if said and _SERVICE.search(sentence) and not _PART_OF_TERMS.search(sentence):
                    found.update(dict.fromkeys(_codes(said["places"])))
    return Reach(only=tuple(only), excluded=tuple(code for code in excluded if code not in only))


def reach_of(document: Document, source: Source | None) -> Reach:
    """Where a document applies: as its manifest says, else as its own text does; the manifest has the last word."""
    stated = stated_reach(document.text)
    declared = source.jurisdictions if source else ()
    kept_out = tuple(place for place in stated.excluded if place not in declared)
    return Reach(only=declared or stated.only, excluded=kept_out)


def _codes(text: str) -> list[str]:
    return [str(match.lastgroup).replace("_", "-") for match in _PLACE.finditer(text)]
