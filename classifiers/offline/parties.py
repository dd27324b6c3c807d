"""The names by which a document calls its provider: for the copy, and for rules about what "we" do."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from classifiers.offline.phrases import Chain, Choice, Named, Node, Pattern, Term, split_words
from smallprint.records import Document, Source

UNKNOWN_COMPANY = "the company"
# Characters: bounds on the search, chosen by eye. A document introduces its parties near its start.
_MAX_INTRODUCTION_CHARS = 12_000
_MAX_TITLE_CHARS = 200
_MAX_NAME_CHARS = 40  # of a name taken from the title
_MAX_NAME_WORDS = 4
_LEGAL_FORM = (
    r"(?:Incorporated|Inc|L\.?L\.?C|Ltd|Limited|Corporation|Corp|GmbH|AG|S\.?A\.?R\.?L|S\.?A|B\.?V|A\.?B|Oy|ApS|A/S|"
    r"PLC|plc|LLP|L\.?P|Co|Pte|Pty|S\.?L|S\.?r\.?l|SE|OÜ|UG|KG)"
)
_NAME = (
    r"(?P<name>(?!\d{1,31}(?:[.)]\d{0,31})? )[A-Z0-9][\w&'’.-]{0,30}(?: (?:[A-Z0-9&][\w&'’.-]{0,30}|of|and|de)){0,5}?)"
)
_INTRODUCED = (
    # Kestrel Kettles, Inc. (together with its affiliates, "Kestrel", "we", "us")
    re.compile(
        rf"{_NAME},? (?P<form>{_LEGAL_FORM})\b\.?(?:,? (?:Ltd|LLC|Inc)\b\.?)?[^()\"“”]{{0,80}}\("
        rf"(?P<inside>[^()]{{0,160}})\)"
    ),
    re.compile(rf"{_NAME} \((?P<inside>[^()]{{0,120}}[\"“](?:we|us|our)[\"”,][^()]{{0,60}})\)"),
    re.compile(rf"{_NAME},? (?P<form>{_LEGAL_FORM})\b"),
    re.compile(rf"\bWelcome to (?:the )?{_NAME}(?:[’']s?\b|[.,!( ])"),
)
_QUOTED = re.compile(r"[\"“'‘]([^\"“”'‘’]{1,40})[,.]?[\"”'’]")
_ROLES = re.compile(
    r"^(?:we|us|our|ours|ourselves|you|your|company|the company|service|services|the services?|site|website|platform|"
    r"app|terms|agreement|terms of (?:service|use)|privacy (?:policy|notice)|provider|operator|licensor|controller|"
    r"group|user|customer|affiliates?|party|parties)$",
    re.IGNORECASE,
)
_TERMS_TYPE = re.compile(
    r"\b(?:the |our |website |mobile |app |user |general |customer |consumer |global |online ){0,6}"
    r"(?:terms(?: (?:and|&) conditions| of (?:service|use|sale))?|conditions of use|"
    r"privacy (?:policy|notice|statement)|cookie (?:policy|notice)|acceptable use policy|"
    r"(?:user|license|licence|service|membership) agreement|community guidelines|legal(?: notice)?|policies|eula)\b.*$",
    re.IGNORECASE,
)
# Words with a capital that begin a sentence and no name.
_SENTENCE_OPENERS = {"this", "these", "the", "you", "your", "our", "by", "for", "if", "please", "welcome", "when", "in"}
_EDGES = re.compile(r"^[\s|:·•–—-]+|[\s|:·•–—’'-]+$|['’]s$")


def company_name(document: Document, source: Source | None) -> str:
    """The provider's name for a reader: from the manifest, the text or the title, else "the company"."""
    if source and source.entity:
        return source.entity
    introduced = _introduced_names(document.text[:_MAX_INTRODUCTION_CHARS])
    if introduced:
        return introduced[0]
    return _name_in_title(document.title) or UNKNOWN_COMPANY


def provider_words(document: Document, source: Source | None, named: Mapping[str, Pattern]) -> dict[str, Pattern]:
    """The named lists of words, with this document's names of its provider added to ``we``."""
    names = dict.fromkeys(_introduced_names(document.text[:_MAX_INTRODUCTION_CHARS]))
    names |= dict.fromkeys(name for name in (company_name(document, source),) if name != UNKNOWN_COMPANY)
    added = [node for name in names for node in _as_nodes(name)]
    we = named["we"]
    return {**named, "we": replace(we, all_of=(Choice((*we.all_of, *added)),))}


def _introduced_names(beginning: str) -> list[str]:
    """Names in the order in which a reader would use them: a defined short name first."""
    for pattern in _INTRODUCED:
        for match in pattern.finditer(beginning):
            name = _EDGES.sub("", match["name"]).strip()
            if not name or _ROLES.match(name) or name.lower() in _SENTENCE_OPENERS:
                continue
            inside = match.groupdict().get("inside") or ""
            quoted = (term.strip(" ,.") for term in _QUOTED.findall(inside))
            short = [term for term in quoted if term[:1].isupper() and not _ROLES.match(term)]
            return list(dict.fromkeys([*short[:1], name]))
    return []


def _name_in_title(title: str | None) -> str | None:
    for part in re.split(r"\s[|–—-]\s|\s?[|·•]\s?", (title or "")[:_MAX_TITLE_CHARS]):
        name = _EDGES.sub("", _EDGES.sub("", _TERMS_TYPE.sub("", part).strip()))
        is_short = len(name) <= _MAX_NAME_CHARS and len(name.split()) <= _MAX_NAME_WORDS
        if name and is_short and name[:1].isupper() and not _ROLES.match(name):
            return name
    return None


def _as_nodes(name: str) -> Iterator[Node]:
    words = [Term(word) for word in split_words(name)]
    if len(words) == 1:
        yield words[0]
    elif words:
        yield Chain(tuple(words), (0,) * (len(words) - 1))


def named_in(node: Node) -> Iterable[str]:
    """Names of the lists of words that a pattern's node refers to."""
    if isinstance(node, Named):
        yield node.name
    for child in (*getattr(node, "parts", ()), *getattr(node, "options", ())):
        yield from named_in(child)
