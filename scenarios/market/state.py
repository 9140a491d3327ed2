"""Where a run of the simulated market stands on a morning. State is passed in and returned, never kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.schema import Horizon, Product, Scenario
from scenarios.market.customers import Memory
from scenarios.market.deals import Place
from scenarios.market.offered import Letters


@dataclass(frozen=True, kw_only=True, eq=False)
class Ration:
    """What is left of one line's benefits in its period."""

    pieces: float
    """Infinite where they are not counted."""
    used: Float
    """[N] uses of each customer so far."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Held:
    """Coupons of one day's sending that customers hold until their last day."""

    letters: Letters
    """Whom the message of that day reached."""
    used: Mapping[Place, Float]
    """[N] uses of each customer so far, by where the coupon may be used."""

    def picked(self, rows: Int) -> Held:
        """Return them for some of the customers."""
        return Held(letters=self.letters.picked(rows), used={place: each[rows] for place, each in self.used.items()})


@dataclass(frozen=True, kw_only=True, eq=False)
class SoFar:
    """What a period has brought up to a morning."""

    letters: Letters
    rations: dict[Place, Ration]
    saw: Flag
    """[N, K + 1] who has seen which promotions."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MarketState:
    """Where a run stands at the start of a day."""

    memory: Memory
    stock: Float
    """[K]"""
    gift_stock: dict[str, float]
    funds: dict[str, float]
    """What is left of each vendor's fund; infinite where none is named."""
    held: Mapping[int, Held] = field(default_factory=dict)
    """Coupons that are out, by the day of their sending, counted from the horizon's start."""
    so_far: SoFar | None = None
    """What the period has brought up to now; None before its first day."""


def opened(state: MarketState, scenario: Scenario, products: Sequence[Product]) -> MarketState:
    """Return the state with the stocks and funds of the horizon's first morning."""
    return replace(
        state,
        so_far=None,
        stock=np.array([np.inf if product.stock is None else float(product.stock) for product in products]),
        gift_stock={gift.id: float(gift.stock) for gift in scenario.gifts if gift.stock is not None},
        funds={v.id: np.inf if v.fund is None else float(v.fund) for v in scenario.vendors},
    )


def morning(state: MarketState, products: Sequence[Product], horizon: Horizon, date: dt.date) -> MarketState:
    """Return the state with what a day's morning brings: goods that arrive, and nothing of what has left the range."""
    arrivals = np.array([float(product.arrivals.get(date, 0)) for product in products])
    period = horizon.period_of(date)
    gone = [each.last_sale is not None and period > horizon.period_of(each.last_sale) for each in products]
    return replace(state, stock=np.where(gone, 0.0, state.stock + arrivals))
