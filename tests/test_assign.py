"""campaign assign and decide: limits kept to the last cent, clear refusals, quotas of a plan, the same bytes again."""

from __future__ import annotations

import json
import shlex
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from assign_files import assigned, own_template
from command_line import run
from customer_scores import frame, write
from plan_folders import basic_problem, line, write_folder
from printed import printed
from rule_shop import SHOP, shop
from typer.testing import CliRunner

from constraints.assign.counted import Quotas
from constraints.assign.terms import taken_for_granted
from planner.assign import written
from planner.assign.record import LimitUse
from planner.assign.scoring.model_scores import how_long
from planner.cli import app
from planner.report.assign import show_limit_uses

TIGHT = ("--set", "limits.total-budget.max=150")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the template as a planner's own file."""
    return own_template(tmp_path_factory.mktemp("question"))


def test_limits_are_kept_by_the_files_own_figures(scenario: Path, tmp_path: Path) -> None:
    """Adding up the customers' file over who gets what gives at most the budget, and what the record says."""
    rows = frame()
    record, table = assigned(scenario, rows, tmp_path, *TIGHT)
    assert list(table["customer"]) == list(rows["customer"])
    spent = sum(
        round(rows.loc[row, f"spend_{offer}"] * 10**6) for row, offer in enumerate(table["offer"]) if pd.notna(offer)
    )
    assert spent == table["spend_ten_thousandths"].sum() <= 150 * 1_000_000
    budget = next(limit for limit in record["limits"] if limit["id"] == "total-budget")
    assert budget["used"] == pytest.approx(spent / 1_000_000, abs=0.01)
    assert budget["price"] > 0
    assert budget["headroom"] >= 0
    value = sum(rows.loc[row, f"value_{offer}"] for row, offer in enumerate(table["offer"]) if pd.notna(offer))
    assert record["value"] == pytest.approx(value, abs=0.011)
    assert 0 <= record["gap"] < 5e-3
    assert record["given"] == int(table["offer"].notna().sum())


def test_a_large_amount_fits_its_own_budget(scenario: Path, tmp_path: Path) -> None:
    """262,144.46 is no ten-thousandth of a cent more than that, though the computer's number nearest to it is."""
    rows = frame(3)
    rows[["value_kettle-coupon", "value_cup-gift", "value_save-10"]] = np.nan
    rows.loc[1, ["value_kettle-coupon", "spend_kettle-coupon"]] = (9.0, 262_144.46)
    limits = [f"--set=limits.{name}.max=262144.46" for name in ("total-budget", "message-budget")]
    limits.append("--set=limits.message-budget.at_risk=null")  # its use is the only one, and breaks every other future
    record, table = assigned(scenario, rows, tmp_path, *limits)
    assert record["given"] == 1
    assert table["spend_ten_thousandths"].sum() == 262_144_460_000
    assert all(limit["headroom"] == 0 for limit in record["limits"] if limit["measure"] == "spend")


def test_a_bound_that_stands_for_none_is_kept_as_it_is_written(scenario: Path, tmp_path: Path) -> None:
    """Who writes the largest amount there is means no limit: more ten-thousandths of a cent than 64 bits hold."""
    most = 999_999_999_999_999
    record, table = assigned(scenario, frame(40), tmp_path, "--set", f"limits.total-budget.max={most}")
    (limit,) = (one for one in record["limits"] if one["id"] == "total-budget")
    assert limit["limit"] == most and limit["price"] == 0
    assert limit["headroom"] == pytest.approx(most - limit["used"]) and 0 < limit["used"] < 1000
    assert table["offer"].notna().any()


def test_nobody_gets_what_is_not_open(scenario: Path, tmp_path: Path) -> None:
    """A blank value is an offer that the customer may not get."""
    rows = frame()
    _, table = assigned(scenario, rows, tmp_path)
    for row, offer in enumerate(table["offer"]):
        assert pd.isna(offer) or rows.loc[row, f"value_{offer}"] > 0


def test_the_same_customers_give_the_same_bytes(scenario: Path, tmp_path: Path) -> None:
    """Twice the same; and a Parquet file in another order gives each customer the same offer."""
    rows = frame()
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    assigned(scenario, rows, tmp_path / "one", *TIGHT)
    assigned(scenario, rows, tmp_path / "two", *TIGHT)
    for file in ("assigned.parquet", "assigned.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert {path.name for path in (tmp_path / "one").iterdir()} == {
        "assigned.parquet",
        "assigned.json",
        "customers.csv",
    }
    mixed = write(tmp_path / "three" / "customers.parquet", rows.sample(frac=1, random_state=2))
    out = tmp_path / "three" / "assigned.csv"
    assert run("assign", scenario, mixed, "--out", out, *TIGHT).exit_code == 0
    first = pd.read_parquet(tmp_path / "one" / "assigned.parquet").set_index("customer")["offer"].fillna("")
    other = pd.read_csv(out).set_index("customer")["offer"].fillna("")
    assert (first == other[first.index]).mean() > 0.99


