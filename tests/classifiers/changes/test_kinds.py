"""Edits to clauses with the kind that the rubric for changes gives them."""

import pytest

from classifiers.changes.kinds import kind_of_edit, kind_of_presence
from classifiers.changes.redline import redline

EDITS = {
    "line breaks": ("We may share\nyour data.", "We may share your data.", "technical", "white_space"),
    "the document's own date": ("Last updated: 1 May 2024.", "Last updated: 3 June 2025.", "technical", "date_line"),
    "a link's address": (
        "See our policy (https://a.example/x).",
        "See our policy (https://b.example/y).",
        "technical",
        "links",
    ),
    "quotation marks": ('the "Services"', "the “Services”", "editorial", "typography"),
    "capitals": ("the services are free", "The Services are free", "editorial", "typography"),
    "its number": ("14. Disputes go to court.", "15. Disputes go to court.", "editorial", "renumbered"),
    "a cross-reference": (
        "Unless you opt out under Section 13(2), disputes are arbitrated.",
        "Unless you opt out under Section 14(2), disputes are arbitrated.",
        "editorial",
        "references",
    ),
    "an address to write to": (
        "Write to privacy@northwind.example.",
        "Write to dpo@northwind.example.",
        "editorial",
        "contact_details",
    ),
    "British spelling": ("We authorise payments.", "We authorize payments.", "editorial", "wording"),
    "shall and will": ("We shall inform you.", "We will inform you.", "editorial", "wording"),
    "a contraction": ("We do not sell data.", "We don't sell data.", "editorial", "wording"),
    "the order of a list": (
        "We collect names, addresses, and phone numbers.",
        "We collect phone numbers, names, and addresses.",
        "editorial",
        "reordered",
    ),
    "a number": ("within 30 days", "within 14 days", "substantive", "number"),
    "a number in words": ("within thirty days", "within sixty days", "substantive", "words"),
    "a lost negation": ("We do not sell your data.", "We sell your data.", "substantive", "negation"),
    "one letter that makes a negation": ("You may now cancel.", "You may not cancel.", "substantive", "negation"),
    "may for will": ("We will notify you.", "We may notify you.", "substantive", "words"),
    "a new purpose": ("to provide the service", "to provide the service and for advertising", "substantive", "words"),
}


@pytest.mark.parametrize(("old", "new", "kind", "code"), EDITS.values(), ids=EDITS)
def test_an_edit_has_the_kind_that_the_rubric_gives(old: str, new: str, kind: str, code: str):
    verdict = kind_of_edit(redline(old, new), old, new, None)
    assert (verdict.kind, verdict.reasons[0].code) == (kind, code)


def test_a_company_renamed_throughout_is_editorial():
    old, new = "Northwind may close accounts.", "Southwind may close accounts."
    assert kind_of_edit(redline(old, new), old, new, ("Northwind", "Southwind")).reasons[0].code == "renamed"


@pytest.mark.parametrize(
    ("text", "heading", "kind"),
    {
        "navigation": ("Back to top", False, "technical"),
        "a date": ("Last updated: 1 May 2024", False, "technical"),
        "a heading": ("8. Fees and Billing", True, "editorial"),
        "a contact line": ("Questions? help@northwind.example", False, "editorial"),
        "a term": ("You waive your right to a jury trial.", False, "substantive"),
    }.values(),
)
def test_a_clause_that_comes_or_goes_has_a_kind(text: str, heading: bool, kind: str):
    assert kind_of_presence(text, heading=heading).kind == kind
