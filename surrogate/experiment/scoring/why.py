"""Explaining an effect that an experiment taught: integrated gradients, what was randomised, how many were tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Offer, Scenario
from surrogate.experiment.fitted.network import UpliftNet, answer_ramps, mean_outcome
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.scoring.declared import who_of
from surrogate.experiment.scoring.lifts import Who
from surrogate.experiment.scoring.matching import Match, match
from surrogate.experiment.scoring.score import score_experiment
from surrogate.people.profiles import mean_known
from surrogate.why.attribution import Asked, integrated_gradients
from surrogate.why.explanation import Driver, Explanation, places

MOST_DRIVERS = 5
LEAST_POINTS = 0.001
_CONTACT, _SAVING = 0, 1
"""Places of the promotion's inputs, before the features."""


class _Tables(NamedTuple):
    """What the log lift of products that share an outcome needs. E members, K products."""

    networks: UpliftNet
    """[E, ...]"""
    mechanic: Int
    """[K] number of the mechanic that each is matched with."""
    saving: Float
    """[K]"""
    known: Float
    """[K] the largest saving tried of the mechanic."""
    weight: Float
    """[K]"""


def explain_experiment(
    model: ExperimentModel, scenario: Scenario, segment: str, offer: str, product: str | None
) -> Explanation:
    """Explain the lift of an offer on a segment (`surrogate.kinds.explain_any`)."""
    learned = score_experiment(model, scenario)
    ids = [one.id for one in learned.segments]
    products = listed_products(scenario)
    row, column, numbers = places(scenario, ids, [one.id for one in products], segment, offer, product)
    asked = scenario.offers[column]
    who = who_of(model, scenario)
    effects = learned.effects
    base = effects.base_units.mean(axis=(0, 3))[row]
    rows = [len(products)] if asked.is_basket else list(numbers)
    prices = [
        float(one.price) if one.price is not None else learned.prices.get(one.id) or model.order or 1.0
        for one in products
    ]
    matches = [match(model, asked, model.order if asked.is_basket else prices[number]) for number in numbers]
    weight = np.maximum(base[list(numbers)], 1e-12)
    outcomes = [model.products[products[number].id].outcome for number in numbers]
    features = who.share[row] @ who.features
    found = integrated_gradients(_asked(model, features, matches, outcomes, weight / weight.sum()))
    cells = effects.lift[:, row, :, :, column][:, rows].max(axis=2).mean(axis=0)
    scored = float(np.average(cells, weights=weight if len(rows) == len(weight) else None))
    return Explanation(
        segment=segment,
        offer=offer,
        products=() if asked.is_basket else tuple(products[number].id for number in numbers),
        learned=scored,
        now=scored,
        drivers=_drivers(model, features, who, row, asked, matches[0], found.parts, found.total, scored),
        grade=effects.evidence[column],
        trust=_trust(model, asked, effects.evidence[column], matches),
        past=(),
    )


def _asked(model: ExperimentModel, features: Float, matches: list[Match], outcomes: list[str], weight: Float) -> Asked:
    """Return the mean over members and products of log(1 + lift) at a segment's mean customer, and its inputs."""
    binary = {name: model.outcomes[name].binary for name in outcomes}
    chosen = {name: [number for number, one in enumerate(outcomes) if one == name] for name in sorted(binary)}
    tables = {
        name: _Tables(
            networks=jax.tree.map(lambda *leaves: np.stack(leaves), *model.outcomes[name].networks),
            mechanic=np.array([matches[number].mechanic for number in numbers]),
            saving=np.array([matches[number].saving for number in numbers]),
            known=np.array([matches[number].known for number in numbers]),
            weight=weight[numbers],
        )
        for name, numbers in chosen.items()
    }

    return Asked(
        names=("contact", "saving", *model.encoder.names),
        baseline=np.concatenate([np.zeros(2), model.groups.population]),
        inputs=np.concatenate([np.ones(2), features]),
        value=_LogLift(binary=tuple(binary[name] for name in chosen)),
        tables=tables,
    )


