"""How customers buy is learned by segment: units at a time, and how far their own rates lie apart."""

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

from scenarios.language.schema import Segment
from surrogate.evidence.own_buying import SECTION, OwnBuying, own_buying
from surrogate.flight.measure.power import buying_of
from surrogate.parts import unpack
from surrogate.scoring.score import score

case = running_shop
CUT = {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"}


def test_lots_and_spread_are_those_of_the_last_weeks():
    """Lots of three are found in the segment that buys so, whatever it did long ago; too few customers tell nothing."""
    rng = np.random.Generator(np.random.Philox(8))
    label = np.array([0] * 4000 + [1] * 4000 + [2] * 20)
    lots = np.where(label == 0, 3.0, 1.0)
    units = lots * rng.poisson(1.5 * rng.gamma(2.0, 0.5, label.size))
    number = np.arange(label.size)
    recent = pd.DataFrame({"customer": number, "week": 20, "quantity": units})
    early = pd.DataFrame({"customer": number, "week": 5, "quantity": 40.0 * (number % 2)})
    found = own_buying(pd.concat([early, recent]), number, label, ("heavy", "light", "few"))
    assert found.of("heavy") == (pytest.approx(3.0, rel=0.1), pytest.approx(0.5**0.5, rel=0.25))
    assert found.of("light")[0] == pytest.approx(1.0, abs=0.1)
    assert found.of("few") is None
    everybody = buying_of(units)
    assert everybody is not None
    assert found.of("unknown") == pytest.approx((everybody.lot, everybody.spread), rel=1e-3)


def test_scores_say_how_each_segment_buys():
    """Learned segments have their own figures, listed ones those of all customers, and older models none."""
    model, asked = shop_model(), shop_scenario(CUT)
    known = unpack(model.sections[SECTION], OwnBuying)
    assert score(model, asked).effects.buying == tuple(known.of(one) for one in model.groups.ids)
    listed = asked.model_copy(update={"segments": (Segment(id="club", customers=500),)})
    assert score(model, listed).effects.buying == (known.of("club"),)
    older = replace(model, sections={key: value for key, value in model.sections.items() if key != SECTION})
    assert score(older, asked).effects.buying == ()


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
    effects = replace(case.problem.loaded.effects, buying=((9.0, 0.5), None))
    known = replace(case.problem, loaded=replace(case.problem.loaded, effects=effects))
    write_folder(known, tmp_path / "known", LINES)
    said = exported(tmp_path / "known", tmp_path / "told")
    assert "and their own rates of buying scatter by so much: young 9.0 units and 50%; a column before" in said
    assert ("customers' own rates of buying in old scatter by 100%" in said) == ("old: nobody is kept out" not in said)
    of_young = [
        next(one for one in json.loads((tmp_path / name / "manifest.json").read_text())["holdouts"])["power"]
        for name in ("out", "told")
    ]
    assert of_young[1] < of_young[0]
