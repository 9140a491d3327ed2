"""Where no promotion is best although offers would pay: what stands in the way of each is named."""

from __future__ import annotations

from few_futures import few_futures
from printed import printed

from constraints.ledger import Ledger
from planner.problem import build_problem
from planner.reasons.by_itself.alone import Alone, best_alone
from planner.reasons.by_itself.break_even import break_even
from planner.report.explained.no_promotion import why_no_promotion
from scenarios.futures.draws import draw

_few_futures = few_futures

TIGHT = "limits.total-budget.max=1"


def _alone(*settings: str) -> dict[str, Alone]:
    problem = build_problem("template-basic", settings)
    needs = break_even(problem.model, problem.effects)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    found = best_alone(problem.grid, ledger, [need.offer for need in needs if need.pays])
    report = " ".join(printed(why_no_promotion(problem.grid, needs, found, "EUR").show(), 120))
    for each in found:
        assert f"{each.offer}: a line alone" in report
        assert all(name in report for name in each.breaks[:4])
    assert "limits and rules" not in report, "what bars them is told by what was tried, and not inferred"
    assert ("each one that gains breaks a limit or a rule" in report) == any(
        each.gain > 0 and each.breaks for each in found
    )
    assert ("one gains and breaks nothing" in report) == any(each.gain > 0 and not each.breaks for each in found)
    return {each.offer: each for each in found}


def test_the_limit_that_bars_a_paying_line_is_named() -> None:
    """With a budget of one euro a paid line breaks it; without that line's limit it breaks nothing."""
    barred, free = _alone(TIGHT), _alone()
    assert barred.keys() == free.keys()
    assert all("total-budget" in each.breaks for each in barred.values() if each.gain > 0)
    assert any(each.gain > 0 and not each.breaks for each in free.values())


def test_a_sold_out_product_bars_what_would_sell_more_of_it() -> None:
    """The stock of a product that sells out on the first days is what bars the offers on all of that product."""
    found = _alone("products.espresso-1kg.stock=100", "products.filter-1kg.stock=100")
    assert any(name.startswith("stock:") for each in found.values() for name in each.breaks)
