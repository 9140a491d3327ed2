"""How unsure learned answers to displays, mailers and declared offers are whatever their size, in points of lift.

The spread that held-out weeks calibrate is relative: of an offer that brings nothing it says nothing, and weights that
are never below 0 leave a small lift to everything that ran. Three things say how far such a lift may be off:

    miss      what customers bought where it ran beside what the last fit says of the same weeks, all groups together
              and told from cuts and other offers in them: where priors hold a lift up, less was bought than foreseen
    apart     how far a segment's answer lies from what its profile says: groups' own misses less the chance in them
              tell how far groups lie apart; what is left to be unsure of one segment is the posterior deviation
    weeks     of displays and mailers the error that few weeks leave; of declared offers `uncertainty.few_weeks`
              tells it already

How named customers were chosen moves all that they bought, and is told elsewhere (`uncertainty.selection`): of
their offers the first is left out, and groups' misses are taken around the mean of all.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scenarios.arrays import Flag, Float
from surrogate.digits import to_digits
from surrogate.effects.deals import Deals
from surrogate.effects.demand import Bumps, Cells, assemble, bumps, log_baseline
from surrogate.effects.depths import DEPTH_CAP
from surrogate.effects.fit import Member
from surrogate.effects.spans import FitCells
from surrogate.evidence.uncertainty.few_weeks import mean_error
from surrogate.evidence.uncertainty.weather import WeeklyWeather
from surrogate.shelf.cells import Shelf
from surrogate.shelf.mechanics import KINDS

SECTION = "answer-errors"
"""Name of the section of a model that holds `AnswerErrors`."""
DISPLAY, MAILER = "display", "mailer"
USUAL_APART = 0.03
"""Log points that groups' answers lie apart beyond their profiles where nothing is known of it."""
STEADY = 5.0
"""Groups of that width that weigh against those seen."""
LEAST_APART = 0.01
USUAL_MISS = 0.3
"""Log points that an answer may miss by; what ran together with other things all the time is drawn to none."""
_ROUNDS, _FURTHEST = 6, 3.0
LEAST_UNITS = 100.0
"""Units foreseen under a mechanic below which its weeks say nothing of its lift."""


@dataclass(frozen=True, kw_only=True)
class AnswerErrors:
    """Standard deviation of what is unsure of a log lift, whatever that lift is.

    Raises
    ------
    ValueError
        For a number below 0.
    """

    points: dict[str, float] = field(default_factory=dict)
    """By ``display``, ``mailer``, mechanic of declared offers, and ``sent MECHANIC`` of targeted ones."""

    def __post_init__(self) -> None:
        for name, value in self.points.items():
            if not (value >= 0):
                raise ValueError(f"points of {name}: a number from 0 on is needed, got {value}")


def answer_errors(
    members: tuple[Member, ...],
    cells: FitCells,
    shelf: Shelf,
    *,
    weather: WeeklyWeather | None,
    counting: float,
    segments: int,
) -> AnswerErrors:
    """Return how unsure the answers are that a fit gives.

    Parameters
    ----------
    members, cells, shelf
        The last fit, what it was fitted on, and its weeks without the discounts that declared offers explain.
    weather
        How much weeks differ, where it is known.
    counting
        Variance over mean of weekly units.
    segments
        Of the model: what is unsure is that of one of mean size.
    """
    own = assemble(shelf, cells.units, cells.features, cells.customers, deals=cells.deals, span=cells.span)
    foreseen, contacted = _foreseen(members, own)
    counted = shelf.counted.astype(np.float64)
    reached = _reached(shelf, own)
    misses = dict(zip(reached, _misses(own.units, foreseen, shelf, list(reached.values()), counting), strict=True))
    of_category = (np.arange(len(shelf.categories))[:, None] == shelf.category[None]).astype(np.float64)
    found: dict[str, float] = {}
    for name, share in reached.items():
        apart = _apart(own.units, foreseen, share * counted, counting, segments)
        sold = of_category @ (foreseen * share * counted).sum(axis=0)
        weeks = mean_error(sold, weather, counting) if name in (DISPLAY, MAILER) else 0.0
        found[name] = float(np.sqrt(misses[name] ** 2 + apart**2 + weeks**2))
    for kind in np.unique(own.deals.kind[_named(own.deals)]).tolist():
        mine = _named(own.deals) & (own.deals.kind == kind)
        name = f"sent {KINDS[kind].value}"
        found[name] = _apart(own.deals.units[:, mine], contacted[:, mine], np.ones(1), counting, segments)
    return _rounded(found)


def _named(deals: Deals) -> Flag:
    """Return the places [D] of offers to named customers, whose purchases are looked at by themselves."""
    return np.asarray((np.asarray(deals.apart) > 0) & (np.asarray(deals.targeted) > 0))


