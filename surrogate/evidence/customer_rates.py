"""How single customers buy each good: units at a time, and how far their own rates lie apart.

Weeks tell these apart without a model of how purchases are counted. What a customer buys of a good in one week varies
by chance (whether and how much) and by the customer's own rate; what varies alike in two weeks is the rate alone. So
the covariance of different weeks gives the spread of rates, and what single weeks vary by beyond it the lots. Rates are
the product of a customer's activity, of all goods alike, and a taste for each good: two goods vary together by
activity, and within one week by visits that buy both. `surrogate.flight.measure.goods_bought` puts goods together.

Activity and visits are each segment's own, tastes of all segments together. Lots are of each good in each segment,
drawn to what is usual of both: few purchases would tell them badly, and tell of few customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float, Int
from scenarios.response.customer_rates import CustomerRates
from surrogate.digits import to_digits
from surrogate.flight.measure.power import FEWEST_KNOWN
from surrogate.stored_sizes import Holds

SECTION = "customer-rates"
WEEKS = 8
"""Last weeks that tell it: about as long as a campaign, in which customers are the same ones."""
USUAL_UNITS = 50.0
"""Units of a good that count beside those that a segment bought, in the usual lots."""
_ROUNDS = 200
_LEAST_ACTIVITY = -0.9


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedRates:
    """Of S segments, then of all customers, and C goods."""

    ids: tuple[str, ...]
    """[S]"""
    lots: Annotated[Float, Holds(axes="N C", least=1)]
    """[S + 1, C] units of one purchase."""
    tastes: Annotated[Float, Holds(axes="2 C", least=0)]
    """[2, C] relative variance of tastes within segments, then among all customers."""
    activity: Annotated[Float, Holds(axes="N", least=_LEAST_ACTIVITY, unknown=True)]
    """[S + 1] relative variance of activity; NaN where too few customers tell it."""
    visits: Annotated[Float, Holds(axes="N")]
    """[S + 1] weeks: covariance of two goods within a week over the product of their means, beyond activity."""

    def of(self, segment: str, goods: Int) -> CustomerRates | None:
        """Return the figures of a segment and some goods, those of all customers for a segment that is not known."""
        place = self.ids.index(segment) if segment in self.ids else len(self.ids)
        if np.isnan(self.activity[place]):
            return None
        return CustomerRates(
            lots=tuple(self.lots[place, goods].tolist()),
            activity=float(self.activity[place]),
            visits=float(self.visits[place]),
            tastes=tuple(self.tastes[int(place == len(self.ids)), goods].tolist()),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Moments:
    """Sums over weeks of groups' customers. G groups, C goods."""

    customers: Int
    """[G]"""
    buyers: Int
    """[G, C] of them, of each good."""
    mean: Float
    """[G, C] units a customer in all weeks."""
    square: Float
    """[G, C] squared weekly means."""
    within: Float
    """[G, C] variances of single weeks."""
    between: Float
    """[G, C] covariances of pairs of different weeks."""
    all_square: Float
    """[G] the same of all goods together."""
    all_within: Float
    all_between: Float


def customer_rates(
    sales: pd.DataFrame,
    category: Sequence[str],
    categories: tuple[str, ...],
    customers: Int,
    label: Int,
    ids: tuple[str, ...],
    *,
    least: int,
) -> LearnedRates:
    """Measure it by what each customer bought in the last weeks.

    Parameters
    ----------
    sales
        customer, product, week, quantity.
    category
        Good of each product; others than ``categories`` do not count.
    categories
        [C] the goods: products of the scenario that the data knows.
    customers
        [N] numbers of those that the segments were made of.
    label
        [N] segment of each.
    ids
        [S] of the segments.
    least
        Fewest customers whose purchases figures of a good may be of, in all and in a segment.
    """
    goods, number = len(categories), {name: place for place, name in enumerate(categories)}
    good = np.array([number.get(name, -1) for name in category], dtype=np.int64)
    recent = sales[(sales["week"] > sales["week"].max() - WEEKS).to_numpy()]
    size = int(max(customers.max(initial=-1), recent["customer"].max() if len(recent) else -1)) + 1
    group = np.full(size, -1)
    group[customers] = label
    rows = pd.DataFrame(
        {
            "customer": recent["customer"].to_numpy(),
            "week": recent["week"].max() - recent["week"].to_numpy(),
            "good": good[recent["product"].to_numpy(dtype=np.int64)],
            "units": recent["quantity"].to_numpy(dtype=np.float64),
        }
    )
    rows = rows[(rows["good"] >= 0).to_numpy() & (group[rows["customer"].to_numpy(dtype=np.int64)] >= 0)]
    rows = rows.groupby(["customer", "week", "good"], as_index=False)["units"].sum()
    buyers = rows[["customer", "good"]].drop_duplicates()["good"].to_numpy(dtype=np.int64)
    told = np.bincount(buyers, minlength=goods) >= least
    rows = rows[told[rows["good"].to_numpy(dtype=np.int64)]]
    own = _fitted(_moments(rows, group, len(ids), goods), least)
    everybody = _fitted(_moments(rows, np.minimum(group, 0), 1, goods), least)
    return LearnedRates(
        ids=ids,
        lots=to_digits(np.concatenate([own.lots, everybody.lots])),
        tastes=to_digits(np.stack([own.tastes, everybody.tastes])),
        activity=to_digits(np.concatenate([own.activity, everybody.activity])),
        visits=to_digits(np.concatenate([own.visits, everybody.visits])),
    )


