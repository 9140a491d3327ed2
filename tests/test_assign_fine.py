"""A customer often uses a thousandth: what rounding up holds back of a limit is next to nothing, or told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from assign_files import assigned, own_template

from constraints.assign.question import MOST_USE, AssignQuestion
from constraints.assign.rows import Rows, use_table
from constraints.assign.terms import read_terms
from planner.assign.customers.customer_file import CustomerFile
from planner.assign.rounded_uses import Rounding
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

EXPECTED = "--set=limits.message-budget.at_risk=null"
"""The limit counts expected use alone: what is held back for bad futures is another matter."""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the template as a planner's own file."""
    return own_template(tmp_path_factory.mktemp("question"))


def gifts(count: int, *, uses: float, spend: float) -> pd.DataFrame:
    """Customers who are alike, of whom only the cup can be given."""
    blank = np.full(count, np.nan)
    columns: dict[str, object] = {
        "customer": [f"C{number}" for number in range(count)],
        "segment": np.full(count, "regulars"),
    }
    for offer in ("kettle-coupon", "save-10"):
        columns |= {f"value_{offer}": blank, f"spend_{offer}": np.zeros(count)}
    columns |= {"value_cup-gift": 0.5, "spend_cup-gift": spend, "uses_cup-gift": uses}
    return pd.DataFrame(columns)


def test_a_stock_serves_as_many_as_it_does_by_the_files_own_uses(scenario: Path, tmp_path: Path) -> None:
    """1 gift is 909 times 0.0011 gifts; counted in thousandths it was 500, with a gap of 0."""
    record, table = assigned(scenario, gifts(2000, uses=0.0011, spend=0.01), tmp_path, "--set=gifts.cup.stock=1")
    assert record["given"] == 909 and record["gap"] == 0
    assert record["bound"] == pytest.approx(1 / 0.0011 * 0.5, rel=2e-3)
    assert table["gifts_millionths"].sum() == 909 * 1100
    (stock,) = (limit for limit in record["limits"] if limit["id"] == "gift:cup")
    assert 909 * 0.0011 <= stock["used"] <= 1


def test_money_below_a_cent_is_counted_as_it_is(scenario: Path, tmp_path: Path) -> None:
    """A budget of 0.01 holds 909 times 0.000011; counted in thousandths of a cent it held 500."""
    rows = gifts(2000, uses=0.1, spend=0.000011)
    record, table = assigned(scenario, rows, tmp_path, "--set=limits.message-budget.max=0.01", EXPECTED)
    assert record["given"] == 909
    assert table["spend_ten_thousandths"].sum() == 909 * 11
    assert not [sentence for sentence in record["assumed"] if "rounded up" in sentence]


def test_what_is_finer_still_keeps_its_limit_and_is_told(scenario: Path, tmp_path: Path) -> None:
    """0.0000015 gifts count as 0.000002: a quarter of what could be had is held back, and the answer says how much."""
    rows = gifts(2000, uses=0.0000015, spend=0.0000015)
    record, table = assigned(scenario, rows, tmp_path, "--set=limits.message-budget.max=0.002", EXPECTED)
    given = table["offer"].notna()
    assert given.sum() == 1000
    (said,) = (sentence for sentence in record["assumed"] if "rounded up" in sentence)
    assert "about 250.00 more might be possible under message-budget" in said
    possible = 0.5 * (0.002 / 0.0000015)
    told = float(said.split("about ")[1].split(" more")[0].replace(",", ""))
    assert record["bound"] + told >= possible


def test_large_uses_are_summed_exactly() -> None:
    """Beyond 2^53 float64 sums would lose units; a limit is kept to the last one all the same."""
    rng = np.random.Generator(np.random.Philox(3))
    use = rng.integers(MOST_USE // 2, MOST_USE, (1, 30_000)).astype(np.float64)
    segment = np.zeros(30_000, dtype=np.int16)
    rows = Rows(value=np.ones_like(use), use=(use,), segment=segment, rank=segment.astype(np.uint64))
    question = AssignQuestion(offers=("a",), segments=("*",), measures=("spend",), limits=())
    found = use_table(rows, np.ones(30_000, dtype=np.int8), question)
    assert int(found[0, 0, 0]) == sum(int(each) for each in use[0])


def test_sums_beyond_what_can_be_counted_are_refused(scenario: Path) -> None:
    """Uses whose sum leaves 64 bits would turn negative: the message names the measure and the largest sum."""
    terms = read_terms(load_scenario(scenario).scenario, ("regulars", "occasional"))
    rounding = Rounding(terms=terms)
    count, shape = 1 << 15, (len(terms.offers), 1 << 15)
    uses = tuple(np.full(shape, float(MOST_USE - 1)) for _ in terms.measures)
    segment = np.zeros(count, dtype=np.int16)
    rows = Rows(value=np.ones(shape), use=uses, segment=segment, rank=segment.astype(np.uint64))
    file = CustomerFile(path=Path("c.csv"), columns=("customer",), header=("customer",))
    for _ in range(32):
        rounding.note(rows, tuple(0.0 for _ in uses))
    rounding.refuse(file)
    rounding.note(rows, tuple(0.0 for _ in uses))
    with pytest.raises(InvalidInput, match="spend of all customers"):
        rounding.refuse(file)
