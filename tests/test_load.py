# ruff: noqa: E501 - scenarios and tables stand as people write them
"""Loading finds a scenario by name or path, reads its files, applies what-ifs, and keeps what was read."""

import json

import pytest
from shop import FILES, load_shop, problems_of, write_shop

from scenarios.language.files import shipped
from scenarios.language.schema import Segment
from scenarios.language.templates import templates
from scenarios.language.values import Record
from scenarios.loading.load import load_scenario, read_effects, schema_json
from scenarios.problems import InvalidInput

EXAMPLE = """\
scenario: phone-flash-sale
title: 双十一手机限时促销
currency: CNY
horizon: {start: 2026-11-01, periods: 14, unit: day}
objective: profit                      # or weights: {profit: 1, revenue: 0.1}; or pareto: [profit, customers_reached]
money: {tax_rate: 13%, return_rate: 4%, fee_rate: 0.6%}
segments:
  - {id: students, customers: 120000, profile: {age: 21, orders_90d: 3.1, browse_minutes: 46}}
products:
  - {id: nova-12, category: mid-range, price: 2699, unit_cost: 1890, stock: 5200, arrivals: {2026-11-06: 1500}}
offers:
  - {id: off-15, mechanic: price_discount, depth: 15%, layer: public, funding: {vendor: nova, share: 40%}}
  - {id: flash-12, mechanic: flash_sale, depth: 12%, layer: public, max_run: 2, applies_to: {categories: [mid-range]}, funding: {vendor: nova, share: 70%}}
  - {id: save-200, mechanic: threshold, spend: 3000, save: 200, layer: targeted, channel: push, coverage: [25%, 50%, 100%]}
  - {id: buds, mechanic: gift, gift: earbuds, layer: targeted, channel: push}
gifts: [{id: earbuds, unit_cost: 89, stock: 3000}]
channels: [{id: push, cost_per_contact: 0.02, contacts_per_customer: {max: 3, days: 7}}]
limits:
  - {id: total-budget, measure: spend, max: 800000}
  - {id: coupon-budget, measure: spend, max: 200000, where: {mechanics: [coupon, threshold]}, at_risk: 95%}
  - {id: margin, measure: margin_rate, min: 8%}
rules:
  - {id: calm, rule: min_gap, periods: 3, per: [product], where: {mechanics: [flash_sale]}}
  - {id: no-launch-cut, rule: blackout, where: {products: [nova-12], periods: [2026-11-01..2026-11-02]}}
baskets: {table: phone-baskets.csv}
baseline: {table: phone-baseline.csv}
effects: {table: phone-effects.csv, lift_is: gross}
response: {fatigue: 0.25, fatigue_half_life: 3, pull_forward: {share: 10%, periods: 3}, cannibalisation: 0.2, halo: 0}
"""
"""Word for word from the definition of the scenario language."""


def _first_problem(*args, **kwargs):
    with pytest.raises(InvalidInput) as caught:
        load_scenario(*args, **kwargs)
    return str(caught.value.problems[0])


def test_the_languages_own_example_loads(tmp_path):
    """The worked example of the scenario language is a valid scenario, word for word."""
    tmp_path.joinpath("a.yaml").write_text(EXAMPLE, encoding="utf-8")
    tmp_path.joinpath("phone-baskets.csv").write_text("segment,order_value,orders,units\nstudents,2699,20,1\n")
    tmp_path.joinpath("phone-baseline.csv").write_text("segment,product,period,units\nstudents,nova-12,,40\n")
    effects = (
        "segment,product,period,offer,lift,take_up\n,,,off-15,.8,\n,,,flash-12,1,\n,,,save-200,.1,4%\n,,,buds,.5,0.7\n"
    )
    tmp_path.joinpath("phone-effects.csv").write_text(effects)
    loaded = load_scenario(tmp_path / "a.yaml")
    assert loaded.scenario.title == "双十一手机限时促销"
    assert loaded.scenario.offers[2].coverage == (0.25, 0.5, 1.0)
    assert read_effects(loaded).take_up[0, 1, 0].tolist() == [0, 0, 0.04, 0]


@pytest.mark.parametrize("name", [*shipped(), *(f"template-{name}" for name in templates())])
def test_every_shipped_scenario_and_template_loads(name):
    """What the package ships has no problem."""
    assert load_scenario(name).scenario.scenario == name


