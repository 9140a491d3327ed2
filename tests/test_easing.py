"""Changes that remedies stand for: what is not kept is out of the way, what is kept stands, implied limits among it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from plan_folders import basic_problem

from constraints.infeasible.easing import FAR, FAR_RATIO, only, released, with_bound
from scenarios.grid import Grid
from scenarios.language.schema import Scenario

EVERYTHING = (
    *("total-budget", "message-budget", "margin", "fund:roaster", "gift:cup"),
    *("stock:espresso-1kg", "stock:grinder", "stock:kettle"),
    *("flash-rest", "one-banner", "depth-cap", "max_run:coffee-flash", "contacts:mail"),
)


@pytest.fixture(scope="module")
def grid() -> Grid:
    """The coffee shop of `campaign init`."""
    return basic_problem().grid


def bounds(scenario: Scenario) -> dict[str, object]:
    """Every limit and rule of the shop by its id, with what it says; None where it says nothing."""
    found: dict[str, object] = {
        limit.id: limit.max if limit.max is not None else limit.min for limit in scenario.limits
    }
    found |= {f"fund:{vendor.id}": vendor.fund for vendor in scenario.vendors if vendor.fund is not None}
    found |= {f"gift:{gift.id}": gift.stock for gift in scenario.gifts if gift.stock is not None}
    found |= {f"stock:{product.id}": product.stock for product in scenario.products if product.stock is not None}
    found |= {rule.id: rule.rule for rule in scenario.rules}
    found |= {f"max_run:{offer.id}": offer.max_run for offer in scenario.offers if offer.max_run is not None}
    silent = {f"contacts:{each.id}": each.contacts_per_customer for each in scenario.channels}
    return found | {name: cap for name, cap in silent.items() if cap is not None}


def out_of_the_way(name: str, written: object) -> object:
    """What a limit says that is let go; None where it is gone."""
    if name == "margin":
        return -FAR_RATIO
    if name.startswith(("fund:", "gift:")) or name.endswith("-budget"):
        return int(FAR) if isinstance(written, int) else FAR
    return None


@pytest.mark.parametrize("kept", [(), *((name,) for name in EVERYTHING), EVERYTHING])
def test_only_what_is_kept_stands(grid: Grid, kept: tuple[str, ...]) -> None:
    """Each limit, stock, rule and cap by itself, none of them, and all."""
    written, left = bounds(grid.scenario), bounds(only(grid, kept))
    assert set(written) == set(EVERYTHING)
    for name in EVERYTHING:
        wanted = written[name] if name in kept else out_of_the_way(name, written[name])
        found = left.get(name)
        assert found == (Decimal(wanted) if isinstance(found, Decimal) and wanted is not None else wanted), name


def test_a_released_bound_is_never_nearer_than_it_was(grid: Grid) -> None:
    """Amounts of small units are large: a limit of trillions is let go by a bound of ten times as much."""
    for bound in (Decimal(5) * 10**12, Decimal(10) ** 14):
        far = released(with_bound(grid.scenario, "total-budget", bound), "total-budget")
        assert next(limit.max for limit in far.limits if limit.id == "total-budget") >= 10 * bound
        far = released(with_bound(grid.scenario, "fund:roaster", bound), "fund:roaster")
        assert next(vendor.fund for vendor in far.vendors if vendor.id == "roaster") >= 10 * bound
