"""What a campaign has really used and earned so far, measure by measure: told where told, else as the account has it.

The file tells units and revenue, and sometimes spend, contacts and uses. Everything else (discounts, gifts, vendor
funding) is that of the account of the days that are over, under which what ran sells what was sold: the one that a
re-planning keeps, too. Fixed costs are those of the lines that ran, and messages as many as were written
(`scenarios.flight.messages.contacts`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scenarios.answer.as_paid import AsPaid, as_paid
from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.sums import digits_of, measured
from scenarios.arrays import Flag, Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.basket_row import Layers
from scenarios.flight.messages.audiences import Audiences
from scenarios.flight.messages.contacts import NOBODY, Written
from scenarios.flight.messages.reached import newly_reached
from scenarios.flight.of_expected import orders_ratio
from scenarios.flight.pieces import of_lines_that_stay, pieces_so_far
from scenarios.flight.told_lines import untold_lines
from scenarios.flight.told_uses import uses_a_unit
from scenarios.futures.funds import Funded, Funds, PaidRows, paid_rows
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional
from scenarios.response.measures import measure_functional, message_share
from scenarios.response.totals import by_period, sold_by
from scenarios.rounding import scaled
from scenarios.scope_mask import Mask, scope_mask

TOLD = {each: each.value for each in (Measure.UNITS, Measure.REVENUE, Measure.SPEND, Measure.CONTACTS, Measure.USES)}
"""Measures that a column may tell directly."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Use:
    """A measure period by period."""

    amounts: Float
    """[T] up to the last observed period as it was, after it as expected."""
    told: bool
    """Whether the file tells it; else it is the account of what was sold."""


