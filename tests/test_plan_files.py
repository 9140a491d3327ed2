"""A plan directory: written whole or not at all, byte for byte the same, read back as it was."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from plan_directory import plans_of, sparse_plan, write_directory
from scenario_factory import rng_of, tiny_scenario

from scenarios.answer import plan_files
from scenarios.answer.archive import Frozen, from_files, to_files
from scenarios.answer.cells_file import AMOUNTS, from_bytes, of_cells, to_bytes
from scenarios.answer.json_records import dump, parse
from scenarios.answer.plan import PlanSet
from scenarios.answer.plan_files import read_plans
from scenarios.language.schema import Scenario
from scenarios.problems import InvalidInput


def tiny_frozen(seed: int) -> Frozen:
    """Return a frozen tiny problem whose question is only a stub of bytes."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed))
    return Frozen(
        scenario=scenario,
        name="tiny.yaml",
        raw=b"scenario: tiny\n",
        overrides=("limits.total-budget.max=5",),
        tables={"effects.csv": b"a,b\n", "../other/base.csv": b"c\n"},
        effects=effects,
        baskets=baskets,
        custom={"waste": np.ones_like(effects.take_up)},
        seed=4,
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_problem_survives_the_archive(seed):
    """Scenario, effects, baskets and everything else come back equal."""
    frozen = tiny_frozen(seed)
    again = from_files(to_files(frozen), where="problem")
    assert again.scenario == frozen.scenario
    assert again.baskets == frozen.baskets
    assert (again.name, again.raw, again.overrides, again.tables) == (
        frozen.name,
        frozen.raw,
        frozen.overrides,
        frozen.tables,
    )
    for name in ("base_units", "base_cv", "lift", "lift_sd", "take_up", "take_up_cv"):
        assert np.array_equal(getattr(again.effects, name), getattr(frozen.effects, name))
    assert again.effects.evidence == frozen.effects.evidence
    assert np.array_equal(again.custom["waste"], frozen.custom["waste"])


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_set_survives_its_text(seed):
    """Reading plans.json gives the records that were written, digits included."""
    frozen = tiny_frozen(seed)
    plan_set, _ = plans_of(frozen, [sparse_plan(frozen, seed, 0.4)])
    text = plan_set.to_json()
    assert PlanSet.from_json(text) == plan_set
    assert PlanSet.from_json(text).to_json() == text


def test_the_same_plans_give_the_same_bytes(tmp_path):
    """Every file of two runs is equal."""
    frozen = tiny_frozen(1)
    for name in ("one", "two"):
        write_directory(tmp_path / name, frozen, [sparse_plan(frozen, 1, 0.3), sparse_plan(frozen, 2, 0.3)])
    assert read_plans(tmp_path / "one").raw == read_plans(tmp_path / "two").raw


def test_cells_hold_every_amount(tmp_path):
    """Sums over cells.parquet are the totals of plans.json, plan by plan, to the cent."""
    frozen = tiny_frozen(2)
    plan_set, books = plans_of(frozen, [sparse_plan(frozen, 1, 0.5), sparse_plan(frozen, 2, 0.5)])
    frame = from_bytes(to_bytes(books), where="cells.parquet").to_pandas()
    for plan in plan_set.plans:
        rows = frame[frame["plan"] == plan.rank]
        spend = rows[["discount", "gift_cost", "contact_cost", "fixed_cost"]].to_numpy().sum() - rows["funding"].sum()
        sold = rows[rows["account"] == "cell"]
        margin = sold["sales"].sum() - sold["cost"].sum() - sold["fees"].sum() - rows["discount"].sum()
        margin += rows["fee_spared"].sum() + rows["funding"].sum()
        assert Decimal(int(spend)).scaleb(-2) == plan.outcome.spend == sum(line.spend for line in plan.lines)
        assert Decimal(int(margin)).scaleb(-2) == plan.outcome.margin
        assert Decimal(int(sold["units"].sum())).scaleb(-3) == plan.outcome.units
    assert set(AMOUNTS) <= set(frame.columns)


def test_nothing_half_written_is_left(tmp_path, monkeypatch):
    """Where writing fails midway, the older directory stands as it was and nothing else remains."""
    frozen = tiny_frozen(1)
    folder = tmp_path / "plans"
    write_directory(folder, frozen, [sparse_plan(frozen, 1, 0.3)])
    before = read_plans(folder).raw
    real = plan_files.Path.write_bytes

    def fail(path, raw):
        if path.name == "hashes.json":
            raise OSError(28, "No space left on device")
        return real(path, raw)

    monkeypatch.setattr(plan_files.Path, "write_bytes", fail)
    with pytest.raises(InvalidInput, match="no space left"):
        write_directory(folder, frozen, [sparse_plan(frozen, 2, 0.3)])
    assert read_plans(folder).raw == before
    assert [path.name for path in tmp_path.iterdir()] == ["plans"]


def test_an_older_directory_is_replaced_and_its_guests_stay(tmp_path):
    """Files that others put beside the plans survive; older plans do not."""
    frozen = tiny_frozen(1)
    folder = tmp_path / "plans"
    write_directory(folder, frozen, [sparse_plan(frozen, 1, 0.3), sparse_plan(frozen, 2, 0.3)])
    (folder / "lines.csv").write_text("kept")
    write_directory(folder, frozen, [sparse_plan(frozen, 3, 0.3)])
    assert len(read_plans(folder).plan_set.plans) == 1
    assert (folder / "lines.csv").read_text() == "kept"


def test_other_folders_are_never_overwritten(tmp_path):
    """A folder with other things, or a file, is refused."""
    frozen = tiny_frozen(1)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("thesis", "file"):
        with pytest.raises(InvalidInput, match="choose another --out"):
            write_directory(tmp_path / name, frozen, [sparse_plan(frozen, 1, 0.3)])
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty file"),
        ('{"format": 1', "whole JSON"),
        ('{"format": "a", "format": "b"}', "twice"),
        ('{"format": NaN}', "finite"),
        ('{"format": "campaign-plans/1"}', "a value"),
        (
            '{"format": "campaign-plans/0", "rank": 1}',
            "format: expected campaign-plans/1, got campaign-plans/0; plan again",
        ),
        ("[]", "keys and values"),
    ],
)
def test_broken_plan_sets_are_refused_in_words(text, said):
    """What is no plan set is named: where, expected, got."""
    with pytest.raises(InvalidInput, match=said):
        PlanSet.from_json(text)


