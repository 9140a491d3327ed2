"""Draws: possible futures around the expected effects. Which ensemble member is right, and by how much it errs.

A future takes one ensemble member and multiplies its lifts, take-ups, baselines and the orders behind its units by
log-normal factors of mean 1. Inside an offer the factors of two segment-products correlate by ``rho_offer``; baselines
by what they share of their error (`scenarios.futures.common_base`), and the order quantities of segments are
independent. Interaction strengths with an interval are drawn within it
(`scenarios.futures.drawn_model`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.futures.common_base import with_common
from scenarios.grid import Grid
from scenarios.language.aim import caution_of
from scenarios.response.effects import Effects
from scenarios.streams import stream
from scenarios.tolerance import draws_needed

FEWEST = 200
"""Futures where nothing is judged by single ones, and in the largest questions."""
MOST = 1000
"""Futures where something is judged by single ones."""
CELLS = 2_000_000
"""Futures times segments, products and periods that take no noticeable part of a search."""
STEP = 100
"""Numbers of futures are multiples of it, easy to say."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """D futures as standard normal scores: everything that is random about them."""

    member: Int
    """[D] ensemble member."""
    lift: Float
    """[D, S, K+1, O]"""
    take_up: Float
    """[D, S, K+1, O]"""
    base: Float
    """[D, S, K]"""
    orders: Float
    """[D, S]"""
    ahead: Float
    """[D, K] of the share that is bought ahead; the same for products whose share is the same by one row."""
    stolen: Float
    """[D] of the share that rivals lose."""
    tired: Float
    """[D] of fatigue."""

    def __len__(self) -> int:
        return len(self.member)

    def part(self, first: int, last: int) -> Draws:
        """Return the futures from ``first`` up to ``last``."""
        return Draws(**{field.name: getattr(self, field.name)[first:last] for field in fields(self)})


def draw(grid: Grid, effects: Effects, seed: int, *, name: str = "report", count: int | None = None) -> Draws:
    """Draw futures.

    Parameters
    ----------
    seed
        The run's one seed.
    name
        Names the stream; fresh futures, unseen by the search, come from a name of their own.
    count
        Number of futures; by default as many as `futures_of` says.
    """
    scenario = grid.scenario
    futures = futures_of(grid) if count is None else count
    s, k, _ = grid.shape
    offers = len(scenario.offers)
    shared, own = np.sqrt(scenario.effects.rho_offer), np.sqrt(1.0 - scenario.effects.rho_offer)
    members = len(effects.lift)

    def scores(word: str) -> Float:
        rng = stream(seed, "futures", name, word)
        common = rng.standard_normal((futures, 1, 1, offers))
        return np.asarray(shared * common + own * rng.standard_normal((futures, s, k + 1, offers)))

    order = stream(seed, "futures", name, "member")
    rounds = -(-futures // members)
    return Draws(
        member=np.concatenate([order.permutation(members) for _ in range(rounds)])[:futures].astype(np.int64),
        lift=scores("lift"),
        take_up=scores("take-up"),
        base=with_common(
            effects,
            stream(seed, "futures", name, "base").standard_normal((futures, s, k)),
            stream(seed, "futures", name, "common base"),
        ),
        orders=stream(seed, "futures", name, "orders").standard_normal((futures, s)),
        **strength_scores(grid, seed, name, futures),
    )


def strength_scores(grid: Grid, seed: int, name: str, count: int) -> dict[str, Float]:
    """Draw scores of the interaction strengths alone, by field of `Draws`; parameters as those of `draw`."""
    return {
        "ahead": _ahead(grid, stream(seed, "futures", name, "pull-forward"), count),
        "stolen": stream(seed, "futures", name, "cannibalisation").standard_normal(count),
        "tired": stream(seed, "futures", name, "fatigue").standard_normal(count),
    }


def _ahead(grid: Grid, rng: np.random.Generator, futures: int) -> Float:
    """Scores [D, K] of what is bought ahead: half of each is that of all, half that of the row that holds for it."""
    common, own = rng.standard_normal((futures, 1)), rng.standard_normal((futures, len(grid.products)))
    ahead = grid.scenario.response.pull_forward
    rows = [id(ahead.of(product)) for product in grid.products]
    return np.asarray(np.sqrt(0.5) * (common + own[:, [rows.index(row) for row in rows]]))


def strengths_as_expected(count: int, products: int) -> dict[str, Float]:
    """Scores of futures in which interaction strengths are what is expected."""
    return {"ahead": np.zeros((count, products)), "stolen": np.zeros(count), "tired": np.zeros(count)}


def factor(scores: Float, sd: Float) -> Float:
    """Log-normal factors of mean 1; 1 where ``sd`` is 0."""
    return np.asarray(np.exp(scores * sd - 0.5 * sd**2))


def base_factors(effects: Effects, draws: Draws) -> Float:
    """Factors [D, S, K, T] of the baselines in some draws; 1 in the periods whose sales are known."""
    moved = factor(draws.base, np.sqrt(np.log1p(effects.base_cv**2)))[..., None]
    if not effects.known_periods:
        return moved
    known = np.arange(effects.base_units.shape[-1]) < effects.known_periods
    return np.where(known, 1.0, moved)


def futures_of(grid: Grid) -> int:
    """Futures that are drawn: `risk.draws`, or as many as every share of them that is asked for needs.

    Where ``risk.draws`` is not given and nothing is judged by single futures, they are `FEWEST`. Limits at risk, a
    service level and careful objectives get up to `MOST`, as far as `CELLS` allows: of 1,000 futures 38 may break a
    limit that must hold in 95 %, of 200 only 4 (2 %), so that a plan may use more of it (docs/risk.md).
    """
    scenario = grid.scenario
    shares = [limit.at_risk for limit in scenario.limits if limit.at_risk is not None]
    shares += [] if scenario.risk.service is None else [scenario.risk.service]
    judged = bool(shares) or caution_of(scenario.objective) is not None
    affordable = int(np.clip(CELLS // int(np.prod(grid.shape)) // STEP * STEP, FEWEST, MOST)) if judged else FEWEST
    return max([scenario.risk.draws or affordable, *(draws_needed(share) for share in shares)])
