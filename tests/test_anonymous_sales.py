"""Sales without a customer are sales of the shop: read, counted in baselines, planned, and sent nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
import yaml
from purchase_files import WEEKS, Shop, load, sales_of
from trained_once import trained_once

from planner.problem import build_problem
from scenarios.language.words import ANONYMOUS
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput
from surrogate.data.clean_params import CleanParams
from surrogate.data.data_spec import read_data_spec
from surrogate.data.purchase_rows import NOBODY
from surrogate.effects.category_response import category_lift
from surrogate.effects.depths import promotion_features
from surrogate.effects.ensemble import EnsembleParams
from surrogate.effects.fit import FitParams
from surrogate.held_out.evaluation import evaluate_purchases
from surrogate.held_out.later_weeks import later_weeks
from surrogate.held_out.measured import SECTION, KeptTest
from surrogate.model_file import load_model, save_model
from surrogate.parts import pack, unpack
from surrogate.people.anonymous_sales import SECTION as ANONYMOUS_SALES
from surrogate.privacy import contents
from surrogate.scoring.score import score
from surrogate.scoring.single import purchase_scorer
from surrogate.train import TrainParams, train
from surrogate.why.purchases import explain_purchases

CUSTOMERS = 200
USUAL = CUSTOMERS * 2 * 0.35
"""Units a week of each category that the made-up shop sells with nothing promoted."""
PARAMS = TrainParams(ensemble=EnsembleParams(members=2, groups=4, fit=FitParams(steps=60)), refit_steps=20)


def shop_of(word: str = "", **clean: object) -> Shop:
    """Return a shop that does not know who bought on two of five receipts, and writes ``word`` there."""
    shop = Shop()
    if clean:
        shop.data["clean"] = clean
    blank = np.random.Generator(np.random.Philox(5)).random(len(shop.sales)) < 0.4
    shop.sales.loc[blank, "cust"] = word
    return shop


def test_sales_of_the_shop_are_the_same_whoever_bought(tmp_path):
    """Without a customer on 40 % of the receipts the shop sells what it sold; customers are credited with the rest."""
    known, found = load(Shop(), _folder(tmp_path, "known")), load(shop_of(), _folder(tmp_path, "found"))
    pd.testing.assert_frame_equal(found.daily, known.daily)
    units = found.sales["quantity"].sum() + found.nobodys["quantity"].sum()
    assert units == known.sales["quantity"].sum()
    nobodys = int(found.nobodys["quantity"].sum())
    assert 0.35 < nobodys / units < 0.45
    assert (found.visits["customer"] >= 0).all() and found.cleaning.without_customer == nobodys
    said = f"{nobodys:,} of them sales without a customer ({nobodys / len(sales_of()):.1%})"
    assert found.cleaning.lines()[:2] == (f"{len(sales_of()):,} purchase rows read, {len(sales_of()):,} kept", said)


def test_nothing_depends_on_how_many_parts_the_rows_are_split_into(tmp_path):
    """Sales without a customer are added up alike in memory and from disk."""
    once = load(shop_of(), _folder(tmp_path, "once"))
    parts = load(shop_of(), _folder(tmp_path, "parts"), memory_rows=500, parts=7)
    for name in ("daily", "sales", "nobodys", "nobodys_orders"):
        pd.testing.assert_frame_equal(getattr(once, name), getattr(parts, name))


def test_ids_that_stand_for_nobody_are_no_customers(tmp_path):
    """A till's number for whoever shows no card is read as a blank, also where YAML takes it for a number."""
    blank = load(shop_of(), _folder(tmp_path, "blank"))
    told = load(shop_of("9999", nobody=[9999, "ANONYM"]), _folder(tmp_path, "told"))
    pd.testing.assert_frame_equal(told.nobodys, blank.nobodys)
    pd.testing.assert_frame_equal(told.sales, blank.sales)
    untold = load(shop_of("9999"), _folder(tmp_path, "untold"))
    assert len(untold.customers) == len(told.customers) + 1
    assert any("clean: {nobody: [ID]}" in said for said in untold.cleaning.suspicious)
    unseen = "of its 2 ids number 2 stands on no purchase row"
    assert any(unseen in said and "ANONYM" not in said for said in told.cleaning.suspicious)


def test_sales_without_a_customer_can_be_left_out(tmp_path):
    """Who wants customers' purchases alone says so; the report counts what is left out, and nothing is refused."""
    found = load(shop_of(no_customer="drop"), tmp_path)
    assert not len(found.nobodys)
    assert found.daily["quantity"].sum() == found.sales["quantity"].sum()
    assert found.cleaning.left_out[NOBODY] == len(sales_of()) - found.cleaning.kept


