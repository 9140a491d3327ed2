"""Recalibrated take-up: what told uses say of how many of those who would buy anyway use an offer that is asked for.

A Bayesian update in logs, one factor an offer. Uses are those of the extra sales that an offer brings and those of base
buyers; the former follow lifts, which sales have told of, so that a surprise in uses is one in take-up. How uncertain
that is believed to be (``take_up_cv``) says how far uses may move it. Cells of one segment and product share an error,
those of one offer a part of it (``rho_offer``), as in the futures: what some segments show moves the others, by less.
Of an offer with ``quantity`` lines tell whose pieces were left over; those that ran out tell that at least so many
wanted one (`surrogate.flight.censored`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import base_under_lines, offers_chosen, under_lines, with_basket_row
from scenarios.flight.pieces import Pieces
from scenarios.flight.scaled import orders_ratio
from scenarios.flight.told_uses import told_units
from scenarios.language.words import Layer
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.take_up import fixed_take_up
from scenarios.response.totals import sold_by
from surrogate.flight.censored import at_least
from surrogate.flight.evidence import ENDLESS
from surrogate.flight.moved import NINETY, Moved

Float = NDArray[np.float64]
Flag = NDArray[np.bool_]

DAY = 0.10
"""Standard deviation of the log of a cell's uses beside the counting of them."""
DRIFT = 0.10
"""Standard deviation of the log by which take-up may go on changing."""
STEPS, FURTHEST = 50, 0.3
"""Gauss-Newton steps to the most probable take-up, and how far each goes at most, in logs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What is told of one offer."""

    cells: Flag
    """[S, K + 1, T] of products, and of whole baskets, whose units are orders."""
    uses: float
    """In units, as all figures here."""
    base: float
    """Expected uses by base buyers, of the units that were sold."""
    bump: float
    """The same by extra sales."""
    bump_sd: float

    ran_out: bool = False
    """Whether pieces ran out, so that at least ``uses`` wanted one."""

    @property
    def noise(self) -> float:
        """Variance of the uses, given the take-up."""
        expected = self.base + self.bump
        return expected + (DAY * expected) ** 2 / int(self.cells.sum()) + (self.bump * self.bump_sd) ** 2

    def tells(self, log: float) -> tuple[float, float]:
        """First derivative of the log likelihood by the log of the factor on take-up, and the second one, negated."""
        slope = self.base * np.exp(log)
        off = self.uses - self.bump - slope
        if not self.ran_out:
            return slope * off / self.noise, slope**2 / self.noise
        ratio, curve = at_least(-off / np.sqrt(self.noise))
        return float(slope * ratio / np.sqrt(self.noise)), float(slope**2 * curve / self.noise)


def weighed(told: Sequence[Seen], prior: float) -> tuple[float, float]:
    """Most probable log of the factor on take-up, and its variance, where that of the belief is ``prior``."""
    if not prior > 0:
        return 0.0, 0.0
    log = 0.0
    for _ in range(STEPS):
        slopes, curves = (sum(each) for each in zip(*(seen.tells(log) for seen in told), strict=True))
        log += float(np.clip((slopes - log / prior) / (curves + 1.0 / prior), -FURTHEST, FURTHEST))
    return log, float(1.0 / (sum(seen.tells(log)[1] for seen in told) + 1.0 / prior))