def test_the_terminal_says_what_counts(scenario: Path, tmp_path: Path) -> None:
    """Counts, limits with prices, what was not looked at, and one customer explained, at any width."""
    customers = write(tmp_path / "customers.csv", frame())
    for width in ("80", "120"):
        result = CliRunner(env={"COLUMNS": width}).invoke(
            app,
            ["assign", str(scenario), str(customers), "--out", str(tmp_path / "a.parquet"), *TIGHT, "--why", "C00007"],
            catch_exceptions=False,
        )
        assert result.exit_code == 0
        text = " ".join(result.stdout.split())
        assert "of 400 customers get an offer" in text
        assert "total-budget" in text
        assert "binding" in text
        assert "margin: a share of what all customers buy" in text
        assert "Customer C00007" in text
        assert max(len(row) for row in result.stdout.splitlines()) <= int(width)


def test_a_channels_cap_counts_messages_that_were_sent(scenario: Path, tmp_path: Path) -> None:
    """Who has had the channel's three messages gets no fourth."""
    rows = frame()
    rows["contacts_mail"] = np.where(np.arange(len(rows)) % 2, 3, 2)
    _, table = assigned(scenario, rows, tmp_path)
    assert table["offer"][1::2].isna().all()
    assert table["offer"][0::2].notna().mean() > 0.9


def test_quotas_of_a_plan_are_limits(scenario: Path, tmp_path: Path) -> None:
    """Segments get what the plan sends them, no more than it reaches, and limits lose what its other lines use."""
    problem = basic_problem()
    lines = (
        line(problem, 2, "espresso-1kg", "coffee-15"),
        line(problem, 4, "kettle", "kettle-coupon", "regulars", 0.5),
        line(problem, 9, "basket", "save-10", "occasional", 0.5),
    )
    write_folder(problem, tmp_path / "plans", lines)
    rows = frame()
    customers = write(tmp_path / "customers.csv", rows)
    out = tmp_path / "a.parquet"
    given = run(
        "assign", "template-basic", customers, "--out", out, "--quotas", tmp_path / "plans", "--date", "2027-03-05",
        "--json",
    )  # fmt: skip
    assert given.exit_code == 0, given.stdout
    record, table = json.loads(given.stdout), pd.read_parquet(out)
    assert [offer["id"] for offer in record["offers"]] == ["kettle-coupon"]
    assert set(rows["segment"][table["offer"].notna()]) == {"regulars"}
    limits = {limit["id"]: limit for limit in record["limits"]}
    assert limits["quota:regulars/kettle-coupon"]["limit"] == 9000
    assert limits["total-budget"]["taken"] > 0
    (said,) = (each for each in record["assumed"] if each.startswith("the plan counts on other numbers"))
    assert "of regulars for 18,000" in said and said.endswith("quotas are its own")
    new = write(tmp_path / "new.csv", rows.head(5))
    assert run("decide", "template-basic", new, "--at", out).exit_code == 0
    other = run("assign", scenario, customers, "--out", out, "--quotas", tmp_path / "plans")
    assert other.exit_code == 2
    assert "plan again, or give the scenario that was planned" in " ".join(other.stderr.split())


def test_new_customers_get_what_those_in_the_file_got(scenario: Path, tmp_path: Path) -> None:
    """Deciding at the assignment's prices says of the same customers what assign did, but for who fills the limits."""
    rows, tight = frame(1000), ("--set", "limits.total-budget.max=375")
    _, table = assigned(scenario, rows, tmp_path, *tight)
    customers, out = tmp_path / "customers.csv", tmp_path / "assigned.parquet"
    told = run("decide", scenario, customers, "--at", out, *tight, "--json")
    assert told.exit_code == 0
    offers = [one["offer"] or "" for one in json.loads(told.stdout)["customers"]]
    assert (np.array(offers) == table["offer"].fillna("").to_numpy()).mean() > 0.99
    single = write(tmp_path / "one.csv", rows.head(1))
    assert "Customer" in run("decide", scenario, single, "--at", out, *tight).stdout
    assert run("decide", scenario, single, "--at", out).exit_code == 2
    many = write(tmp_path / "many.csv", frame(1_200))
    assert "campaign assign gives millions" in run("decide", scenario, many, "--at", out, *tight).stderr
    twice = tmp_path / "twice.csv"
    pd.concat([pd.read_csv(single)] * 2).to_csv(twice, index=False)
    refused = run("decide", scenario, twice, "--at", out, *tight)
    assert refused.exit_code == 2 and "two would get two offers" in refused.stderr


