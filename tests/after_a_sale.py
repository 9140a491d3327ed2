"""A shop that sells tea alone, on the days after a sale that ran the day before the horizon."""

from __future__ import annotations

from typing import Any

from scenarios.language.schema import Scenario


def after_a_sale(days: int, open_from: int, response: dict[str, Any]) -> Scenario:
    """Days from Monday, 2 March 2026 on; the sale of Sunday may run again from a day of the horizon on."""
    return Scenario.model_validate(
        {
            "scenario": "after",
            "currency": "EUR",
            "horizon": {"start": "2026-03-02", "periods": days},
            "segments": [{"id": "all", "customers": 100}],
            "products": [{"id": "tea", "category": "tea", "price": 5, "unit_cost": 2}],
            "offers": [
                {
                    "id": "sale",
                    "mechanic": "price_discount",
                    "depth": "20%",
                    "applies_to": {"periods": [f"2026-03-{2 + open_from:02d}..2026-03-{1 + days:02d}"]},
                }
            ],
            "history": [{"date": "2026-03-01", "product": "tea", "offer": "sale"}],
            "effects": {"table": "none.csv"},
            "response": response,
        }
    )