class Realised:
    """The realised account of a plan.

    Parameters
    ----------
    model
        Tables of the problem that was planned.
    past
        Tables under which what ran sells what was sold, up to the last observed period (`scenarios.flight.settled`).
    plan
        The flat plan [N] that was to run.
    actuals
        What happened. Where it tells what ran, lines that did not cost and earn nothing, and what ran unplanned counts.
    there
        Units that the pieces of its lines come to, where a line counts any; see `pieces.pieces_there`.
    audiences
        Of the plan's rollouts, by which messages are counted.
    """

    def __init__(
        self,
        model: Coefficients,
        past: Coefficients,
        plan: Plan,
        actuals: Actuals,
        there: Layers | None = None,
        audiences: Audiences = NOBODY,
    ) -> None:
        self.model, self.past, self.plan, self.actuals = model, past, plan, actuals
        self.expected = sold_by(model, plan, np)
        """By the account of the plan that was to run."""
        self.ran = as_it_ran(actuals, plan)
        """The flat plan [N] as it ran; after the last observed period as it is to run."""
        self.given = there
        """Units that the pieces of its lines come to, as they were given."""
        self.written = Written(actuals, self.ran, audiences)
        """Messages that were really written, and those that are still to be."""
        self.to_be_written = Written(actuals, plan, told=False)
        """Messages of the plan that was to run, to those who are not kept out."""
        otherwise = bool((self.ran != plan).any())
        self._of_ran = sold_by(model, self.ran, np) if otherwise else self.expected
        if there is not None:
            there = of_lines_that_stay(model.grid, there, plan, self.ran)
        self.there = there
        """Units that the pieces of the lines that ran come to, as far as they are known."""
        self.pieces = None if there is None else pieces_so_far(model, self.ran, self._of_ran, actuals, there)
        what = sold_by(past, self.ran, np)
        self.sold = what._replace(orders=what.orders * orders_ratio(what, actuals, what.units))
        """What was sold, and is to be sold: orders as the file tells them."""

    def use(self, measure: Measure | str, scope: Scope) -> Use:
        """Amounts of a measure over a scope, in natural units or major money, net."""
        contacts = self.written.of(scope) if measure is Measure.CONTACTS else None
        if contacts is not None and contacts.told:
            return Use(amounts=contacts.amounts, told=not contacts.by_lot)
        estimate = self._estimate(measure, scope) if contacts is None else contacts.amounts
        mask = scope_mask(self.model.grid, scope)
        if isinstance(measure, Measure) and not mask.narrows_offers and measure in TOLD:
            told = self._told(TOLD[measure], mask) if self._known[mask.products].all() else None
            if told is not None:
                return Use(amounts=np.where(np.isnan(told), estimate, told), told=True)
        told_lines = measure is Measure.LINES and not untold_lines(self.actuals, self.asked, scope)
        return Use(amounts=estimate + self._beside_account(measure, scope, mask), told=told_lines)

    def so_far(self, measure: Measure | str, scope: Scope, *, asked: bool = False) -> tuple[float, bool]:
        """What `paid` comes to up to the last observed period, to the minor unit, and whether the file tells it.

        Parameters
        ----------
        asked
            What vendors are asked for, and not what they pay: as `use`.
        """
        known = self.actuals.last + 1
        if measure is Measure.CUSTOMERS_REACHED:
            return float(newly_reached(self.model.grid, self.ran, self.written, scope)[0][:known].sum()), False
        use = (self.use if asked else self.paid)(measure, scope)
        if use.told or measure is Measure.CONTACTS:
            return float(use.amounts[:known].sum()), use.told
        book = self.asked if asked else self.as_paid.account
        amount = measured(book, measure, scope) / 10 ** digits_of(measure, book.digits)
        beside = self._beside_account(measure, scope, scope_mask(self.model.grid, scope))
        return float(amount + beside[:known].sum()), False

    def _beside_account(self, measure: Measure | str, scope: Scope, mask: Mask) -> Float:
        """[T] what the account does not hold: prices that were paid otherwise, and what messages really cost."""
        share = message_share(measure)
        found = share * self.written.cost_beyond(scope) if share else np.zeros(self._periods)
        if isinstance(measure, Measure) and not mask.narrows_offers:
            if measure is Measure.REVENUE:
                found = found + self._paid_otherwise(scope)
            if measure in (Measure.MARGIN, Measure.PROFIT):
                found = found + self.price_surprise(scope)
        return np.asarray(found)

    def paid(self, measure: Measure | str, scope: Scope) -> Use:
        """`use`, where vendors pay until their funds are empty; what the file tells is taken as it is told."""
        found, wanted = self.use(measure, scope), self._funds.measure(measure, scope)
        if found.told or not isinstance(wanted, Funded):
            return found
        missing = self._paid_rows(wanted).missing(wanted)
        return found if missing is None else replace(found, amounts=found.amounts - missing[0])

    @cached_property
    def _funds(self) -> Funds:
        return Funds(self.past)

    def _paid_rows(self, wanted: Functional | Funded) -> PaidRows:
        """Sums of what was really sold, as one future."""
        return paid_rows([wanted], self.past, self.sold, (1, *self._periods))

    @cached_property
    def booked(self) -> Account:
        """The plan's own account of the periods that were observed."""
        return account(self.model, self.plan).up_to(self.actuals.last + 1)

    @cached_property
    def asked(self) -> Account:
        """The account of what really ran and was sold in these periods, as vendors are asked for it."""
        return account(self.past, self.ran).up_to(self.actuals.last + 1)

    @cached_property
    def as_paid(self) -> AsPaid:
        """The same as vendors pay it, until their funds are empty."""
        return as_paid(self.asked)

    def planned(self, measure: Measure | str, scope: Scope) -> float:
        """A measure over a scope and the observed periods by the plan's account, in natural units or major money.

        Of those who are kept out the account has messages, and customers reached, that no campaign can come to: these
        count those who are left.
        """
        amount = float(measured(self.booked, measure, scope) / 10 ** digits_of(measure, self.booked.digits))
        if not self.to_be_written.known:
            return amount
        known = self.actuals.last + 1
        if measure is Measure.CUSTOMERS_REACHED:
            return float(newly_reached(self.model.grid, self.plan, self.to_be_written, scope)[0][:known].sum())
        if measure is Measure.CONTACTS:
            return amount + float(self.to_be_written.contacts_beyond(scope)[:known].sum())
        return amount + message_share(measure) * self.planned_cost_beyond(scope)

    def planned_cost_beyond(self, scope: Scope) -> float:
        """What messages of a scope were to cost so far beyond the plan's account, to the minor unit, in major units."""
        digits = self.booked.digits
        cost = self.to_be_written.cost_beyond(scope)[: self.actuals.last + 1].sum()
        return float(scaled(np.array([cost]), digits)[0] / 10**digits)

    @cached_property
    def _may_be_used(self) -> Flag:
        """[S, K + 1, T] where a line ran that grants something."""
        public, targeted = uses_a_unit(self.model, self._of_ran)
        return np.asarray((public > 0) | (targeted > 0))

    @cached_property
    def _known(self) -> Flag:
        """[K] products that the file knows."""
        return np.asarray(self.actuals.observed.any(axis=1))

    @property
    def _periods(self) -> tuple[int]:
        return (self.model.grid.shape[2],)

    def _told(self, column: str, mask: Mask) -> Float | None:
        """[T] of a column over the products of a scope that the file knows, NaN for periods to come.

        None where the file does not tell all of it.
        """
        actuals = self.actuals
        if not actuals.has(column) or not (self._known & mask.products).any():
            return None
        everybody = bool(mask.segments.all())
        table = actuals.of_everybody(column)[None] if everybody else actuals.of_segments(column)
        seen = actuals.of_everybody("units")[None] if everybody else actuals.of_segments("units")
        rows = mask.products.nonzero()[0]
        if column in ("spend", "contacts", "uses") and mask.basket:
            rows = np.append(rows, len(mask.products))
        inside = np.ones(1, dtype=bool) if everybody else mask.segments
        part = table[inside][:, rows][..., : actuals.last + 1]
        wanted = mask.periods[: actuals.last + 1]
        # Products that the file knows must tell the column on every day; those it does not know are not in it.
        known = np.isfinite(seen[inside][:, rows][..., : actuals.last + 1])
        if column == "uses":  # nothing is used where nothing that may be used runs
            run = self._may_be_used
            run = np.asarray(run.any(axis=0, keepdims=True)) if everybody else run[mask.segments]
            known &= run[:, rows][..., : actuals.last + 1]
        else:
            known[:, rows == len(mask.products)] = False
        if not everybody and (self._unsplit(column)[rows][..., : actuals.last + 1] & wanted).any():
            return None
        if (known & ~np.isfinite(part) & wanted).any():
            return None
        out = np.full(self._periods, np.nan)
        # The largest factor is taken out of the sum, so that products of one factor are summed as they are told.
        net = self.model.economics.net[rows] if column == "revenue" else np.ones(len(rows))
        common = net.max() or 1.0
        out[: actuals.last + 1] = np.where(wanted, np.nansum(part * (net / common)[:, None], axis=(0, 1)), 0.0)
        return out * common

    def _unsplit(self, column: str) -> Flag:
        """[K + 1, T] where units or a column are told of everybody, and of no segment."""
        found = np.zeros((len(self._known) + 1, *self._periods), dtype=np.bool_)
        for name in {"units", column}:
            told = np.isfinite(self.actuals.of_segments(name)).any(axis=0)
            found |= np.isfinite(self.actuals.of_everybody(name)) & ~told
        return found

    def price_surprise(self, scope: Scope) -> Float:
        """[T] what customers really paid beyond what the plan's prices make of the real units, fees taken off."""
        mask, (*own, on_orders) = scope_mask(self.model.grid, scope), self.model.economics.fee_share.tolist()
        fees, found = np.array(own), np.asarray(self._paid_otherwise(scope) * (1.0 - on_orders))
        if self._told("revenue", mask) is None:
            return found
        # What is no product's own surprise are savings on whole orders.
        for fee in np.unique(fees[mask.products & (fees != on_orders)]):
            part = self._of_products(scope, mask.products & (fees == fee))
            found = found + self._paid_otherwise(part) * (on_orders - fee)
        return found

    def _paid_otherwise(self, scope: Scope) -> Float:
        """[T] real revenue beyond what the plan's prices make of the real units, of products that the file knows."""
        mask = scope_mask(self.model.grid, scope)
        told = self._told("revenue", mask)
        if told is None:
            return np.zeros(self._periods)
        estimate = self._estimate(Measure.REVENUE, scope)
        if not self._known[mask.products].all():
            every = self._estimate(Measure.REVENUE, self._of_products(scope, mask.products))
            known = self._estimate(Measure.REVENUE, self._of_products(scope, mask.products & self._known))
            # savings on whole orders come off the products in them, by their value
            share = np.divide(known, every, out=np.zeros_like(every), where=every > 0)
            estimate = known + (estimate - every) * share
        return np.where(np.isnan(told), 0.0, told - estimate)

    def _of_products(self, scope: Scope, inside: Flag) -> Scope:
        """Narrow a scope to some products [K]; orders are none of them."""
        ids = (product.id for product, yes in zip(self.model.grid.products, inside, strict=True) if yes)
        return scope.model_copy(update={"products": tuple(ids), "categories": None})

    def _estimate(self, measure: Measure | str, scope: Scope) -> Float:
        """[T] of a measure over a scope by the account of what was sold."""
        functional = measure_functional(self.past.grid, self.past.economics, measure, scope)
        return np.array(np.broadcast_to(by_period(functional, self.past, self.sold, np), self._periods))
