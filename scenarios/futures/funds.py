"""Vendors' funds in a future: a vendor pays until his fund is empty, and the retailer bears the rest.

The expected account keeps a fund by a limit. In a future more customers may take an offer than were expected: then the
vendor is asked for more than he has. He pays in time order, and in the period in which his fund runs out the same share
of everything that he is asked for, as the till of the simulated market does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.grid import Blocks
from scenarios.language.aim import weights_of
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional, Mixed, combine
from scenarios.response.measures import funded_share, measure_functional
from scenarios.response.totals import Sold, by_period
from scenarios.scope_mask import scope_mask

BEYOND = 1e-6
"""Claims beyond a fund below this (of 1 and the fund) are not told: rounding in the account may hide as much."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fund:
    """What one vendor has to pay with."""

    vendor: str
    amount: float
    """Major units over the horizon."""
    claims: Functional
    """What he is asked for by all lines."""
    choices: tuple[Flag, ...]
    """Of each block of slots, which choices he funds: [K, choices] of offers on products, else [choices]."""

    def asked_by(self, blocks: Blocks[Any]) -> bool:
        """Whether a plan holds any line that he funds."""
        public, targeted, *orders = zip(self.choices, blocks, strict=True)
        on_products = (own[np.arange(len(own))[:, None], block] for own, block in (public, targeted))
        return any(bool(found.any()) for found in (*on_products, *(own[block] for own, block in orders)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Funded:
    """A sum that holds what vendors pay, and what they are asked for in it."""

    functional: Functional
    """Everything paid."""
    claims: tuple[tuple[Fund, float, Functional], ...]
    """Of each vendor with a fund: the weight of his money in the sum, and what he is asked for within its scope."""


Wanted = Functional | Mixed | Funded
"""What can be evaluated in futures."""


class Funds:
    """The funds of one model's vendors, and sums that are aware of them.

    Without any fund, and for sums that hold no vendor's money, the sums are plain functionals.
    """

    def __init__(self, model: Coefficients) -> None:
        self._model = model
        self.funds = tuple(_funds(model))

    def measure(self, measure: Measure | str, scope: Scope) -> Functional | Funded:
        """Sum of a measure over a scope in futures; see `measures.measure_functional`."""
        functional = self._functional(measure, scope)
        return self._aware(functional, funded_share(measure), scope)

    def objective(self) -> Functional | Funded:
        """The scenario's objective in futures; of a careful one, profit."""
        weights = weights_of(self._model.grid.scenario.objective)
        functional = combine([(weight, self._functional(each, Scope())) for each, weight in weights.items()])
        return self._aware(functional, sum(weight * funded_share(each) for each, weight in weights.items()), Scope())

    def _functional(self, measure: Measure | str, scope: Scope) -> Functional:
        return measure_functional(self._model.grid, self._model.economics, measure, scope)

    def _aware(self, functional: Functional, weight: float, scope: Scope) -> Functional | Funded:
        funds = [fund for fund in self.funds if scope.vendor in (None, fund.vendor)]
        if not funds or not weight:
            return functional
        return Funded(functional=functional, claims=tuple((fund, weight, self._claims(fund, scope)) for fund in funds))

    def _claims(self, fund: Fund, scope: Scope) -> Functional:
        if scope in (Scope(), Scope(vendor=fund.vendor)):
            return fund.claims
        return self._functional(Measure.VENDOR_FUNDING, scope.model_copy(update={"vendor": fund.vendor}))


def _funds(model: Coefficients) -> Iterator[Fund]:
    """Funds of vendors who pay for any offer of the menu."""
    grid = model.grid
    for vendor in grid.scenario.vendors:
        own = scope_mask(grid, Scope(vendor=vendor.id)).choices
        if vendor.fund is None or not any(found.any() for found in own):
            continue
        yield Fund(
            vendor=vendor.id,
            amount=float(vendor.fund),
            claims=measure_functional(grid, model.economics, Measure.VENDOR_FUNDING, Scope(vendor=vendor.id)),
            choices=own,
        )


def funds_asked(wanted: tuple[Wanted, ...], blocks: Blocks[Any]) -> tuple[Fund, ...]:
    """Funds that some sums know of and that a plan's lines ask for money."""
    known = {fund.vendor: fund for each in wanted if isinstance(each, Funded) for fund, _, _ in each.claims}
    return tuple(fund for fund in known.values() if fund.asked_by(blocks))


@dataclass(frozen=True, kw_only=True, eq=False)
class Unpaid:
    """What vendors leave unpaid in D futures."""

    share: Mapping[str, Float]
    """[D, T] share of what a vendor is asked for in each period that he does not pay, by vendor; those whose fund lasts
    in all of the futures are left out."""
    beyond: Mapping[str, Float]
    """[D] claims beyond each fund that is asked, in major units, by vendor; 0 where it lasts."""

    def of(self, wanted: Wanted, by_period: Callable[[Functional], Float]) -> Float | None:
        """[D, T] what is to be taken off a sum; None where vendors pay all of it."""
        claims = wanted.claims if isinstance(wanted, Funded) else ()
        parts = [
            weight * self.share[fund.vendor] * by_period(asked)
            for fund, weight, asked in claims
            if fund.vendor in self.share
        ]
        return np.asarray(sum(parts[1:], parts[0])) if parts else None


def unpaid(funds: tuple[Fund, ...], by_period: Callable[[Functional], Float]) -> Unpaid:
    """Let vendors pay in time order.

    Parameters
    ----------
    funds
        Of vendors whom the plan asks for money.
    by_period
        Evaluates a functional [D, T] period by period.
    """
    shares: dict[str, Float] = {}
    beyond: dict[str, Float] = {}
    for fund in funds:
        asked = np.maximum(by_period(fund.claims), 0.0)
        so_far = np.cumsum(asked, axis=-1)
        missing = so_far[:, -1] - fund.amount
        beyond[fund.vendor] = np.where(missing > BEYOND * (1.0 + fund.amount), missing, 0.0)
        if (missing > 0).any():
            left = np.minimum(np.clip(so_far - fund.amount, 0.0, None), asked)
            shares[fund.vendor] = np.divide(left, asked, out=np.zeros_like(asked), where=asked > 0)
    return Unpaid(share=shares, beyond=beyond)


class PaidRows:
    """Sums period by period in D futures, in which every vendor pays until his fund is empty.

    Parameters
    ----------
    funds
        Of vendors whom the plan asks for money.
    by_period
        Evaluates a functional [D, T] as if vendors paid everything; each functional is evaluated once.
    """

    def __init__(self, funds: tuple[Fund, ...], by_period: Callable[[Functional], Float]) -> None:
        self._known: dict[Functional, Float] = {}
        self._by_period = by_period
        self._unpaid = unpaid(funds, self._asked)
        self.beyond = self._unpaid.beyond
        """[D] claims beyond each fund that is asked, by vendor."""

    def missing(self, wanted: Wanted) -> Float | None:
        """[D, T] what vendors leave unpaid in a sum; None where they pay all of it."""
        return self._unpaid.of(wanted, self._asked)

    def of(self, wanted: Functional | Funded) -> Float:
        """[D, T] of a sum."""
        asked, missing = self._asked(wholly_paid(wanted)), self.missing(wanted)
        return asked if missing is None else asked - missing

    def _asked(self, functional: Functional) -> Float:
        if functional not in self._known:
            self._known[functional] = self._by_period(functional)
        return self._known[functional]


def paid_rows(wanted: Sequence[Wanted], model: Coefficients, what: Sold, shape: tuple[int, int]) -> PaidRows:
    """Sums of what is sold in some futures, [D, T] by ``shape``."""
    asked = funds_asked(tuple(wanted), what.choices)
    return PaidRows(asked, lambda each: np.broadcast_to(by_period(each, model, what, np), shape))


def wholly_paid(wanted: Functional | Funded) -> Functional:
    """The sum as it is where every vendor pays."""
    return wanted.functional if isinstance(wanted, Funded) else wanted
