"""Where a document says that its service may and may not be used, read from plain statements only.

A law of a jurisdiction whose people a document excludes cannot apply to it; ``citations.applicability`` warns then.
"""

import re

from smallprint.records import Document, Noun, Source

_SENTENCE = re.compile(r"[^.;\n]{20,600}")
_LIMITING_WORD = re.compile(r"\b(?:not|only|solely|exclusively)\b")  # which every pattern below has
_SERVICE = re.compile(r"\b(?:services?|site|websites?|apps?|application|platform|products?)\b", re.IGNORECASE)
# A rule or an offer that does not apply to some people does not exclude them from the service.
_PART_OF_TERMS = re.compile(
    r"\b(?:sections?|clauses?|provisions?|paragraphs?|arbitration|waiver|policy|notice|features?|promotions?|discounts?|rights?|(?:this|the)\s+offers?)\b",
    re.IGNORECASE,
)
_NAMES = {
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
_JURISDICTION = re.compile(
    "|".join(f"(?P<{code.replace('-', '_')}>\\b(?:{names})\\b)" for code, names in _NAMES.items())
)
_ANY_NAME = "|".join(_NAMES.values())
_AND = r"(?:,|\s+or|\s+and|,\s+or|,\s+and)\s+(?:the\s+)?"
_LIST = rf"(?:the\s+)?(?P<list>(?:{_ANY_NAME})\b(?:{_AND}(?:{_ANY_NAME})\b){{0,5}})"
_PEOPLE_OF = (
    r"(?:(?:residents?|persons?|people|users?|individuals?|consumers?|customers?|citizens?|those|anyone|visitors?)\s+"
    r"(?:who\s+)?(?:are\s+)?(?:located\s+|residing\s+|reside\s+|resident\s+|living\s+|live\s+|based\s+)?(?:of|in|from|within)\s+)?"
)
_OFFERED = r"(?:available|intended|directed|offered|marketed|targeted|designed|open|provided)"
_TO = r"\s+(?:for\s+use\s+)?(?:to|for|in|at|by|within)\s+"
_EXCLUDES = (
    re.compile(rf"\bnot\s+(?:currently\s+|yet\s+|be\s+)?{_OFFERED}{_TO}{_PEOPLE_OF}{_LIST}"),
    re.compile(
        rf"\b(?:do|does)\s+not\s+(?:offer|direct|target|market|provide)\b[^.;]{{0,60}}?{_TO}{_PEOPLE_OF}{_LIST}"
    ),
    re.compile(
        rf"\b(?:located|reside|resident|live|based)\s+in\s+{_LIST},?\s+(?:you\s+(?:may|must)\s+not|please\s+do\s+not|do\s+not)\s+(?:use|access)"
    ),
)
_CONFINES = (
    re.compile(rf"\b{_OFFERED}\s+(?:only|solely|exclusively){_TO}{_PEOPLE_OF}{_LIST}"),
    re.compile(rf"\b(?:only|solely|exclusively)\s+{_OFFERED}{_TO}{_PEOPLE_OF}{_LIST}"),
)


class Reach(Noun):
    """Codes of the jurisdictions that a document reaches; empty where it does not say."""

    confined_to: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def stated_reach(text: str) -> Reach:
    """The jurisdictions to which a document confines its service, and those whose people it excludes.

    Reads sentences such as "The Service is not available to residents of the European Economic Area" and "The Site is
    intended only for users in the United States". Linear in the length of the text.
    """
    confined_to: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        if not _LIMITING_WORD.search(sentence):
            continue
        for patterns, codes in ((_CONFINES, confined_to), (_EXCLUDES, excluded)):
            for pattern in patterns:
                statement = pattern.search(sentence)
                # The sentence must be about the service, and not about one of the document's rules.
                if statement and _SERVICE.search(sentence) and not _PART_OF_TERMS.search(sentence):
                    codes.update(dict.fromkeys(_codes_in(statement["list"])))
    return Reach(confined_to=tuple(confined_to), excluded=tuple(code for code in excluded if code not in confined_to))


def reach_of(document: Document, source: Source | None) -> Reach:
    """Where a document applies: as its manifest says, else as its own text does; the manifest overrides the text."""
    stated = stated_reach(document.text)
    declared = source.jurisdictions if source else ()
    excluded = tuple(code for code in stated.excluded if code not in declared)
    return Reach(confined_to=declared or stated.confined_to, excluded=excluded)


def _codes_in(text: str) -> list[str]:
    return [str(match.lastgroup).replace("_", "-") for match in _JURISDICTION.finditer(text)]
