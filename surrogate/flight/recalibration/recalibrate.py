"""Recalibration: what the first part of a campaign says of baselines and lifts, weighed against what was believed.

A Bayesian update in logs, by Gauss-Newton steps on the response model. Every offer's lift is moved by a factor made of
parts that are believed to be small: of all offers, of its mechanic, of itself, of itself on one product, of each
segment, and of a targeted offer in one segment. So an offer that ran teaches something about its relatives that did not
run, but less. Baselines are moved by a factor of everything, of each product and of each segment and product. Shocks of
a period, and of a group of rivals in a period, are told apart from both and forgotten: a competitor's surprise is no
lesson about the own offers.

How strongly things are believed comes from the effects' own spread (``lift_sd``, ensemble, ``base_cv``, ``rho_offer``):
a lift with a wide interval is moved far by little evidence. Sales vary more than by counting; how much is read off the
residuals. Products and periods that are very far off count less, all segments together: single cells are not judged so,
because few customers buy much there, and whoever mistrusts the rare large sale believes in weak demand. Older evidence
counts less, because effects drift. What a holdout measured counts beside it
(`surrogate.flight.recalibration.contrasts`). Where the pieces of an offer ran out, sales are right-censored
(`surrogate.flight.recalibration.censored`): at least so many wanted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.pieces import Pieces
from scenarios.flight.series import all_ran_as_planned
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects, Weather
from surrogate.flight.evidence import Forecast, Nudge, not_there_yet, nudges_of, sold_out, telling, without_end
from surrogate.flight.recalibration.beliefs import Beliefs, believed
from surrogate.flight.recalibration.calm import as_calm_as_they_were
from surrogate.flight.recalibration.cells import Cells
from surrogate.flight.recalibration.contrasts import Contrast
from surrogate.flight.recalibration.departed import apart, free_levels, furthest, parts_of_products, shifts
from surrogate.flight.recalibration.explained import MANY_CELLS, Explained, explain
from surrogate.flight.recalibration.factors import of_products, ran_out_lines, shares_of_offers
from surrogate.flight.recalibration.far_off import weigh_far_off
from surrogate.flight.recalibration.known_lines import KnownLines
from surrogate.flight.recalibration.lift_draws import LiftsLeftOpen, left_of_cells
from surrogate.flight.recalibration.moved import Moved, OfferFactor
from surrogate.flight.recalibration.of_moment import at_rest, first_fit
from surrogate.flight.recalibration.of_offers import (
    applied_where_carried_out,
    factors_of,
    furthest_in,
    in_segments,
    moved_in,
    suspected,
    told_segments,
)
from surrogate.flight.recalibration.told_where import ToldWhere, moved_lifts, told_where
from surrogate.flight.recalibration.undone import weigh_undone, without_undone
from surrogate.flight.recalibration.unused import Unused

LEAST_SHOCK = 0.05
"""Least standard deviation of what happens to one product in a period, however calm the data was."""


@dataclass(frozen=True, kw_only=True)
class RecalibrateParams:
    """How fast a running campaign is believed.

    Raises
    ------
    ValueError
        For a number that makes no sense.
    """

    memory: float = 10.0
    """Periods after which evidence counts half."""
    noise: float = 0.10
    """Relative standard deviation of a cell's sales beside counting noise, at least."""
    period_shock: float = 0.08
    """Standard deviation of the log of what happens to all sales of a period, where no data tells it."""
    category_shock: float = 0.0
    """The same of all products of a category."""
    group_shock: float = 0.12
    """The same of a group of rivals, and of a product alone, in one period."""
    drift: float = 0.20
    """Standard deviation of the log by which a lift may have changed since it was measured; a baseline by half."""
    chosen: float = 0.5
    """Weight of evidence of days on which somebody chose to run something else than was agreed: for a reason, maybe."""
    undone: float = 0.05
    """Probability beforehand that an offer brings nothing, because it is not carried out."""
    steps: int = 3
    """Gauss-Newton steps of a fit."""

    def __post_init__(self) -> None:
        if not (self.memory > 0 and self.steps >= 1):
            raise ValueError("expected a memory above 0 periods and at least one step")
        if not (0 <= self.drift <= 2):
            raise ValueError(f"drift: expected a number from 0 to 2, got {self.drift}")
        if not (0 <= self.chosen <= 1):
            raise ValueError(f"chosen: expected a weight from 0 to 1, got {self.chosen}")
        if not (0 < self.undone < 1):
            raise ValueError(f"undone: expected a probability between 0 and 1, got {self.undone}")
        for name in ("noise", "period_shock", "group_shock"):
            if not (0 < getattr(self, name) <= 2):
                raise ValueError(f"{name}: expected a number above 0 and up to 2, got {getattr(self, name)}")
        if not (0 <= self.category_shock <= 2):
            raise ValueError(f"category_shock: expected a number from 0 to 2, got {self.category_shock}")

    def by(self, weather: Weather | None) -> RecalibrateParams:
        """The same with shocks as large as the data tells, where it does."""
        if weather is None:
            return self
        return replace(
            self,
            period_shock=weather.everywhere,
            category_shock=weather.category,
            group_shock=max(weather.product, LEAST_SHOCK),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Recalibration:
    """What was learned."""

    carried_out: Effects
    """For all periods, were all offers carried out; those that are over are not settled yet."""
    all_alike: Effects
    """The same lessons for all periods alike."""
    nothing: dict[int, Float]
    """By number of an offer, [S]: how much more likely than believed it brings nothing."""
    factors: dict[str, OfferFactor]
    """By offer that ran: its lift, weighed by what it sold; in logs."""
    offers: dict[str, Moved]
    """The same, as factors with their intervals."""
    in_segments: dict[tuple[str, str], Moved]
    """The same of targeted offers of which several segments tell, by offer and segment."""
    products: dict[str, Moved]
    """By product with evidence: its baseline."""
    used: int
    """Cells that counted."""
    left_out: int
    """Product-periods that were left out because the product was sold out."""
    since: int | None
    """Period since which customers plainly buy otherwise than before; None where nothing says so."""
    ran_out: dict[str, int]
    """By offer: lines whose pieces ran out, so that sales tell only that at least so many wanted one."""
    contrasts: int
    """Lifts measured by a holdout that counted beside what was sold."""
    left_open: LiftsLeftOpen
    """How lifts may differ from that."""
    nudges: tuple[Nudge, ...]
    """What moved sales."""
    told_where: ToldWhere
    """For which segments sales tell of which offer."""

    @cached_property
    def effects(self) -> Effects:
        """For all periods, what may not be carried out taken off; those that are over are not settled yet."""
        return without_undone(self.carried_out, self.nothing)

    @cached_property
    def carried(self) -> Effects:
        """The same lessons for all periods alike: what a campaign on the same calendar would start from."""
        return without_undone(self.all_alike, self.nothing)


def recalibrate(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    params: RecalibrateParams | None = None,
    silent: Flag | None = None,
    pieces: Pieces | None = None,
    contrasts: Sequence[Contrast] = (),
    sure: NDArray[np.int8] | None = None,
    chosen: Flag | None = None,
    unused: Unused | None = None,
) -> Recalibration:
    """Update effects by what was sold under a plan so far.

    Parameters
    ----------
    model, effects
        Tables of the plan that runs, and what they were made of.
    plan
        The flat plan [N] that was to run. The forecast is of what ran in its place, and cells are evidence of that.
    actuals
        What happened.
    silent : [K, T]
        Shelves that were empty though nobody told so; none by default.
    pieces
        What is known of the lines that count pieces; nothing by default, as if none had run out.
    contrasts
        Lifts that a holdout measured.
    sure
        What ran, without lines of which nobody knows whom they reached: their cells are no evidence. By default as the
        actuals tell of the plan's.
    chosen : [K, T]
        Cells on which something else ran than agreed, because somebody chose so. By default where it is not the plan.
    unused
        What told uses say of whether offers are carried out; nothing by default.
    """
    params = (RecalibrateParams() if params is None else params).by(effects.weather)
    empty = sold_out(actuals) if silent is None else sold_out(actuals) | silent
    chosen = ~all_ran_as_planned(actuals, plan) if chosen is None else chosen
    told = telling(actuals, as_it_ran(actuals, plan, sure=True) if sure is None else sure, empty)
    plan = as_it_ran(actuals, plan)
    nudges = nudges_of(model, plan, actuals.last)
    alone = [(each.segment, each.product, each.offer) for each in contrasts]
    beliefs = believed(model, effects, nudges, plan, actuals.last, params.drift, alone)
    forecast = Forecast(model, effects, plan, pieces)
    lines = KnownLines(model, effects, plan, told, pieces)

    def laid(shock: float) -> Cells:
        return Cells(
            model,
            actuals,
            told,
            memory=params.memory,
            trust=np.where(chosen, params.chosen, 1.0),
            period_shock=params.period_shock,
            category_shock=params.category_shock,
            group_shock=shock,
            lines=lines,
            own_sd=beliefs.own_sd if told.sum() * len(actuals.grid.segments) <= MANY_CELLS else None,
        )

    weigh = partial(explain, noise=params.noise, steps=params.steps)
    cells, first = laid(params.group_shock), None
    if effects.weather is None and len(cells.actual):
        rest = at_rest(forecast, beliefs)
        once = partial(
            first_fit, forecast, beliefs, noise=params.noise, steps=params.steps, contrasts=contrasts, start=rest
        )
        cells, first = as_calm_as_they_were(laid, once, params.group_shock)

    def by_sales(beliefs: Beliefs, by: Forecast, measured: Sequence[Contrast]) -> Explained:
        return weigh(by, beliefs, cells, contrasts=measured)

    # An offer's factor is the mean over what it brings where everybody finds a piece, whether they did or not.
    known = pieces is not None and pieces.known
    start = Forecast(without_end(model) if known else model, effects, plan)(
        *beliefs.moves(np.zeros(len(beliefs.kind))), nudges
    )
    plain = weigh(forecast, beliefs, cells, contrasts=contrasts, first=first)
    parts = parts_of_products(model, beliefs, told)
    far = furthest(shifts(parts, beliefs, plain), apart(parts, beliefs, actuals, told, start.units))
    departed = free_levels(plain, beliefs, far, lambda freer: by_sales(freer, forecast, contrasts))
    beliefs, plain = departed.beliefs, departed.explained
    shares = shares_of_offers(beliefs, cells, start, nudges)
    segments, shared = told_segments(model.grid, shares), float(model.grid.scenario.effects.rho_offer)
    moved = moved_in(shares, segments, beliefs, plain)

    def freer(more: Beliefs) -> Explained:
        return by_sales(more, forecast, contrasts)

    far_off = weigh_far_off(plain, beliefs, furthest_in(moved), freer, segments, shared)
    unused = Unused(counts={}) if unused is None else unused

    def undone(by: Forecast, measured: Sequence[Contrast]) -> Explained:
        return far_off.padded(by_sales(departed.beliefs, by, measured))

    may = suspected(model.grid, moved, segments, unused)
    weighed = weigh_undone(far_off.explained, may, undone, forecast, contrasts, params.undone, shared, unused.log_ratio)
    beliefs, found = far_off.beliefs, weighed.explained
    shares = shares_of_offers(beliefs, cells, start, nudges)
    factors = factors_of(model.grid, shares, segments, beliefs, found, weighed)
    applied = partial(applied_where_carried_out, beliefs, effects, found, weighed)
    carried_out = applied(actuals.last)
    return Recalibration(
        carried_out=carried_out,
        all_alike=applied(-1),
        nothing=weighed.nothing,
        factors=factors,
        offers={name: factor.moved() for name, factor in factors.items()},
        in_segments=in_segments(model.grid, factors),
        products=of_products(model, beliefs, told, found.theta, found.covariance, found.own),
        used=int(cells.counts.sum()),
        left_out=int((actuals.observed & empty & ~not_there_yet(actuals)).sum()),
        since=found.since,
        ran_out={} if pieces is None else ran_out_lines(model, plan, pieces, told),
        contrasts=len(contrasts),
        left_open=LiftsLeftOpen(
            beliefs=beliefs,
            explained=found,
            carried_out=weighed.carried_out,
            nothing=weighed.nothing,
            single=left_of_cells(beliefs, effects.lift_sd),
        ),
        nudges=nudges,
        told_where=told_where(
            model.grid,
            plan,
            actuals.last,
            {offer: sold for offer, (_, _, sold) in shares.items()},
            [(segment, offer) for segment, _, offer in alone],
            moved_lifts(without_undone(carried_out, weighed.nothing).lift, effects.lift),
        ),
    )
