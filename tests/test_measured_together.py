"""What a holdout was drawn for stands first in the report: each offer on all its products and segments together."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from flight_case import line
from plan_folders import write_folder
from shop import load_shop

from planner.problem import problem_of
from surrogate.data.lift_test_file import read_lift_tests
from surrogate.data.lift_tests import LiftTest
from surrogate.flight.measure.effects_measured import Stratum, from_strata, from_totals

TREATED, HELD = {"young": 3600, "old": 5400}, {"young": 400, "old": 600}
SEGMENTS = ("young", "old")
DAYS = tuple(dt.date(2026, 11, day) for day in range(1, 8))
COUPON, GIFT = (3, 4, 5), (3, 5)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose plan sends a coupon for cases and a gift with phones to both segments."""
    place = tmp_path_factory.mktemp("together")
    problem = problem_of(load_shop(place))
    lines = [line(day, "case", "coupon-20", segment) for day in COUPON for segment in SEGMENTS]
    lines += [line(day, "phone", "buds", segment) for day in GIFT for segment in SEGMENTS]
    write_folder(problem, place / "plans", tuple(lines))
    return place / "plans"


def actuals(path: Path, coupon: float, gift: float, *, times: int = 1) -> Path:
    """Write actuals in which those treated buy so much more a customer; nobody of the young in the holdout a phone."""
    held = {("case", "young"): 1, ("case", "old"): 1, ("phone", "young"): 0, ("phone", "old"): 2}
    lifts = {"case": coupon, "phone": gift}
    ran = {"case": COUPON, "phone": GIFT}
    rows = []
    for day in DAYS:
        for product in ("phone", "phone-pro", "case"):
            for segment in SEGMENTS:
                kept = times * held.get((product, segment), 1)
                lift = lifts[product] if product in lifts and day.day in ran[product] else 0.0
                sold = round(9 * max(kept, times * int(product == "phone")) * (1.0 + lift))
                for group, units, people in (("treated", sold, TREATED), ("holdout", kept, HELD)):
                    rows.append((day, product, segment, group, people[segment], units, 70 * units))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "product", "segment", "group", "customers", "units", "revenue"))
        writer.writerows(rows)
    return path


def reported(plans: Path, file: Path, *options: object) -> dict:
    """The report as data."""
    done = run("report", plans, file, "--json", *options)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_each_offer_is_told_on_everything_that_it_ran_on(plans: Path, tmp_path: Path) -> None:
    """A lift of 50 % of a coupon; a gift counts also where those kept out bought none, which bends no single row."""
    found = reported(plans, actuals(tmp_path / "a.csv", 0.5, 1.0))
    every, coupon, gift = found["together"]
    assert (every["offer"], coupon["offer"], gift["offer"]) == (None, "coupon-20", "buds")
    assert all(each["product"] is None and each["segment"] is None for each in found["together"])
    assert coupon["lift"] == pytest.approx(round(9 * 1.5) / 9 - 1)  # 14 sold a day for 13.5
    # 2 x 2 days: 18 and 36 sold to 9,000 treated for 0 and 2 to 1,000 kept out
    assert gift["lift"] == pytest.approx((2 * (18 + 36) / 9000) / (2 * 2 / 1000) - 1)
    assert (coupon["with"], coupon["without"]) == (9000, 1000)
    parts = [each for each in found["effects"] if each["offer"] == "coupon-20"]
    assert len(parts) == 2
    assert ("phone", "young") not in {(each["product"], each["segment"]) for each in found["effects"]}
    assert coupon["standard_error"] < min(each["standard_error"] for each in parts)
    assert every["planned"] is not None and 0 < every["planned"] < max(coupon["planned"], gift["planned"])


def test_the_table_begins_with_them(plans: Path, tmp_path: Path) -> None:
    """Parts stand below; those that are open on both sides are counted, and stay in the JSON."""
    done = run("report", plans, actuals(tmp_path / "a.csv", 0.5, 1.0))
    first, _, parts = done.stdout.partition("Parts of these, by product and segment")
    together = first.partition("What the offers caused")[2]
    assert "all targeted offers" in together and "coupon-20" in together and "coupon-20 on" not in together
    table = parts.partition("lift: extra units")[0]
    assert "buds on phone to old" in table and "coupon-20" not in table
    assert "2 more comparisons, open on both sides, are left out here (--json has all)" in " ".join(parts.split())