@dataclass(frozen=True, kw_only=True)
class _LogLift:
    """Log(1 + lift), of inputs and the tables of every outcome by name: the same function for all segments."""

    binary: tuple[bool, ...]
    """Whether each outcome is, in the order of their names."""

    def __call__(self, point: Any, tables: dict[str, _Tables]) -> Any:
        named = zip(sorted(tables), self.binary, strict=True)
        return sum(_log_ratio(point, tables[name], binary=binary) for name, binary in named)


def _log_ratio(point: Any, tables: _Tables, *, binary: bool) -> Any:
    """Return log(1 + lift), the mean over members, weighted over products that share an outcome."""
    who = point[None, 2:]

    def of_member(net: UpliftNet) -> Any:
        profile, hidden = net.states(who, jnp)
        ramps = answer_ramps(point[_SAVING] * tables.saving, jnp, known=tables.known)
        bare = net.answers(profile, hidden, tables.mechanic, jnp.zeros_like(ramps), jnp)[0]
        full = net.answers(profile, hidden, tables.mechanic, ramps, jnp)[0]
        usual = net.without(profile, hidden)
        answered = mean_outcome(usual + point[_CONTACT] * bare + full - bare, binary=binary, xp=jnp)
        return jnp.log(answered / mean_outcome(usual, binary=binary, xp=jnp))

    return jnp.mean(jax.vmap(of_member)(tables.networks), axis=0) @ tables.weight


def _drivers(
    model: ExperimentModel,
    features: Float,
    who: Who,
    row: int,
    offer: Offer,
    matched: Match,
    parts: Float,
    total: float,
    scored: float,
) -> tuple[Driver, ...]:
    """Turn attributions of log(1 + lift) into points of lift, and name them; they add up to the scored lift."""
    scale = float(np.expm1(total) / total) if abs(total) > 1e-9 else 1.0
    points = parts * scale
    named = [
        Driver(words=f"being contacted with the {offer.mechanic.value}, whatever it saves", points=float(points[0]))
    ]
    if matched.saving > 0:
        named.append(Driver(words=f"a saving of {matched.saving:.0%}", points=float(points[1])))
    rest = scored - float(points[:2].sum()) if matched.saving > 0 else scored - float(points[0])
    mine = who.rows[row]
    own = model.groups.raw[mine] if who.learned and mine is not None else np.full(len(features), np.nan)
    customers = model.groups.customers.astype(np.float64)
    average = mean_known(customers / customers.sum(), model.groups.raw)
    order = np.argsort(-np.abs(np.round(points[2:], 9)), kind="stable").tolist()
    for index in order[:MOST_DRIVERS]:
        value = float(points[2 + index])
        if abs(value) < LEAST_POINTS:
            break
        name = model.encoder.names[index]
        figures = f" {own[index]:,.2f} (average {average[index]:,.2f})" if np.isfinite(own[index]) else ""
        named.append(Driver(words=f"{name}{figures}", points=value))
        rest -= value
    return (*named, Driver(words="everything else about these customers, and how they differ", points=rest))


def _trust(model: ExperimentModel, offer: Offer, grade: str, matches: list[Match]) -> tuple[str, ...]:
    worst = max(matches, key=lambda one: one.spread)
    tried = worst.nearest
    if grade == "randomised":
        first = f"Randomised: chance decided which {tried.customers:,} customers were offered {tried.id}."
    elif grade == "assumed":
        first = f"Assumed: no {offer.mechanic.value} of this saving was tried; it is extrapolated from {tried.id}."
    else:
        first = "Observed: chance does not explain who was offered what, so other differences may be in the figure."
    out = [first]
    if worst.exact:
        out.append("Inside the data: this very offer was tried.")
    else:
        out.append(
            f"It saves {worst.saving:.0%}, the nearest offer that was tried ({tried.id}) {tried.saving:.0%}; "
            "its interval is wider for that."
        )
    for name, value in model.accuracy.items():
        if name.endswith(f", {tried.id}: Qini"):
            what = name.removesuffix(f", {tried.id}: Qini")
            out.append(f"On customers that a fit did not see: Qini {value} for {what} (0 is a random order).")
    return tuple(out)