def redeemed(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    baskets: Baskets | None,
    pieces: Pieces | None = None,
    *,
    first: int | None = None,
) -> tuple[Effects, dict[str, Moved]]:
    """Return effects whose take-up after the actuals follows the uses that these tell, and a factor on it by offer.

    Parameters
    ----------
    model
        Tables of the problem.
    effects
        Recalibrated by sales.
    plan
        The flat plan [N] that ran.
    pieces
        What is known of its lines that count pieces.
    first
        First period whose take-up follows them; by default the one after the actuals.
    """
    if not actuals.has("uses"):
        return effects, {}
    take_up, take_up_cv, found = effects.take_up.copy(), effects.take_up_cv.copy(), dict[str, Moved]()
    for number, told in _seen(model, effects, plan, actuals, baskets, pieces).items():
        cells = np.any([seen.cells for seen in told], axis=0)
        cv = float(effects.take_up_cv[..., number][cells].mean())
        prior, shared = float(np.log1p(cv**2)), float(model.grid.scenario.effects.rho_offer)
        pairs = cells.any(axis=2)
        common = prior * (shared + (1.0 - shared) / int(pairs.sum()))
        middle, variance = weighed(told, common)
        # Segments and products that did not tell go with those that did as far as their errors are shared.
        with_it = np.where(pairs, 1.0, prior * shared / common if common > 0 else 0.0)
        left = np.minimum(prior - with_it**2 * (common - variance) + DRIFT**2, prior)
        later = np.s_[:, :, actuals.last + 1 if first is None else first :, number]
        take_up[later] = np.minimum(take_up[later] * np.exp(with_it * middle)[..., None], 1.0)
        take_up_cv[later] = np.minimum(take_up_cv[later], np.sqrt(np.expm1(left))[..., None])
        sd = float(np.sqrt(left[pairs][0]))
        found[model.grid.scenario.offers[number].id] = _moved(float(np.sqrt(prior)), middle, sd, int(cells.sum()))
    return replace(effects, take_up=take_up, take_up_cv=take_up_cv), found


def _seen(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    actuals: Actuals,
    baskets: Baskets | None,
    pieces: Pieces | None,
) -> dict[int, tuple[Seen, ...]]:
    """What is told of each offer, by its number; an offer that counts pieces tells where it is known if any were left.

    Of lines that ran out nobody knows how many would have bought: they are compared with what is expected.
    """
    grid = model.grid
    own = build_coefficients(grid, effects, baskets)
    if pieces is not None and pieces.known:
        own = build_coefficients(grid, effects, baskets, own.demand * ENDLESS)
    what = sold_by(replace(own, available=np.full_like(own.available, np.inf)), plan, np)
    split = np.isfinite(actuals.units).all(axis=0)
    of_all = _ratio(actuals.units_total, what.units.sum(axis=0))
    ratio = np.where(split, _ratio(actuals.units, what.units), of_all)
    ratio = with_basket_row(ratio, orders_ratio(what, actuals, what.units * ratio))
    past = np.arange(grid.shape[2]) <= actuals.last
    told = told_units(model, plan, what, actuals)
    under, base_under, chosen = under_lines(what), base_under_lines(what), offers_chosen(grid, what.choices)
    found = dict[int, tuple[Seen, ...]]()
    for number, offer in enumerate(grid.scenario.offers):
        if fixed_take_up(offer) is not None:
            continue  # uses of a shelf price tell how many pieces are left, not who would use it
        layer = 1 if offer.layer is Layer.TARGETED else 0
        units, of_base = under[layer], base_under[layer]
        cells = (chosen[layer] == number) & np.isfinite(told[layer]) & past
        parts = [(cells, False)]
        if offer.quantity is not None:
            parts = []
            if pieces is not None:
                parts = [(cells & pieces.left[layer], False), (cells & pieces.ran_out[layer], True)]
        for here, gone in parts:
            scaled = np.ones_like(ratio) if gone else ratio
            base = float((of_base * scaled)[here].sum())
            if base > 0:
                seen = Seen(
                    cells=here,
                    uses=float(told[layer][here].sum()),
                    base=base,
                    bump=float(((units - of_base) * scaled)[here].sum()),
                    bump_sd=float(effects.lift_sd[..., number][here].mean()),
                    ran_out=gone,
                )
                found[number] = (*found.get(number, ()), seen)
    return found


def _moved(before: float, middle: float, after: float, cells: int) -> Moved:
    return Moved(
        factor=float(np.exp(middle)),
        low=float(np.exp(middle - NINETY * after)),
        high=float(np.exp(middle + NINETY * after)),
        before_low=float(np.exp(-NINETY * before)),
        before_high=float(np.exp(NINETY * before)),
        cells=cells,
    )


def _ratio(real: Float, expected: Float) -> Float:
    known = np.isfinite(real) & (expected > 0)
    return np.divide(np.nan_to_num(real), expected, out=np.ones_like(expected), where=known)
