"""Experiments made up for `experiment_coverage.py`, whose truth is known: who buys without an offer, and with each one.

Every row has a log odds of buying from its features (a mixture of a family or not, counts, amounts with a long tail and
words), and every offer moves it: by the same for everybody, more for families, or not at all. What a customer spends is
nothing, or log-normal. One uniform number decides a row's purchase in all arms, so whoever buys without the offer buys
with it; of those a share redeems, and all whom the offer won over do: that share is the true take-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.streams import stream
from surrogate.experiment.reading.spec import ExperimentSpec
from surrogate.experiment.reading.table import ExperimentTable

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """An offer: its parameters, and what it does to log odds."""

    id: str
    terms: dict[str, Any]
    everybody: float = 0.0
    families: float = 0.0
    """On top, for families only."""


def coupon(depth: int, everybody: float, families: float = 0.0) -> Tried:
    """Return a coupon of some percent."""
    return Tried(
        id=f"c{depth}", terms={"mechanic": "coupon", "depth": f"{depth}%"}, everybody=everybody, families=families
    )


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of experiment; experiments of one family differ by chance alone."""

    customers: int = 2000
    offers: tuple[Tried, ...] = (coupon(20, 0.35),)
    tails: tuple[float | None, ...] = (None,)
    """Outcomes: None is bought or not, a number the spread (of logarithms) of what buyers spend."""
    level: float = -1.2
    """Log odds of buying of the usual customer."""
    waves: int = 1
    persistent: float = 0.0
    """Standard deviation of what no feature shows and a customer keeps in all waves, in log odds."""
    chance: str = "alike"
    """alike; lopsided (85 % get nothing); by feature (who visits often gets offers more often, as a column says)."""
    correlated: bool = False
    """Ten more features that are two factors and noise; families are known by them only."""
    take_up: float = 0.6


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """An experiment and its truth. N rows, A offers."""

    spec: ExperimentSpec
    table: ExperimentTable
    truth: dict[str, Float]
    """[N, A + 1] expected outcome of each row in each arm, by outcome."""


FAMILIES = {
    "two arms": Family(tails=(None, 1.2), take_up=0.9),
    "no effect": Family(offers=(coupon(20, 0.0),), tails=(None, 1.2, 1.8)),
    "six arms": Family(
        customers=4000,
        offers=(
            coupon(10, 0.1, 0.3),
            coupon(20, 0.2, 0.5),
            coupon(30, 0.3, 0.8),
            Tried(id="present", terms={"mechanic": "gift", "gift": "mug", "worth": 4}, everybody=0.4),
            Tried(id="hello", terms={"mechanic": "feature"}),
        ),
    ),
    "three waves": Family(
        customers=1000, tails=(None, 1.2), waves=3, persistent=1.0, offers=(coupon(20, 0.3),), take_up=0.1
    ),
    "lopsided": Family(customers=4000, chance="lopsided", offers=(coupon(10, 0.1, 0.2), coupon(30, 0.2, 0.6))),
    "by feature": Family(
        customers=3000, chance="by feature", offers=(coupon(10, 0.1, 0.2), coupon(30, 0.2, 0.6)), tails=(None, 1.2)
    ),
    "small": Family(customers=600, offers=(coupon(20, 0.2, 0.5),)),
    "correlated": Family(offers=(coupon(20, 0.0, 0.7),), correlated=True),
    "rare": Family(customers=4000, level=-4.0, offers=(coupon(20, 0.3, 0.4),)),
}


