"""What the offline analyst makes of clauses on renewals, refunds, prices, charges and virtual goods."""

import pytest

from tests.classifiers.offline_reading import read_terms

CLAUSES = [
    pytest.param("auto_renewal", "Your plan renews automatically each month until you cancel.", id="renews by itself"),
    pytest.param("cancellation_refund", "All fees are non-refundable.", id="no refunds"),
    pytest.param("price_change", "We may increase our prices at any time.", id="prices may rise"),
    pytest.param("payment_authorization", "You authorize us to charge your card on file.", id="card on file"),
    pytest.param("virtual_goods", "Unused credits are forfeited after ninety days.", id="credits forfeited"),
]


@pytest.mark.parametrize(("category", "sentence"), CLAUSES)
def test_a_clause_about_money_has_its_category(category: str, sentence: str) -> None:
    assert [one.category for one in read_terms(sentence)] == [category]


def test_what_the_strongest_quote_of_a_long_clause_leaves_over_is_quoted_too() -> None:
    found = read_terms(
        "Fees are non-refundable. Unused months are not refunded. All sales are final and no refunds are given. If you "
        "cancel, your plan stays active until the end of the billing period. If you die before the end of your "
        "membership, your estate is entitled to a refund of the rest."
    )
    assert [one.quote.split()[0] for one in found] == ["Unused", "All"]


def test_a_run_in_heading_is_no_term() -> None:
    (one,) = read_terms("4. Refunds and returns. We refund any order within 30 days of delivery.")
    assert one.quote == "We refund any order within 30 days of delivery."
