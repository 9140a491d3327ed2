"""The shipped scenario singles-day as a simulated market: ``python -m scenarios.shipped.singles_day OUT_DIR``.

The command writes the scenario file and its tables. Effects and baselines are measured in the market
(`scenarios.market.play`) from one seed, so that the same command gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from scenarios.arrays import Float
from scenarios.language.schema import MoneyTerms, Product, Scenario, Segment
from scenarios.market.experiment import Experiment, Measurement
from scenarios.market.play import Market
from scenarios.market.tables import effect_rows, measure
from scenarios.shipped.singles_day_articles import ARTICLES
from scenarios.shipped.singles_day_portraits import PORTRAITS
from scenarios.shipped.singles_day_truth import SEED, truth
from scenarios.tables.table_files import write_rows

NAME = "singles-day"
CUSTOMERS_PER_SEGMENT = 2000
LATE_ARRIVAL = dt.date(2026, 11, 8)
ORDER_EDGES = (0, 30, 50, 70, 99, 150, 200, 250, 300, 400, 600, 1000, 2000, 4000)
EXPERIMENT = Experiment(seed=SEED, runs=4, days=(2, 9, 13, 20, 27))
"""Days 2, 9, 13 and 20 are ordinary ones, day 27 is 11 November."""


def library_text(name: str) -> str:
    """Return a file of the shipped scenarios as text."""
    return resources.files("scenarios.library").joinpath(name).read_text(encoding="utf-8")


def segments() -> tuple[Segment, ...]:
    """Return the segments with what a planner knows of them."""
    return tuple(
        Segment(
            id=key,
            name=p.name,
            customers=p.customers,
            profile={
                "age": p.age,
                "orders_90d": p.orders_90d,
                "browse_minutes": p.browse_minutes,
                "discount_share": p.discount_share,
            },
        )
        for key, p in PORTRAITS.items()
    )


def products(stock: Mapping[str, int], tax_rate: float) -> tuple[Product, ...]:
    """Return the products; ``stock`` holds the units of those whose stock is limited, arrivals included."""
    listed = []
    for key, article in ARTICLES.items():
        units = stock.get(key)
        late = int(round((units or 0) * article.late, -2))
        listed.append(
            Product(
                id=key,
                name=article.name,
                category=article.category,
                price=Decimal(str(article.price)),
                unit_cost=Decimal(f"{article.price / (1 + tax_rate) * article.cost_share:.2f}"),
                stock=None if units is None else units - late,
                arrivals={LATE_ARRIVAL: late} if late else {},
                vendor=article.vendor or None,
            )
        )
    return tuple(listed)


def market(
    stock: Mapping[str, int], *, customers_per_segment: int = CUSTOMERS_PER_SEGMENT, text: str | None = None
) -> Market:
    """Return the market of singles-day, its stock as given (none: unlimited), from the shipped scenario file.

    To play plans of a loaded scenario use ``Market(scenario=loaded.scenario, truth=truth())``.
    """
    question = yaml.safe_load(library_text(f"{NAME}.yaml") if text is None else text)
    question["segments"] = segments()
    question["products"] = products(stock, question_tax(question))
    return Market(scenario=Scenario.model_validate(question), truth=truth(customers_per_segment))


def question_tax(question: Mapping[str, Any]) -> float:
    """Return the tax rate of a scenario file's plain data."""
    return MoneyTerms.model_validate(question["money"]).tax_rate


def stock_for(base_units: Float) -> dict[str, int]:
    """Return the stock of the products whose stock is limited, in hundreds, from their baseline over the horizon."""
    total = base_units.sum(axis=(0, 2))
    return {
        key: int(round(total[k] * article.cover, -2))
        for k, (key, article) in enumerate(ARTICLES.items())
        if article.cover is not None
    }


def write_segments(folder: Path) -> None:
    """Write the segments with their profiles."""
    profile = tuple(segments()[0].profile)
    write_rows(
        folder / f"{NAME}-segments.csv",
        ("id", "name", "customers", *profile),
        (
            (s.id, s.name or "", str(s.customers), *(f"{float(s.profile[column]):g}" for column in profile))
            for s in segments()
        ),
    )


def write_products(folder: Path, listed: Sequence[Product]) -> None:
    """Write the products; blanks where stock is unlimited or nobody funds."""
    write_rows(
        folder / f"{NAME}-products.csv",
        ("id", "name", "category", "price", "unit_cost", "stock", "arrivals", "vendor"),
        (
            (
                p.id,
                p.name or "",
                p.category,
                str(p.price),
                str(p.unit_cost),
                "" if p.stock is None else str(p.stock),
                ";".join(f"{day}:{units}" for day, units in p.arrivals.items()),
                p.vendor or "",
            )
            for p in listed
        ),
    )


def write_measured(folder: Path, place: Market, found: Measurement) -> None:
    """Write what the experiment found: effects, baseline, baskets."""
    names = [segment.id for segment in segments()]
    dates = place.scenario.horizon.dates
    write_rows(
        folder / f"{NAME}-effects.csv",
        ("segment", "product", "period", "offer", "lift", "lift_low", "lift_high", "take_up"),
        effect_rows(place, found.effects),
    )
    write_rows(
        folder / f"{NAME}-baseline.csv",
        ("segment", "product", "period", "units"),
        (
            (segment, product, str(date), f"{found.base_units[s, k, t]:.2f}")
            for s, segment in enumerate(names)
            for k, product in enumerate(ARTICLES)
            for t, date in enumerate(dates)
        ),
    )
    write_rows(
        folder / f"{NAME}-baskets.csv",
        ("segment", "order_value", "orders", "units"),
        ((names[row.segment], f"{row.value:.2f}", f"{row.orders:.2f}", f"{row.units:.3f}") for row in found.orders),
    )


def write_all(folder: Path) -> None:
    """Write the whole scenario, file and tables, into a folder."""
    text = library_text(f"{NAME}.yaml")
    place = market({}, text=text)
    found = measure(place, EXPERIMENT, ORDER_EDGES)
    listed = products(stock_for(found.base_units), place.scenario.money.tax_rate)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.yaml").write_text(text, encoding="utf-8", newline="\n")
    write_segments(folder)
    write_products(folder, listed)
    write_measured(folder, place, found)


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m scenarios.shipped.singles_day OUT_DIR\n")
        return 2
    write_all(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
