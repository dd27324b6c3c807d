"""Quantities in a text: periods, amounts of money, percentages, ages, with their size in one unit for comparison."""

import re
from dataclasses import dataclass, replace
from typing import Literal

QuantityKind = Literal["period", "money", "percent", "age", "count"]

_SMALL_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_NUMBER_WORDS = {word: number for number, word in enumerate(_SMALL_NUMBERS)} | {
    "twenty-one": 21,
    "thirty": 30,
    "forty": 40,
    "forty-five": 45,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
}
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}  # a month and a year as contracts round them
_CURRENCY = r"(?:US\$|USD|EUR|GBP|CHF|CAD|AUD|[$€£])"
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_WORDS = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))
_PERIOD_UNIT = r"(?:calendar |business |working |full )?(hour|day|week|month|year)s?"
_QUANTITY = re.compile(
    rf"(?P<money>{_CURRENCY}\s?(?P<amount>{_NUMBER})|(?P<amount_before>{_NUMBER})\s?(?:{_CURRENCY}|dollars|euros|pounds))"
    rf"|(?P<percent>(?P<share>{_NUMBER})\s?(?:%|percent|per cent))"
    rf"|(?P<age>\b(?:age of |aged |under |over |least )(?P<years>\d{{1,2}})(?:\s+years (?:of age|old))?"
    rf"(?!\s*(?:{_PERIOD_UNIT})))"
    rf"|(?P<period>\b(?P<span>{_NUMBER}|{_WORDS})\b(?:\s*\(\s*\d+\s*\))?[\s-]{_PERIOD_UNIT}\b)"
    rf"|(?P<count>\b(?P<figure>{_NUMBER}|{_WORDS})\b)",
    re.IGNORECASE,
)
_UNIT_BEHIND = re.compile(rf"\W{{0,3}}(?:\(\s{{0,4}}\d{{1,9}}\s{{0,4}}\))?[\s-]{{0,8}}{_PERIOD_UNIT}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """A figure with what it measures; ``size`` is in days, in the currency, in percent, in years of age, or bare."""

    kind: QuantityKind
    size: float
    unit: str
    words: str

    def with_unit_of(self, sentence: str, edit: str) -> "Quantity":
        """A bare figure of an edit with the unit that follows in its sentence ("30" of "30 days")."""
        if self.kind != "count":
            return self
        at = sentence.find(edit.strip())
        behind = sentence[at + edit.strip().rfind(self.words) + len(self.words) :] if at >= 0 else ""
        unit = _UNIT_BEHIND.match(behind)
        if unit is not None:
            name = unit[1].casefold()
            return Quantity("period", self.size * _DAYS[name], "days", f"{self.words} {name}s")
        if at > 0 and re.search(rf"{_CURRENCY}\s*$", sentence[: at + edit.strip().rfind(self.words)]):
            return replace(self, kind="money", unit="money")
        if re.match(r"\s*(?:%|percent|per cent)", behind):
            return replace(self, kind="percent", unit="percent")
        if at > 0 and re.search(r"\b(?:age of|aged|under|over|least)\s*$", sentence[:at], re.IGNORECASE):
            return replace(self, kind="age", unit="years of age")
        return self


def quantities(text: str) -> list[Quantity]:
    """The quantities of a text in order."""
    return [_quantity(match) for match in _QUANTITY.finditer(text)]


def _quantity(match: re.Match[str]) -> Quantity:
    words = " ".join(match.group().split())
    if match["money"]:
        amount = match["amount"] or match["amount_before"]
        currency = re.sub(r"[\d.,\s]", "", words).casefold()
        return Quantity("money", _size(amount), currency, words)
    if match["percent"]:
        return Quantity("percent", _size(match["share"]), "percent", words)
    if match["age"]:
        return Quantity("age", _size(match["years"]), "years of age", words)
    if match["period"]:
        name = next(unit for unit in _DAYS if re.search(rf"\b{unit}s?\b", words, re.IGNORECASE))
        return Quantity("period", _size(match["span"]) * _DAYS[name], "days", words)
    return Quantity("count", _size(match["figure"]), "", words)


def _size(number: str) -> float:
    word = number.casefold()
    return float(_NUMBER_WORDS[word]) if word in _NUMBER_WORDS else float(number.replace(",", ""))