def test_two_strangers_who_buy_the_same_are_no_repeat(tmp_path):
    """Without receipts two cash sales of one product on one day are two sales; a receipt that stands twice is one."""
    shop = shop_of()
    first = shop.sales[shop.sales["cust"] == ""].iloc[:1]
    shop.sales = pd.concat([shop.sales, first], ignore_index=True)
    assert load(shop, _folder(tmp_path, "receipts")).cleaning.dropped["the same row twice"] == 1
    del shop.columns["basket"]
    found = load(shop, _folder(tmp_path, "none"))
    nobodys = int((shop.sales["cust"] == "").sum())
    assert found.nobodys["quantity"].sum() == nobodys
    assert not len(found.nobodys_orders), "the receipts of strangers are not known"


@pytest.mark.parametrize("clean", [{"no_customer": "keep"}, {"nobody": [""]}])
def test_other_words_are_refused(clean):
    """The keys take what they can mean and nothing else."""
    with pytest.raises(ValueError, match=r"no_customer|nobody"):
        CleanParams.model_validate(clean)


def _folder(path, name):
    folder = path / name
    folder.mkdir()
    return folder


def many_customers(weeks=WEEKS):
    """Return a shop of 200 customers whose receipts show two times in five no card."""
    shop = shop_of()
    shop.sales = sales_of(customers=CUSTOMERS, weeks=weeks)
    blank = np.random.Generator(np.random.Philox(5)).random(len(shop.sales)) < 0.4
    shop.sales.loc[blank, "cust"] = ""
    return shop


@cache
def model_of(folder):
    """Return a model of it."""
    return trained_once(
        "anonymous-sales", lambda: train(read_data_spec(many_customers().write(folder)), PARAMS, base=folder)
    )


@pytest.fixture
def model(tmp_path_factory):
    """The trained model, once."""
    return model_of(tmp_path_factory.getbasetemp())


def test_levels_are_those_of_the_whole_shop(model):
    """Baselines add up to what the shop sells (40 % too little before), and strangers have their part of them."""
    base = model.buyers.base.mean(axis=0)
    assert model.buyers.ids == (*model.groups.ids, ANONYMOUS)
    np.testing.assert_allclose(base.sum(axis=0), USUAL, rtol=0.06)
    np.testing.assert_allclose(base[-1], 0.4 * USUAL, rtol=0.10)
    assert model.buyers.customers[-1] == pytest.approx(CUSTOMERS * 0.4 / 0.6, rel=0.06)
    assert any(note.startswith("Sales without a customer are 4") or "39." in note for note in model.notes)


def test_lifts_are_those_of_all_sales(model):
    """Deals double sales of everybody in this shop; so they do among strangers."""
    depth = np.full((2, 1), 0.3)
    phi = promotion_features(depth, np.zeros_like(depth), np.zeros_like(depth))
    lift = category_lift(model.ensemble, model.buyers.features, phi).mean(axis=0)
    np.testing.assert_allclose(lift, 1.0, atol=0.2)


def test_model_file_keeps_them(model, tmp_path):
    """What is saved and read again has the same sales without a customer."""
    save_model(model, tmp_path / "model")
    again = load_model(tmp_path / "model").buyers
    np.testing.assert_array_equal(again.base, model.buyers.base)
    assert again.orders[-1] == model.buyers.orders[-1] and len(again.orders[-1]) > 1


def question(model, folder, **changes):
    """Write a scenario with a public and a targeted offer, and its model beside it."""
    if not (folder / "model").exists():
        save_model(model, folder / "model")
    asked = {
        "scenario": "cash",
        "currency": "EUR",
        "horizon": {"start": "2026-08-03", "periods": 2, "unit": "week"},
        "objective": "profit",
        "segments": {"learn": {}},
        "products": [{"id": "a", "category": "A", "unit_cost": 0.3}, {"id": "b", "category": "B", "unit_cost": 0.5}],
        "offers": [
            {"id": "cut", "mechanic": "price_discount", "depth": "20%", "layer": "public"},
            {"id": "code", "mechanic": "coupon", "depth": "15%", "layer": "targeted"},
        ],
        "effects": {"model": "model"},
    }
    path = folder / "cash.yaml"
    path.write_text(yaml.safe_dump(asked | changes, sort_keys=False))
    return path


def test_public_offers_reach_strangers_and_targeted_ones_never(model, tmp_path):
    """The plan may send nothing to a segment that nobody knows, and counts its sales under shelf prices."""
    problem = build_problem(question(model, tmp_path))
    grid = problem.grid
    strangers = grid.segment_index[ANONYMOUS]
    assert grid.allowed[0][..., 1:].all()
    sent = grid.allowed[1][..., 1:]
    assert not sent[strangers].any() and sent[np.arange(len(grid.segments)) != strangers].all()
    assert problem.effects.base_units[:, strangers].sum() > 0
    assert not grid.segments[strangers].known and "nobody is known" in grid.segments[strangers].size


def test_an_offer_for_strangers_alone_is_refused(model, tmp_path):
    """Nobody can be sent anything where sales have no customer, and the message says so."""
    code = {"id": "code", "mechanic": "coupon", "depth": "15%", "layer": "targeted"}
    with pytest.raises(InvalidInput, match="a segment whose customers are known"):
        load_scenario(question(model, tmp_path, offers=[code | {"applies_to": {"segments": [ANONYMOUS]}}]))


