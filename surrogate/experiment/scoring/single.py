"""Single customers by what an experiment taught: their own outcome and answer beside their segment's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Offer, Product, Scenario
from scenarios.language.where import names_product
from surrogate.experiment.fitted.network import answer_ramps, mean_outcome
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.reading.columns import Texts
from surrogate.experiment.reading.table import ExperimentTable
from surrogate.experiment.scoring.declared import who_of
from surrogate.experiment.scoring.lifts import LOWEST_LIFT, Who, means, member_lifts
from surrogate.experiment.scoring.matching import Match, match
from surrogate.people.segments import nearest
from surrogate.scoring.single import Single, agreed

_LEAST = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class ExperimentScorer:
    """Compares customers by the networks of an experiment."""

    model: ExperimentModel
    products: tuple[Product, ...]
    who: Who
    matches: tuple[dict[int, Match], ...]
    """[O] what is known of each offer, by row of the products; the row after them is the basket."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """Features that are numbers."""
        return self._columns("number")

    @property
    def shares(self) -> tuple[str, ...]:
        """None is known to be one: the columns are the experimenter's own."""
        return ()

    @property
    def amounts(self) -> tuple[str, ...]:
        """None is known to be one, either."""
        return ()

    @property
    def words(self) -> tuple[str, ...]:
        """Features that are words."""
        return (*self._columns("level"), *self._columns("words"))

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """Words that the model tells apart, by feature; all others are taken alike."""
        sources = self.model.encoder.sources
        return {
            column: tuple(one.level for one in sources if one.kind == "level" and one.column == column)
            for column in self._columns("level")
        }

    @property
    def ranges(self) -> Mapping[str, tuple[float, float]]:
        """Numbers that are cut nowhere."""
        encoder = self.model.encoder
        ranges = encoder.scale.ranges
        return {one.column: ranges[one.name] for one in encoder.sources if one.kind == "number"}

    @property
    def listed(self) -> str:
        """None: the experiment's groups are told by features."""
        return ""

    def _columns(self, kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.column for one in self.model.encoder.sources if one.kind == kind))

    def compare(self, numbers: Mapping[str, Float], words: Mapping[str, Texts], segment: Int | None) -> Single:
        """Compare customers with their segments."""
        features = self._features(numbers, words)
        mine = self._placed(features) if segment is None else segment
        k, o = len(self.products), len(self.matches)
        members = max((len(one.networks) for one in self.model.outcomes.values()), default=1)
        rate, lift = np.ones((len(features), k)), np.zeros((members, len(features), k + 1, o))
        own_rate = np.zeros((len(features), k))
        their_rate = np.zeros((len(self.who.share), k))
        for row, product in enumerate(self.products):
            sale = self.model.products[product.id]
            outcome = self.model.outcomes[sale.outcome]
            own = np.mean([
                mean_outcome(net.without(*net.states(features)), binary=outcome.binary) for net in outcome.networks
            ], axis=0) * outcome.scale  # fmt: skip
            theirs = means(outcome, self.who).mean(axis=0)
            own_rate[:, row], their_rate[:, row] = own * sale.units, theirs * sale.units
            rate[:, row] = own / np.maximum(theirs[mine], _LEAST)
        for column, found in enumerate(self.matches):
            for row, one in found.items():
                if row < k:
                    own, theirs = self._lifts(features, row, one)
                else:
                    each = [self._lifts(features, place, one) for place in range(k)]
                    own = _together([mine_ for mine_, _ in each], own_rate)
                    theirs = _together([theirs_ for _, theirs_ in each], their_rate)
                lift[..., row, column] = np.log1p(own) - np.log1p(theirs[:, mine])
        told, each_lift = agreed(lift)
        alike = np.ones_like(told)  # an experiment tells no more of a customer's take-up than of the segment's
        return Single(
            segment=mine, rate=rate, lift=told, take_up=alike, member_lift=each_lift,
            member_take_up=np.ones_like(each_lift),
        )  # fmt: skip

    def _features(self, numbers: Mapping[str, Float], words: Mapping[str, Texts]) -> Float:
        """Return X [n, F]; a column that the file lacks is unknown for everybody."""
        encoder = self.model.encoder
        count = len(next(iter((*numbers.values(), *words.values()))))
        blank = np.full(count, "", dtype=object)
        nothing = np.zeros(count, dtype=np.int64)
        table = ExperimentTable(
            source="", arm=nothing, wave=nothing, unit=nothing,
            numeric={name: numbers.get(name, np.full(count, np.nan)) for name in self.numbers},
            categorical={name: words.get(name, blank) for name in self._columns("level")},
            text={name: words.get(name, blank) for name in self._columns("words")},
            outcomes={}, redeemed=None, chance=None, cleaning=(),
        )  # fmt: skip
        features = encoder.scaled(encoder.raw(table))
        for place, source in enumerate(encoder.sources):
            if source.column not in numbers and source.column not in words:
                features[:, place] = self.model.groups.population[place]
            elif source.kind == "level":
                features[self._unheard(source.column, words[source.column]), place] = self.model.groups.population[
                    place
                ]
        return np.asarray(features)

    def _unheard(self, column: str, values: Texts) -> Flag:
        """Return whose words [n] training never met, not even among the rare ones: unknown, as where none is given."""
        known = self.levels[column]
        found = np.array([self.model.encoder.level_of(column, one) for one in values.tolist()], dtype=object)
        return ~np.isin(found, known)

    def _placed(self, features: Float) -> Int:
        weight = np.concatenate([net.profile for one in self.model.outcomes.values() for net in one.networks])
        return np.asarray(nearest(features @ weight.T, (self.who.share @ self.who.features) @ weight.T))

    def _lifts(self, features: Float, row: int, one: Match) -> tuple[Float, Float]:
        """Return the lift of customers [E, n] and of segments [E, S] by each member."""
        outcome = self.model.outcomes[self.model.products[self.products[row].id].outcome]
        ramps = answer_ramps(np.array([one.saving]), known=one.known)
        own = []
        for net in outcome.networks:
            profile, hidden = net.states(features)
            link = net.without(profile, hidden)
            answer = net.answers(profile, hidden, np.array([one.mechanic]), ramps)[:, 0]
            with_offer, without = (mean_outcome(each, binary=outcome.binary) for each in (link + answer, link))
            own.append(np.maximum(with_offer / np.maximum(without, _LEAST) - 1.0, LOWEST_LIFT))
        return np.stack(own), member_lifts(outcome, self.who, one.mechanic, one.saving, one.known)


def _together(each: list[Float], rates: Float) -> Float:
    """Return the lift [E, n] of all products, weighted by units [n, K]."""
    total = np.maximum(rates.sum(axis=1), _LEAST)
    return np.asarray(sum(lift * rate for lift, rate in zip(each, rates.T, strict=True)) / total)


def experiment_scorer(
    model: ExperimentModel, scenario: Scenario, asked: Scenario, offers: tuple[Offer, ...]
) -> ExperimentScorer:
    """Put a model beside a scenario for single customers; parameters as `surrogate.scoring.single.purchase_scorer`."""
    products = listed_products(asked)
    who, matches = who_of(model, scenario), []
    for offer in offers:
        if offer.is_basket:
            matches.append({len(products): match(model, offer, model.order)})
            continue
        matches.append({
            row: match(model, offer, float(product.price or 0) or model.order or 1.0)
            for row, product in enumerate(products)
            if names_product(offer.applies_to, product)
        })  # fmt: skip
    return ExperimentScorer(model=model, products=products, who=who, matches=tuple(matches))
