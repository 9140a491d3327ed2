"""Which of a scenario's offers ran before the horizon, by what the last weeks of the data showed."""

from __future__ import annotations

import datetime as dt

from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Offer
from scenarios.language.where import names_product
from scenarios.language.words import Layer, Mechanic
from surrogate.data.weeks import monday_of
from surrogate.scoring.axes import Axes
from surrogate.scoring.feature_shares import shares_of
from surrogate.shelf.mechanics import scenario_terms


def recent_lines(axes: Axes) -> tuple[PlanLine, ...]:
    """Return the public lines nearest to what the last weeks of the data showed, for periods before the horizon.

    A category-week becomes the price offer closest in depth, or none where no promotion is closer; then, the first
    feature offer of whose displays and mailers it reached at least half.
    """
    offers = [offer for offer in axes.scenario.offers if offer.layer is Layer.PUBLIC]
    cuts = [offer for offer in offers if offer.mechanic is Mechanic.PRICE_DISCOUNT]
    shown = [offer for offer in offers if offer.mechanic is Mechanic.FEATURE]
    recent, lines = axes.model.recent, []
    for number, product in enumerate(axes.products):
        row = axes.index[number]
        depths = {
            offer.id: scenario_terms(offer, product, (), price=axes.price(number), order=1.0).saving
            for offer in cuts
            if names_product(offer.applies_to, product)
        }
        beside = [offer for offer in shown if names_product(offer.applies_to, product)]
        for column, week in enumerate(recent.weeks):
            best = min(depths, key=lambda name: (abs(depths[name] - recent.depth[row, column]), name), default=None)
            if best is not None and recent.depth[row, column] <= depths[best] / 2:
                best = None
            if best is None:
                reach = (recent.display[row, column], recent.mailer[row, column])
                best = next((offer.id for offer in beside if _was_shown(axes, offer, reach)), None)
            if best is not None:
                lines += [PlanLine(date=day, product=product.id, offer=best) for day in _days(axes, int(week))]
    return tuple(sorted(lines, key=lambda line: (line.date, line.product, line.offer)))


def _was_shown(axes: Axes, offer: Offer, reach: tuple[float, float]) -> bool:
    shares = shares_of(axes.model, offer)
    return reach[0] >= shares.display / 2 and reach[1] >= shares.mailer / 2


def _days(axes: Axes, week: int) -> list[dt.date]:
    """Return the first days of the periods before the horizon that start in a week of the data."""
    horizon = axes.scenario.horizon
    first = monday_of(week)
    earliest = horizon.period_of(first)
    days = [horizon.date_of(period) for period in range(earliest, min(earliest + 8, 0))]
    return [day for day in days if first <= day < first + dt.timedelta(days=7)]
