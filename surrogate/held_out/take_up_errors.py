"""How far the use of coupons misses on campaigns of held-out weeks, binomial chance allowed for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.effects.category_response import expected_use
from surrogate.held_out.coverage import Coverage, tally, together
from surrogate.held_out.first_fit import FirstFit
from surrogate.held_out.intervals import holds, least_spread, log_normal, pick_members
from surrogate.held_out.lift_errors import pooled_spread
from surrogate.shelf.coupons import find_coupon_rows

SPREADS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5)
TYPICAL_CV = 0.6
"""What the trade reports of redemption rates; few campaigns are drawn to it."""
TAKE_UP_CV_RANGE = (0.3, 1.5)
COUPON_USE = "held-out coupon use"
"""Name of the random stream that measures it, the same in training and evaluating."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CouponUse:
    """Held-out use of mailed coupons by campaign and category (N), and what was foreseen. E members."""

    exposed: Int
    """[N] units that contacted customers bought while the coupon was valid."""
    redeemed: Float
    """[N] those bought with it."""
    share: Float
    """[E, N] foreseen share of the exposed units."""

    def part(self, keep: Flag) -> CouponUse:
        """Return some of the cells."""
        return CouponUse(exposed=self.exposed[keep], redeemed=self.redeemed[keep], share=self.share[:, keep])


def held_out_use(first: FirstFit) -> CouponUse:
    """Gather the use of mailed coupons after the cut."""
    rows = find_coupon_rows(
        first.events, first.shelf.categories, first_week=first.cut + 1, last_week=int(first.shelf.weeks[-1])
    )
    cells = rows.by_group(first.grouped.owner(first.seen.features), first.grouped.count)
    exposed = cells.exposed.sum(axis=0)
    known = exposed >= 1.0
    foreseen = [expected_use(net, first.grouped.features, cells) * cells.exposed for net, _ in first.members]
    return CouponUse(
        exposed=np.round(exposed[known]).astype(np.int64),
        redeemed=np.round(cells.redeemed.sum(axis=0)[known]),
        share=np.stack(foreseen).sum(axis=1)[:, known] / exposed[known],
    )


def use_draws(use: CouponUse, cv: float, rng: np.random.Generator) -> Float:
    """Return futures [D, N] of redeemed units: a member's share times a log-normal factor, and binomial chance."""
    member = pick_members(rng, len(use.share))
    factor = log_normal(rng, (member.size, use.exposed.size), float(np.sqrt(np.log1p(cv**2))))
    return rng.binomial(use.exposed, np.clip(use.share[member] * factor, 0.0, 0.95)).astype(np.float64)


def calibrated_take_up(use: CouponUse, rng: np.random.Generator) -> tuple[float, tuple[Coverage, ...]]:
    """Return the relative spread of take-up by all cells, and the coverage of one half's spread on the other half."""
    parts: list[Coverage] = []
    even = np.arange(use.exposed.size) % 2 == 0
    for mine, other in ((even, ~even), (~even, even)):
        if mine.any() and other.any():
            tested = use.part(other)
            inside = holds(use_draws(tested, _spread(use.part(mine), rng), rng), tested.redeemed)
            parts += tally("take-up", inside, [("all", np.ones_like(inside))])
    return _spread(use, rng), together(parts)


def _spread(use: CouponUse, rng: np.random.Generator) -> float:
    state = rng.bit_generator.state

    def inside(cv: float) -> Flag:
        rng.bit_generator.state = state  # the same futures for every spread
        return holds(use_draws(use, cv, rng), use.redeemed)

    scores = least_spread(inside, SPREADS) if use.exposed.size else np.zeros(0)
    return float(np.clip(pooled_spread(scores, TYPICAL_CV), *TAKE_UP_CV_RANGE))
