"""Terms that a clause defines: “Services” means ..., (the "Services"), (collectively, “Content”), in six languages."""

import re
from operator import itemgetter

_QUOTED = r"[\"“„«‟”]\s?([^\"“”„«»\n]{1,80}?)\s?[\"”“»‟]"
_MEANS = re.compile(
    r"(?:" + _QUOTED + r",?\s{1,4})?" + _QUOTED + r"\s{0,4}(?:\([^()\n]{1,80}\)\s{0,4})?"
    r"(?:,?\s{0,4}(?:or|and|oder|und|ou|et|o|y|e|lub|i)\s{1,4}" + _QUOTED + r"\s{0,4})?"
    r"(?:shall\s{1,4}|will\s{1,4})?(?:collectively\s{1,4}|each\s{1,4}|also\s{1,4})?"
    r"(?:means?|mean|refers?,?\s{1,4}(?:collectively,?\s{1,4}|only\s{1,4})?to|represents?\b|has\s{1,4}the\s{1,4}meaning|have\s{1,4}the\s{1,4}meaning|is\s{1,4}defined\s{1,4}as|are\s{1,4}defined\s{1,4}as|includes?\b|"
    r"bezeichnet|bezeichnen|bedeutet|sind\b|ist\b|désigne|désignent|signifie|significa|significará|se\s{1,4}refiere|"
    r"se\s{1,4}entiende|indica|oznacza|oznaczają|[–—-]\s)",
    re.IGNORECASE,
)
_TERM_NAMED = re.compile(r"\b(?:the\s+terms?|references?\s+to)\s+" + _QUOTED, re.IGNORECASE)
_BRACKETED = re.compile(r"[(（]([^()（）]{1,240})[)）]")
_IN_QUOTES = re.compile(_QUOTED)
# Words that stand beside the terms in a bracket that defines them.
_DEFINING_WORDS = frozenset(
    """
    the a an or and each any all together collectively individually hereinafter hereafter referred to as defined our we
    us you this these such in called also known by individually respectively both with its it is are for short below
    nachfolgend nachstehend im folgenden auch oder und kurz genannt zusammen gemeinsam jeweils der die das den dem
    weiter ci-après le la les l ou et dénommé dénommée dénommés ensemble collectivement désigné désignée après ci
    en adelante lo sucesivo el los las y o conjuntamente denominado denominada denominados
    di seguito anche il gli e congiuntamente denominato denominata definito definiti definita in
    dalej jako zwany zwana zwane zwanych łącznie lub i oraz zwanym zwaną zwanego
    """.split()  # noqa: SIM905 - a list of words reads as words
)
_UNQUOTED = re.compile(
    r"(?P<term>[A-ZÄÖÜÉ][\w&'’/-]{0,30}(?:\s[A-ZÄÖÜÉ&(][\w&'’/)-]{0,30}){0,5})\s{0,4}:?\s{0,4}"
    r"(?:shall\s{1,4}mean|means|refers\s{1,4}to|has\s{1,4}the\s{1,4}meaning|bezeichnet|désigne|significa|oznacza)\s"
)
_NOT_TERMS = frozenset(("this", "it", "that", "which", "what", "including", "include", "includes", "or", "and", "eg"))
_MAX_TERM_CHARS = 80  # chosen by eye; a longer first cell of a table is a sentence
_DEFINITIONS_HEADING = re.compile(
    r"\b(?:defin|glossar|interpretation|begriffsbestimmung|lexique|glosario)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")


def defined_terms(text: str, start: int = 0) -> tuple[str, ...]:
    """The terms that ``text`` defines, as written and in order, each once.

    Args:
        text: of the clause.
        start: where its words begin, after heading and number; a term without quotes is recognized only there.

    """
    terms_by_offset: list[tuple[int, str]] = []
    unquoted = _UNQUOTED.match(text, start)
    if unquoted:
        terms_by_offset.append((unquoted.start(), unquoted["term"]))
    if any(quote in text for quote in '"“„«”'):
        for match in (*_MEANS.finditer(text), *_TERM_NAMED.finditer(text)):
            terms_by_offset.extend((match.start(), term) for term in match.groups() if term)
        for bracket in _BRACKETED.finditer(text):
            terms_by_offset.extend((bracket.start(), term) for term in _terms_in_bracket(bracket[1]))
    terms = (term.strip(" ,.;:‘’'") for _, term in sorted(terms_by_offset, key=itemgetter(0)))
    return tuple(dict.fromkeys(term for term in terms if _is_term(term)))


def terms_of_rows(text: str) -> tuple[str, ...]:
    """The first cells of a table of definitions, in which " | " separates the cells and line breaks the rows."""
    cells = (row.partition(" | ") for row in text.split("\n"))
    return tuple(dict.fromkeys(first for first, bar, _ in cells if bar and len(first) <= _MAX_TERM_CHARS))


def announces_definitions(heading: str) -> bool:
    """Whether a heading is that of a section with definitions."""
    return _DEFINITIONS_HEADING.search(heading) is not None


def _is_term(term: str) -> bool:
    return term.casefold() not in _NOT_TERMS and any(character.isalpha() for character in term)


def _terms_in_bracket(inside: str) -> list[str]:
    """The quoted terms of a bracket with little else in it: (together, the "Parties" and each a "Party")."""
    terms = _IN_QUOTES.findall(inside)
    if not terms:
        return []
    other_words = [word.casefold() for word in _WORD.findall(_IN_QUOTES.sub(" ", inside))]
    foreign = sum(1 for word in other_words if word not in _DEFINING_WORDS)
    # A third of other words is allowed, chosen by eye: a bracket that quotes a sentence has more.
    return terms if foreign <= max(1, len(other_words) // 3) else []
