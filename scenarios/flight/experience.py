"""What customers did and felt: contacts, visits and buyers; returns, complaints, unsubscribes and survey scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Plan
from scenarios.flight.actuals import TREATED, Actuals
from scenarios.grid import Grid
from scenarios.language.schemas.validity import Validity
from scenarios.language.words import EVERYBODY, Layer


@dataclass(frozen=True, kw_only=True)
class Part:
    """How many of a number of cases; what share they are is for the reader to judge."""

    count: float
    of: float


@dataclass(frozen=True, kw_only=True)
class Experience:
    """What is told of one offer, or of everything; None where no column tells it."""

    about: str
    """The offer's id; ``everything`` or ``no offer``."""
    conversion: Part | None
    """Buyers of those contacted (targeted offers) or of visitors (public ones, and everything)."""
    conversion_of: str
    """``contacts`` or ``visitors``."""
    returns: Part | None
    """Of units."""
    complaints: Part | None
    """Of units."""
    unsubscribes: Part | None
    """Of contacts."""
    survey: float | None
    """Mean score."""
    survey_count: float


def where_ran(actuals: Actuals, plan: Plan) -> dict[str, Flag]:
    """[S + 1, K + 1, T] rows of the actuals on which each offer ran, as told, else as planned; by id."""
    grid = actuals.grid
    s, k, t = grid.shape
    found: dict[str, Flag] = {}
    if actuals.ran is not None:
        for each in actuals.ran:
            name = grid.scenario.offers[each.offer].id
            where = found.setdefault(name, np.zeros((s + 1, k + 1, t), dtype=bool))
            where[s if each.segment is None else each.segment, k if each.product is None else each.product][
                each.period
            ] = True
    else:
        _planned(grid, plan, found)
    return {offer.id: found[offer.id] for offer in grid.scenario.offers if offer.id in found}


def _planned(grid: Grid, plan: Plan, found: dict[str, Flag]) -> None:
    s, k, t = grid.shape
    for line in grid.lines(plan):
        where = found.setdefault(line.offer, np.zeros((s + 1, k + 1, t), dtype=bool))
        product = grid.row(line.product)
        period = grid.scenario.horizon.period_of(line.date)
        where[s, product, period] = True
        rows = slice(0, s) if line.segment == EVERYBODY else grid.segment_index[line.segment]
        where[rows, product, period] = True


def experiences(actuals: Actuals, plan: Plan) -> tuple[Experience, ...]:
    """Add up what is told, of everything, of each offer that ran, and of cells where none ran."""
    grid = actuals.grid
    ran = where_ran(actuals, plan)
    everything = np.ones((len(grid.segments) + 1, len(grid.products) + 1, grid.shape[2]), dtype=bool)
    some = np.zeros_like(everything)
    for where in ran.values():
        some |= where
    found = [_experience(actuals, "everything", everything, "visitors")]
    for name, where in ran.items():
        targeted = grid.offer(name).layer is Layer.TARGETED
        found.append(_experience(actuals, name, where, "contacts" if targeted else "visitors", grid.offer(name).valid))
    found.append(_experience(actuals, "no offer", ~some, "visitors"))
    told = [each for each in found if _tells(each)]
    return tuple(told)


def _tells(found: Experience) -> bool:
    return any(
        each is not None for each in (found.conversion, found.returns, found.complaints, found.unsubscribes)
    ) or (found.survey is not None)


def _experience(actuals: Actuals, about: str, where: Flag, of: str, valid: Validity | None = None) -> Experience:
    survey, count = _weighed_survey(actuals, where)
    return Experience(
        about=about,
        conversion=_part(actuals, where, "buyers", of, valid),
        conversion_of=of,
        returns=_part(actuals, where, "returns", "units"),
        complaints=_part(actuals, where, "complaints", "units"),
        unsubscribes=_part(actuals, where, "unsubscribes", "contacts", valid),
        survey=survey,
        survey_count=count,
    )


def _part(actuals: Actuals, where: Flag, column: str, of: str, valid: Validity | None = None) -> Part | None:
    """Sums over the rows that tell both; None where no row does.

    What is sent once is told with its contacts on the day of its sending, and counts on all its days.
    """
    if not (actuals.has(column) and actuals.has(of)):
        return None
    counted, whole = actuals.tables[column][TREATED], actuals.tables[of][TREATED]
    if valid is not None and of == "contacts":
        return _of_sendings(actuals, where & np.isfinite(counted), counted, whole, valid)
    both = where & np.isfinite(counted) & (np.nan_to_num(whole) > 0)
    if not both.any():
        return None
    return Part(count=float(counted[both].sum()), of=float(whole[both].sum()))


def _of_sendings(actuals: Actuals, told: Flag, counted: Float, whole: Float, valid: Validity) -> Part | None:
    """Sums over the days of validities whose sendings tell their contacts, each of which counts once."""
    horizon = actuals.grid.scenario.horizon
    sendings = [valid.sending_of(horizon, period) for period in range(told.shape[-1])]
    count = of = 0.0
    for sending in sorted({each for each in sendings if each is not None and each >= 0}):
        days = [period for period, own in enumerate(sendings) if own == sending]
        rows = told[..., days].any(axis=-1) & (np.nan_to_num(whole[..., sending]) > 0)
        count += float(np.where(told[..., days], counted[..., days], 0.0)[rows].sum())
        of += float(whole[..., sending][rows].sum())
    return Part(count=count, of=of) if of > 0 else None


def _weighed_survey(actuals: Actuals, where: Flag) -> tuple[float | None, float]:
    if not (actuals.has("survey") and actuals.has("survey_count")):
        return None, 0.0
    score, count = actuals.tables["survey"][TREATED], actuals.tables["survey_count"][TREATED]
    both = where & np.isfinite(score) & (np.nan_to_num(count) > 0)
    if not both.any():
        return None, 0.0
    people = float(count[both].sum())
    return float((score[both] * count[both]).sum() / people), people
