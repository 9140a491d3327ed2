"""What one customer brings is written as the currency writes money."""

from __future__ import annotations

import pytest

from planner.report.assign import of_one_customer


@pytest.mark.parametrize(
    ("currency", "values", "written"),
    [
        ("JPY", (68.0, 7.0, 118.4, 1234.0, 0.0), ["68", "7", "118", "1,234", "0"]),
        ("CNY", (68.0, 7.125, 0.5), ["68.00", "7.12", "0.50"]),
        ("KWD", (1.5,), ["1.500"]),
    ],
)
def test_all_amounts_of_a_column_have_the_currencys_digits(currency, values, written):
    """Yen have none, whatever the size; nothing reads 68.0 beside 7.00 and 118."""
    assert [of_one_customer(value, currency) for value in values] == written


def test_less_than_the_smallest_coin_is_not_nothing():
    """Half a yen is written as such."""
    assert of_one_customer(0.4, "JPY") == "0.400"
    assert of_one_customer(None, "JPY") == "-"
