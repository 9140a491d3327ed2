"""Segments as a model keeps them: means over their customers, levels of demand, orders; no customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from scenarios.arrays import Float, Int
from surrogate.stored_sizes import Holds


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedGroups:
    """Segments as learned. S segments, F features, E members, C categories."""

    ids: Annotated[tuple[str, ...], Holds(axes="S")]
    names: Annotated[tuple[str, ...], Holds(axes="S")]
    customers: Annotated[Int, Holds(axes="S", least=1, below=1e12)]
    """[S]"""
    features: Annotated[Float, Holds(axes="S F")]
    """[S, F] mean normalised features."""
    raw: Annotated[Float, Holds(axes="S F", unknown=True)]
    """[S, F] mean features in people's units; NaN where unknown."""
    base: Annotated[Float, Holds(axes="E S C", least=0)]
    """[E, S, C] units a week at the end of the data, nothing promoted."""
    base_cv: Annotated[Float, Holds(axes="S C", least=0)]
    """[S, C] relative standard deviation of what the level forecast missed on held-out weeks."""
    orders: Annotated[tuple[tuple[tuple[float, float, float], ...], ...], Holds(axes="S")]
    """By segment: (order value, orders a week, units an order) of each bin."""
    least_visits: float = 0.0
    """Customers with fewer visits a week show too little of themselves and are placed in ``rest``, where it exists."""
    stability: float = 1.0
    """Share in which the least stable segment comes back from resampled customers, 0 to 1."""
    planned: Annotated[tuple[float, ...] | None, Holds(axes="S", least=0)] = None
    """[S] share of what ``orders`` are worth that was paid for planned goods; None in older models, and where a
    table gives ``orders``."""
    more_orders: Annotated[float, Holds(axes="", least=0)] = 1.0
    """By how much per cent the number of orders rises where sales rise by one; the rest is what an order is worth."""
    elsewhere: Annotated[float, Holds(axes="", least=0, unknown=True)] = float("nan")
    """Share of training's customers whom the saved means, which are blurred, place in another segment; NaN where a list
    says who is in which, and in older models."""
