"""From the rows of an experiment to what is learned from: features, probabilities of the arms, terms of the offers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.words import Mechanic
from scenarios.problems import InvalidInput, Problem
from surrogate.digits import to_digits
from surrogate.experiment.prepared.assignment import Balance, balance, fitted_chance, shares
from surrogate.experiment.prepared.features import Encoder, fit_encoder
from surrogate.experiment.prepared.leakage import leaks
from surrogate.experiment.prepared.offers import NoPriceError, Terms, terms_of
from surrogate.experiment.reading.spec import ExperimentSpec
from surrogate.experiment.reading.table import ExperimentTable

_WEIGHT_RANGE = (0.05, 20.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Prepared:
    """An experiment, ready to be learned from. N rows, F features, A offers."""

    spec: ExperimentSpec
    table: ExperimentTable
    encoder: Encoder
    raw: Float
    """[N, F] in people's units."""
    features: Float
    """X [N, F]"""
    balance: Balance
    chance: Float
    """[N, A + 1] probability of each arm: drawn by lot, or as the features explain it."""
    weight: Float
    """[N] how much each row counts, so that all arms look like all customers."""
    terms: tuple[Terms, ...]
    """[A]"""
    mechanics: tuple[Mechanic, ...]
    """In the order of the networks."""
    lines: tuple[str, ...]
    """What was done to the data, in words."""

    @property
    def mechanic(self) -> Int:
        """Number of each offer's mechanic [A]."""
        return np.array([self.mechanics.index(one.mechanic) for one in self.terms])

    @property
    def saving(self) -> Float:
        """Saving of each offer [A]."""
        return np.array([one.saving for one in self.terms])


def prepare(spec: ExperimentSpec, table: ExperimentTable, *, smallest: int) -> Prepared:
    """Make features, test the draw and the features' age, and read the offers.

    Raises
    ------
    InvalidInput
        When a feature looks made after the offer, no feature is left, or an offer's saving cannot be sized.
    """
    terms = offer_terms(spec)
    encoder, lines = fit_encoder(table, spec.features, smallest=smallest)
    if not encoder.sources:
        raise InvalidInput(
            [
                Problem(
                    where=spec.file,
                    what="features",
                    expected="at least one feature that differs between customers",
                    got="none",
                    remedy="name columns that were known before the offer",
                )
            ]
        )
    raw = encoder.raw(table)
    features = to_digits(encoder.scaled(raw), 7)
    chance = shares(table, len(spec.offers))
    test = balance(features, table, chance)
    problems = leaks(spec, table, encoder, raw, test)
    if problems:
        raise InvalidInput(problems)
    if not test.holds:
        chance = fitted_chance(features, table, len(spec.offers))
    overall = np.bincount(table.arm, minlength=len(spec.offers) + 1) / table.count
    own = np.maximum(chance[np.arange(table.count), table.arm], 1e-6)
    return Prepared(
        spec=spec,
        table=table,
        encoder=encoder,
        raw=raw,
        features=features,
        balance=test,
        chance=chance,
        weight=np.clip(overall[table.arm] / own, *_WEIGHT_RANGE),
        terms=terms,
        mechanics=tuple(mechanic for mechanic in Mechanic if any(one.mechanic is mechanic for one in terms)),
        lines=(*table.cleaning, *lines, *_unread(spec)),
    )


def offer_terms(spec: ExperimentSpec) -> tuple[Terms, ...]:
    """Return the terms of the experiment's offers; amounts are shares of the average order, or of the mean price.

    Raises
    ------
    InvalidInput
        When an amount has nothing to be a share of.
    """
    terms, problems = [], []
    price = reference_price(spec)
    for name, given in spec.offers.items():
        try:
            terms.append(terms_of(given.as_offer(name), price))
        except NoPriceError:
            problems.append(
                Problem(
                    where=spec.file,
                    what=f"offers.{name}",
                    expected="average_order, or a price under products, to turn its amount into a share",
                    got="neither",
                    remedy="add one of them to the data file",
                )
            )
    if problems:
        raise InvalidInput(problems)
    return tuple(terms)


def reference_price(spec: ExperimentSpec) -> float | None:
    """Return what an offer's amount is a share of in the experiment."""
    if spec.average_order is not None:
        return float(spec.average_order)
    prices = [float(product.price) for product in spec.products.values() if product.price is not None]
    return float(np.mean(prices)) if prices else None


def _unread(spec: ExperimentSpec) -> list[str]:
    if not spec.after_offer:
        return []
    return [f"made after the offer, and not read: {', '.join(spec.after_offer)}"]
