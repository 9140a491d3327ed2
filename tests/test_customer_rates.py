"""How customers buy is learned good by good: units at a time, and how far their own rates lie apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import run
from flight_case import LINES, Running, running_shop
from offers_shop import shop_model, shop_scenario
from plan_folders import write_folder

from scenarios.answer.archive import from_files
from scenarios.language.schema import Segment
from scenarios.response.customer_rates import CustomerRates
from surrogate.evidence.customer_rates import SECTION, LearnedRates, customer_rates
from surrogate.flight.measure.goods_bought import buying_of_goods
from surrogate.flight.measure.power import buying_of, counted_outcome
from surrogate.parts import unpack
from surrogate.scoring.score import score

case = running_shop
CUT = {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"}


ASKED = ("a", "b", "c", "d")


def market(customers: int, rng: np.random.Generator, *, lot: int = 1) -> np.ndarray:
    """Units [N, 4, 12] of customers of differing activity and tastes, who buy all goods at the same visits.

    Activity varies by 1/2, tastes of three goods by 1/4; the fourth is bought in lots, by whoever visits.
    """
    activity = rng.gamma(2.0, 0.5, (customers, 1, 1))
    taste = rng.gamma(4.0, 0.25, (customers, 4, 1))
    taste[:, 3] = 1.0
    visits = rng.poisson(0.8 * activity, (customers, 1, 12))
    units = rng.poisson(np.array([0.9, 0.5, 0.3, 0.1])[:, None] * taste * visits)
    units[:, 3] *= lot
    return units


def learned(units: np.ndarray, label: np.ndarray, ids: tuple[str, ...], weeks: int = 8) -> LearnedRates:
    """What the last weeks of purchases tell."""
    who, product, week = np.nonzero(units[..., :weeks])
    sales = pd.DataFrame({"customer": who, "product": product, "week": week, "quantity": units[who, product, week]})
    return customer_rates(sales, ASKED, ASKED, np.arange(len(units)), label, ids, least=50)


def test_what_goods_together_vary_by_is_foreseen() -> None:
    """Of single goods, some of them and all: the variance of what is bought in the next weeks is told within 6 %.

    The other segment is one of families, who take two of everything for each unit here.
    """
    rng = np.random.Generator(np.random.Philox(8))
    label = np.repeat([0, 1], 20_000)
    units = np.concatenate([market(20_000, rng, lot=3), 2 * market(20_000, rng, lot=3)])
    found = learned(units, label, ("one", "other"))
    assert found.activity[:2] == pytest.approx(0.5, abs=0.06)
    assert found.tastes[0] == pytest.approx([0.25, 0.25, 0.25, 0.0], abs=0.06)
    assert found.visits[:2] == pytest.approx(1 / 0.8, abs=0.1)  # weeks between two visits
    assert found.lots[1] == pytest.approx(2 * found.lots[0], rel=0.05)
    rates, later = found.of("one", np.arange(4)), units[:20_000, :, 8:]
    assert rates is not None
    for goods in ([0], [1], [2], [3], [0, 1], [1, 2, 3], [0, 1, 2, 3]):
        for ran in ([0], [0, 1, 2, 3]):
            bought = later[:, goods][:, :, ran].sum(axis=(1, 2))
            means = np.zeros((4, 4))
            for good in goods:
                means[good, ran] = later[:, good].mean()
            told = buying_of_goods(rates, means, 1.0)
            assert told is not None
            assert counted_outcome(bought.mean(), told).variance == pytest.approx(bought.var(), rel=0.06), goods


def test_lots_that_weeks_told_leave_the_spread_to_the_customers_own_past() -> None:
    """Where lots are known, what units vary by beyond them is the spread of rates."""
    rng = np.random.Generator(np.random.Philox(4))
    told = buying_of(2.0 * rng.poisson(1.5 * rng.gamma(4.0, 0.25, 40_000)), 2.0)
    assert told is not None and told.lot == 2.0
    assert told.spread == pytest.approx(0.5, rel=0.05)


def test_days_and_weeks_tell_the_same() -> None:
    """What is bought in seven days is what is bought in a week of them."""
    rates = CustomerRates(lots=(1.5, 2.0), tastes=(0.3, 0.0), activity=0.4, visits=2.0)
    week = np.array([[0.7], [0.35]])
    one, other = buying_of_goods(rates, week, 1.0), buying_of_goods(rates, np.repeat(week / 7, 7, axis=1), 1 / 7)
    assert one is not None and other is not None
    assert (one.lot, one.spread) == pytest.approx((other.lot, other.spread))
    assert buying_of_goods(rates, 0 * week, 1.0) is None


def test_goods_of_few_buyers_and_segments_of_few_customers_are_not_told() -> None:
    """A good that fewer than 50 bought has the mean good's figures; fewer than 100 customers tell nothing.

    Nor do few of a segment tell its lots, however much they take.
    """
    rng = np.random.Generator(np.random.Philox(9))
    units = market(2000, rng)
    units[:, 3] = 0
    units[:5, 3, 3] = 500
    units[1000:1950, 2] = 0
    units[1000:1005, 2, 3] = 20
    found = learned(units, np.array([0] * 1000 + [1] * 950 + [2] * 50), ("many", "some", "few"))
    assert found.lots[0, 3] < 2 and found.tastes[0, 3] < 1
    assert found.lots[1, 2] < 4  # their own are 20
    assert found.of("few", np.arange(4)) is None
    stranger = found.of("unknown", np.arange(4))
    assert stranger is not None and stranger.activity == found.activity[3]


def test_scores_say_how_each_segment_buys():
    """Learned segments have their own figures, listed ones those of all customers; older models say so, once."""
    model, asked = shop_model(), shop_scenario(CUT)
    known, goods = unpack(model.sections[SECTION], LearnedRates), np.arange(len(model.categories))
    effects = score(model, asked).effects
    assert effects.customers == tuple(known.of(one, goods) for one in model.groups.ids)
    listed = score(model, asked.model_copy(update={"segments": (Segment(id="club", customers=500),)})).effects
    assert listed.customers == (known.of("club", goods),)
    older = replace(model, sections={key: value for key, value in model.sections.items() if key != SECTION})
    told = score(older, asked).effects
    assert told.customers == ()
    again = "The model does not say how customers buy single goods"
    assert sum(again in note for note in told.notes) == 1
    assert not any(again in note for note in effects.notes)


def exported(plans: Path, out: Path) -> str:
    """Roll a folder out, and return what is said."""
    found = run("export", plans, "--rollout", out)
    assert found.exit_code == 0, found.output
    return " ".join(found.output.split())


def test_without_their_past_customers_buy_as_in_the_data_that_effects_came_from(case: Running, tmp_path: Path) -> None:
    """A plan folder keeps how customers buy, and the design counts with it; where nothing is known it is optimistic."""
    write_folder(case.problem, tmp_path / "plan", LINES)
    plain = exported(tmp_path / "plan", tmp_path / "out")
    assert "where they buy several at a time or scatter more, less can be detected than is told here" in plain
    count = len(case.grid.products)
    rates = CustomerRates(lots=(9.0,) * count, tastes=(0.0,) * count, activity=0.25, visits=0.0)
    effects = replace(case.problem.loaded.effects, customers=(rates, None))
    known = replace(case.problem, loaded=replace(case.problem.loaded, effects=effects))
    write_folder(known, tmp_path / "known", LINES)
    said = exported(tmp_path / "known", tmp_path / "told")
    assert "and their own rates of buying them scatter by so much: young 9.0 units and 50%; a column before" in said
    assert ("customers' own rates of buying in old scatter by 100%" in said) == ("old: nobody is kept out" not in said)
    of_young = [
        next(one for one in json.loads((tmp_path / name / "manifest.json").read_text())["holdouts"])["power"]
        for name in ("out", "told")
    ]
    assert of_young[1] < of_young[0]


def test_a_plan_folder_of_before_is_read_without_what_it_says_of_all_goods(case: Running, tmp_path: Path) -> None:
    """Its lots and rates were of all goods together: it is rolled out by the assumption, and says so."""
    write_folder(case.problem, tmp_path / "plan", LINES)
    files = {
        each.relative_to(tmp_path / "plan" / "problem").as_posix(): each.read_bytes()
        for each in (tmp_path / "plan" / "problem").rglob("*")
        if each.is_file()
    }
    told = json.loads(files["problem.json"])
    del told["customers"]
    files["problem.json"] = json.dumps(told | {"buying": [[9.0, 0.5], None]}).encode()
    assert from_files(files, where="plan").effects.customers == ()
