"""Segments that the scenario lists: the model's own by their ids, all others by what their profile says."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schema import Segment
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown
from scenarios.response.baskets import Baskets
from surrogate.digits import to_digits
from surrogate.model import Model
from surrogate.people.learned_groups import LearnedGroups
from surrogate.people.profiles import CUT
from surrogate.scoring.listed import Rows, own_rows, profiled_by_list, unknown_segments


def declared_groups(
    model: Model, segments: tuple[Segment, ...], baskets: Baskets | None, weeks: float
) -> LearnedGroups:
    """Return listed segments as groups of the model.

    A segment with the id of one of the model's is that one: its features, its level a customer times the customers
    that are listed, its orders where the scenario gives none. A profile moves it from there, by as much as what it says
    differs from the segment's own mean.

    Any other is declared: f(W x) with x from its profile, and what the profile does not say from the average customer.
    Base units are the network's rate a customer, scaled so that the model's own segments together keep their level.

    Profile keys are the model's feature names (spaces may be written as underscores).

    Parameters
    ----------
    weeks
        Length of a period, by which ``baskets`` count orders.

    Raises
    ------
    InvalidInput
        For profile keys that the model does not know, values that are no numbers, and, where the model has learned of
        the retailer's own segments, ids that are none of these without a profile.
    """
    own = model.buyers
    rows = own_rows(own.ids, segments)
    raw = _profiles(model, segments)
    features = _features(model, raw, rows)
    customers = np.array([segment.customers for segment in segments])
    base = np.stack([_levels(model, number, features, customers, rows) for number in range(len(own.base))])
    widest = own.base_cv.max(axis=0)
    return LearnedGroups(
        ids=tuple(segment.id for segment in segments),
        names=tuple(
            segment.name or (segment.id if row is None else own.names[row])
            for segment, row in zip(segments, rows, strict=True)
        ),
        customers=customers,
        features=features,
        raw=np.stack([
            one if row is None else np.where(np.isnan(one), own.raw[row], one)
            for one, row in zip(raw, rows, strict=True)
        ]),
        base=base,
        base_cv=np.stack([widest if row is None else own.base_cv[row] for row in rows]),
        orders=tuple(
            _orders(own, base[:, number], row)
            if baskets is None
            else tuple((bin_.value, bin_.orders / weeks, bin_.units) for bin_ in baskets.bins[one.id])
            for number, (one, row) in enumerate(zip(segments, rows, strict=True))
        ),
        planned=None
        if baskets is not None or own.planned is None
        else tuple(0.0 if row is None else own.planned[row] for row in rows),
        more_orders=own.more_orders,
    )  # fmt: skip


def _profiles(model: Model, segments: tuple[Segment, ...]) -> Float:
    """Return what profiles say [S, F] in people's units; NaN where they say nothing."""
    names = {name.replace(" ", "_"): number for number, name in enumerate(model.scale.names)}
    raw = np.full((len(segments), len(names)), np.nan)
    column, ids = model.profile_space.own, model.buyers.ids
    problems = unknown_segments(ids, segments, column) if column else []
    for number, segment in enumerate(segments):
        for key, value in segment.profile.items():
            feature = names.get(key.replace(" ", "_"))
            where = f"segments.{segment.id}.profile.{key}"
            if feature is None:
                remedy = profiled_by_list(key, value, column, ids) or did_you_mean(key.replace(" ", "_"), names)
                problems.append(
                    Problem(where="model", what=where, expected="a learned feature", got=key, remedy=remedy)
                )
            elif isinstance(value, str):
                problems.append(Problem(where="model", what=where, expected="a number", got=shown(value)))
            else:
                raw[number, feature] = value
    if problems:
        raise InvalidInput(problems)
    return raw


def _features(model: Model, raw: Float, rows: Rows) -> Float:
    """Return normalised features [S, F] of segments with profiles ``raw``.

    The mean of a segment's normalised features is not its normalised mean: a profile moves it by the difference.
    """
    said, own = model.scale(raw), model.buyers
    out = []
    for one, scaled, row in zip(raw, said, rows, strict=True):
        if row is None:
            out.append(to_digits(np.where(np.isnan(one), model.population, scaled)))
            continue
        known = np.isfinite(own.raw[row])
        moved = np.where(known, own.features[row] + (scaled - model.scale(own.raw[row])), scaled)
        out.append(np.where(np.isnan(one), own.features[row], to_digits(np.clip(moved, -CUT, CUT))))
    return np.stack(out)


def _levels(model: Model, number: int, features: Float, customers: Int, rows: Rows) -> Float:
    """Return one member's units a week [S, C] at the end of the data."""
    own, net = model.buyers, model.ensemble.networks[number]
    rate, own_rate = (np.exp(net.log_rate(net.hidden_state(each))) for each in (features, own.features))
    level = own.base[number].sum(axis=0) / (own_rate * own.customers[:, None]).sum(axis=0)
    out = []
    for place, row in enumerate(rows):
        if row is None:
            out.append(to_digits(rate[place] * customers[place] * level))
            continue
        times = customers[place] / own.customers[row]
        if not np.array_equal(features[place], own.features[row]):
            times = times * rate[place] / own_rate[row]
        out.append(own.base[number, row] * times)
    return np.stack(out)


def _orders(own: LearnedGroups, base: Float, row: int | None) -> tuple[tuple[float, float, float], ...]:
    """Return orders of a segment without baskets: as many more than the model's own as units [E, C] are more."""
    if row is None:
        return ()
    before = own.base[:, row].sum()
    times = float(base.sum() / before) if before > 0 else 1.0
    return tuple((value, count * times, units) for value, count, units in own.orders[row])
