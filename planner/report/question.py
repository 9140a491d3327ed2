"""What a valid scenario asks, in a dozen lines."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.table import Table
from rich.text import Text

from constraints.limits.book import scope_text
from planner.figures import given, plural
from planner.reasons.assumed.channel_reach import reaching
from planner.reasons.assumed.own_rates import own_rates
from planner.run.question_size import QuestionSize
from scenarios.currency import rate_text
from scenarios.language.aim import aim_words, caution_of, senses_of, weights_of
from scenarios.language.horizon_words import horizon_words
from scenarios.language.offer_words import offer_meaning
from scenarios.language.schema import Limit, Product, Scenario, Segment
from scenarios.language.scope import Scope
from scenarios.language.words import Measure, Mechanic
from scenarios.loading.doubtful.floors import beyond_stock, crowds
from scenarios.loading.load import LoadedScenario


def describe(loaded: LoadedScenario, notes: tuple[str, ...] = (), size: QuestionSize | None = None) -> Table:
    """Lay out what was understood, so that a planner sees a misreading before the run.

    Parameters
    ----------
    notes
        What reading the tables found worth saying, one sentence each.
    size
        How large the question is; None where segments, products or prices are still to be learned.
    """
    scenario = loaded.scenario
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    sized = [] if size is None else [("size", size.words), ("planning", size.means)]
    for name, text in (*question_rows(scenario), *sized):
        table.add_row(Text(name), Text(text))
    for sentence in notes:
        table.add_row(Text("note"), Text(sentence))
    if any((*crowds(scenario), *beyond_stock(scenario))):
        never = f"{loaded.name} can be read, but no plan keeps all its limits: a note above says which cannot be kept"
        table.add_row(Text("usable"), Text(never, style="yellow"))
    else:
        table.add_row(Text("usable"), Text(f"{loaded.name} has no problem", style="green"))
    return table


def question_rows(scenario: Scenario) -> list[tuple[str, str]]:
    """Name and text of everything that a scenario asks."""
    rows = [
        ("scenario", f"{scenario.scenario}  {scenario.title or ''}".strip()),
        ("horizon", horizon_words(scenario.horizon)),
        ("objective", _objective(scenario)),
        ("money", f"{scenario.currency}; {_rates(scenario)}"),
        ("segments", _segments(scenario)),
        ("products", _products(scenario)),
        ("offers", _offers(scenario)),
        *(("channel", told) for told in reaching(scenario)),
        ("limits", _limits(scenario)),
        ("rules", ", ".join(f"{rule.id} ({rule.rule})" for rule in scenario.rules) or "none"),
    ]
    if isinstance(scenario.history, tuple) and scenario.history:
        rows.append(("history", plural(len(scenario.history), "line") + " before the horizon"))
    source = scenario.effects
    rows.append(("effects", next(f"{k} {v}" for k, v in source if k in ("table", "data", "model") and v is not None)))
    return rows


def _objective(scenario: Scenario) -> str:
    if isinstance(scenario.objective, str):
        return f"{scenario.objective}, over the plan without any promotion"
    if caution_of(scenario.objective) is not None:
        return f"{aim_words(scenario.objective)}, over the plan without any promotion"
    if senses_of(scenario.objective) is not None:
        return f"a front of plans, {aim_words(scenario.objective)}, over the plan without any promotion"
    weights = weights_of(scenario.objective)
    mixture = " ".join(
        f"{'-' if weight < 0 else '+'} {abs(weight):g} x {each.words}" for each, weight in weights.items()
    )
    return f"{mixture.removeprefix('+ ')}, over the plan without any promotion"


def _rates(scenario: Scenario) -> str:
    terms = scenario.money
    back = f" at {rate_text(terms.return_cost, scenario.currency)} each" if terms.return_cost else ""
    usual = ", ".join(
        f"{name} {given(rate, least=1)}{beside}"
        for name, rate, beside in (
            ("tax", terms.tax_rate, ""),
            ("returns", terms.return_rate, back),
            ("fees", terms.fee_rate, ""),
        )
    )
    return "; ".join((usual, *own_rates(scenario)))


def _segments(scenario: Scenario) -> str:
    if not isinstance(scenario.segments, tuple):
        return "learned from the data"
    segments: tuple[Segment, ...] = scenario.segments
    people = sum(segment.customers for segment in segments if segment.known)
    strangers = "" if all(segment.known for segment in segments) else ", and sales without a customer"
    return f"{plural(len(segments), 'segment')}, {plural(people, 'customer')}{strangers}"


def _products(scenario: Scenario) -> str:
    if not isinstance(scenario.products, tuple):
        return "from a table"
    products: tuple[Product, ...] = scenario.products
    stocked = sum(product.stock is not None for product in products)
    categories = len({product.category for product in products})
    text = f"{plural(len(products), 'product')} in {plural(categories, 'category')}"
    return f"{text}, {stocked} with a stock limit"


def _offers(scenario: Scenario) -> str:
    """Count offers by mechanic, and say of each what was read: a misread mechanic is seen here before the run."""
    offers = scenario.offers
    kinds = Counter(offer.mechanic for offer in offers)
    listed = ", ".join(f"{kinds[mechanic]} {mechanic.value}" for mechanic in Mechanic if mechanic in kinds)
    each = "; ".join(f"{offer.id} ({offer_meaning(offer, scenario.currency, scenario.gifts)})" for offer in offers)
    return f"{plural(len(offers), 'offer')}: {listed}; {each}"


def _limits(scenario: Scenario) -> str:
    return ", ".join(f"{limit.id} ({_limit(limit)})" for limit in scenario.limits) or "none"


def _limit(limit: Limit) -> str:
    """Say what a limit asks: ``spend / revenue max 5.0%, any 7 days in 95% of futures: coupon, of everything``."""
    sense, bound = ("max", limit.max) if limit.max is not None else ("min", limit.min)
    shown = f"{bound:,}".removesuffix(".0")
    if bound is not None and (limit.measure == Measure.MARGIN_RATE or (limit.share_of is not None and bound <= 1)):
        shown = given(float(bound), least=1)
    whole = "" if limit.share_of is None else f" / {limit.share_of.measure}"
    spans = "" if limit.window is None else f", any {limit.window.words}"
    spans += "" if limit.each is None else f", each {limit.each}"
    risk = f" in {given(limit.at_risk)} of futures" if limit.at_risk is not None else ""
    return f"{limit.measure}{whole} {sense} {shown}{spans}{risk}{_scope(limit)}"


def _scope(limit: Limit) -> str:
    """Say what counts for a limit, where that is not everything: a scope misread is seen here before the run."""
    if limit.share_of is not None:
        return f": {scope_text(limit.where)}, of {scope_text(limit.share_of.where)}"
    return "" if limit.where == Scope() else f": {scope_text(limit.where)}"


def question_json(
    loaded: LoadedScenario, notes: tuple[str, ...] = (), size: QuestionSize | None = None
) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "format": "campaign-validation/1",
        "scenario": {"id": loaded.scenario.scenario, "sha256": loaded.sha256},
        "usable": True,
        "question": dict(question_rows(loaded.scenario)),
        "notes": list(notes),
        "size": None if size is None else vars(size),
    }
