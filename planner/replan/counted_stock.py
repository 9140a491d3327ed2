"""First stock that is asked otherwise while the actuals tell what is left: what was counted holds, and is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.replan.asked_now import AskedNow, Otherwise
from scenarios.flight.actuals import Actuals
from scenarios.language.read_in import products_of
from scenarios.language.schema import Product, Scenario


def as_counted(asked: AskedNow, planned: Scenario, actuals: Actuals) -> AskedNow:
    """Return a question whose first stock is the plan's wherever a later count (``stock_end``) tells what is left.

    What is left decides how much can still be sold, whatever the campaign began with. So such a change does nothing,
    and a sentence says so, and what does: an arrival.

    Parameters
    ----------
    planned
        The scenario of the plan that runs.
    """
    if actuals.stock_end is None:
        return asked
    before = {each.id: each for each in products_of(planned)}
    products, otherwise = list(products_of(asked.scenario)), list(asked.otherwise)
    for number, product in enumerate(products):
        old = before[product.id]
        told = np.flatnonzero(np.isfinite(actuals.stock_end[actuals.grid.product_index[product.id]]))
        if old.stock is None or product.stock is None or product.stock == old.stock or not told.size:
            continue
        left = int(actuals.stock_end[actuals.grid.product_index[product.id], told[-1]])
        day = planned.horizon.date_of(int(told[-1]))
        claim = f"products.{product.id}.stock"
        sentence = (
            f"{claim} stays {old.stock:,} and {product.stock:,} changes nothing: {actuals.name} counts {left:,} left "
            f"on {day} (stock_end), which holds; {_remedy(product, product.stock - old.stock)}"
        )
        otherwise = [each for each in otherwise if each.place != claim] + [Otherwise(place=claim, words=sentence)]
        products[number] = product.model_copy(update={"stock": old.stock})
    scenario = asked.scenario.model_copy(update={"products": tuple(products)})
    return replace(asked, scenario=scenario, otherwise=tuple(otherwise))


def _remedy(product: Product, more: int) -> str:
    """How units that the count does not hold are told."""
    if more < 0:
        return "correct stock_end where fewer are left"
    arrivals = ", ".join([*(f"{day}: {units}" for day, units in sorted(product.arrivals.items())), f"DATE: {more}"])
    option = f"--set 'products.{product.id}.arrivals={{{arrivals}}}'"
    return f"units that are still to come are an arrival: {option}, their day in place of DATE"
