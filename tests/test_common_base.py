"""What baselines share of their error: measured by training, drawn in futures, learned from while a campaign runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, running_shop
from replan_case import happened, sold
from scenario_factory import rng_of, tiny_scenario
from shop import load_shop
from sure_effects import sure_effects

from planner.problem import problem_of
from planner.reasons.assumed.assumptions import assumptions
from scenarios.answer.archive import from_files, to_files
from scenarios.futures.common_base import with_common
from scenarios.futures.draws import base_factors, draw, factor
from scenarios.grid import build_grid
from scenarios.response.effects import CommonError
from scenarios.streams import stream
from surrogate.evidence.uncertainty.common_levels import common_levels, correlation
from surrogate.flight.recalibration.base_parts import BASE_PARTS, base_parts
from surrogate.flight.recalibration.recalibrate import recalibrate

case = running_shop
FUTURES = 4000


def drawn(common: CommonError | None, base_cv: float = 0.25) -> np.ndarray:
    """Factors [D, S, K] on the baselines of four segments and six products, all as unsure."""
    effects = sure_effects(np.ones((4, 6, 1)), np.zeros((4, 7, 1, 1)))
    effects = replace(effects, base_cv=np.full((4, 6), base_cv), base_common=common)
    own = np.random.default_rng(1).standard_normal((FUTURES, 4, 6))
    return factor(with_common(effects, own, np.random.default_rng(2)), np.sqrt(np.log1p(effects.base_cv**2)))


def test_a_common_error_does_not_cancel_out_in_the_total() -> None:
    """Baselines known to 25 % make a total known to 5 % where each errs by itself, and to what they share otherwise."""
    alone, together = drawn(None), drawn(CommonError(everywhere=0.15, product=0.15))
    assert alone.mean(axis=(1, 2)).std() == pytest.approx(0.25 / np.sqrt(24), rel=0.05)
    common = np.sqrt(0.15**2 + 0.15**2 / 6 + (0.25**2 - 2 * 0.15**2) / 24)
    assert together.mean(axis=(1, 2)).std() == pytest.approx(common, rel=0.06)


@pytest.mark.parametrize("base_cv", [0.25, 0.10])
def test_a_common_error_leaves_single_baselines_as_unsure_as_they_were(base_cv: float) -> None:
    """Only how they move together differs: each is off by its own spread, also where that is below the common one."""
    moved = drawn(CommonError(everywhere=0.15, product=0.15), base_cv)
    assert moved.std(axis=0) == pytest.approx(np.full((4, 6), base_cv), rel=0.12)
    assert moved.mean() == pytest.approx(1.0, abs=0.01)


def test_whoever_says_nothing_of_it_has_the_futures_of_before() -> None:
    """Effects of a table hold no common error: their baselines are the very scores that the seed draws."""
    scenario, effects, _ = tiny_scenario(rng_of(3))
    scores = draw(build_grid(scenario), effects, 7, count=5).base
    np.testing.assert_array_equal(scores, stream(7, "futures", "report", "base").standard_normal(scores.shape))


def test_a_table_may_say_what_its_baselines_share(tmp_path: Path) -> None:
    """`risk.baseline_common` makes the sum of all baselines as unsure; the assumptions tell it, or what lacks."""
    spread, told = [], []
    for share in ("0%", "10%"):
        risk = f"risk: {{baseline_cv: 12%, baseline_common: {share}}}\nresponse:"
        problem = problem_of(load_shop(tmp_path, shop={"response:": risk}))
        effects = problem.effects
        factors = base_factors(effects, draw(problem.grid, effects, 7, count=FUTURES))
        spread.append(factors.mean(axis=(1, 2, 3)).std())
        told.append(next(row for row in assumptions(problem) if "drawn futures" in row))
    assert spread[0] == pytest.approx(0.12 / np.sqrt(6), rel=0.05)
    assert spread[1] == pytest.approx(np.sqrt(0.10**2 + (0.12**2 - 0.10**2) / 6), rel=0.05)
    assert "in all periods alike, each by itself, so that all sales together look sure" in told[0]
    assert "in all periods alike, of it 10.0% all together" in told[1]


@dataclass
class Weeks:
    """Units of categories in some weeks."""

    sold: np.ndarray
    foreseen: np.ndarray


def missed(rng: np.random.Generator, common: float, own: float, *, weeks: int, goods: int = 12) -> list[Weeks]:
    """Stretches of weeks whose goods all miss by a common and an own normal error of the log."""
    foreseen = np.full(goods, 1000.0)
    logs = common * rng.standard_normal((weeks, 1)) + own * rng.standard_normal((weeks, goods))
    return [Weeks(sold=rng.poisson(foreseen * np.exp(each)).astype(float), foreseen=foreseen) for each in logs]


def test_training_finds_what_levels_share(rng: np.random.Generator) -> None:
    """Goods that miss together give a total that is unsure, goods that miss each by itself one that is nearly sure."""
    spread, found = np.array([0.2, 0.2]), {}
    for name, common, own in (("season", 0.19, 0.06), ("single", 0.0, 0.2)):
        weeks = missed(rng, common, own, weeks=4)
        halves = np.stack([weeks[0].sold, weeks[0].sold]) / 2, np.stack([weeks[0].foreseen] * 2) / 2
        found[name] = common_levels(weeks, *halves, spread, 1.0)
    assert 0.13 < found["season"].everywhere < 0.2
    assert found["single"].everywhere < 0.09
    assert 0.17 < found["single"].category < 0.2, "the halves of a category missed alike"


def test_what_nothing_tells_is_neither_sure_nor_alike(rng: np.random.Generator) -> None:
    """One category alone, or goods that hardly sell, leave the correlation at a half; one stretch moves it some way."""
    one = [(np.array([900.0]), np.array([1000.0]))]
    rare = [(np.array([3.0, 9.0]), np.array([6.0, 5.0]))]
    assert correlation(one, 1.0) == pytest.approx(0.5) and correlation(rare, 1.0) == pytest.approx(0.5)
    (weeks,) = missed(rng, 0.0, 0.2, weeks=1)
    (level,) = missed(rng, 0.0, 0.02, weeks=1)
    assert correlation([(weeks.sold, weeks.foreseen)], 1.0) < 0.4
    assert correlation([(1.3 * level.sold, level.foreseen)], 1.0) > 0.8


def test_a_saved_plan_keeps_what_its_baselines_share(case: Running) -> None:
    """Monitor and report read the common error of the model, and plans of tables are saved as before."""
    common = CommonError(everywhere=0.12, product=0.1)
    frozen = replace(case.frozen, effects=replace(case.frozen.effects, base_common=common))
    assert from_files(to_files(frozen), where="plans").effects.base_common == common
    assert b"base_common" not in to_files(case.frozen)["problem.json"]


def test_a_fit_splits_baselines_as_they_were_measured() -> None:
    """Parts of everything, of products, of segments and of cells make up the whole; without measurement, as ever."""
    _, effects, _ = tiny_scenario(rng_of(3))
    assert [float(part) for part in base_parts(effects)[:3]] == list(BASE_PARTS)
    measured = base_parts(replace(effects, base_common=CommonError(everywhere=0.06, product=0.02)))
    assert sum(measured) == pytest.approx(np.ones_like(effects.base_cv))
    assert measured[0][0, 0] == pytest.approx(np.log1p(0.06**2) / np.log1p(effects.base_cv[0, 0] ** 2))


def test_sales_that_tell_the_season_leave_less_of_it_open(case: Running) -> None:
    """After days of sales a third above the forecast, days to come follow, and what is common is known better."""
    common, before = CommonError(everywhere=0.2, product=0.05), case.frozen.effects
    effects = replace(before, base_cv=np.full_like(before.base_cv, 0.22), base_common=common)
    found = recalibrate(case.model, effects, case.plan, happened(case, sold(case, base=1.33), last=4)).carried_out
    grown = (found.base_units / before.base_units)[..., 5:]
    assert grown.min() > 1.1
    assert found.base_common is not None and found.base_common.everywhere < 0.5 * common.everywhere
