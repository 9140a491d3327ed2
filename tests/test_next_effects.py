"""Effects for the next campaign: what this one taught, as a table that the next scenario reads."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from flight_case import LINES, Running, running_shop
from lived import lived_units, write_actuals
from plan_folders import write_folder
from replan_case import happened, sold
from shop import write_shop
from test_overwriting import refused

from planner.flight.past.learning import for_the_next, learn_whole
from planner.replan.next_effects import next_effects, refuse_without_table
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput
from scenarios.response.effects import Effects

shop = running_shop
LAST_DAY = 6


def believed_next(case: Running, folder: Path, lifts: dict[str, float]) -> Effects:
    """What a new scenario with the table believes after a campaign whose lifts were these multiples."""
    actuals = happened(case, sold(case, lift=lifts), LAST_DAY)
    table = next_effects(case.frozen, learn_whole(case.frozen, case.plan, actuals))
    scenario = write_shop(folder)
    (folder / "effects.csv").write_bytes(table.raw)
    again = load_scenario(scenario)
    assert again.effects is not None
    return again.effects


def test_the_next_campaign_begins_with_what_this_one_taught(shop: Running, tmp_path: Path) -> None:
    """A coupon that brought half as much again is believed to bring more; others hardly move."""
    was, now = shop.frozen.effects, believed_next(shop, tmp_path, {"coupon-20": 1.5})
    on = was.lift[0] > 0
    factor = np.divide(now.lift[0], was.lift[0], out=np.ones(on.shape), where=on)
    number = {offer.id: place for place, offer in enumerate(shop.grid.scenario.offers)}
    coupon, buds = (factor[..., number[name]][on[..., number[name]]] for name in ("coupon-20", "buds"))
    assert coupon.mean() > 1.1 and 0.95 < buds.mean() < coupon.mean()
    np.testing.assert_allclose(factor, factor[:, :, :1] * np.ones(on.shape), rtol=1e-6)  # of all periods alike
    np.testing.assert_allclose(now.take_up, was.take_up, rtol=1e-8)
    assert (now.lift_sd[on] <= np.hypot(was.lift_sd[on], 0.25)).all()


def test_the_factors_that_are_told_are_those_of_the_table(shop: Running, tmp_path: Path) -> None:
    """Of each offer that ran: where it ran, and the least and the most of its rows."""
    actuals = happened(shop, sold(shop, lift={"coupon-20": 1.5}), LAST_DAY)
    table = next_effects(shop.frozen, learn_whole(shop.frozen, shop.plan, actuals))
    was, now = shop.frozen.effects, believed_next(shop, tmp_path, {"coupon-20": 1.5})
    number, case, young = shop.grid.offer_index["coupon-20"], shop.grid.product_index["case"], 0
    factors = now.lift[0, :, case, 0, number] / was.lift[0, :, case, 0, number]
    told = re.search(r"coupon-20 ([0-9.]+) \(([0-9.]+) to ([0-9.]+)\)", table.said[0])
    assert told is not None
    assert [float(each) for each in told.groups()] == pytest.approx(
        [factors[young], factors.min(), factors.max()], abs=0.0051
    )


def test_a_campaign_as_foreseen_moves_nothing(shop: Running, tmp_path: Path) -> None:
    """Lifts stay where they were, to within what rounding sales to whole units tells."""
    was, now = shop.frozen.effects, believed_next(shop, tmp_path, {})
    np.testing.assert_allclose(now.lift, was.lift, rtol=0.05)


def test_a_holdout_says_nothing_of_whom_the_next_campaign_reaches(shop: Running) -> None:
    """What was learned of those who were reached holds for everybody: nobody is kept out of the next campaign."""
    actuals = happened(shop, sold(shop, lift={"coupon-20": 1.4}), LAST_DAY)
    whole = learn_whole(shop.frozen, shop.plan, actuals)

    def half(effects: Effects) -> Effects:
        return replace(effects, lift=effects.lift / 2, take_up=effects.take_up / 2)

    kept_out = replace(
        whole,
        reached=half(whole.reached),
        recalibration=replace(whole.recalibration, all_alike=half(whole.recalibration.all_alike)),
    )
    all_, some = for_the_next(whole, shop.frozen), for_the_next(kept_out, shop.frozen)
    np.testing.assert_allclose(some.lift, all_.lift)
    np.testing.assert_allclose(some.take_up, all_.take_up)


def test_the_command_writes_the_table_and_nothing_over_a_table_made_by_hand(shop: Running, tmp_path: Path) -> None:
    """Twice the same bytes; how to name it is said; a planner's own effects stay as they are."""
    write_folder(shop.problem, tmp_path / "plan", LINES)
    units = lived_units(shop.model, shop.frozen.effects, shop.plan, seed=3)[0]
    actuals, table, own = tmp_path / "a.csv", tmp_path / "next.csv", tmp_path / "own.csv"
    write_actuals(actuals, shop.frozen, shop.model, shop.plan, units, 6)
    command = ("report", tmp_path / "plan", actuals, "--effects")
    first = run(*command, table)
    assert first.exit_code == 0, first.stderr
    said = " ".join(first.stdout.split())
    assert "lift_is: gross}" in said and "factors of its lifts and take-ups on those believed before: cut-15" in said
    raw = table.read_bytes()
    assert run(*command, table).exit_code == 0 and table.read_bytes() == raw
    rows = raw.decode().splitlines()
    own.write_text("\n".join([rows[0], rows[1].replace("learned from", "asked")]) + "\n", "utf-8")
    refused(*command, own, kept=own, words="expected no file, or older learned effects")
    own.write_bytes(f"{rows[0]}\n".encode() + b"\xff\xfe,learned from\n")
    refused(*command, own, kept=own, words="expected no file, or older learned effects")
    refused(*command, actuals, kept=actuals, words="expected another file than the actuals' own")
    both = run(*command, tmp_path / "x.csv", "--lessons", tmp_path / "x.csv")
    assert both.exit_code == 2 and "expected another file than --lessons" in both.stderr
    assert not (tmp_path / "x.csv").exists()


def test_where_effects_are_learned_the_next_training_reads_lessons(shop: Running) -> None:
    """A model's effects are no table: one error says what to write in its place."""
    source = shop.frozen.scenario.effects.model_copy(update={"table": None, "model": "model/"})
    learned = replace(shop.frozen, scenario=shop.frozen.scenario.model_copy(update={"effects": source}))
    with pytest.raises(InvalidInput, match=r"--lessons FILE\.csv"):
        refuse_without_table(learned)