def test_the_next_command_can_be_typed_as_it_is_said(scenario: Path, tmp_path: Path) -> None:
    """After a run with --set the line about new customers repeats it."""
    customers, out = write(tmp_path / "customers.csv", frame(20)), tmp_path / "a.parquet"
    result = run("assign", scenario, customers, "--out", out, *TIGHT)
    said = " ".join(result.stderr.split()).partition("a new customer: campaign ")[2]
    words = shlex.split(said)
    assert words[-2:] == list(TIGHT)
    assert run(*[customers if word == "new.csv" else word for word in words]).exit_code == 0


def test_the_file_in_the_docs_fits_the_template(scenario: Path, tmp_path: Path) -> None:
    """The example of docs/assign.md works on what campaign init writes, its gifts taken from uses."""
    page = (Path(__file__).parents[1] / "docs" / "assign.md").read_text("utf-8")
    rows = [row.strip() for row in page.partition("    customer,segment")[2].partition("\n\n")[0].splitlines()]
    customers = tmp_path / "customers.csv"
    customers.write_text("customer,segment" + "\n".join(rows) + "\n", "utf-8")
    result = run("assign", scenario, customers, "--out", tmp_path / "a.parquet", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["customers"] == 2


def test_a_folder_that_cannot_be_written_is_named(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The problem names the folder beside ``--out``, never a file that nobody has made."""

    def read_only(*, dir: Path) -> None:  # noqa: A002 - as the library calls it
        raise OSError(30, "Read-only file system", str(dir / "tmp1234"))

    monkeypatch.setattr("tempfile.TemporaryFile", read_only)
    result = run("assign", scenario, write(tmp_path / "customers.csv", frame(5)), "--out", tmp_path / "a.csv")
    assert result.exit_code == 2
    assert f"{tmp_path}: file: expected a file or folder that can be used, got read-only file system" in result.stderr


def test_a_run_that_breaks_off_leaves_no_file(scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while the table is written: nothing half is left, and an older assignment stays as it was."""
    rows = frame(50)
    assigned(scenario, rows, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "assigned.parquet")

    monkeypatch.setattr(written, "_rows", full)
    result = run("assign", scenario, tmp_path / "customers.csv", "--out", tmp_path / "assigned.parquet", *TIGHT)
    assert result.exit_code == 2
    assert "no space left" in result.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_with_quotas_other_lines_count_in_windows_too() -> None:
    """What is assumed of windows is what is done: other lines of a plan are taken off, without one there are none."""
    scenario = basic_problem().grid.scenario
    limits = tuple(limit.model_copy(update={"window": 7}) for limit in scenario.limits[:1])
    scenario = scenario.model_copy(update={"limits": limits})
    quotas = Quotas(customers=np.zeros((1, len(scenario.offers)), dtype=np.int64), taken={})
    told = ["; ".join(taken_for_granted(scenario, (), each)) for each in (None, quotas)]
    assert "nothing else falls into the same ones" in told[0]
    assert "nothing else falls" not in told[1] and "other lines use of the same ones is taken off" in told[1]


def test_a_limit_with_much_left_is_priced_not_binding() -> None:
    """Where whole offers do not fit into what is left, the price decides, and more of the limit may gain nothing."""

    def limit_of(bound: int, used: str) -> LimitUse:
        use = {"id": "fund", "measure": "vendor_funding", "taken": Decimal(0), "price": 4.63}
        return LimitUse(limit=Decimal(bound), used=Decimal(used), headroom=bound - Decimal(used), **use)

    def told(used: str) -> str:
        limit = limit_of(120, used)
        return " ".join(" ".join(printed(show_limit_uses([limit], "JPY"), 100)).split())

    assert "priced" in told("85") and "binding" not in told("85") and "more of it may gain nothing" in told("85")
    assert "binding" in told("119.5") and "priced" not in told("119.5")
    assert limit_of(0, "0").binding, "nothing of nothing is left"


@pytest.mark.parametrize(("periods", "said"), [(1, "for 1 day ("), (8, "for 8 days (")])
def test_the_stretch_that_offers_hold_is_counted(periods: int, said: str) -> None:
    """One day is no days."""
    grid, _ = shop([], horizon=SHOP["horizon"] | {"periods": periods})
    (sentence,) = how_long(grid, None)
    assert sentence.startswith("offers hold from 2026-11-02 ") and said in sentence