def _reached(shelf: Shelf, own: Cells) -> dict[str, Float]:
    """Return by name the share of sales [G, I, T] that displays, mailers and offers not to named customers reached."""
    groups, items, weeks = len(own.units), len(shelf.names), shelf.weeks.size
    found = {
        name: np.broadcast_to(share, (groups, items, weeks))
        for name, share in ((DISPLAY, shelf.display), (MAILER, shelf.mailer))
        if share.any()
    }
    deals = own.deals
    sent = (np.asarray(deals.targeted) > 0) | (np.asarray(deals.sent) > 0)
    for kind in np.unique(deals.kind).tolist():
        for to_some in (False, True):
            mine = (deals.kind == kind) & (sent == to_some) & ~_named(deals)
            if mine.any():
                places = np.zeros(((items + 1) * weeks, groups))
                np.maximum.at(places, deals.cell[mine], deals.share[:, mine].T)
                by_item = places.T.reshape(groups, items + 1, weeks)
                name = f"sent {KINDS[kind].value}" if to_some else KINDS[kind].value
                found[name] = np.maximum(by_item[:, :-1], by_item[:, -1:])
    return found


def _rounded(points: dict[str, float]) -> AnswerErrors:
    return AnswerErrors(points={name: float(to_digits(np.array([value]), 4)[0]) for name, value in points.items()})


def _foreseen(members: tuple[Member, ...], own: Cells) -> tuple[Float, Float]:
    """Return units of all customers [G, I, T] and of contacted ones [G, D] as the members' mean says."""
    total, contacted = [], []
    for net, nuisance in members:
        base = np.exp(log_baseline(net, nuisance, own))
        bump: Bumps = bumps(net, nuisance, own)
        whole = np.concatenate([base, base.sum(axis=1, keepdims=True)], axis=1).reshape(len(base), -1)
        total.append(base * np.exp(bump.total))
        contacted.append(whole[:, own.deals.cell] * np.exp(bump.contacted) if own.deals.kind.size else bump.contacted)
    return np.mean(total, axis=0), np.mean(contacted, axis=0)


def _misses(units: Float, foreseen: Float, shelf: Shelf, reached: list[Float], counting: float) -> Float:
    """Return how far each answer is off in log points, of all groups together, told from what ran in the same weeks.

    A quasi-Poisson regression of what was bought around what is foreseen, on cuts and on what was reached; drawn to no
    miss where things ran together or hardly at all.
    """
    total, own = foreseen.sum(axis=0), units.sum(axis=0)
    here = shelf.counted & (total > 0)
    shares = [(foreseen * each).sum(axis=0)[here] / total[here] for each in reached]
    price = -np.log1p(-np.clip(shelf.depth[here], 0.0, DEPTH_CAP))
    table = np.column_stack([np.ones(price.size), price, *shares])
    ridge = counting / USUAL_MISS**2 * np.eye(table.shape[1])
    log_miss = np.zeros(table.shape[1])
    for _ in range(_ROUNDS):
        mean = total[here] * np.exp(np.clip(table @ log_miss, -_FURTHEST, _FURTHEST))
        slope = table.T @ (own[here] - mean) - ridge @ log_miss
        log_miss = log_miss + np.linalg.solve(table.T @ (table * mean[:, None]) + ridge, slope)
    return np.asarray(log_miss[2:])


def _apart(units: Float, foreseen: Float, reached: Float, counting: float, segments: int) -> float:
    """Return what is unsure of one segment's answer in log points, beside what all groups' misses.

    Parameters
    ----------
    units, foreseen
        [G, ...] where offers ran and elsewhere.
    reached
        [G, ...] share of the sales that was reached, 0 elsewhere; it broadcasts.
    """
    axes = tuple(range(1, units.ndim))
    real, told = ((values * reached).sum(axis=axes) for values in (units, foreseen))
    squares = (foreseen * np.square(reached)).sum(axis=axes)
    if not told.sum() > LEAST_UNITS:
        return USUAL_APART
    share = squares.sum() / told.sum()  # sales that were not reached dilute what groups miss
    every = np.log(max(real.sum(), 1.0) / told.sum())
    noise = counting * squares / np.maximum(told, 1e-9) ** 2
    known = (told > 0) & (noise < 1.0)
    ratio = np.log((real[known] + 1.0) / (told[known] + 1.0)) - every
    trust = USUAL_APART**2 / (USUAL_APART**2 + noise[known])
    trust = trust / trust.max(initial=1e-12)
    lies = (STEADY * USUAL_APART**2 + trust @ (ratio**2 - noise[known])) / (STEADY + trust.sum())
    wide = max(float(lies), LEAST_APART**2)
    chance = counting * segments * squares.sum() / told.sum() ** 2
    return float(np.sqrt(wide * chance / (wide + chance)) / share)