def test_a_list_without_them_is_told(model, tmp_path):
    """Who lists segments hears that sales without a customer are in none, and how to list them."""
    people = [{"id": name, "customers": 50} for name in model.groups.ids]
    path = question(model, tmp_path, segments=people)
    said = " ".join(score(model, load_scenario(path).scenario).effects.notes)
    assert "in no listed segment" in said and f"customers: {model.buyers.customers[-1]}}}" in said
    both = [*people, {"id": ANONYMOUS, "customers": int(model.buyers.customers[-1])}]
    found = score(model, load_scenario(question(model, tmp_path, segments=both)).scenario)
    assert "in no listed segment" not in " ".join(found.effects.notes)
    alone = found.effects.base_units[:, -1].sum(axis=2)
    np.testing.assert_allclose(alone, 2 * model.buyers.base[:, -1], rtol=1e-3)


def test_no_customer_is_placed_among_strangers(model, tmp_path):
    """Whoever is known by a name is in a segment of customers, however little is known of them."""
    scenario = load_scenario(question(model, tmp_path)).scenario
    scorer = purchase_scorer(model, scenario, scenario, scenario.offers)
    unknown = scorer.compare({name: np.full(3, np.nan) for name in scorer.numbers}, {}, None)
    assert (unknown.segment < len(model.groups.ids)).all()


def test_held_out_weeks_are_of_strangers_too(model):
    """What is sold without a customer is foreseen and compared like any segment's; the model says how well it was."""
    test = unpack(model.sections[SECTION], KeptTest).measured
    shelf_items = 4 + 2  # the products, and all else of each category
    assert test.cells == (len(model.groups.ids) + 1) * shelf_items * test.weeks
    missed = model.anonymous.tested
    assert missed == test.anonymous
    assert 0.05 < missed.promoted < missed.no_promotion < 0.7


def test_an_evaluation_says_what_it_missed_of_strangers(model, tmp_path):
    """The share of their units; of a model whose kept test is older it says that they are not in it."""
    data = many_customers().write(tmp_path)
    missed = model.anonymous.tested
    said = evaluate_purchases(model, data, params=PARAMS.ensemble).tested
    assert f"one of the segments: of their units on promoted cells {missed.promoted:.1%} are missed." in said
    kept = unpack(model.sections[SECTION], KeptTest)
    older = pack(replace(kept, measured=replace(kept.measured, anonymous=None)))
    older = replace(model, sections=model.sections | {SECTION: older})
    said = evaluate_purchases(older, data, params=PARAMS.ensemble).tested
    assert said.endswith("says nothing of sales without a customer; --refit tests these, too.")


def test_later_weeks_test_strangers(tmp_path_factory, model):
    """Weeks after the data of the model test its levels of strangers, too."""
    folder = tmp_path_factory.mktemp("later")
    shop = many_customers(weeks=WEEKS + 4)
    shop.data["test_until"] = "2026-08-30"
    held, panel = later_weeks(model, read_data_spec(shop.write(folder)), folder)
    assert held.anonymous and len(held.units) == len(panel.units) == len(model.groups.ids) + 1
    off, cells = held.unpromoted, 12
    assert (held.network[-1] * off).sum() == pytest.approx(cells * 0.4 * USUAL / 2, rel=0.1)


def test_the_segments_id_is_no_customers(model, tmp_path):
    """A till that writes the word for whoever shows no card makes no leak of it, and nobody is counted by it."""
    save_model(model, tmp_path / "model")
    found = contents(tmp_path / "model", ids=[ANONYMOUS, "c-00017"])
    assert not found.faults and any(ANONYMOUS in said for said in found.open)
    assert any("1 ids of the data" in said for said in found.checked)
    folder = tmp_path / "plans" / "problem"
    folder.mkdir(parents=True)
    (folder.parent / "plans.json").write_text("{}")
    segments = [{"id": "s1", "customers": 120}, {"id": ANONYMOUS, "customers": 40}]
    (folder / "scenario.json").write_text(json.dumps({"segments": segments}))
    found = contents(folder.parent)
    assert found.groups == (("s1", 120),) and not found.faults


def test_the_test_of_an_effect_on_strangers_is_theirs(model, tmp_path):
    """Trust in an effect on sales without a customer cites their own test; an older model says that it has none."""
    scenario = load_scenario(question(model, tmp_path)).scenario
    said = " ".join(explain_purchases(model, scenario, ANONYMOUS, "cut", None).trust)
    missed = model.anonymous.tested
    assert f"sales without a customer missed by {missed.promoted:.0%}" in said and "correlate" not in said
    older = replace(model.anonymous, tested=None)
    older = replace(model, sections=model.sections | {ANONYMOUS_SALES: pack(older)})
    said = " ".join(explain_purchases(older, scenario, ANONYMOUS, "cut", None).trust)
    assert "of segments of customers alone" in said and "missed by" not in said
    assert "missed by" in " ".join(explain_purchases(older, scenario, "s1", "cut", None).trust)
