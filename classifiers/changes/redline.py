"""A word-level redline of two texts: what to strike and what to insert so that one becomes the other."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from smallprint.records import RedlinePart

Operation = Literal["equal", "deleted", "inserted"]

# A word with what belongs inside it ("don't", "1,000.50", "third-party") or one other character, and the space behind.
_TOKEN = re.compile(r"(\w+(?:[’'.,-]\w+)*|[^\w\s]|^\s)(\s*)")
_LEADING_SPACE = re.compile(r"\s*")
# Equal words between two edits are struck and inserted again up to this many characters: a reader follows
# "[14 days][30 days]" more easily than single letters and articles left standing between edits. Chosen by reading
# redlines of the development versions.
_ISLAND_LENGTH = 3


def redline(old: str, new: str) -> tuple[RedlinePart, ...]:
    """The parts in reading order; deleted words come before the inserted words that replace them.

    Accepting all gives ``new`` and rejecting all gives ``old``, to the letter.
    """
    old_tokens, new_tokens = _tokens(old), _tokens(new)
    matcher = SequenceMatcher(None, [word for word, _ in old_tokens], [word for word, _ in new_tokens], autojunk=False)
    runs: list[tuple[Operation, str]] = []
    for tag, old_start, old_end, new_start, new_end in _without_islands(matcher.get_opcodes(), old_tokens):
        if tag == "equal":
            for (word, old_space), (_, new_space) in zip(
                old_tokens[old_start:old_end], new_tokens[new_start:new_end], strict=True
            ):
                runs.append(("equal", word))
                runs.extend(_spaces(old_space, new_space))
        else:
            runs.append(("deleted", _text(old_tokens[old_start:old_end])))
            runs.append(("inserted", _text(new_tokens[new_start:new_end])))
    return tuple(_joined(runs))


def accepted(parts: Sequence[RedlinePart]) -> str:
    """The new text."""
    return "".join(part.text for part in parts if part.operation != "deleted")


def rejected(parts: Sequence[RedlinePart]) -> str:
    """The old text."""
    return "".join(part.text for part in parts if part.operation != "inserted")


def edits(parts: Sequence[RedlinePart]) -> list[tuple[str, str]]:
    """The edits in order as (deleted, inserted); either may be empty."""
    changed: list[tuple[str, str]] = []
    previous: Operation = "equal"
    for part in parts:
        if part.operation == "deleted":
            changed.append((part.text, ""))
        elif part.operation == "inserted":
            if previous == "deleted":
                changed[-1] = (changed[-1][0], part.text)
            else:
                changed.append(("", part.text))
        previous = part.operation
    return changed


def _tokens(text: str) -> list[tuple[str, str]]:
    """Words and marks, each with the white space behind it; leading white space is a token of its own."""
    leading = _LEADING_SPACE.match(text)
    start = leading.end() if leading else 0
    tokens = [("", text[:start])] if start else []
    tokens.extend((match[1], match[2]) for match in _TOKEN.finditer(text, start))
    return tokens


def _text(tokens: Sequence[tuple[str, str]]) -> str:
    return "".join(word + space for word, space in tokens)


def _spaces(old: str, new: str) -> Iterator[tuple[Operation, str]]:
    if old == new:
        yield "equal", old
    else:
        yield "deleted", old
        yield "inserted", new


def _without_islands(
    opcodes: Sequence[tuple[str, int, int, int, int]], old_tokens: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, int, int, int, int]]:
    """The opcodes with short equal runs between two edits made part of the edit."""
    pending: tuple[int, int, int, int] | None = None
    for number, (tag, old_start, old_end, new_start, new_end) in enumerate(opcodes):
        inside = pending is not None and number + 1 < len(opcodes)
        if tag == "equal" and not (inside and len(_text(old_tokens[old_start:old_end]).strip()) <= _ISLAND_LENGTH):
            if pending:
                yield ("replace", *pending)
                pending = None
            yield tag, old_start, old_end, new_start, new_end
        elif pending:
            pending = (pending[0], old_end, pending[2], new_end)
        else:
            pending = (old_start, old_end, new_start, new_end)
    if pending:
        yield ("replace", *pending)


def _joined(runs: Sequence[tuple[Operation, str]]) -> Iterator[RedlinePart]:
    """Neighboring runs of one operation as one part; within one edit all deletions come first."""
    equal, deleted, inserted = "", "", ""
    for operation, text in runs:
        if not text:
            continue
        if operation == "equal":
            yield from _edit(deleted, inserted)
            deleted = inserted = ""
            equal += text
            continue
        if equal:
            yield RedlinePart(operation="equal", text=equal)
            equal = ""
        if operation == "deleted":
            deleted += text
        else:
            inserted += text
    yield from _edit(deleted, inserted)
    if equal:
        yield RedlinePart(operation="equal", text=equal)


def _edit(deleted: str, inserted: str) -> Iterator[RedlinePart]:
    if deleted:
        yield RedlinePart(operation="deleted", text=deleted)
    if inserted:
        yield RedlinePart(operation="inserted", text=inserted)
