"""Terms whose definition changed between two versions, and the clauses that use them."""

import re
from collections.abc import Sequence

from smallprint.records import Clause


def redefined_terms(old: Sequence[Clause], new: Sequence[Clause]) -> tuple[str, ...]:
    """The terms that these clauses define on either side, each once, as the newer text writes them."""
    terms = {term.casefold(): term for clause in old for term in clause.defines}
    terms |= {term.casefold(): term for clause in new for term in clause.defines}
    return tuple(terms.values())


def clauses_using(terms: Sequence[str], clauses: Sequence[Clause], *, defining: set[str]) -> tuple[str, ...]:
    """Ids of the clauses that use one of the terms, those that define it aside.

    Defined terms are capitalized in contracts; a term is looked for as written, plural included.
    """
    if not terms:
        return ()
    alternatives = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    use = re.compile(rf"(?<!\w)(?:{alternatives})(?:s|es)?(?!\w)")
    return tuple(clause.id for clause in clauses if clause.id not in defining and use.search(clause.text))