def _moments(rows: pd.DataFrame, group: Int, groups: int, goods: int) -> _Moments:
    customer, week, good = (rows[name].to_numpy(dtype=np.int64) for name in ("customer", "week", "good"))
    units, label = rows["units"].to_numpy(dtype=np.float64), group[customer]
    people = np.bincount(group[group >= 0], minlength=groups)

    def sums(values: Float, *keys: tuple[Int, int]) -> Float:
        """Add values up by several keys, each with how many there are of it."""
        shape = tuple(count for _, count in keys)
        flat = np.ravel_multi_index(tuple(key for key, _ in keys), shape)
        return np.asarray(np.bincount(flat, values, int(np.prod(shape))), dtype=np.float64).reshape(shape)

    def over_weeks(customer: Int, week: Int, good: Int, units: Float, label: Int, goods: int) -> tuple[Float, ...]:
        """Mean, squared means, variances of weeks and covariances of weeks, [G, C] each."""
        n = np.maximum(people, 2)[:, None]
        mean = sums(units, (label, groups), (good, goods), (week, WEEKS)) / n[:, :, None]
        square = (mean**2).sum(axis=2)
        within = (sums(units**2, (label, groups), (good, goods)) - n * square) / (n - 1)
        own, place = np.unique(customer * goods + good, return_inverse=True)
        all_weeks = np.asarray(np.bincount(place, units, len(own)), dtype=np.float64)
        together = sums(all_weeks**2, (group[own // goods], groups), (own % goods, goods))
        total = mean.sum(axis=2)
        return total, square, within, (together - n * total**2) / (n - 1) - within

    mean, square, within, between = over_weeks(customer, week, good, units, label, goods)
    both, place = np.unique(customer * WEEKS + week, return_inverse=True)
    all_units = np.asarray(np.bincount(place, units, len(both)), dtype=np.float64)
    pairs = np.unique(customer * goods + good)
    everything = over_weeks(both // WEEKS, both % WEEKS, 0 * both, all_units, group[both // WEEKS], 1)
    return _Moments(
        customers=people,
        buyers=np.bincount(group[pairs // goods] * goods + pairs % goods, minlength=groups * goods).reshape(
            groups, goods
        ),
        mean=mean,
        square=square,
        within=within,
        between=between,
        all_square=everything[1][:, 0],
        all_within=everything[2][:, 0],
        all_between=everything[3][:, 0],
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fitted:
    lots: Float
    tastes: Float
    activity: Float
    visits: Float


def _fitted(of: _Moments, least: int) -> _Fitted:
    """Solve for activities [G] and tastes [C] in turn until both agree with all covariances, then for the rest."""
    people, told = of.customers[:, None], of.buyers.sum(axis=0) >= least
    pairs = of.mean**2 - of.square
    all_pairs = of.mean.sum(axis=1) ** 2 - of.all_square
    tastes, activity = np.zeros(of.mean.shape[1]), np.zeros(len(of.mean))
    for _ in range(_ROUNDS):
        tasted = pairs @ tastes
        activity = np.maximum(_over(of.all_between - tasted, all_pairs + tasted), _LEAST_ACTIVITY)
        own = activity[:, None]
        tastes = np.maximum(
            _over((people * (of.between - own * pairs)).sum(axis=0), (people * (1.0 + own) * pairs).sum(axis=0)), 0.0
        )
    own = activity[:, None]
    alike = (1.0 + own) * (1.0 + tastes) - 1.0
    counted, bought = people * (of.within - alike * of.square), people * of.mean
    beside = of.all_square - of.square.sum(axis=1)
    visits = _over(of.all_within - of.within.sum(axis=1), beside) - activity * (beside > 0)
    return _Fitted(
        lots=_lots(counted, bought, of.buyers >= least, told),
        tastes=_told(tastes, bought.sum(axis=0), told),
        activity=np.where((of.customers >= FEWEST_KNOWN) & (of.mean.sum(axis=1) > 0), activity, np.nan),
        visits=visits,
    )


def _lots(counted: Float, bought: Float, own: Flag, told: Flag) -> Float:
    """Return lots [G, C]: a group's own, as if it had bought `USUAL_UNITS` more of the good in the usual ones.

    The usual alone where too few customers of a group bought the good, by ``own`` [G, C]. They are lots of the good
    times a factor of the group, 1 in the mean (a family takes more at a time, of all goods), to which as many units in
    usual lots draw it, too: both sums of ``counted`` [G, C] fit.
    """
    lots, factor = np.ones(counted.shape[1]), np.ones(len(counted))
    for _ in range(_ROUNDS):
        expected = USUAL_UNITS * float(lots.mean())
        factor = np.maximum((counted.sum(axis=1) + expected) / (bought @ lots + expected), 0.0)
        mean = float(factor @ bought.sum(axis=1)) / max(float(bought.sum()), 1e-300)
        factor = factor / mean if mean > 0 else np.ones(len(factor))
        lots = np.maximum(_over(counted.sum(axis=0), factor @ bought, none=1.0), 0.0)
    usual = factor[:, None] * _told(lots, bought.sum(axis=0), told)
    return np.maximum(np.where(own, (counted + USUAL_UNITS * usual) / (bought + USUAL_UNITS), usual), 1.0)


def _told(values: Float, weight: Float, told: Flag) -> Float:
    """Return figures of goods [C], those of the mean good where too few customers tell them."""
    known = np.where(told, weight, 0.0)
    return np.where(told, values, float(known @ values) / known.sum() if known.sum() > 0 else values.min())


def _over(one: Float, other: Float, none: float = 0.0) -> Float:
    """Divide where there is something to divide by."""
    return np.asarray(np.where(other > 0, one / np.where(other > 0, other, 1.0), none))
