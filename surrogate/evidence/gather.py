"""What stands behind the effects of a model: terms that the data supports, suspicions, precedents, lift tests.

Training gathers it once, as sections of the model (`surrogate.parts`); scoring and explaining read it. Everything here
is a sum over all customers of a product or more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schemas.offer import Offer
from scenarios.language.words import Layer, Mechanic
from scenarios.response.effects import FittedTerm, OwnShare
from surrogate.data.data_parts import PastOffer
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.lift_tests import LiftTest
from surrogate.effects.described import Described
from surrogate.effects.fit import Member
from surrogate.effects.spans import FitCells
from surrogate.evidence.by_chance import ChanceTest
from surrogate.evidence.past_runs import coupon_precedents, declared_precedents, named_precedents
from surrogate.evidence.precedents import Precedents, joined, shelf_precedents
from surrogate.evidence.suspicion import (
    Promoted,
    Suspicions,
    busy_weeks,
    company_of_cuts,
    company_of_displays,
    contacted_few,
    heavy_buyers,
    strongest,
)
from surrogate.evidence.terms.item_panel import item_panel
from surrogate.evidence.terms.panel import Panel
from surrogate.evidence.terms.pooled_shares import Pooled
from surrogate.evidence.terms.response_terms import fit_response_terms
from surrogate.evidence.terms.rival_losses import ProductSeries, fit_cannibalisation, series_of
from surrogate.evidence.uncertainty.weather import weekly_weather
from surrogate.flight.measure.effects_measured import LEAST_LIFT
from surrogate.parts import Section, pack, unpack
from surrogate.shelf.cells import ItemRows, Shelf
from surrogate.shelf.deal_cells import PastOffers
from surrogate.shelf.mechanics import KINDS, PLURAL
from surrogate.shelf.promoted import is_promoted

TERMS, SERIES, SUSPICIONS, PRECEDENTS, TESTS = "response-terms", "product-series", "suspicions", "precedents", "tests"
WEATHER = "weather"
"""Names of the sections."""


@dataclass(frozen=True, kw_only=True)
class FittedTerms:
    """Response terms that do not depend on the scenario; periods are weeks."""

    terms: dict[str, FittedTerm]
    own: Pooled | None = None
    """What is bought ahead of each product of the data file, where the data tells them apart."""


@dataclass(frozen=True, kw_only=True)
class StoredTests:
    """Lift tests, and the past offers that they name, as JSON.

    Raises
    ------
    ValueError
        For texts that are no JSON of tests and offers.
    """

    tests: tuple[str, ...]
    past: dict[str, str]

    def __post_init__(self) -> None:
        try:
            self.read(), self.offers()
        except ValueError:
            raise ValueError("lift tests and past offers as JSON are needed, got other texts") from None

    def read(self) -> tuple[LiftTest, ...]:
        """Return the tests."""
        told = [json.loads(text) for text in self.tests]
        return tuple((ChanceTest if "ratio" in each else LiftTest).model_validate(each) for each in told)

    def offers(self) -> dict[str, Offer]:
        """Return the past offers by id, in the scenario's words."""
        return {name: Offer.model_validate(json.loads(text)) for name, text in self.past.items()}


def gather_evidence(
    events: Events,
    spec: DataSpec,
    members: tuple[Member, ...],
    cells: FitCells,
    seen: Described,
    shelf: Shelf,
    rows: ItemRows,
) -> dict[str, Section]:
    """Return the sections of a model that say what its effects rest on.

    Parameters
    ----------
    events
        What was bought and promoted.
    spec
        For lift tests, and the smallest group that may be shown.
    members, cells, seen
        As of the last fit.
    shelf
        All weeks of the data.
    rows
        Who bought what in them.
    """
    plain = seen.plain(shelf)
    panel = item_panel(members, cells, plain)
    found = {
        TERMS: pack(_fitted(panel)),
        SERIES: pack(series_of(panel)),
        SUSPICIONS: pack(
            Suspicions(by_mechanic=find_suspicions(events, seen, shelf, panel, least=spec.min_segment_size))
        ),
        PRECEDENTS: pack(_precedents(events, spec, seen, shelf, plain, panel, rows)),
    }
    if (weather := weekly_weather(panel, members, plain)) is not None:
        found[WEATHER] = pack(weather)
    if spec.experiments:
        found[TESTS] = pack(store_tests(spec.experiments, spec.past_offers))
    return found


def _fitted(panel: Panel) -> FittedTerms:
    found = fit_response_terms(panel)
    return FittedTerms(terms=found.terms, own=found.own)


def store_tests(tests: tuple[LiftTest, ...], past: dict[str, PastOffer]) -> StoredTests:
    """Return lift tests as a model keeps them, with the past offers that they name.

    None is less than the loss of all that would have been bought, whatever chance made of few customers.
    """
    named = {test.offer for test in tests}
    return StoredTests(
        tests=tuple(
            test.model_copy(update={"lift": max(test.lift, LEAST_LIFT)}).model_dump_json(exclude_none=True)
            for test in tests
        ),
        past={
            name: offer.as_offer(name).model_dump_json(exclude_none=True)
            for name, offer in past.items()
            if name in named
        },
    )


