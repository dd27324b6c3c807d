"""Parses the text of a citation into names of laws, books of law, and the numbers cited from them.

A state machine over a bounded number of tokens. At each token the first rule that applies consumes one or more; every
rule looks a fixed number of tokens ahead.

| rule | reads | result |
|---|---|---|
| name | a law or book of the registry, the longest | ``LawName``, ``Book``, or the parts of a phrase ("APP 6") |
| separator | ";" and "/" | ``Separator`` |
| unit | "Art.", "§", "Annex" before a number | the unit of the numbers that follow |
| level | "paragraph 1", "lit. f", "point (f) of" | a level of the last number, or of the one that follows |
| number | "6(1)(f)", "1798.100", "12 to 14" | ``Pinpoint`` with its levels and the end of its range |
| sibling | "(b)" after "6(1)(a) and" | ``Pinpoint`` that differs from the last one in its levels |
| numeral | "IX" after "Art. 7," (Brazil) | a level of the last number |
| - | any other token | nothing |

| state | is | set by | cleared by |
|---|---|---|---|
| unit, section sign | how numbers that follow are read | unit; a phrase that ends in a unit | name, ";" |
| pending levels | written before their number: "point (f) of Article 6(1)" | level | number |
| in a list of levels | whether a number continues "paragraphs 1 and ..." | level | unit, name, ";", other words |
| after a law | whether only units are between the last law and here | name | ";", number, other tokens |
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from classifiers.citations.parts import CitationPart, NamedParts, NameIndex, Pinpoint, Separator
from classifiers.citations.tokens import Token, tokenize
from smallprint.registry.grammar import UNITS, roman
from smallprint.registry.names import words

_UNIT_OF = {word: unit for unit, entry in UNITS.items() for word in entry.words} | {"section": "section"}
_ROMAN_UNITS = frozenset({"annex", "chapter", "part", "schedule"})
# Words for a level below the number, in the languages that models quote.
_LEVEL_WORDS = frozenset(
    words(
        "paragraph paragraphs para paras par subparagraph subparagraphs subsection subsections subs subdivision "
        "point points pt pts item clause no nr number abs absatz lit litera letter letters let lett buchst buchstabe "
        "lid onder lettera letra inciso comma apartado alinea"
    )
)
_SKIPPED_LEVEL_WORDS = frozenset({"satz", "sentence", "unterabsatz", "uabs"})  # which the registry's forms do not have
_CONJUNCTIONS = frozenset({"and", "or", "und", "et", "y", "e", "as", "well"})
_RANGE_WORDS = frozenset({"to", "through", "bis"})
_WORDS_BEFORE_LAW = frozenset({"of", "the", "under", "in", "der", "des", "du", "de", "la", "to"})
_NOT_A_LEVEL = frozenset({"eu", "uk", "us", "ec"})  # "Regulation (EU)"
# Of a level in brackets: no law of the registry has longer ones, but for roman numerals.
_MAX_LEVEL_DIGITS = 4
_MAX_LEVEL_LETTERS = 2


@dataclass
class _State:
    """What has been read so far; the fields are those of the table above."""

    tokens: list[Token]
    names: NameIndex
    position: int = 0
    parts: list[CitationPart] = field(default_factory=list)
    unit: str | None = None
    section_sign: bool = False
    pending_levels: tuple[str, ...] = ()
    in_level_list: bool = False
    after_law: bool = False


def parse_citation(text: str, names: NameIndex) -> list[CitationPart]:
    """The laws, books, numbers and separators of a citation, in order."""
    state = _State(tokenize(text), names)
    while state.position < len(state.tokens):
        if not any(rule(state) for rule in _RULES):
            _skip(state)
    return state.parts


def _skip(state: _State) -> None:
    token = state.tokens[state.position]
    if token.kind == "word" and token.word not in _CONJUNCTIONS | _RANGE_WORDS:
        state.in_level_list = False
    if token.text != "." and token.word not in _WORDS_BEFORE_LAW:
        state.after_law = False
    state.position += 1


def _token(state: _State, ahead: int = 0) -> Token | None:
    index = state.position + ahead
    return state.tokens[index] if 0 <= index < len(state.tokens) else None


def _word(state: _State, ahead: int = 0) -> str:
    token = _token(state, ahead)
    return token.word if token else ""


def _last_pinpoint(state: _State) -> Pinpoint | None:
    return state.parts[-1] if state.parts and isinstance(state.parts[-1], Pinpoint) else None


def _continues_list(state: _State) -> bool:
    """Whether the token before this one continues a list."""
    return _word(state, -1) in _CONJUNCTIONS | _RANGE_WORDS | {",", "/", "-", "section"}


def _bracketed_level(state: _State, ahead: int = 0) -> Token | None:
    """The only token between brackets here, if it can be a level."""
    level, close = _token(state, ahead + 1), _token(state, ahead + 2)
    if _word(state, ahead) != "(" or level is None or close is None or close.text != ")":
        return None
    if level.kind == "number" and len(level.text) <= _MAX_LEVEL_DIGITS:
        return level
    is_short = len(level.word) <= _MAX_LEVEL_LETTERS or roman(level.text) > 0
    return level if level.kind == "word" and is_short and level.word not in _NOT_A_LEVEL else None


def _read_name(state: _State) -> bool:
    match = _match_name(state)
    if match is None:
        return False
    target, length = match
    state.parts += target if isinstance(target, tuple) else [target]
    state.position += length
    state.unit, state.section_sign, state.in_level_list, state.after_law = None, False, False, True
    if isinstance(target, tuple):
        last = target[-1]
        if isinstance(last, Pinpoint) and last.number == "":
            # "APP 6": the phrase ends in a unit whose number follows.
            state.parts.pop()
            state.unit = last.unit
        if _last_pinpoint(state) is not None:
            _read_bracketed_levels(state)
    return True


def _match_name(state: _State) -> tuple[NamedParts, int] | None:
    """What the name that starts here means, and its length in tokens."""
    for key, target in state.names.get(_word(state), ()):
        end = state.position + 1
        for word in key[1:]:
            while end < len(state.tokens) and _can_be_inside_name(state, end):
                end += 1
            if end >= len(state.tokens) or state.tokens[end].word != word:
                break
            end += 1
        else:
            return target, end - state.position
    return None


def _can_be_inside_name(state: _State, index: int) -> bool:
    """Whether the token is a sign that names contain: points, commas, brackets; a slash only without spaces."""
    before, sign = state.tokens[index - 1], state.tokens[index]
    after = state.tokens[min(index + 1, len(state.tokens) - 1)]
    is_spaced = before.end != sign.start or after.start != sign.end
    return sign.text in (".", ",", "(", ")", "-", ":") or (sign.text == "/" and not is_spaced)


def _read_separator(state: _State) -> bool:
    token = state.tokens[state.position]
    if token.text not in (";", "/"):
        return False
    state.parts.append(Separator(token.text))
    state.position += 1
    if token.text == ";":
        state.unit, state.section_sign, state.in_level_list, state.after_law = None, False, False, False
    return True


def _read_unit(state: _State) -> bool:
    token = state.tokens[state.position]
    unit = _UNIT_OF.get(token.word)
    if unit is None or not (token.kind == "word" or token.text.startswith("§")):
        return False
    ahead = 1
    while _word(state, ahead) in (".", "no", "nos", "section", ","):
        ahead += 1
    number = _token(state, ahead)
    if number is None or not _can_be_number_of(unit, number):
        return False
    last = _last_pinpoint(state)
    if last is not None and last.unit == "article" and token.kind == "sign":
        _append_level(state, last, ahead)  # "Art. 18, § 2": a paragraph
        return True
    is_sentence = last is not None and last.unit == "article" and token.word == "s"  # "Abs. 1 S. 1"
    is_part_of_schedule = last is not None and last.unit == "schedule" and unit == "part"  # "Sch. 2 Pt. 1 para. 11"
    if is_sentence or is_part_of_schedule:
        # Neither counts: the registry's forms end above sentences, and number a schedule's paragraphs throughout.
        state.position += ahead + 1
        return True
    state.unit, state.section_sign = unit, token.text.startswith("§")
    state.position += ahead
    state.in_level_list = False
    if unit in _ROMAN_UNITS and number.kind == "word" and roman(number.text):
        _append_pinpoint(state, number.text)
    return True


def _can_be_number_of(unit: str, token: Token) -> bool:
    if token.kind == "number" or (unit in _ROMAN_UNITS and roman(token.text) > 0):
        return True
    return unit == "annex" and (token.word in _LEVEL_WORDS or token.text == "(")


def _read_level(state: _State) -> bool:
    """A word for a lower level, and its value: "paragraph 1", "lit. f", "point (f)"."""
    token = state.tokens[state.position]
    if token.kind != "word" or token.word not in _LEVEL_WORDS | _SKIPPED_LEVEL_WORDS:
        return False
    ahead = 1
    while _word(state, ahead) in (".", "(", "no"):
        ahead += 1
    level = _token(state, ahead)
    if level is None or level.kind == "sign" or (level.kind == "word" and len(level.word) > _MAX_LEVEL_LETTERS):
        return False
    if token.word in _SKIPPED_LEVEL_WORDS:
        state.position += ahead + 1
        return True
    last = _last_pinpoint(state)
    if _precedes_its_number(state, ahead + 1):
        state.pending_levels = (*state.pending_levels, level.text)
        state.position += ahead + 1
        return True
    if state.unit == "annex" and (last is None or last.unit != "annex"):
        state.position += ahead
        return True
    if last is None:
        return False
    _append_level(state, last, ahead)
    return True


def _precedes_its_number(state: _State, ahead: int) -> bool:
    """Whether a level belongs to a number that follows: "point (f) of Article 6"."""
    while _word(state, ahead) in (")", ",", "of", "the", "and"):
        if _word(state, ahead) == "of":
            return True
        ahead += 1
    return False


def _append_level(state: _State, last: Pinpoint, ahead: int) -> None:
    level = state.tokens[state.position + ahead]
    state.parts[-1] = replace(last, levels=(*last.levels, level.text))
    state.position += ahead + 1
    state.in_level_list = True
    if _word(state) == ")":
        state.position += 1
    _read_bracketed_levels(state)


def _read_number(state: _State) -> bool:
    token = state.tokens[state.position]
    if token.kind != "number":
        return False
    last = _last_pinpoint(state)
    if state.in_level_list and last is not None and last.levels and _continues_list(state):
        state.parts.append(replace(last, levels=(*last.levels[:-1], token.text), end=None))
        state.position += 1
        return True
    follows_law = state.after_law or (last is not None and _continues_list(state))
    has_levels = _word(state, 1) == "(" and _bracketed_level(state, 1) is not None
    if state.unit is None and not follows_law and not has_levels:
        return False
    is_in_brackets = _word(state, -1) == "("
    number = _read_compound_number(state)
    if is_in_brackets and _word(state) == ")":
        state.position += 1
    _append_pinpoint(state, number)
    return True


def _read_compound_number(state: _State) -> str:
    """A number with what is joined to it by a point, hyphen, slash or colon: 1798.199.100, 394-c, 6.1.f; moves on."""
    number = state.tokens[state.position].text
    while True:
        state.position += 1
        sign, following = _token(state), _token(state, 1)
        if sign is None or following is None or sign.text not in (".", "-", "/", ":"):
            return number
        if sign.start != state.tokens[state.position - 1].end or following.start != sign.end:
            return number
        if following.kind == "sign" or (following.kind == "word" and len(following.text) > _MAX_LEVEL_LETTERS):
            return number
        number += sign.text + following.text
        state.position += 1


def _append_pinpoint(state: _State, number: str) -> None:
    """A new number with the levels after it, the pending ones, and the end of a range where one follows."""
    token = _token(state)
    if token is not None and token.text == number and token.kind == "word":
        state.position += 1
    bound = "before" if state.after_law else ""
    state.parts.append(Pinpoint(state.unit, number, section_sign=state.section_sign, bound=bound))
    _read_bracketed_levels(state)
    if state.pending_levels:
        last = _last_pinpoint(state)
        if last is not None:
            state.parts[-1] = replace(last, levels=(*last.levels, *state.pending_levels))
        state.pending_levels = ()
    state.after_law = False
    _read_range_end(state)
    last = _last_pinpoint(state)
    if last is not None and not last.bound and _precedes_law(state):
        state.parts[-1] = replace(last, bound="after")


def _precedes_law(state: _State) -> bool:
    """Whether a law's name follows, with nothing but "of the" between."""
    start = state.position
    while _word(state) in _WORDS_BEFORE_LAW and _match_name(state) is None:
        state.position += 1
    precedes = _match_name(state) is not None
    state.position = start
    return precedes


