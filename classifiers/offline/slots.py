"""The facts that copy may name, taken only from the quoted words: periods, amounts, ages, courts, laws, bodies."""

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
_PLACE_NAME = r"(?P<name>(?:[A-Z][\w.'’-]+|of|and|the|de)(?:,? (?:[A-Z][\w.'’-]+|of|the|and(?= [A-Z])|de|D\.C\.)){0,9})"
_LAW = re.compile(
    r"\b(?i:laws?|legislation) (?i:of|in force in|in) (?:the )?"
    r"(?i:state of |commonwealth of |country of |republic of )?" + _PLACE_NAME
)
_LAW_BEFORE = re.compile(
    r"\b(?P<name>English|Irish|Californian?|New York|Delaware|Texas|German|French|Dutch|Swiss|Swedish|Luxembourg|"
    r"Washington|Illinois|Florida|Nevada|Israeli|Singapore|Scottish|Maltese|Cypriot|Canadian|Japanese|Australian|"
    r"Austrian|Danish|Norwegian|Finnish|Spanish|Italian|Belgian|Portuguese|Polish) (?:state )?laws?\b"
)
_COURT = re.compile(
    r"\b(?i:courts?|tribunals?|venue|jurisdiction)\b(?i:[^.;]{0,40}?\b(?:located|situated|sitting|based|seated))?"
    r"(?: \w{1,12}){0,2} (?i:of|in|for|within) (?:the )?"
    r"(?i:state of |city of |county of |city and county of )?" + _PLACE_NAME
)
_SEAT = re.compile(
    r"\b(?i:arbitrations?|arbitrators?|hearings?)\b[^.;]{0,60}?"
    r"\b(?i:held|conducted|takes? place|occur|initiated|seated|seat|location)\b[^.;]{0,30}?\b(?i:in|at|of) (?:the )?"
    r"(?i:state of |city of |county of |city and county of )?" + _PLACE_NAME + r"\b(?! language)"
)
_SEAT_OF = re.compile(
    r"\b(?i:seat|place|venue|location) (?i:of (?:the |any )?arbitration)\b[^.;]{0,30}?\b(?i:is|be|in) (?:the )?"
    + _PLACE_NAME
)
_COURT_BEFORE = re.compile(
    r"\b(?P<name>English|Irish|German|French|Dutch|California|Delaware|New York|Texas|London|Dublin|Singapore) "
    r"courts?\b"
)
_BODIES = tuple(
    (re.compile(rf"{names}|\b(?-i:{short})\b", re.IGNORECASE), full_name)
    for names, short, full_name in (
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
# Between a period and the word that says what it is for; chosen by eye on quoted sentences, about half a line.
_MAX_DISTANCE_CHARS = 70
_MAX_PLACE_CHARS = 60  # a longer match is a phrase with capitals


def durations(text: str) -> list[tuple[int, int, str]]:
    """Every period in ``text`` as (start, end, "30 days"), however it is written."""
    periods = []
    for match in _DURATION.finditer(text):
        number = _number(match)
        if number is None:
            continue
        unit = match["unit"].lower() + ("" if number == 1 else "s")
        kind = (match["kind"] or "").lower()
        periods.append((match.start(), match.end(), f"{number} {kind}{unit}"))
    return periods


def _number(match: re.Match[str]) -> int | None:
    if match["digits"]:
        return int(match["digits"])
    inner = match["inner"]
    return int(inner) if inner and inner.isdigit() else _NUMBERS.get(match["word"].lower())


def _period_finder(near: str | None) -> Callable[[str], str | None]:
    """A finder of the period nearest to a word that the pattern ``near`` matches; of the first period without one."""
    word = re.compile(near, re.IGNORECASE) if near else None

    def find(text: str) -> str | None:
        periods = durations(text)
        if word is None or not periods:
            return periods[0][2] if periods else None
        mentions = [(match.start(), match.end()) for match in word.finditer(text)]
        distance, period = min((_distance(start, end, mentions), period) for start, end, period in periods)
        return period if distance <= _MAX_DISTANCE_CHARS else None

    return find


def _distance(start: int, end: int, others: list[tuple[int, int]]) -> int:
    """Characters between a span and the nearest of others; 0 where they overlap."""
    too_far = _MAX_DISTANCE_CHARS + 1
    return min((max(0, start - other_end, other_start - end) for other_start, other_end in others), default=too_far)


def _trial(text: str) -> str | None:
    """How long a trial lasts: a period near the word "trial" that is not the lead time of a notice."""
    for start, end, period in durations(text):
        context = text[max(0, start - _MAX_DISTANCE_CHARS) : end + _MAX_DISTANCE_CHARS]
        if _TRIAL.search(context) and not _LEAD_TIME.match(text[end : end + 12]):
            return period
    return None


def _amount(text: str) -> str | None:
    match = _AMOUNT.search(text)
    return match[0].strip().rstrip(".,") if match else None


def _age(text: str) -> str | None:
    matches = sorted([*_AGE.finditer(text), *_AGE_AND_OVER.finditer(text)], key=lambda match: match.start("age"))
    ages = [match["age"].lower() for match in matches]
    return str(_NUMBERS.get(ages[0], ages[0])) if ages else None


def _percent(text: str) -> str | None:
    match = _PERCENT.search(text)
    return match[0] if match else None


def _place_name(text: str, *patterns: re.Pattern[str]) -> str | None:
    """A place name as written; None where there is none, or where the text is all capitals, which would all match."""
    if text.isupper():
        return None
    for pattern in patterns:
        for match in pattern.finditer(text):
            name = _trim_place(match["name"])
            if name:
                return name
    return None


_NOT_A_PLACE = re.compile(
    r"^(?:You|Your|We|Our|Us|Company|Terms?|Agreement|Service|Section|Any|This|These|Law|Laws|Court|Courts|Such|User|"
    r"All|Consumer|Contract|Contracts|Goods|International|Conflict|Conflicts|If|For|In|Competent)\b"
)


_NEXT_SENTENCE = re.compile(r"\. (?=(?:You|Your|We|Our|Any|The|This|These|If|Each|By|All|In|For|Such|Both|Nothing)\b)")
_WITH_ARTICLE = re.compile(
    r"United (?:States|Kingdom|Arab)|Netherlands|European|Republic|Commonwealth|District|Province|Northern|Federal"
)


def _trim_place(name: str) -> str | None:
    words = _NEXT_SENTENCE.split(name)[0].strip(" ,.").split()
    while words and (words[-1].islower() or words[-1].rstrip(",") in ("Without", "Unless", "Except", "You", "We")):
        words.pop()
    while words and words[0].islower():
        words.pop(0)
    trimmed = " ".join(words).strip(" ,.")
    if _WITH_ARTICLE.match(trimmed):
        trimmed = f"the {trimmed}"
    is_place = trimmed and len(trimmed) <= _MAX_PLACE_CHARS and not _NOT_A_PLACE.match(trimmed)
    return trimmed if is_place else None


def _law(text: str) -> str | None:
    return _place_name(text, _LAW, _LAW_BEFORE)


def _court(text: str) -> str | None:
    return _place_name(text, _COURT, _COURT_BEFORE)


def _seat(text: str) -> str | None:
    return _place_name(text, _SEAT, _SEAT_OF)


def _body(text: str) -> str | None:
    return next((name for pattern, name in _BODIES if pattern.search(text)), None)


# slot -> its finder in the quoted words, which returns None where they do not say
VALUES: dict[str, Callable[[str], str | None]] = {
    "period": _period_finder(None),
    "notice_period": _period_finder(r"noti[cf]|advance|prior|before|effective"),
    "opt_out_window": _period_finder(r"opt[ -]?(?:ing[ -])?out|reject|declin|accept(?:ed|ing) th|first|creat|regist"),
    "claim_period": _period_finder(r"barred|within|must|commenc|fil(?:e|ed|ing)|bring|brought|after|notif"),
    "lookback": _period_finder(r"paid|preced|prior|previous|last|before|immediately"),
    "retention_period": _period_finder(r"ret(?:ain|ention)|stor|ke(?:ep|pt)|delet|eras|hold|purg|remov"),
    "refund_window": _period_finder(r"refund|withdraw|cancel|cooling|money|return|right"),
    "expiry_period": _period_finder(r"forfeit|expir|laps|not (?:been )?(?:used|spent)|void|\blost\b"),
    "trial_period": _trial,
    "amount": _amount,
    "age": _age,
    "percent": _percent,
    "law": _law,
    "court": _court,
    "seat": _seat,
    "body": _body,
}