@pytest.mark.parametrize("seed", [-1, 2**128])
def test_a_seed_that_draws_nothing_is_refused(seed):
    """Commands that draw futures again by the seed of a folder say what is wrong with it."""
    frozen = tiny_frozen(0)
    plan_set, _ = plans_of(frozen, [sparse_plan(frozen, 0, 0.4)])
    text = plan_set.to_json().replace(f'"seed": {plan_set.seed},', f'"seed": {seed},')
    with pytest.raises(InvalidInput, match="seed: expected a whole number of at least 0"):
        PlanSet.from_json(text)


def test_json_keeps_digits_and_refuses_what_is_not_finite():
    """Decimals keep their zeros, minus zero loses its sign, NaN is refused."""
    data = {"a": Decimal("1234.50"), "b": Decimal("-0.00"), "c": -0.0, "d": [], "e": 1e-7}
    text = dump(data)
    assert '"a": 1234.50' in text
    assert '"b": 0.00' in text
    assert parse(text, where="x")["a"] == Decimal("1234.50")
    assert json.loads(text)["c"] == 0.0
    with pytest.raises(ValueError, match="nan"):
        dump({"a": float("nan")})


def test_scenarios_survive_their_json():
    """The resolved scenario is read back equal, for every kind of key."""
    from scenarios.loading.load import load_scenario

    scenario = load_scenario("phone-flash-sale").scenario
    text = json.dumps(scenario.model_dump(mode="json", by_alias=True))
    assert Scenario.model_validate(json.loads(text)) == scenario


def test_an_unwritable_place_is_known_before_anything_is_planned(tmp_path):
    """A file in the way of the folder is refused at once; a folder that can be made is not, and nothing is left."""
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(InvalidInput, match="a folder that can be written"):
        plan_files.refuse_unwritable(tmp_path / "notes" / "plans")
    plan_files.refuse_unwritable(tmp_path / "new" / "plans")
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_rows_of_cells_are_told_from_all_other_words() -> None:
    """Texts are compared whole, in a part of a table too, and where no row holds any."""
    words = ["cell", "cells", "cel", "", "públ", "cell", "llec"]
    table = pa.table({"account": pa.array(words, pa.string())})
    assert of_cells(table).tolist() == [word == "cell" for word in words]
    assert of_cells(table.slice(3, 3)).tolist() == [False, False, True]
    assert of_cells(pa.concat_tables([table, table])).tolist() == [word == "cell" for word in words * 2]
    assert of_cells(table.slice(0, 0)).tolist() == []
    assert of_cells(pa.table({"account": pa.array(["", ""], pa.string())})).tolist() == [False, False]
