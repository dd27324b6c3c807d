"""Which way a substantive change goes for users, and by which words: weakened, strengthened, neutral, or mixed.

Each rule looks at one edit in its sentence and gives a reason with a direction, or nothing. The order of the rules is
the order in which a reader would decide: negations before verbs, verbs before numbers, numbers before lists.

| what changed | where it stands | direction |
|---|---|---|
| a negation comes or goes | before what the company takes / gives | strengthened or weakened / the reverse |
| an exception comes | to a promise or a right / to what the company takes | weakened / strengthened |
| "may" for "will" | the company gives / takes | weakened / neutral |
| "may" for "must" | the user | strengthened |
| "without notice", "sole discretion" comes | anywhere | weakened |
| notice, consent, reasonableness comes | what the company does | strengthened |
| a period or an amount | by what it is about: notice and refunds, retention and fees, liability | by its size |
| a member of a list comes | what the company takes / gives | weakened / strengthened |
| a right, remedy / a fee, waiver comes | a whole sentence or clause | strengthened / weakened |

The mirror of each holds with the signs turned.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from classifiers.changes.numbers import Quantity, quantities
from classifiers.changes.redline import accepted, rejected
from classifiers.changes.signals import Signals, load_signals, pattern
from extractors.clauses.sentences import sentence_spans
from smallprint.records import ChangeReason, Direction, RedlinePart


@dataclass(frozen=True)
class EditInSentence:
    """One edit with the sentences that it stands in, before and after."""

    deleted: str
    inserted: str
    old: str
    new: str
    company: re.Pattern[str]

    @property
    def words(self) -> str:
        """The edit as a reader sees it."""
        return f"{self.deleted.strip()} -> {self.inserted.strip()}".strip()


def direction_of_edit(parts: Sequence[RedlinePart], entity: str | None) -> tuple[ChangeReason, ...]:
    """The reasons of every edit of a redline that shows a direction; empty where none does."""
    company = _company_pattern(entity)
    reasons: list[ChangeReason] = []
    for edit in _in_sentences(parts, company):
        reasons.extend(_first_reason(edit))
    return tuple(dict.fromkeys(reasons))


def direction_of_presence(text: str, entity: str | None, *, added: bool) -> tuple[ChangeReason, ...]:
    """The direction of a clause that came or went whole, sentence by sentence."""
    company = _company_pattern(entity)
    reasons: list[ChangeReason] = []
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        edit = EditInSentence(
            deleted="" if added else sentence,
            inserted=sentence if added else "",
            old="" if added else sentence,
            new=sentence if added else "",
            company=company,
        )
        reasons.extend(_sentence_rule(edit, load_signals()))
    return tuple(dict.fromkeys(reasons))


def together(reasons: Sequence[ChangeReason]) -> Direction:
    """One direction for several reasons: mixed where they disagree, neutral without any."""
    directions = {reason.direction for reason in reasons if reason.direction in ("weakened", "strengthened", "mixed")}
    if len(directions) > 1 or "mixed" in directions:
        return "mixed"
    return next(iter(directions), None) or "neutral"


# ---- edits in their sentences


def _company_pattern(entity: str | None) -> re.Pattern[str]:
    names = (entity,) if entity else ()
    return pattern((*names, *load_signals().company))


def _in_sentences(parts: Sequence[RedlinePart], company: re.Pattern[str]) -> Iterator[EditInSentence]:
    """Each edit with the old and the new sentence around it; an edit over several sentences has all of them."""
    old_text, new_text = rejected(parts), accepted(parts)
    old_spans, new_spans = sentence_spans(old_text), sentence_spans(new_text)
    for deleted, inserted, old_at, new_at in _positions(parts):
        yield EditInSentence(
            deleted=deleted,
            inserted=inserted,
            old=_around(old_text, old_spans, old_at, len(deleted)),
            new=_around(new_text, new_spans, new_at, len(inserted)),
            company=company,
        )


def _positions(parts: Sequence[RedlinePart]) -> Iterator[tuple[str, str, int, int]]:
    """The edits with their offsets in the old and in the new text."""
    old_at = new_at = 0
    number = 0
    while number < len(parts):
        part = parts[number]
        if part.operation == "equal":
            old_at, new_at, number = old_at + len(part.text), new_at + len(part.text), number + 1
            continue
        deleted = part.text if part.operation == "deleted" else ""
        follower = parts[number + 1] if deleted and number + 1 < len(parts) else None
        inserted = part.text if part.operation == "inserted" else ""
        if follower is not None and follower.operation == "inserted":
            inserted, number = follower.text, number + 1
        yield deleted, inserted, old_at, new_at
        old_at, new_at, number = old_at + len(deleted), new_at + len(inserted), number + 1


def _around(text: str, spans: Sequence[tuple[int, int]], at: int, length: int) -> str:
    """The sentences that a stretch of the text touches."""
    touched = [(start, end) for start, end in spans if start < at + max(length, 1) and at < end]
    return text[touched[0][0] : touched[-1][1]] if touched else ""


# ---- rules


def _first_reason(edit: EditInSentence) -> list[ChangeReason]:
    signals = load_signals()
    for rule in _RULES:
        reasons = rule(edit, signals)
        if reasons:
            return reasons
    return []


def _negation_rule(edit: EditInSentence, signals: Signals) -> list[ChangeReason]:
    """A negation that comes or goes: "we do not sell" losing its "not"."""
    words = pattern(signals.negation)
    came = len(words.findall(edit.inserted)) - len(words.findall(edit.deleted))
    if came == 0 or _touches_discretion(edit, signals):
        return []
    sentence = edit.new if came > 0 else edit.old
    effect = _effect(sentence, edit.company, signals)
    if effect is None:
        return []
    better = (effect == "takes") == (came > 0)
    code = "negation_added" if came > 0 else "negation_removed"
    return [_reason(code, edit, better=better, sentence="A negation decides what may be done.")]


def _exception_rule(edit: EditInSentence, signals: Signals) -> list[ChangeReason]:
    """An exception to a promise or a right weakens it; one to what the company takes bounds it."""
    words = pattern(signals.exception)
    came = len(words.findall(edit.inserted)) - len(words.findall(edit.deleted))
    if came == 0:
        return []
    sentence = edit.old if came > 0 else edit.new
    effect = _effect(sentence or edit.new or edit.old, edit.company, signals)
    negated = bool(pattern(signals.negation).search(sentence))
    if effect is None:
        return []
    promise = (effect == "gives") != negated
    better = (came < 0) == promise
    code = "exception_added" if came > 0 else "exception_removed"
    return [_reason(code, edit, better=better, sentence="An exception narrows the sentence that it stands in.")]


def _modal_rule(edit: EditInSentence, signals: Signals) -> list[ChangeReason]:
    """Permission for duty ("may" for "will") and the reverse, by who acts and what they do."""
    permission, duty = pattern(signals.permission), pattern(signals.duty)
    loosened = bool(duty.search(edit.deleted) and permission.search(edit.inserted))
    tightened = bool(permission.search(edit.deleted) and duty.search(edit.inserted))
    if loosened == tightened:
        return []
    actor = _actor(edit.new, edit.company, signals)
    if actor == "user":
        return [
            _reason(
                "user_duty", edit, better=loosened, sentence="What users must do and what they may do changed places."
            )
        ]
    effect = _effect(edit.new, edit.company, signals)
    if actor != "company" or effect is None:
        return []
    negated = bool(pattern(signals.negation).search(edit.new))
    better = (effect == "takes") == loosened
    if effect == "takes" and not negated:
        return []  # "will share" and "may share" allow the same
    if negated:
        better = not better
    return [
        _reason(
            "company_promise",
            edit,
            better=better,
            sentence="What the company promises and what it may do changed places.",
        )
    ]


def _discretion_rule(edit: EditInSentence, signals: Signals) -> list[ChangeReason]:
    """Freedom ("without notice", "in our sole discretion") or restraint (notice, consent) that comes or goes."""
    freedom, restraint = pattern(signals.discretion), pattern(signals.restraint)
    free = len(freedom.findall(edit.inserted)) - len(freedom.findall(edit.deleted))
    bound = len(restraint.findall(freedom.sub(" ", edit.inserted))) - len(
        restraint.findall(freedom.sub(" ", edit.deleted))
    )
    sentence = edit.new or edit.old
    if _actor(sentence, edit.company, signals) == "user" and not edit.company.search(sentence):
        free, bound = -free, -bound
    if free and bound and (free > 0) == (bound > 0):
        return []
    if free:
        return [_reason("discretion", edit, better=free < 0, sentence="How freely the company may act changed.")]
    if bound:
        return [_reason("restraint", edit, better=bound > 0, sentence="What binds the company before it acts changed.")]
    return []


def _quantity_rule(edit: EditInSentence, signals: Signals) -> list[ChangeReason]:
    """Longer or shorter, more or less: better or worse by what the sentence is about."""
    before, after = quantities(edit.deleted), quantities(edit.inserted)
    if len(before) != len(after) or not before:
        return []
    reasons: list[ChangeReason] = []
    for old, new in zip(before, after, strict=True):
        measured_old, measured_new = old.with_unit_of(edit.old, edit.deleted), new.with_unit_of(edit.new, edit.inserted)
        if measured_old.unit != measured_new.unit or measured_old.size == measured_new.size:
            continue
        greater_is_better = _greater_is_better(edit.new, measured_new, signals)
        if greater_is_better is None:
            continue
        better = (measured_new.size > measured_old.size) == greater_is_better
        reasons.append(
            _reason("quantity", edit, better=better, sentence=f"{measured_old.words} became {measured_new.words}.")
        )
    return reasons


def _greater_is_better(sentence: str, quantity: Quantity, signals: Signals) -> bool | None:
    if quantity.kind == "money":
        return bool(pattern(signals.greater_is_better).search(sentence))
    if quantity.kind == "age":
        return None
    nearest: tuple[int, bool] | None = None
    at = max(sentence.find(quantity.words), 0)
    for words, greater in ((signals.longer_is_better, True), (signals.shorter_is_better, False)):
        for match in pattern(words).finditer(sentence):
            distance = abs(match.start() - at)
            if nearest is None or distance < nearest[0]:
                nearest = (distance, greater)
    return nearest[1] if nearest else None


def _consent_rule(edit: EditInSentence, _signals: Signals) -> list[ChangeReason]:
    """Opt-in for opt-out and the reverse."""
    old_in, new_in = bool(_OPT_IN.search(edit.old)), bool(_OPT_IN.search(edit.new))
    old_out, new_out = bool(_OPT_OUT.search(edit.old)), bool(_OPT_OUT.search(edit.new))
    if old_in and new_out and not new_in:
        return [
            _reason(
                "opt_in_to_opt_out", edit, better=False, sentence="Asking first became a choice to object afterwards."
            )
        ]
    if old_out and new_in and not old_in:
        return [
            _reason(
                "opt_out_to_opt_in", edit, better=True, sentence="A choice to object afterwards became asking first."
            )
        ]
    return []


_OPT_IN = re.compile(
    r"\b(?:opt(?:s|ed)?[ -]in|(?:with|obtain|ask(?:s|ed)? for|have|given) (?:your |explicit |prior |express )*"
    r"(?:consent|permission)|only if you (?:agree|consent|choose))\b",
    re.IGNORECASE,
)
_OPT_OUT = re.compile(r"\b(?:opt(?:s|ed)?[ -]out|unless you (?:object|tell|ask|opt|turn)|object to)\b", re.IGNORECASE)


def _list_rule(edit: EditInSentence, signals: Signals) -> list[ChangeReason]:
    """Members that come into or leave a list of what the company takes or gives, or whom it gives data to."""
    if not _WORDS.search(edit.inserted) and not _WORDS.search(edit.deleted):
        return []
    grew = len(_WORDS.findall(edit.inserted)) - len(_WORDS.findall(edit.deleted))
    if edit.inserted.strip() and edit.deleted.strip() and abs(grew) < _LIST_GROWTH:
        return []
    sentence = edit.new if grew > 0 else edit.old
    effect = _effect(sentence, edit.company, signals)
    if effect is None:
        return []
    if pattern(signals.negation).search(sentence):
        effect = "gives" if effect == "takes" else "takes"
    better = (effect == "gives") == (grew > 0)
    code = "scope_widened" if grew > 0 else "scope_narrowed"
    return [_reason(code, edit, better=better, sentence="What the sentence covers grew or shrank.")]


_WORDS = re.compile(r"[^\W\d_]{3,}")
_LIST_GROWTH = 2  # words; an edit that replaces three words by four says the same of another thing


def _sentence_rule(edit: EditInSentence, signals: Signals) -> list[ChangeReason]:
    """A whole sentence that came or went: a right or a promise, a duty, a burden, a freedom of the company."""
    sentence = edit.inserted or edit.deleted
    if not sentence.strip() or (edit.inserted.strip() and edit.deleted.strip()):
        return []
    effect = _effect(sentence, edit.company, signals)
    actor = _actor(sentence, edit.company, signals)
    negated = bool(pattern(signals.negation).search(pattern(signals.discretion).sub(" ", sentence)))
    worse: bool | None = None
    code = "sentence"
    if pattern(signals.discretion).search(sentence) and actor == "company":
        worse, code = True, "discretion"
    elif actor == "user" and pattern(signals.permission).search(sentence) and pattern(signals.rights).search(sentence):
        worse, code = negated, "right"
    elif actor == "user" and pattern(signals.duty).search(sentence) and pattern(signals.duties).search(sentence):
        worse, code = not negated, "duty"
    elif pattern(signals.burdens).search(sentence):
        worse, code = not negated or bool(_NOT_LIABLE.search(sentence)), "burden"
    elif effect is not None:
        worse, code = (effect == "takes") != negated, "company_act"
    elif pattern(signals.remedies).search(sentence):
        worse, code = negated, "remedy"
    if worse is None:
        return []
    came = bool(edit.inserted.strip())
    return [_reason(code, edit, better=worse != came, sentence="A sentence of this effect came or went.")]


_NOT_LIABLE = re.compile(r"\b(?:not|no|never)\b[^.;]{0,40}\b(?:liab|responsib|warrant|guarantee)", re.IGNORECASE)

Rule = Callable[[EditInSentence, Signals], list[ChangeReason]]
_RULES: tuple[Rule, ...] = (
    _consent_rule,
    _negation_rule,
    _exception_rule,
    _modal_rule,
    _quantity_rule,
    _discretion_rule,
    _list_rule,
    _sentence_rule,
)


# ---- who does what


def _actor(sentence: str, company: re.Pattern[str], signals: Signals) -> str | None:
    """Who stands first as the subject: the company, the user, or neither."""
    users, companies = pattern(signals.user).search(sentence), company.search(sentence)
    if users and companies:
        return "company" if companies.start() < users.start() else "user"
    if companies:
        return "company"
    return "user" if users else None


def _effect(sentence: str, company: re.Pattern[str], signals: Signals) -> str | None:
    """Whether a sentence says what the company ``takes`` from users or ``gives`` them; rights of users are given."""
    actor = _actor(sentence, company, signals)
    takes, gives = pattern(signals.takes).search(sentence), pattern(signals.gives).search(sentence)
    if actor == "user":
        if pattern(signals.rights).search(sentence) and not pattern(signals.duty).search(sentence):
            return "gives"
        return "takes" if pattern(signals.duty).search(sentence) else None
    if actor is None and not takes and not gives:
        return None
    if takes and gives:
        return "takes" if takes.start() < gives.start() else "gives"
    if takes:
        return "takes"
    return "gives" if gives else None


def _touches_discretion(edit: EditInSentence, signals: Signals) -> bool:
    words = pattern(signals.discretion)
    return bool(words.search(edit.inserted) or words.search(edit.deleted))


def _reason(code: str, edit: EditInSentence, *, better: bool, sentence: str) -> ChangeReason:
    return ChangeReason(
        code=code,
        words=" ".join(edit.words.split())[:300],
        sentence=sentence,
        direction="strengthened" if better else "weakened",
    )