def _read_bracketed_levels(state: _State) -> None:
    """The levels in brackets after the last number."""
    while (level := _bracketed_level(state)) is not None:
        last = _last_pinpoint(state)
        if last is None:
            return
        state.parts[-1] = replace(last, levels=(*last.levels, level.text))
        state.position += 3


def _read_range_end(state: _State) -> None:
    """The end of a range after the last number: "to 14", "-(k)", "- §1798.105"."""
    last = _last_pinpoint(state)
    if last is None or _word(state) not in _RANGE_WORDS | {"-"}:
        return
    ahead = 1
    while _word(state, ahead) in ("section", "art", "arts", "article", "."):
        ahead += 1
    following = _token(state, ahead)
    if following is not None and following.kind == "number":
        state.position += ahead
        state.parts.append(Pinpoint(last.unit, _read_compound_number(state)))
        _read_bracketed_levels(state)
        end = _last_pinpoint(state)
        state.parts.pop()
        state.parts[-1] = replace(last, end=end)
    elif (level := _bracketed_level(state, ahead)) is not None and last.levels:
        end = replace(last, levels=(*last.levels[:-1], level.text))
        state.parts[-1] = replace(last, end=end)
        state.position += ahead + 3


def _read_sibling(state: _State) -> bool:
    """A further level of the last number: "6(1)(a) and (b)"."""
    last, level = _last_pinpoint(state), _bracketed_level(state)
    if last is None or level is None or not _continues_list(state):
        return False
    parents = last.levels[:-1]
    # "(1)(a) and (2)": a number after a letter goes back to the paragraph.
    while parents and level.kind == "number" and not last.levels[len(parents)][0].isdigit():
        parents = parents[:-1]
    state.parts.append(replace(last, levels=parents, end=None))
    _read_bracketed_levels(state)
    _read_range_end(state)
    return True


def _read_numeral(state: _State) -> bool:
    """A capital roman numeral after a comma, as in Brazilian law: "Art. 7, IX"."""
    last, token = _last_pinpoint(state), state.tokens[state.position]
    is_numeral = token.kind == "word" and token.text.isupper() and roman(token.text) > 0
    if last is None or last.unit != "article" or not is_numeral or _word(state, -1) != ",":
        return False
    state.parts[-1] = replace(last, levels=(*last.levels, token.text))
    state.position += 1
    return True


# In the order of the table above.
_RULES: tuple[Callable[[_State], bool], ...] = (
    _read_name,
    _read_separator,
    _read_unit,
    _read_level,
    _read_number,
    _read_sibling,
    _read_numeral,
)
