"""What to type where there is no plan: the cheapest way out as options that the next run can read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from shop import load_shop

from constraints.infeasible.clash import Conflict
from constraints.infeasible.remedies import Change, Remedy, advice
from planner.commands.suggested.way_out import settings_of_a_way_out
from scenarios.loading.load import load_scenario


def _moved(name: str, after: str) -> Change:
    return Change(kind="bound", id=name, text="", before=Decimal(1), after=Decimal(after))


def _conflict(*ways: Remedy) -> Conflict:
    return Conflict(proven=True, clashes=(), ways=ways, nearest=())


def test_the_cheapest_way_that_only_moves_limits_is_typed_in(tmp_path: Path) -> None:
    """Amounts stand without separators and shares in percent; what was set before gives way, all else stays."""
    loaded = load_shop(tmp_path)
    stock = Remedy(changes=(_moved("total-budget", "90000"), Change(kind="stock", id="stock:phone", text="")))
    both = Remedy(changes=(_moved("total-budget", "1041200.50"), _moved("margin", "0.0525")))
    given = ("limits.total-budget.max=5", "risk.draws=400")
    found = settings_of_a_way_out(_conflict(stock, both), loaded.scenario, given)
    assert found == ("risk.draws=400", "limits.total-budget.max=1041200.5", "limits.margin.min=5.25%")
    again = load_scenario(tmp_path / "shop.yaml", found).scenario
    assert [limit.max or limit.min for limit in again.limits] == [Decimal("1041200.5"), Decimal("0.0525")]


def test_no_option_is_made_up(tmp_path: Path) -> None:
    """Funds, dropped rules and advice are for people to do: nothing is suggested where every way needs them."""
    loaded = load_shop(tmp_path)
    rule = Remedy(changes=(Change(kind="rule", id="calm", text=""),))
    fund = Remedy(changes=(_moved("fund:nova", "120000"),))
    assert settings_of_a_way_out(_conflict(rule, fund, Remedy(changes=(advice("wait"),))), loaded.scenario, ()) == ()
