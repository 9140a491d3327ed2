"""The data file and the scenario of a made-up shop that asks what price cuts of its categories bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path


def write_questions(
    folder: Path,
    prices: Mapping[str, float],
    *,
    asked: Sequence[float],
    end: dt.date,
    test_weeks: int,
    horizon: int,
    cost: float,
) -> None:
    """Write ``data.yaml`` and ``plan.yaml`` beside ``sales.csv`` and ``articles.csv``.

    Parameters
    ----------
    prices
        Mean price of each category.
    asked
        Depths of the cuts that are asked for.
    end
        Last day of the data.
    test_weeks
        Weeks at its end that training holds out.
    horizon
        Weeks of the plan, from the next day on.
    cost
        Share of the price that a unit costs.
    """
    cut = end - dt.timedelta(days=7 * test_weeks)
    folder.joinpath("data.yaml").write_text(
        f"kind: transactions\ntrain_until: {cut}\ntest_until: {end}\ncurrency: EUR\nfiles:\n"
        "  transactions: {file: sales.csv, customer: customer, time: time, product: product, quantity: quantity,\n"
        "    paid: paid, shelf_discount: markdown}\n"
        "  products: {file: articles.csv, product: product, category: category, line: line}\n"
        f"products: {{{', '.join(f'{name}: [{name}]' for name in prices)}}}\n"
    )
    products = "".join(
        f"  - {{id: {name}, category: {name}, price: {price:.2f}, unit_cost: {price * cost:.2f}}}\n"
        for name, price in prices.items()
    )
    offers = "".join(f"  - {{id: cut-{100 * one:.0f}, mechanic: price_discount, depth: {one:.0%}}}\n" for one in asked)
    folder.joinpath("plan.yaml").write_text(
        f"scenario: made-up\ntitle: made up\ncurrency: EUR\nhorizon: {{start: {end + dt.timedelta(days=1)}, periods: "
        f"{horizon}, unit: week}}\nobjective: profit\nsegments: {{learn: {{count: 2}}}}\nproducts:\n{products}offers:\n"
        f"{offers}effects: {{data: data.yaml}}\n"
    )