def make(name: str, seed: int, customers: int | None = None) -> Known:
    """Return one experiment of a family; other ``customers`` than the family's where a truth needs many."""
    family = FAMILIES[name]
    rng = stream(seed, "known experiment", name)
    people, waves = customers or family.customers, family.waves
    unit = np.tile(np.arange(people), waves)
    wave = np.repeat(np.arange(waves), people)
    n = unit.size
    is_family = rng.integers(0, 2, people)[unit].astype(float)
    kept = rng.gamma(2.0, 2.0, people)[unit]
    visits = np.round(kept * rng.uniform(0.8, 1.2, n) if waves > 1 else kept, 3)
    spend = np.round(rng.lognormal(3.0, 1.0, people)[unit], 2)
    mood = np.round(rng.standard_normal(people)[unit], 4)
    city = np.array(["A", "B", "C"], dtype=object)[rng.integers(0, 3, people)[unit]]
    link = family.level + 0.7 * (np.log1p(visits) - 1.5) + 0.3 * mood + 0.2 * (city == "A")
    link = link + family.persistent * rng.standard_normal(people)[unit] + 0.4 * np.array([0.0, 1.0, -1.0])[wave % 3]
    shift = np.column_stack([np.zeros(n), *(one.everybody + one.families * is_family for one in family.offers)])
    chances = 1.0 / (1.0 + np.exp(-(link[:, None] + shift)))
    arm, given = _drawn(family, rng, visits, wave)
    lot = rng.random(n)
    bought = lot < chances[np.arange(n), arm]
    base = lot < chances[:, 0]
    redeemed = (bought & (arm > 0) & (~base | (rng.random(n) < family.take_up))).astype(float)
    numeric = {"visits": visits, "spend": spend, "mood": mood}
    numeric |= _factors(rng, is_family) if family.correlated else {"family": is_family}
    outcomes, truth = {}, {}
    for tail in family.tails:
        name_of = outcome_name(tail)
        outcomes[name_of], truth[name_of] = bought.astype(float), chances
        if tail is not None:
            middle = 2.5 + 0.2 * (np.log(spend) - 3.0)
            outcomes[name_of] = bought * np.round(rng.lognormal(middle, tail), 2)
            truth[name_of] = chances * np.exp(middle + 0.5 * tail**2)[:, None]
    table = ExperimentTable(
        source=name, arm=arm, wave=wave, unit=unit, numeric=numeric, categorical={"city": city}, text={},
        outcomes=outcomes, redeemed=redeemed, chance=given, cleaning=(),
    )  # fmt: skip
    return Known(spec=_spec(family, tuple(numeric)), table=table, truth=truth)


def outcome_name(tail: float | None) -> str:
    """Return the name of an outcome."""
    return "bought" if tail is None else f"amount{tail:g}".replace(".", "_")


def _drawn(
    family: Family, rng: np.random.Generator, visits: Float, wave: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Float | None]:
    """Return arms [N], and the probabilities [N, A + 1] that the file gives, if any."""
    arms = len(family.offers) + 1
    want = np.zeros((visits.size, arms))
    if family.chance == "lopsided":
        want[:, 0] = np.log(0.85 / (0.15 / (arms - 1)))
    if family.chance == "by feature":
        want[:, 1:] = 0.8 * (np.log1p(visits) - 1.5)[:, None]
    if family.waves > 1:
        want[:, 0] = np.array([0.0, 0.8, -0.4])[wave % 3]
    chance = np.exp(want) / np.exp(want).sum(axis=1, keepdims=True)
    arm = (rng.random(visits.size)[:, None] > np.cumsum(chance, axis=1)[:, :-1]).sum(axis=1)
    return arm.astype(np.int64), chance if family.chance == "by feature" else None


def _factors(rng: np.random.Generator, is_family: Float) -> dict[str, Float]:
    factors = np.column_stack([is_family - 0.5, rng.standard_normal(is_family.size)])
    mix = rng.standard_normal((2, 10))
    columns = np.round(factors @ mix + 0.4 * rng.standard_normal((is_family.size, 10)), 4)
    return {f"factor{number}": columns[:, number] for number in range(10)}


def _spec(family: Family, numeric: tuple[str, ...]) -> ExperimentSpec:
    names = [outcome_name(tail) for tail in family.tails]
    kinds = ["binary" if tail is None else "amount" for tail in family.tails]
    return ExperimentSpec.model_validate({
        "kind": "experiment", "file": "made-up.csv", "customer": "customer", "offer": "arm", "none": "nothing",
        "offers": {one.id: {"is": one.id, **one.terms} for one in family.offers},
        "features": {"numeric": list(numeric), "categorical": ["city"]},
        "outcomes": {name: {"column": name, "kind": kind} for name, kind in zip(names, kinds, strict=True)},
        "products": {name: {"outcome": name, "price": 40} for name in names},
        "redeemed": "redeemed", "days": 7,
    })  # fmt: skip
