"""Terms that a clause defines: “Services” means ..., (the "Services"), (collectively, “Content”), in six languages."""

import re

_QUOTED = r"[\"“„«‟”]\s?([^\"“”„«»\n]{1,80}?)\s?[\"”“»‟]"
_MEANS = re.compile(
    r"(?:" + _QUOTED + r",?\s+)?" + _QUOTED + r"\s*(?:\([^()\n]{1,80}\)\s*)?"
    r"(?:,?\s*(?:or|and|oder|und|ou|et|o|y|e|lub|i)\s+" + _QUOTED + r"\s*)?"
    r"(?:shall\s+|will\s+)?(?:collectively\s+|each\s+|also\s+)?"
    r"(?:means?|mean|refers?,?\s+(?:collectively,?\s+|only\s+)?to|represents?\b|has\s+the\s+meaning|have\s+the\s+meaning|is\s+defined\s+as|are\s+defined\s+as|includes?\b|"
    r"bezeichnet|bezeichnen|bedeutet|sind\b|ist\b|désigne|désignent|signifie|significa|significará|se\s+refiere|"
    r"se\s+entiende|indica|oznacza|oznaczają|[–—-]\s)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:the\s+terms?|references?\s+to)\s+" + _QUOTED, re.IGNORECASE)
_BRACKET = re.compile(r"[(（]([^()（）]{1,240})[)）]")
_IN_QUOTES = re.compile(_QUOTED)
_AROUND = frozenset(
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
_BARE = re.compile(
    r"(?P<term>[A-ZÄÖÜÉ][\w&'’/-]{0,30}(?:\s[A-ZÄÖÜÉ&(][\w&'’/)-]{0,30}){0,5})\s*:?\s*"
    r"(?:shall\s+mean|means|refers\s+to|has\s+the\s+meaning|bezeichnet|désigne|significa|oznacza)\s"
)
_NOT_TERMS = frozenset(("this", "it", "that", "which", "what", "including", "include", "includes", "or", "and", "eg"))
_LONGEST_TERM = 80  # characters
_DEFINITIONS = re.compile(r"\b(?:defin|glossar|interpretation|begriffsbestimmung|lexique|glosario)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")


def defined_terms(text: str, start: int = 0) -> tuple[str, ...]:
    """The terms that ``text`` defines, as written and in order, each once.

    ``start`` is where the clause's words begin after heading and number: a term without quotes counts only there.
    """
    found: list[tuple[int, str]] = []
    bare = _BARE.match(text, start)
    if bare:
        found.append((bare.start(), bare["term"]))
    if any(quote in text for quote in '"“„«”'):
        for match in (*_MEANS.finditer(text), *_NAMED.finditer(text)):
            found.extend((match.start(), term) for term in match.groups() if term)
        for bracket in _BRACKET.finditer(text):
            found.extend((bracket.start(), term) for term in _terms_in_bracket(bracket[1]))
    terms = (term.strip(" ,.;:‘’'") for _, term in sorted(found, key=lambda one: one[0]))
    return tuple(dict.fromkeys(term for term in terms if _is_term(term)))


def terms_of_rows(text: str) -> tuple[str, ...]:
    """The first cells of the rows of a table of definitions; cells are parted by " | ", rows by line breaks."""
    cells = (row.partition(" | ") for row in text.split("\n"))
    return tuple(dict.fromkeys(first for first, bar, _ in cells if bar and len(first) <= _LONGEST_TERM))


def speaks_of_terms(heading: str) -> bool:
    """Whether a heading announces definitions."""
    return _DEFINITIONS.search(heading) is not None


def _is_term(term: str) -> bool:
    return term.casefold() not in _NOT_TERMS and any(character.isalpha() for character in term)


def _terms_in_bracket(inside: str) -> list[str]:
    """The quoted terms of a bracket that holds little else: (together, the "Parties" and each a "Party")."""
    terms = _IN_QUOTES.findall(inside)
    if not terms:
        return []
    around = [word.casefold() for word in _WORD.findall(_IN_QUOTES.sub(" ", inside))]
    strange = sum(1 for word in around if word not in _AROUND)
    return terms if strange <= max(1, len(around) // 3) else []
