"""Locked lines on products that have left the range: they sell nothing, cost what they cost, and tire customers."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Locked


def locked_after_the_end(scenario: Scenario) -> Iterator[str]:
    """Say of every rule that locks such lines how many they are, and name the first."""
    products = listed_products(scenario)
    horizon = scenario.horizon
    ends = {each.id: each.last_sale for each in products if each.last_sale is not None}
    for rule in scenario.rules:
        if not isinstance(rule, Locked) or not isinstance(rule.lines, tuple):
            continue
        after = [
            line
            for line in rule.lines
            if line.product in ends and horizon.period_of(line.date) > horizon.period_of(ends[line.product])
        ]
        if after:
            first = min(after, key=lambda line: line.date)
            stand = "1 line stands" if len(after) == 1 else f"{len(after)} lines stand"
            yield (
                f"rule {rule.id}: {stand} after a last sale, where nothing is sold, first {first.date} "
                f"{first.product}, {first.offer} (last_sale {ends[first.product]})"
            )
