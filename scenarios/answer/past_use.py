"""What lines before the horizon used up, for windows and months that reach back into the history.

Nobody has booked them here, so they are estimated as their traces on the future are (`scenarios.response.history`): as
if they ran in the horizon, in the first period of the same weekday where they may be chosen, alone but for the other
lines of their own period, on customers who are not tired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

import numpy as np

from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.grid import Blocks, LineError
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.where import holds
from scenarios.language.words import RATIOS, Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.history import Past
from scenarios.scope_mask import narrows

_WEEK = 7
_OF_THE_WHOLE_SHOP = frozenset({Measure.UNITS, Measure.ORDERS, Measure.REVENUE})
"""Measures that count what is sold without offers too, unless a scope names offers."""
_NEVER = frozenset({Measure.MARGIN, Measure.PROFIT, Measure.CUSTOMERS_REACHED}) | RATIOS


def counts_history(measure: Measure | str, where: Scope) -> bool:
    """Whether what lines before the horizon used can be told: sums over lines, not over the whole shop."""
    return measure not in _NEVER and (measure not in _OF_THE_WHOLE_SHOP or narrows(where))


class PastUse:
    """Accounts of the periods before the horizon, made when they are first asked for."""

    def __init__(self, model: Coefficients) -> None:
        self._model = model
        self._lines: dict[int, list[PlanLine]] = {}
        for period, line in _past_lines(model):
            self._lines.setdefault(period, []).append(line)
        self._accounts: dict[int, Account] = {}

    def used(self, measure: Measure | str, where: Scope, periods: Iterable[int]) -> int:
        """Sum of a measure over the past periods of a scope, in the integers of `sums.measured`."""
        horizon = self._model.grid.scenario.horizon
        everywhen = where.model_copy(update={"periods": None})
        return sum(
            measured(self._account(period), measure, everywhen)
            for period in periods
            if period in self._lines and holds(where.periods, horizon.date_of(period), horizon.period_days)
        )

    def _account(self, period: int) -> Account:
        if period not in self._accounts:
            self._accounts[period] = self._booked(period)
        return self._accounts[period]

    def _booked(self, period: int) -> Account:
        """Book the lines of a past period in the period of the horizon that is most like it."""
        model, lines = self._model, self._lines[period]
        grid = model.grid
        slots = [grid.locate(line) for line in lines]
        step = 1 if grid.scenario.horizon.period_days >= _WEEK else _WEEK

        def unlike(other: int) -> tuple[int, bool, int]:
            moved = [grid.slot_number(replace(slot, period=other)) for slot, _ in slots]
            closed = sum(not grid.allowed_flat[at, choice] for at, (_, choice) in zip(moved, slots, strict=True))
            return closed, (other - period) % step != 0, other

        small = single_period(model, min(range(grid.shape[2]), key=unlike))
        plan = small.grid.empty()
        for slot, choice in slots:
            plan[small.grid.slot_number(replace(slot, period=0))] = choice
        return account(small, plan)


def _past_lines(model: Coefficients) -> list[tuple[int, PlanLine]]:
    """Period and line of the history; offers that are no longer on sale are left out, as nothing is known of them."""
    grid = model.grid
    history = grid.scenario.history
    found = []
    for line in history if isinstance(history, tuple) else ():
        try:
            slot, _ = grid.locate(line)
        except LineError:
            continue
        if slot.period < 0:
            found.append((slot.period, line))
    return found


def single_period(model: Coefficients, period: int) -> Coefficients:
    """Return one period of a model by itself, without a past and without limits of stock, of gifts neither."""
    grid, here = model.grid, slice(period, period + 1)
    horizon = grid.scenario.horizon
    alone = horizon.model_copy(update={"start": horizon.date_of(period), "periods": 1})
    allowed = grid.allowed
    small = replace(
        grid,
        scenario=grid.scenario.model_copy(
            update={
                "horizon": alone,
                "history": (),
                "rules": (),
                "gifts": tuple(gift.model_copy(update={"stock": None}) for gift in grid.scenario.gifts),
            }
        ),
        allowed=Blocks(
            allowed.public[:, here],
            allowed.targeted[:, :, here],
            allowed.basket_public[here],
            allowed.basket_targeted[:, here],
        ),
    )
    s, k, _ = grid.shape
    cells = {
        field.name: getattr(model.cells, field.name)[:, :, here]
        for field in fields(model.cells)
        if field.name != "dips"
    }
    layers = {field.name: getattr(model.layers, field.name)[:, :, here] for field in fields(model.layers)}
    return replace(
        model,
        grid=small,
        base_units=model.base_units[:, :, here],
        available=np.full((k, 1), np.inf),
        sold=model.sold[:, period : period + 1 + model.strengths.pull_forward_periods],
        supplied=None,
        orders_per_unit=model.orders_per_unit[:, :, here],
        past=Past(
            fatigue=np.ones((s, k, 1 + model.strengths.tail_periods)),
            basket_fatigue=np.ones((s, 1)),
            dip=np.ones((s, k, 1)),
        ),
        layers=replace(model.layers, **layers),
        cells=replace(model.cells, dips=tuple(dip[:, :, here] for dip in model.cells.dips), **cells),
        basket=replace(
            model.basket,
            **{field.name: getattr(model.basket, field.name)[:, here] for field in fields(model.basket)},
        ),
    )
