"""A small fixed shop on which each business rule is tried, by the plain check and the compiled form at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from constraints.rulebook import RuleBook, build_rulebook
from constraints.rules.registry import check_rules
from scenarios.grid import Grid, build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.response.priced_choices import build_economics

SHOP: dict[str, Any] = {
    "scenario": "shop",
    "currency": "CNY",
    "horizon": {"start": dt.date(2026, 11, 2), "periods": 8, "unit": "day"},
    "money": {"tax_rate": "25%"},
    "segments": [{"id": "young", "customers": 100}, {"id": "loyal", "customers": 50}],
    "products": [
        {"id": "phone", "category": "phones", "price": "1000", "unit_cost": "560"},
        {"id": "tablet", "category": "phones", "price": "500", "unit_cost": "300"},
        {"id": "case", "category": "extras", "price": "20", "unit_cost": "4"},
    ],
    "offers": [
        {"id": "off10", "mechanic": "price_discount", "depth": "10%"},
        {"id": "off30", "mechanic": "price_discount", "depth": "30%", "funding": {"vendor": "v", "share": "50%"}},
        {"id": "flash", "mechanic": "flash_sale", "depth": "20%"},
        {"id": "poster", "mechanic": "feature"},
        {"id": "coupon", "mechanic": "coupon", "depth": "20%", "layer": "targeted", "channel": "push", "stacks": True},
        {
            "id": "voucher",
            "mechanic": "coupon",
            "depth": "20%",
            "layer": "targeted",
            "channel": "mail",
            "coverage": ["50%", "100%"],
        },
        {"id": "spend", "mechanic": "threshold", "spend": "100", "save": "30"},
        {"id": "ship", "mechanic": "free_shipping", "value": "5", "layer": "targeted", "channel": "push"},
    ],
    "vendors": [{"id": "v"}],
    "channels": [{"id": "push"}, {"id": "mail"}],
    "effects": {"table": "none.csv"},
}

Short = tuple[Any, ...]
"""(day of November, product, offer), and for targeted offers the segment, then the coverage."""


def line(short: Short) -> PlanLine:
    """Write a line out."""
    day, product, offer, *rest = short
    month = (11, day) if day > 0 else (10, 31 + day)
    segment = rest[0] if rest else "*"
    coverage = rest[1] if len(rest) > 1 else 1.0
    return PlanLine(date=dt.date(2026, *month), product=product, segment=segment, offer=offer, coverage=coverage)


def shop(rules: list[dict[str, Any]], history: tuple[Short, ...] = (), **changes: Any) -> tuple[Grid, RuleBook]:
    """Open the shop under some rules."""
    document = SHOP | {"rules": rules, "history": [line(past).model_dump() for past in history]} | changes
    grid = build_grid(Scenario.model_validate(document))
    return grid, build_rulebook(grid, build_economics(grid))


def accepted(rule: dict[str, Any] | None, *lines: Short, history: tuple[Short, ...] = (), **changes: Any) -> bool:
    """Whether a rule (None: only what offers and channels imply) accepts lines; both forms must agree."""
    grid, book = shop([] if rule is None else [{"id": "r"} | rule], history, **changes)
    written = tuple(line(short) for short in lines)
    plain = all(result.satisfied for result in check_rules(grid, written))
    assert plain == (book.violations(grid.plan_of(written)) == 0)
    return plain


def refusal(rule: dict[str, Any], *lines: Short, history: tuple[Short, ...] = (), **changes: Any) -> str:
    """The first sentence with which a rule refuses lines."""
    grid, _ = shop([{"id": "r"} | rule], history, **changes)
    broken = [result for result in check_rules(grid, (line(short) for short in lines)) if not result.satisfied]
    return broken[0].violations[0].message