def _precedents(
    events: Events, spec: DataSpec, seen: Described, shelf: Shelf, plain: Shelf, panel: Panel, rows: ItemRows
) -> Precedents:
    least = spec.min_segment_size
    parts = [
        shelf_precedents(plain, panel, rows, least=least),
        coupon_precedents(events, shelf.categories, least=least),
    ]
    if seen.offers is not None:
        parts += [
            declared_precedents(seen.offers, shelf, panel, rows, least=least),
            named_precedents(events, seen.offers, shelf, least=least),
        ]
    return joined(parts)


def find_suspicions(events: Events, seen: Described, shelf: Shelf, panel: Panel, *, least: int) -> dict[str, str]:
    """Return the strongest suspicion by mechanic (``targeted`` after it where it went to named customers)."""
    shown = np.maximum(shelf.display, shelf.mailer)
    promoted = Promoted(weeks=shelf.weeks, depth=shelf.depth, shown=shown, units=panel.units, base=panel.base)
    cut, display = is_promoted(shelf.depth), is_promoted(shown)
    cuts, shows = PLURAL[Mechanic.PRICE_DISCOUNT], PLURAL[Mechanic.FEATURE]
    out = {
        Mechanic.PRICE_DISCOUNT.value: strongest(
            [busy_weeks(promoted, cut, cuts), company_of_cuts(promoted, cut, cuts)]
        ),
        Mechanic.FEATURE.value: strongest(
            [busy_weeks(promoted, display, shows), company_of_displays(promoted, display, shows)]
        ),
    }
    spend = np.bincount(events.visits["customer"], events.visits["regular"], minlength=len(events.customers)).astype(
        np.float64
    )
    coupons = PLURAL[Mechanic.COUPON]
    mailed = np.bincount(events.mailings["customer"], minlength=spend.size)
    if mailed.any():
        out[Mechanic.COUPON.value] = contacted_few(mailed, coupons, least=least) or strongest(
            [heavy_buyers(spend, mailed, coupons, least=least)]
        )
    if seen.offers is not None:
        out |= _declared_suspicions(events, seen.offers, promoted, spend, least)
    return out


def _declared_suspicions(
    events: Events, declared: PastOffers, promoted: Promoted, spend: Float, least: int
) -> dict[str, str]:
    cells, out = declared.cells, dict[str, str]()
    items, weeks = promoted.depth.shape
    t = cells.week - int(promoted.weeks[0])
    inside = (t >= 0) & (t < weeks)
    for kind in np.unique(cells.kind).tolist():
        mechanic = KINDS[kind]
        here = inside & (cells.kind == kind)
        on = np.zeros((items + 1, weeks), dtype=bool)
        on[cells.item[here], t[here]] = True
        mask = on[:-1] | on[-1:]
        out[mechanic.value] = strongest([busy_weeks(promoted, mask, PLURAL[mechanic])])
    offers = events.offers[events.offers["customer"] >= 0]
    kinds = {name: Mechanic(offer.mechanic) for name, offer in events.past_offers.items()}
    layers = {name: Layer(offer.layer) for name, offer in events.past_offers.items()}
    for mechanic in sorted({kinds[name] for name, layer in layers.items() if layer is Layer.TARGETED}):
        rows = offers[offers["offer"].map(kinds) == mechanic]
        times = np.bincount(rows["customer"], minlength=spend.size)
        doubt = heavy_buyers(spend, times, PLURAL[mechanic], least=least)
        few = contacted_few(times, PLURAL[mechanic], least=least)
        if few:
            out[f"{mechanic.value} targeted"] = f"{out[mechanic.value]}; {few}" if mechanic.value in out else few
        elif doubt is not None:
            out[f"{mechanic.value} targeted"] = strongest([doubt])
    return out


def suspicion_of(sections: dict[str, Section], offer: Offer) -> str:
    """Return the strongest suspicion about an offer's mechanic, or that none was looked for."""
    if SUSPICIONS not in sections:
        return "the model does not say what stands beside its promotions; train it again"
    found = unpack(sections[SUSPICIONS], Suspicions).by_mechanic
    keys = [f"{offer.mechanic.value} targeted"] if offer.layer is Layer.TARGETED else []
    keys.append(offer.mechanic.value)
    if offer.mechanic is Mechanic.FLASH_SALE:
        keys.append(Mechanic.PRICE_DISCOUNT.value)
    return next((found[key] for key in keys if key in found), f"no {offer.mechanic.value} ran in the data")


def response_terms(
    sections: dict[str, Section], ids: tuple[str, ...], groups: tuple[str, ...], index: Int
) -> dict[str, FittedTerm]:
    """Return the fitted response terms for a scenario's products; periods are weeks.

    Parameters
    ----------
    sections
        Of the model.
    ids
        [K] id of each product.
    groups
        [K] rival group of each product.
    index
        [K] the product's place in the model.
    """
    out: dict[str, FittedTerm] = {}
    if TERMS in sections:
        found = unpack(sections[TERMS], FittedTerms)
        out |= found.terms
        if found.own is not None:
            out["pull_forward"] = replace(out["pull_forward"], own=_by_product(found.own, ids, index))
    if SERIES in sections:
        series = unpack(sections[SERIES], ProductSeries)
        term = fit_cannibalisation(series.of(index), groups)
        if term is not None:
            out["cannibalisation"] = term
    return out


def _by_product(found: Pooled, ids: tuple[str, ...], index: Int) -> dict[str, OwnShare]:
    """Return the shares of a scenario's products by id, each at its place in the model."""
    return {
        name: OwnShare(value=float(found.share[at]), low=float(found.low[at]), high=float(found.high[at]))
        for name, at in zip(ids, index.tolist(), strict=True)
    }
