"""Coupons that went to some customers only: where a plan sends them to others, that is told."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from command_line import run
from offers_shop import shop_folder, shop_model, shop_scenario

from planner.reasons.doubts import sent_elsewhere
from planner.run.notes.run_notes import causal_doubts
from surrogate.data.data_spec import read_data_spec
from surrogate.data.loading import load_events
from surrogate.evidence.sent_before import SECTION, SentBefore, sent_before
from surrogate.model_file import save_model
from surrogate.parts import pack, unpack
from surrogate.scoring.score import score
from surrogate.why.purchases import explain_purchases

MAIL: dict[str, object] = {"id": "mail", "mechanic": "coupon", "depth": "25%", "layer": "targeted", "channel": "app"}
IDS = ("s1", "s2")


@pytest.fixture(scope="module")
def events():
    """The made-up shop's purchases, whose coupons went to every second customer by lot."""
    spec = read_data_spec(shop_folder() / "data.yaml")
    return load_events(spec, until=spec.test_until, base=shop_folder())


def told(events, *, visits=None, offers=None, least=50):
    """Measure whom messages went to: the first half of the customers are s1, the others s2."""
    changed = replace(events, visits=events.visits if visits is None else visits,
                      offers=events.offers if offers is None else offers)  # fmt: skip
    customers = np.arange(len(events.customers))
    found = sent_before(changed, customers, (2 * customers) // len(customers), IDS, least=least)
    assert found is not None
    return found


def test_messages_by_lot_raise_no_doubt(events):
    """Nearly all of both segments were sent one in 32 weeks, the away as well as others: nothing is said."""
    found = told(events)
    assert (found.sent > 0.9).all() and found.mechanics == ("coupon",)
    assert found.doubt("coupon", "s1") == found.doubt("coupon", "s2") == ""
    assert found.doubt("gift", "s1") == found.doubt("coupon", "own") == ""


def test_a_segment_that_was_left_out_is_told(events):
    """Coupons for one half of the customers: of the other it is said that few were sent one, and who was."""
    half = len(events.customers) // 2
    offers = events.offers[(events.offers["customer"] < half).to_numpy()]
    found = told(events, offers=offers)
    assert found.doubt("coupon", "s1") == ""
    share = f"{found.sent[0, 0]:.0%}"
    assert found.doubt("coupon", "s2") == (
        f"the data's coupons went to few of its customers, and to {share} of those of s1"
    )


def test_coupons_for_those_who_stay_away_are_told(events):
    """Half of each segment buys until week 15 only, and coupons go to these later on: their share is told."""
    start = int(events.visits["week"].min())
    gone = events.visits["customer"] % 2 == 0
    visits = events.visits[(~gone | (events.visits["week"] < start + 15)).to_numpy()]
    late = events.offers["first_day"] >= (start + 25) * 7 + 1
    offers = events.offers[((events.offers["customer"] % 2 == 0) & late).to_numpy()]
    found = told(events, visits=visits, offers=offers, least=20)
    assert found.away[0].tolist() == pytest.approx([1.0, 1.0]) and found.usual[0].tolist() == pytest.approx([0.5, 0.5])
    assert "who had not bought for 8 weeks or more (100% of the messages, 50% of its customers)" in found.doubt(
        "coupon", "s1"
    )
    others = events.offers[((events.offers["customer"] % 2 == 1) & late).to_numpy()]
    found = told(events, visits=visits, offers=others, least=20)
    assert "who had bought in the last 8 weeks (100% of the messages, 50%" in found.doubt("coupon", "s2")


def test_few_customers_are_no_figure(events):
    """Fewer than the smallest group: a share of them is not kept; next to nobody counts as nobody."""
    few = events.offers[(events.offers["customer"] % 8 == 0).to_numpy()]
    assert np.isnan(told(events, offers=few).sent).all()
    very_few = pd.concat([few[(few["customer"] < 16).to_numpy()], events.offers[(events.offers["customer"] >= 120)]])
    assert told(events, offers=very_few).sent[0, 0] == 0.0


def test_segments_too_small_to_be_told_are_counted(events):
    """Not a silence: how many segments and customers it is not told of; who was sent none, and enough, are told."""
    few = events.offers[(events.offers["customer"] % 8 == 0).to_numpy()]
    assert [told(events, offers=few).untold("coupon", one) for one in IDS] == [True, True]
    assert [told(events).untold("coupon", one) for one in IDS] == [False, False]
    very_few = events.offers[(events.offers["customer"] < 3).to_numpy()]
    assert [told(events, offers=very_few).untold("coupon", one) for one in IDS] == [False, False]
    model = shop_model()
    ids = model.groups.ids
    unknown = np.full((1, len(ids)), np.nan)
    known = SentBefore(mechanics=("coupon",), ids=ids, sent=unknown, away=unknown, usual=unknown)
    small = replace(model, sections=model.sections | {SECTION: pack(known)})
    scored = score(small, shop_scenario(MAIL))
    customers = sum(one.customers for one in scored.segments)
    (said,) = (note for note in scored.effects.notes if "min_segment_size" in note)
    assert said == (
        f"In {len(ids)} segments with {customers:,} customers ({', '.join(ids)}) too few customers were sent the "
        "data's coupons to say whom these went to (min_segment_size): whether mail would go to others there is not "
        "known."
    )
    assert not any("min_segment_size" in note for note in score(model, shop_scenario(MAIL)).effects.notes)


@pytest.fixture(scope="module")
def chosen():
    """The trained model, as if its coupons had gone to the first of its segments only."""
    model = shop_model()
    ids = model.groups.ids
    last = np.zeros((1, len(ids)))
    known = SentBefore(mechanics=("coupon",), ids=ids, sent=np.eye(1, len(ids)), away=last * np.nan, usual=last)
    return replace(model, sections=model.sections | {SECTION: pack(known)})


def test_models_keep_it_and_scores_tell_it_where_the_offer_may_go(chosen):
    """The trained model has the section; offers that may not go to the segment, and public ones, say nothing."""
    model = shop_model()
    assert unpack(model.sections[SECTION], SentBefore).mechanics == ("coupon",)
    assert score(model, shop_scenario(MAIL)).elsewhere == {}
    ids = model.groups.ids
    cut: dict[str, object] = {"id": "cut-20", "mechanic": "price_discount", "depth": "20%"}
    scenario = shop_scenario(MAIL, MAIL | {"id": "own", "applies_to": {"segments": [ids[0]]}}, cut)
    found = score(chosen, scenario).elsewhere
    assert found.keys() == {"mail"} and found["mail"].keys() == set(ids[1:])
    (said,) = sent_elsewhere([("mail", ids[0]), ("mail", ids[1])], found)
    assert said.startswith(f"mail for {ids[1]}: the data's coupons went to few") and "carried over" in said
    why = [explain_purchases(chosen, scenario, one, "mail", None).trust for one in ids[:2]]
    assert [any("few of its customers" in each for each in trust) for trust in why] == [False, True]


def test_effects_say_it_and_a_plan_where_it_sends_the_offer(chosen, tmp_path):
    """``campaign effects`` tells every segment that the offer may go to; a plan only those that it sends it to."""
    save_model(chosen, tmp_path / "model")
    asked = shop_scenario(MAIL).model_dump(mode="json", include={"scenario", "currency", "channels", "gifts"})
    asked |= {"horizon": {"start": "2026-08-17", "periods": 2, "unit": "week"}, "segments": {"learn": {}}}
    asked |= {"offers": [MAIL], "effects": {"model": "model"}, "objective": "profit"}
    asked |= {"products": [{"id": f"p{n}", "category": f"g{n}", "unit_cost": "60%"} for n in range(6)]}
    (tmp_path / "shop.yaml").write_text(yaml.safe_dump(asked))
    result = run("effects", tmp_path / "shop.yaml", "--json")
    assert result.exit_code == 0, result.stderr
    first, second = chosen.groups.ids
    assert [note for note in json.loads(result.stdout)["notes"] if note.startswith(f"mail for {second}: the data's")]
    told = {"mail": {second: "the data's coupons went elsewhere"}}

    def said(*segments):
        lines = [SimpleNamespace(offer="mail", segment=each) for each in segments]
        problem = SimpleNamespace(
            learned=SimpleNamespace(suspicions={}, elsewhere=told),
            grid=SimpleNamespace(scenario=shop_scenario(MAIL), lines=lambda _plan: lines),
        )
        return causal_doubts(problem, SimpleNamespace(checked=[(SimpleNamespace(plan=None), None)]))

    assert said(first) == ()
    assert said(first, second, second) == (
        f"mail for {second}: the data's coupons went elsewhere. What is expected of others is carried over from these.",
    )
