# ruff: noqa: E501 - messages stand as people read them
"""Digits in groups are told as the number they mean, in scenarios, options, tables and actuals, as in India, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from actuals_files import ROWS, messages, text_of
from shop import load_shop, problems_of, write_shop

from scenarios.grid import build_grid
from scenarios.language.slips.comma_numbers import comma_remedy
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

BRACES = "expected digits with a decimal point only, such as 12000 or 19.90, got"
BUDGET = "measure: spend, max: 80000"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("1,00,000", "leave the commas out and write 100000"),
        ("18,00,000", "leave the commas out and write 1800000"),
        ("12,34,567.89", "leave the commas out and write 1234567.89"),
        ("1,23,45,678", "leave the commas out and write 12345678"),
        ("-1,00,000", "leave the commas out and write -100000"),
        ("₹1,00,000", "leave commas and sign out and write 100000"),
        ("Rs. 18,00,000", "leave commas and sign out and write 1800000"),
        ("1,800,000", "leave the commas out and write 1800000"),
        ("18,00,00", "leave the commas out and check the digits"),
        ("2,899", "leave the comma out and write 2899"),
        ("0,125", "write 0.125"),
        ("1234,500", "write 1234.500"),
        ("19,90", "write 19.90"),
        ("12,5%", "write 12.5%"),
        ("12,500%", "write 12.500%"),
        ("1,2,3", ""),
    ],
)
def test_every_grouping_has_its_remedy(text: str, remedy: str) -> None:
    """Of an amount with two decimals a comma before three digits separates thousands, whatever the currency."""
    assert comma_remedy(text, 2) == remedy


def test_three_decimals_are_offered_where_they_can_be() -> None:
    """Dinars have three decimals; of counts no comma marks any."""
    assert comma_remedy("2,899", 3) == "leave the comma out, or write 2.899 if decimals were meant"
    assert comma_remedy("2,899", 0) == "leave the comma out and write 2899" and comma_remedy("2,89", 0) == ""


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            {BUDGET: "measure: spend, max: 18,00,000"},
            f"shop.yaml:25: limits.total-budget.max: {BRACES} 18,00,000; a comma begins the next key here: leave the commas out and write 1800000",
        ),
        (
            {BUDGET: "measure: spend, max: '1,00,000'"},
            'shop.yaml:25: limits.total-budget.max: expected an amount of money such as 19.90, got "1,00,000"; leave the commas out and write 100000',
        ),
        (
            {"customers: 4000": "customers: 1,20,000"},
            f"shop.yaml:8: segments.young.customers: {BRACES} 1,20,000; a comma begins the next key here: leave the commas out and write 120000",
        ),
        (
            {"customers: 4000": "customers: '1,20,000'"},
            'shop.yaml:8: segments.young.customers: expected a whole number, got "1,20,000"; leave the commas out and write 120000',
        ),
        (
            {"price: 2699": "price: 2,699"},
            f"shop.yaml:11: products.phone.price: {BRACES} 2,699; a comma begins the next key here: leave the comma out and write 2699",
        ),
        (
            {"unit_cost: 1890": "unit_cost: '1,890'"},
            'shop.yaml:11: products.phone.unit_cost: expected an amount of money such as 19.90, got "1,890"; leave the comma out and write 1890',
        ),
        (
            {"currency: CNY": "currency: KWD", "price: 2699": "price: '2,699'"},
            'shop.yaml:11: products.phone.price: expected an amount of money such as 19.90, got "2,699"; leave the comma out, or write 2.699 if decimals were meant',
        ),
    ],
)
def test_amounts_and_counts_of_a_scenario(tmp_path: Path, edit: dict[str, str], said: str) -> None:
    """One line with the number that was meant, in braces and in quotes; decimals only where the currency has them."""
    assert problems_of(tmp_path, shop=edit) == [said]


def test_a_comma_in_braces_hides_no_other_problem(tmp_path: Path) -> None:
    """Numbers with commas in braces are told with all else that is wrong in the file, its tables and its references."""
    edits = {
        "customers: 4000": "customers: 4,000",
        "price: 2699": "price: 2,699",
        "max: 80000": "max: eighty",
        "unit: day": "unit: days",
    }
    assert problems_of(tmp_path, shop=edits, baseline={"young,phone,,30": "young,phone,,many"}) == [
        'shop.yaml:4: horizon.unit: expected one of day, week, got "days"; did you mean day?',
        f"shop.yaml:8: segments.young.customers: {BRACES} 4,000; a comma begins the next key here: leave the comma out and write 4000",
        f"shop.yaml:11: products.phone.price: {BRACES} 2,699; a comma begins the next key here: leave the comma out and write 2699",
        'shop.yaml:25: limits.total-budget.max: expected an amount of money such as 19.90, got "eighty"; write digits and a decimal point only, without currency signs or separators',
        'baseline.csv:2: units: expected a number, got "many"',
    ]


def test_an_option(tmp_path: Path) -> None:
    """``--set`` reads a value as a file does."""
    path = write_shop(tmp_path)
    with pytest.raises(InvalidInput, match='got "6,00,000"; leave the commas out and write 600000'):
        load_scenario(path, ["limits.total-budget.max=6,00,000"])


def test_tables(tmp_path: Path) -> None:
    """The baseline's units and the baskets' order values; of units three decimals may be meant."""
    edits = {"baseline": {"young,phone,,30": 'young,phone,,"1,00,820"', "young,case,,70": 'young,case,,"1,820"'}}
    assert problems_of(tmp_path, **edits) == [
        'baseline.csv:2: units: expected a number, got "1,00,820"; leave the commas out and write 100820',
        'baseline.csv:4: units: expected a number, got "1,820"; leave the comma out, or write 1.820 if decimals were meant',
    ]
    edits = {"baskets": {"young,79,": 'young,"1,06,200",', "young,2700,": 'young,"2,700",'}}
    assert problems_of(tmp_path, **edits) == [
        'baskets.csv:2: order_value: expected a number, got "1,06,200"; leave the commas out and write 106200',
        'baskets.csv:3: order_value: expected a number, got "2,700"; leave the comma out and write 2700',
    ]


def test_actuals(tmp_path: Path) -> None:
    """Revenue as Indian programs write it has the remedy that others have."""
    grid = build_grid(load_shop(tmp_path).scenario)
    assert messages(text_of((ROWS[0].replace("80970", '"32,32,385"'), *ROWS[1:])), grid) == [
        'actuals.csv:2: revenue: expected a number, got "32,32,385"; leave the commas out and write 3232385'
    ]