def test_a_bare_name_is_shipped_and_a_suffix_or_slash_is_a_path(tmp_path, monkeypatch):
    """Names and paths cannot be confused; where both exist, the command refuses and says so."""
    monkeypatch.chdir(tmp_path)
    write_shop(tmp_path)
    assert load_scenario("shop.yaml").name == "shop.yaml"
    assert load_scenario("./shop.yaml").scenario.scenario == "shop"
    assert load_scenario("phone-flash-sale").name == "phone-flash-sale.yaml"
    tmp_path.joinpath("phone-flash-sale.yaml").write_text(FILES["shop.yaml"])
    assert "expected one meaning, got a shipped scenario and the file ./phone-flash-sale.yaml" in _first_problem(
        "phone-flash-sale"
    )
    assert load_scenario("phone-flash-sale.yaml").scenario.scenario == "shop"


def test_unknown_names_are_answered_with_the_list(tmp_path, monkeypatch):
    """A misspelt name is met with the nearest one and all that exist; a file of that name with how to write it."""
    monkeypatch.chdir(tmp_path)
    write_shop(tmp_path)
    line = _first_problem("phone-flash-sael")
    assert "did you mean phone-flash-sale?" in line and ", ".join(shipped()) in line
    assert "write ./shop.yaml for your file" in _first_problem("shop")
    assert "did you mean shop.yaml?" in _first_problem("shpo.yaml")
    assert "got a folder" in _first_problem(tmp_path)
    assert "expected a shipped scenario or a path" in _first_problem("")


def test_a_scenario_that_is_no_mapping_is_refused(tmp_path):
    """A list, a text or a number at the top is answered in one line."""
    tmp_path.joinpath("a.yaml").write_text("- a\n- b\n")
    assert "expected key: value lines" in _first_problem(tmp_path / "a.yaml")


def test_what_was_read_is_kept(tmp_path):
    """The bytes of every file, the hash and the lines of all keys stay with the scenario."""
    loaded = load_shop(tmp_path)
    assert loaded.tables == {name: FILES[name].encode() for name in ("baseline.csv", "baskets.csv", "effects.csv")}
    assert loaded.raw == FILES["shop.yaml"].encode() and len(loaded.sha256) == 64
    assert loaded.positions.at(("offers", 1, "depth")).endswith("shop.yaml:16")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("limits.total-budgt.max=1", "did you mean total-budget?"),
        ("limit.total-budget.max=1", "did you mean limits?"),
        ("limits.total-budget.maxx=1", "expected a known key, got maxx; did you mean max?"),
        ("limits.total-budget.max=1e3", "a number in plain digits"),
        ("limits.total-budget.max=", "write a value, or null to remove the key"),
        ("limits.total-budget.max", "expected PATH=VALUE"),
        ("=3", "expected PATH=VALUE"),
        ("limits..max=3", "expected PATH=VALUE"),
        ("horizon.start.year=3", "nothing below horizon.start, a single value"),
        ("offers.cut-15.depth=20", "write 20% if that is meant"),
        ("title=a: b", "expected"),
        ("limits=[", "well-formed YAML"),
    ],
)
def test_bad_what_ifs_name_the_option(option, message, tmp_path):
    """A bad option is answered with the option itself as the place."""
    line = _first_problem(write_shop(tmp_path), [option])
    assert line.startswith(f"--set {option}: ") and message in line


def test_the_json_schema_knows_every_key():
    """Editors see every key with its meaning, and shares and amounts as people write them."""
    schema = json.loads(schema_json())
    assert schema["properties"].keys() >= {"scenario", "horizon", "offers", "effects"}
    offer = schema["$defs"]["Offer"]
    assert offer["additionalProperties"] is False and offer["description"]
    assert [choice["type"] for choice in offer["properties"]["depth"]["anyOf"]] == ["number", "string", "null"]
    missing = [
        f"{name}.{key}"
        for name, record in (("Scenario", schema), *schema["$defs"].items())
        for key, field in record.get("properties", {}).items()
        if not field.get("description")
    ]
    assert missing == []


def test_problems_are_the_same_every_time(tmp_path):
    """The same broken file gives the same lines in the same order."""
    edits = {"shop": {"depth: 15%": "depth: 15", "channel: push, coverage": "channel: pus, coverage"}}
    assert problems_of(tmp_path, **edits) == problems_of(tmp_path, **edits)


def test_records_stay_frozen():
    """A loaded scenario cannot be changed by accident."""
    assert issubclass(Segment, Record)
    with pytest.raises(ValueError, match="frozen"):
        Segment(id="a", customers=1).customers = 2
