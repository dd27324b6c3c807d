"""What the offline analyst makes of clauses on renewals, refunds, prices, charges and virtual goods."""

import pytest

from smallprint.severity import severity
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


def test_a_long_clause_gives_each_of_its_terms_a_draft() -> None:
    found = read_terms(
        "You may cancel your plan at any time in your settings. Cancellation takes effect at the end of the billing "
        "period. Fees are non-refundable. Unused months are not refunded. If you die before the end of your "
        "membership, your estate is entitled to a refund of the rest."
    )
    assert [severity(one.factors) for one in found] == ["high", "beneficial"]


def test_a_run_in_heading_is_no_term() -> None:
    (one,) = read_terms("4. Refunds and returns. We refund any order within 30 days of delivery.")
    assert one.quote == "We refund any order within 30 days of delivery."