def test_one_lesson_of_thin_parts_and_one_of_each_that_tells_enough(plans: Path, tmp_path: Path) -> None:
    """Where parts teach nothing the pooled lift is the lesson, of what was pooled; the same customers teach once."""
    few, many = actuals(tmp_path / "few.csv", 0.5, 1.0), actuals(tmp_path / "many.csv", 0.5, 1.0, times=20)
    (coupon,) = (each for each in reported(plans, few)["lessons"] if each["offer"] == "coupon-20")
    assert (coupon["product"], coupon["products"]) == ("case", "")
    assert (coupon["segment"], coupon["segments"]) == ("", "young+old")
    own = [each for each in reported(plans, many)["lessons"] if each["offer"] == "coupon-20"]
    assert {(each["product"], each["segment"]) for each in own} == {("case", "young"), ("case", "old")}
    out = tmp_path / "lessons.csv"
    reported(plans, few, "--lessons", out)
    rows = [LiftTest.model_validate(row) for row in read_lift_tests({"table": out.name}, tmp_path, "data.yaml:9")]
    assert [(row.on, row.who) for row in rows if row.offer == "coupon-20"] == [(("case",), ("young", "old"))]
    shown = run("report", plans, few).stdout.partition("Lessons for the next training")[2]
    assert "young+old" in shown


def customers(path: Path, coupon: float, *, times: int = 1) -> Path:
    """Write the customers of `actuals`, one row each: what they bought of cases on the days of the coupon."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("customer", "segment", "group", "offer", "product", "units"))
        for segment in SEGMENTS:
            for group, each, people in (
                ("treated", round(9 * times * (1 + coupon)), TREATED),
                ("holdout", times, HELD),
            ):
                bought = len(COUPON) * each
                for number in range(people[segment]):
                    units = bought // people[segment] + (number < bought % people[segment])
                    writer.writerow((f"{segment}-{group}-{number}", segment, group, "coupon-20", "case", units))
    return path


def test_customers_told_one_by_one_are_pooled_where_they_teach_nothing_alone(plans: Path, tmp_path: Path) -> None:
    """The lessons are as without them where no segment teaches by itself; where each does, they are the customers'."""
    for times in (1, 20):
        file = actuals(tmp_path / f"{times}.csv", 0.5, 1.0, times=times)
        told = customers(tmp_path / f"{times}-customers.csv", 0.5, times=times)
        rows, both = (
            [each for each in reported(plans, file, *more)["lessons"] if each["offer"] == "coupon-20"]
            for more in ((), ("--customers", told))
        )
        assert [(each["product"], each["segment"], each["segments"]) for each in both] == [
            (each["product"], each["segment"], each["segments"]) for each in rows
        ]
        assert len(both) == (1 if times == 1 else 2)


def test_one_segment_pools_to_itself() -> None:
    """Sums of one stratum are what they were."""
    only = Stratum(treated=130, held=10, treated_customers=9000, held_customers=1000)
    assert from_strata([only], lot=1.3) == from_totals(130, 10, 9000, 1000, lot=1.3)
    none = Stratum(treated=5, held=0, treated_customers=20, held_customers=10)
    assert from_strata([only, none]) == from_strata([only])
    assert from_strata([none]) is None


def test_intervals_of_pooled_strata_hold_the_truth() -> None:
    """Four segments that buy at different rates, of which a different share is kept out: 95 % of intervals hold it."""
    rng = np.random.Generator(np.random.Philox(11))
    rate, treated, held = np.array([0.02, 0.01, 0.004, 0.001]), [9000, 34_000, 85_000, 36_000], [3000, 4000, 9500, 4000]
    inside, rounds, lift = 0, 2000, 0.3
    for _ in range(rounds):
        strata = [
            Stratum(
                treated=rng.poisson(one * r * (1 + lift)),
                held=rng.poisson(other * r),
                treated_customers=one,
                held_customers=other,
            )
            for r, one, other in zip(rate, treated, held, strict=True)
        ]
        found = from_strata(strata)
        assert found is not None
        inside += found.low <= lift <= found.high
    assert 0.935 <= inside / rounds <= 0.975
