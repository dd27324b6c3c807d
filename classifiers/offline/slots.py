"""The facts that copy may name, taken from the quoted words only: periods, amounts, ages, courts, laws, bodies."""

import re
from collections.abc import Callable

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "twenty-one": 21, "twenty-four": 24, "thirty": 30, "forty": 40,
    "forty-five": 45, "sixty": 60, "seventy-two": 72, "ninety": 90, "hundred": 100,
}  # fmt: skip
_NUMBER = r"(?P<digits>\d{1,3})|(?P<word>" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")"
_DURATION = re.compile(
    rf"\b(?:{_NUMBER})\)?(?: ?\((?P<inner>\d{{1,3}}|[a-z-]{{3,12}})\))?[ -]?"
    r"(?P<kind>(?:calendar|business|working) )?(?P<unit>hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?:US|USD|CA|AU)? ?[$€£] ?\d[\d,.]{0,12}\d|[$€£] ?\d|\b(?:USD|EUR|GBP) ?\d[\d,.]{0,12}|"
    r"\b\d[\d,.]{0,12} (?:US |U\.S\. )?(?:dollars|euros|EUR|USD|GBP|pounds)\b",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\b(?:age of|aged?|at least|under|over|than|attained|reached|be|turn) (?:the age of )?(?:[a-z]{3,9} \()?"
    r"(?P<age>1[0-9]|2[01]|thirteen|sixteen|eighteen)\b(?! ?(?:day|week|month|hour|%))",
    re.IGNORECASE,
)
_AGE_AND_OVER = re.compile(
    r"\b(?P<age>1[0-9]|2[0-5])(?:\)?[ -]years?)?(?: of age| old)? (?:or|and) (?:older|over|above)\b", re.IGNORECASE
)
_PERCENT = re.compile(r"\b\d{1,3}(?:\.\d)? ?(?:%|percent)", re.IGNORECASE)
_PLACE = r"(?P<place>(?:[A-Z][\w.'’-]+|of|and|the|de)(?:,? (?:[A-Z][\w.'’-]+|of|the|and(?= [A-Z])|de|D\.C\.)){0,9})"
_LAW = re.compile(
    r"\b(?i:laws?|legislation) (?i:of|in force in|in) (?:the )?"
    r"(?i:state of |commonwealth of |country of |republic of )?" + _PLACE
)
_LAW_BEFORE = re.compile(
    r"\b(?P<place>English|Irish|Californian?|New York|Delaware|Texas|German|French|Dutch|Swiss|Swedish|Luxembourg|"
    r"Washington|Illinois|Florida|Nevada|Israeli|Singapore|Scottish|Maltese|Cypriot|Canadian|Japanese|Australian|"
    r"Austrian|Danish|Norwegian|Finnish|Spanish|Italian|Belgian|Portuguese|Polish) (?:state )?laws?\b"
)
_COURT = re.compile(
    r"\b(?i:courts?|tribunals?|venue|jurisdiction)\b(?i:[^.;]{0,40}?\b(?:located|situated|sitting|based|seated))?"
    r"(?: \w{1,12}){0,2} (?i:of|in|for|within) (?:the )?"
    r"(?i:state of |city of |county of |city and county of )?" + _PLACE
)
_SEAT = re.compile(
    r"\b(?i:arbitrations?|arbitrators?|hearings?)\b[^.;]{0,60}?"
    r"\b(?i:held|conducted|takes? place|occur|initiated|seated|seat|location)\b[^.;]{0,30}?\b(?i:in|at|of) (?:the )?"
    r"(?i:state of |city of |county of |city and county of )?" + _PLACE + r"\b(?! language)"
)
_SEAT_OF = re.compile(
    r"\b(?i:seat|place|venue|location) (?i:of (?:the |any )?arbitration)\b[^.;]{0,30}?\b(?i:is|be|in) (?:the )?"
    + _PLACE
)
_COURT_BEFORE = re.compile(
    r"\b(?P<place>English|Irish|German|French|Dutch|California|Delaware|New York|Texas|London|Dublin|Singapore) "
    r"courts?\b"
)
_BODIES = tuple(
    (re.compile(rf"{names}|\b(?-i:{short})\b", re.IGNORECASE), told)
    for names, short, told in (
        ("American Arbitration Association", "AAA", "the American Arbitration Association"),
        ("Judicial Arbitration and Mediation Services", "JAMS", "JAMS"),
        ("National Arbitration and Mediation", "NAM", "National Arbitration and Mediation"),
        ("International Chamber of Commerce", "ICC", "the International Chamber of Commerce"),
        ("London Court of International Arbitration", "LCIA", "the London Court of International Arbitration"),
        ("Singapore International Arbitration Cent(?:re|er)", "SIAC", "the Singapore International Arbitration Centre"),
        (
            "Hong Kong International Arbitration Cent(?:re|er)",
            "HKIAC",
            "the Hong Kong International Arbitration Centre",
        ),
        ("Federal Arbitration,? Inc", "FedArb", "FedArb"),
        (
            "International Cent(?:re|er) for Dispute Resolution",
            "ICDR",
            "the International Centre for Dispute Resolution",
        ),
    )
)
_TRIAL = re.compile(r"\btrial|introductory|free period", re.IGNORECASE)
_LEAD_TIME = re.compile(r"\)? ?(?:before|prior|in advance|of notice|notice|ahead)", re.IGNORECASE)
_NEAR = 70  # characters between a period and the word that says what it is for


def durations(text: str) -> list[tuple[int, int, str]]:
    """Every period in ``text`` as (start, end, "30 days"), whatever way it is written."""
    found = []
    for match in _DURATION.finditer(text):
        number = _number(match)
        if number is None:
            continue
        unit = match["unit"].lower() + ("" if number == 1 else "s")
        kind = (match["kind"] or "").lower()
        found.append((match.start(), match.end(), f"{number} {kind}{unit}"))
    return found


def _number(match: re.Match[str]) -> int | None:
    if match["digits"]:
        return int(match["digits"])
    inner = match["inner"]
    return int(inner) if inner and inner.isdigit() else _NUMBERS.get(match["word"].lower())


def _period(near: str | None) -> Callable[[str], str | None]:
    """A finder of the period that stands nearest to a word, within reach; the first one where no word is asked for."""
    word = re.compile(near, re.IGNORECASE) if near else None

    def find(text: str) -> str | None:
        found = durations(text)
        if word is None or not found:
            return found[0][2] if found else None
        spots = [(match.start(), match.end()) for match in word.finditer(text)]
        gap, written = min((_gap(start, end, spots), written) for start, end, written in found)
        return written if gap <= _NEAR else None

    return find


def _gap(start: int, end: int, spots: list[tuple[int, int]]) -> int:
    """Characters between a span and the nearest of others; what overlaps is next to it."""
    return min((max(0, start - last, first - end) for first, last in spots), default=_NEAR + 1)


def _trial(text: str) -> str | None:
    """How long a trial lasts: a period near that word which is not the lead time of a notice."""
    for start, end, written in durations(text):
        near, after = text[max(0, start - _NEAR) : end + _NEAR], text[end : end + 12]
        if _TRIAL.search(near) and not _LEAD_TIME.match(after):
            return written
    return None


def _amount(text: str) -> str | None:
    match = _AMOUNT.search(text)
    return match[0].strip().rstrip(".,") if match else None


def _age(text: str) -> str | None:
    found = sorted([*_AGE.finditer(text), *_AGE_AND_OVER.finditer(text)], key=lambda match: match.start("age"))
    ages = [match["age"].lower() for match in found]
    return str(_NUMBERS.get(ages[0], ages[0])) if ages else None


def _percent(text: str) -> str | None:
    match = _PERCENT.search(text)
    return match[0] if match else None


def _place(text: str, *patterns: re.Pattern[str]) -> str | None:
    """A place name as written; none where the capture has no capital letter or is all the text's own shouting."""
    if text.isupper():
        return None
    for pattern in patterns:
        for match in pattern.finditer(text):
            name = _trim(match["place"])
            if name:
                return name
    return None


_NOT_PLACES = re.compile(
    r"^(?:You|Your|We|Our|Us|Company|Terms?|Agreement|Service|Section|Any|This|These|Law|Laws|Court|Courts|Such|User|"
    r"All|Consumer|Contract|Contracts|Goods|International|Conflict|Conflicts|If|For|In|Competent)\b"
)


_NEXT_SENTENCE = re.compile(r"\. (?=(?:You|Your|We|Our|Any|The|This|These|If|Each|By|All|In|For|Such|Both|Nothing)\b)")
_WITH_ARTICLE = re.compile(
    r"United (?:States|Kingdom|Arab)|Netherlands|European|Republic|Commonwealth|District|Province|Northern|Federal"
)


def _trim(name: str) -> str | None:
    words = _NEXT_SENTENCE.split(name)[0].strip(" ,.").split()
    while words and (words[-1].islower() or words[-1].rstrip(",") in ("Without", "Unless", "Except", "You", "We")):
        words.pop()
    while words and words[0].islower():
        words.pop(0)
    kept = " ".join(words).strip(" ,.")
    if _WITH_ARTICLE.match(kept):
        kept = f"the {kept}"
    return kept if kept and len(kept) <= 60 and not _NOT_PLACES.match(kept) else None


def _law(text: str) -> str | None:
    return _place(text, _LAW, _LAW_BEFORE)


def _court(text: str) -> str | None:
    return _place(text, _COURT, _COURT_BEFORE)


def _seat(text: str) -> str | None:
    return _place(text, _SEAT, _SEAT_OF)


def _body(text: str) -> str | None:
    return next((name for pattern, name in _BODIES if pattern.search(text)), None)


# slot -> finder in the quoted words; None: the words do not say
VALUES: dict[str, Callable[[str], str | None]] = {
    "period": _period(None),
    "notice_period": _period(r"noti[cf]|advance|prior|before|effective"),
    "opt_out_window": _period(r"opt[ -]?(?:ing[ -])?out|reject|declin|accept(?:ed|ing) th|first|creat|regist"),
    "claim_period": _period(r"barred|within|must|commenc|fil(?:e|ed|ing)|bring|brought|after|notif"),
    "lookback": _period(r"paid|preced|prior|previous|last|before|immediately"),
    "retention_period": _period(r"ret(?:ain|ention)|stor|ke(?:ep|pt)|delet|eras|hold|purg|remov"),
    "refund_window": _period(r"refund|withdraw|cancel|cooling|money|return|right"),
    "expiry_period": _period(r"forfeit|expir|laps|not (?:been )?(?:used|spent)|void|\blost\b"),
    "trial_period": _trial,
    "amount": _amount,
    "age": _age,
    "percent": _percent,
    "law": _law,
    "court": _court,
    "seat": _seat,
    "body": _body,
}
