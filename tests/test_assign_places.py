"""Places that rules leave an offer, customer by customer, against the masks that a plan's rules compile to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from assign_files import own_template
from scenario_factory import rng_of

from constraints.assign.places import open_places
from constraints.assign.sendings import held_in
from constraints.rules.groups import RuleContext
from constraints.rules.kinds import blackout, eligible
from scenarios.grid import Grid, build_grid
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Offer, Scenario
from scenarios.language.schemas.rule import Blackout, Eligible
from scenarios.language.where import holds
from scenarios.language.words import Layer
from scenarios.loading.load import load_scenario
from scenarios.response.priced_choices import build_economics

SEGMENTS = ("regulars", "occasional")
EDITS = {
    "periods: 14, unit: day": "periods: 5, unit: week",
    "applies_to: {products: [kettle]}": "applies_to: {categories: [equipment], periods: [2027-03-03..2027-03-20]}",
    "applies_to: {products: [grinder]}": "applies_to: {products: [grinder, kettle], segments: [occasional]}",
}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Return the template in weeks, with offers on a category, on some dates, for a segment and on baskets."""
    path = own_template(tmp_path_factory.mktemp("places"))
    text = path.read_text(encoding="utf-8")
    for old, new in EDITS.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return load_scenario(str(path)).scenario


def random_scope(rng: np.random.Generator) -> dict[str, Any]:
    """Return a random scope over the template."""
    found: dict[str, Any] = {}
    if rng.random() < 0.4:
        found["segments"] = [["regulars"], ["occasional"], list(SEGMENTS)][rng.integers(3)]
    if rng.random() < 0.3:
        found["products"] = [["kettle"], ["kettle", "basket"], ["basket"], ["grinder", "kettle"]][rng.integers(4)]
    elif rng.random() < 0.3:
        found["categories"] = [["coffee"], ["equipment"]][rng.integers(2)]
    if rng.random() < 0.4:
        found["offers"] = [["kettle-coupon"], ["save-10"], ["cup-gift", "save-10"]][rng.integers(3)]
    if rng.random() < 0.5:
        first, last = np.sort(rng.integers(1, 32, 2))
        found["periods"] = [f"2027-03-{first:02d}..2027-03-{last:02d}"]
    return found


def random_rule(rng: np.random.Generator, number: int) -> Blackout | Eligible:
    """Return a random rule about places."""
    known = {"id": f"r{number}", "where": random_scope(rng)}
    if rng.random() < 0.5:
        return Blackout.model_validate({"rule": "blackout", **known})
    return Eligible.model_validate({"rule": "eligible", "only": random_scope(rng), **known})


def masked(grid: Grid, offers: tuple[Offer, ...], span: DateRange | None) -> np.ndarray:
    """[S, C] where masks and rules of a plan leave an offer no slot."""
    open_ = grid.allowed_flat.copy()
    context = RuleContext(grid=grid, economics=build_economics(grid), past=())
    for rule in grid.scenario.rules:
        if isinstance(rule, Blackout | Eligible):
            compiled = (blackout if isinstance(rule, Blackout) else eligible).compile_rule(rule, context)  # type: ignore[arg-type]
            open_ &= ~compiled.forms[0].forbidden  # type: ignore[union-attr]
    horizon = grid.scenario.horizon
    kept = [t for t, day in enumerate(horizon.dates) if span is None or holds((span,), day, horizon.period_days)]
    blocks, found = grid.split(np.arange(grid.slots)), np.zeros((len(SEGMENTS), len(offers)), dtype=bool)
    for column, offer in enumerate(offers):
        block = 3 if offer.is_basket else 1
        own = [n for n, c in enumerate(grid.choices[block], start=1) if grid.scenario.offers[c.offer].id == offer.id]
        for row in range(len(SEGMENTS)):
            slots = blocks[block][row][..., kept].ravel()
            found[row, column] = not open_[np.ix_(slots, own)].any()
    return found


@pytest.mark.parametrize("seed", range(60))
def test_a_customers_places_are_the_plans(scenario: Scenario, seed: int) -> None:
    """An offer is closed to a segment exactly where no plan could hold a line of it."""
    rng = rng_of(seed)
    rules = tuple(random_rule(rng, number) for number in range(rng.integers(1, 4)))
    asked = scenario.model_copy(update={"rules": rules})
    day = f"2027-03-{rng.integers(1, 32):02d}"
    span = DateRange.parse(day) if rng.random() < 0.5 else None
    offers = tuple(offer for offer in asked.offers if offer.layer is Layer.TARGETED)
    only = [offer.applies_to.segments for offer in offers]
    closed = np.array([[each is not None and segment not in each for each in only] for segment in SEGMENTS])
    found = open_places(asked, offers, SEGMENTS, closed, [held_in(asked, each, span, None) for each in offers])
    assert np.array_equal(found.closed, masked(build_grid(asked), offers, span))


def told(scenario: Scenario, *rules: dict[str, Any]) -> tuple[str, ...]:
    """Return what is told of the coupon for the kettle and the gift, which goes to occasional customers only."""
    kinds = {"blackout": Blackout, "eligible": Eligible}
    read = tuple(kinds[rule["rule"]].model_validate({"id": f"r{n}", **rule}) for n, rule in enumerate(rules))
    offers = tuple(offer for offer in scenario.offers if offer.id in ("kettle-coupon", "cup-gift"))
    closed = np.array([[offer.id == "cup-gift" and segment == "regulars" for offer in offers] for segment in SEGMENTS])
    held = [held_in(scenario, each, None, None) for each in offers]
    return open_places(scenario.model_copy(update={"rules": read}), offers, SEGMENTS, closed, held).told


def test_what_is_told_says_for_whom_and_only_what_matters(scenario: Scenario) -> None:
    """Segments that an offer does not go to anyway are left out, and all rules that close one are named together."""
    coupon = {"offers": ["kettle-coupon"]}
    week = {**coupon, "products": ["kettle"], "segments": ["regulars"]}
    assert told(scenario, {"rule": "blackout", "where": week}) == (
        "r0: kettle-coupon is closed for kettle to regulars; who gets it is counted as if it were open there",
    )
    halves = [{**coupon, "segments": [segment]} for segment in SEGMENTS]
    both = told(scenario, *({"rule": "blackout", "where": half} for half in halves))
    assert both == ("r0, r1: kettle-coupon goes to nobody",)
    gift = {"offers": ["cup-gift"], "segments": ["regulars"]}
    assert told(scenario, {"rule": "blackout", "where": gift}) == ()
    assert told(scenario, {"rule": "blackout", "where": {**gift, "segments": ["occasional"]}}) == (
        "r0: cup-gift goes to nobody",
    )
