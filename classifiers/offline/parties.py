"""What a document calls the company that provides the service: for the copy, and for rules that speak of "we"."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from classifiers.offline.phrases import Chain, Choice, Named, Node, Pattern, Term, split_words
from smallprint.records import Document, Source

THE_COMPANY = "the company"
_HEAD = 12_000  # characters from the start in which a document introduces its parties
_LONGEST_TITLE = 200  # characters
_LEGAL_FORM = (
    r"(?:Incorporated|Inc|L\.?L\.?C|Ltd|Limited|Corporation|Corp|GmbH|AG|S\.?A\.?R\.?L|S\.?A|B\.?V|A\.?B|Oy|ApS|A/S|"
    r"PLC|plc|LLP|L\.?P|Co|Pte|Pty|S\.?L|S\.?r\.?l|SE|OÜ|UG|KG)"
)
_NAME = r"(?P<name>(?!\d+[.)]?\d* )[A-Z0-9][\w&'’.-]{0,30}(?: (?:[A-Z0-9&][\w&'’.-]{0,30}|of|and|de)){0,5}?)"
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
    r"\b(?:the |our |website |mobile |app |user |general |customer |consumer |global |online )*"
    r"(?:terms(?: (?:and|&) conditions| of (?:service|use|sale))?|conditions of use|"
    r"privacy (?:policy|notice|statement)|cookie (?:policy|notice)|acceptable use policy|"
    r"(?:user|license|licence|service|membership) agreement|community guidelines|legal(?: notice)?|policies|eula)\b.*$",
    re.IGNORECASE,
)
_EDGES = re.compile(r"^[\s|:·•–—-]+|[\s|:·•–—’'-]+$|['’]s$")


def company_name(document: Document, source: Source | None) -> str:
    """The provider's name for a reader: from the manifest, the text or the title, else "the company"."""
    if source and source.entity:
        return source.entity
    found = _introduced(document.text[:_HEAD])
    if found:
        return found[0]
    return _from_title(document.title) or THE_COMPANY


def provider_words(document: Document, source: Source | None, named: Mapping[str, Pattern]) -> dict[str, Pattern]:
    """The named lists of words with the provider's names of this document added to ``we``."""
    names = dict.fromkeys(_introduced(document.text[:_HEAD]))
    names |= dict.fromkeys(name for name in (company_name(document, source),) if name != THE_COMPANY)
    added = [node for name in names for node in _as_nodes(name)]
    we = named["we"]
    return {**named, "we": replace(we, all_of=(Choice((*we.all_of, *added)),))}


def _introduced(head: str) -> list[str]:
    """Names in the order in which a reader would use them: a defined short name first."""
    for pattern in _INTRODUCED:
        for match in pattern.finditer(head):
            name = _EDGES.sub("", match["name"]).strip()
            if not name or _ROLES.match(name) or name.lower() in _OPENERS:
                continue
            inside = match.groupdict().get("inside") or ""
            quoted = (one.strip(" ,.") for one in _QUOTED.findall(inside))
            short = [one for one in quoted if one[:1].isupper() and not _ROLES.match(one)]
            return list(dict.fromkeys([*short[:1], name]))
    return []


_OPENERS = {"this", "these", "the", "you", "your", "our", "by", "for", "if", "please", "welcome", "when", "in"}


def _from_title(title: str | None) -> str | None:
    for part in re.split(r"\s[|–—-]\s|\s?[|·•]\s?", (title or "")[:_LONGEST_TITLE]):
        name = _EDGES.sub("", _EDGES.sub("", _TERMS_TYPE.sub("", part).strip()))
        if name and len(name) <= 40 and not _ROLES.match(name) and len(name.split()) <= 4 and name[:1].isupper():
            return name
    return None


def _as_nodes(name: str) -> Iterator[Node]:
    words = [Term(word) for word in split_words(name)]
    if len(words) == 1:
        yield words[0]
    elif words:
        yield Chain(tuple(words), (0,) * (len(words) - 1))


def named_in(node: Node) -> Iterable[str]:
    """The lists of words that a pattern's node refers to."""
    if isinstance(node, Named):
        yield node.name
    for child in (*getattr(node, "parts", ()), *getattr(node, "options", ())):
        yield from named_in(child)
