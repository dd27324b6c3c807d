"""The service's own date in a document: "Last updated: 4 March 2026" is a claim, kept beside what was observed."""

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio januari",
            "february feb februar février febrero febbraio februari",
            "march mar märz mars marzo maart",
            "april apr avril abril aprile",
            "may mai mayo maggio mei",
            "june jun juni juin junio giugno",
            "july jul juli juillet julio luglio",
            "august aug août agosto augustus",
            "september sep sept septembre septiembre settembre",
            "october oct oktober octobre octubre ottobre okt",
            "november nov novembre noviembre",
            "december dec dezember décembre diciembre dicembre dez",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = (
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:de\s+|of\s+)?(?P<m1>{_MONTH})\.?,?\s+(?:de\s+)?(?P<y1>\d{{4}})"
    rf"|(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
    r"|(?P<y3>\d{4})[-./](?P<m3>\d{1,2})[-./](?P<d3>\d{1,2})"
    r"|(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>\d{4})"
    r"|(?P<y5>\d{4})年(?P<m5>\d{1,2})月(?P<d5>\d{1,2})日"
    r"|(?P<a6>\d{1,2})/(?P<b6>\d{1,2})/(?P<y6>\d{4})"
    rf"|(?P<m7>{_MONTH})\.?\s+(?P<y7>\d{{4}}))"
)
# "Last updated", "Effective", "Version of", "Stand:", ... and what may lie between these words and the date.
_CLAIM = re.compile(
    r"(?:last\s+(?:updated?|modified|revised|changed)|(?:updated|revised|modified|posted|published)(?:\s+on)?|effective(?:\s+(?:date|as\s+of|from|on))?|"
    r"date\s+of\s+(?:last\s+)?(?:revision|update)|version(?:\s+of)?|as\s+of|in\s+effect\s+(?:since|from)|"
    r"stand(?:\s+vom)?|zuletzt\s+(?:aktualisiert|geändert)(?:\s+am)?|gültig\s+ab|dernière\s+(?:mise\s+à\s+jour|modification)|en\s+vigueur(?:\s+(?:au|le|depuis))?|"
    r"última\s+(?:actualización|modificación)|vigente\s+desde|ultimo\s+aggiornamento|laatst\s+(?:bijgewerkt|gewijzigd)(?:\s+op)?|最終更新日?|更新日|施行日)"
    rf"[\s:：*_()\[\]–—-]{{0,12}}(?:le\s+|on\s+|am\s+|the\s+)?{_DATE}",
    re.IGNORECASE,
)
MONTHS = 12
_BARE = re.compile(rf"^\W{{0,40}}{_DATE}\W{{0,40}}", re.IGNORECASE)
# A claim stands at the top or the foot; a date in the middle belongs to a clause ("effective date of your order").
_DATE_LINE_REST = 40  # characters around the claim: "Terms of Service", brackets, a full stop
_EDGE_SHARE, _EDGE_LENGTH = 0.1, 2_000  # of the text; characters


def claimed_date(text: str) -> str | None:
    """The newest date that the document claims for itself near its top or foot; None where it claims none.

    ISO, without a day ("2025-08") where the claim has none. "04/02/2025" says nothing sure and is no claim.
    """
    edge = max(_EDGE_LENGTH, round(len(text) * _EDGE_SHARE))
    edges = (text,) if len(text) <= 2 * edge else (text[:edge], text[-edge:])
    for part in edges:
        dates = [day for match in _CLAIM.finditer(part) if (day := _day(match))]
        if dates:
            return max(dates)
    return None


def is_date_line(text: str) -> bool:
    """Whether a clause is nothing but the document's own date."""
    stripped = " ".join(text.split())
    if _BARE.fullmatch(stripped):
        return True
    claim = _CLAIM.search(stripped)
    return claim is not None and len(stripped) - len(claim.group()) <= _DATE_LINE_REST


def without_dates(text: str) -> str:
    """The text with claimed dates blanked, so that two texts that differ in them alone are equal."""
    return _CLAIM.sub(" ", text)


def _day(match: re.Match[str]) -> str | None:
    """The date of a match as ISO; None for one that no calendar has, or that can be read in two ways."""
    if match["y7"]:
        return f"{match['y7']}-{_MONTHS[match['m7'].casefold()]:02}"
    if match["y6"]:
        first, second = int(match["a6"]), int(match["b6"])
        if first == second or min(first, second) > MONTHS:
            return _iso(match["y6"], second, first)
        if max(first, second) <= MONTHS:
            return None
        return _iso(match["y6"], min(first, second), max(first, second))
    for n in range(1, 6):
        if match[f"y{n}"]:
            month = match[f"m{n}"]
            number = int(month) if month.isdigit() else _MONTHS[month.casefold()]
            return _iso(match[f"y{n}"], number, int(match[f"d{n}"]))
    return None


def _iso(year: str, month: int, day: int) -> str | None:
    try:
        return date(int(year), month, day).isoformat()
    except ValueError:
        return None
