"""The check names every tampering with its place, and says 2 where a file cannot be read."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from few_futures import few_futures
from forgery import edit_json, rehash
from plan_directory import Figure, edit, phone_plans, plans_to_spoil, said

from constraints.checking.check import check
from scenarios.problems import InvalidInput

_few_futures = few_futures

pristine = phone_plans
folder = plans_to_spoil


def test_an_untouched_directory_has_no_differences(pristine):
    """Everything that was written is what is recomputed."""
    report = check(pristine)
    assert report.differences == ()
    assert report.unproven == ()
    assert len(report.reports) == 2


def test_rewriting_the_same_figures_is_no_lie(folder):
    """Another layout of the same JSON is named as such, and nothing else."""
    edit(folder, lambda data: None)
    assert [text.split(":")[0] for text in said(folder)] == ["plans.json"]


def test_changed_spend_is_named(folder):
    """A line's spend names plan, line and both amounts."""

    def change(data):
        data["plans"][0]["lines"][4]["spend"] = Figure("1.00")

    edit(folder, change)
    found = said(folder)
    assert any("plans[0].lines[4]" in text and "spend" in text and "got 1.00" in text for text in found)


def test_changed_total_by_one_cent_is_named(folder):
    """One cent more profit names the total."""
    written = json.loads((folder / "plans.json").read_text("utf-8"), parse_float=str)
    profit = written["plans"][1]["outcome"]["profit"]
    more = f"{float(profit) + 0.01:.2f}"
    edit(folder, lambda data: data["plans"][1]["outcome"].update(profit=Figure(more)))
    assert f"plans.json: plans[1].outcome.profit: expected {profit}, got {more}" in said(folder)


def test_a_total_that_its_sums_do_not_reach_differs(folder):
    """A discount that is stated a cent too high stands beside cells and lines that lead elsewhere; all else adds up."""
    written = json.loads((folder / "plans.json").read_text("utf-8"), parse_float=str)
    stated = Decimal(written["plans"][0]["outcome"]["discount"]) + Decimal("0.01")
    edit(folder, lambda data: data["plans"][0]["outcome"].update(discount=Figure(str(stated))))
    report = check(folder)
    apart = [row for rows in report.reconciled for row in rows if not row.ok]
    assert [row.total for row in apart] == ["discount"] and apart[0] in report.reconciled[0]
    assert apart[0].cells == apart[0].lines == stated - Decimal("0.01")


def test_changed_offer_is_named(folder):
    """Another offer in a line names the line that was sold and the one that is claimed."""

    def change(data):
        line = next(x for x in data["plans"][0]["lines"] if x["offer"].startswith("nova-cut-12"))
        line["offer"] = "nova-cut-18"

    edit(folder, change)
    assert any("expected nova-cut-12 on" in text and "got nova-cut-18 on" in text for text in said(folder))


def test_removed_line_is_named(folder):
    """A line that cells.parquet still holds is missed by name."""
    gone = {}
    edit(folder, lambda data: gone.update(data["plans"][0]["lines"].pop(2)))
    found = said(folder)
    assert any(gone["offer"] in text and gone["product"] in text and "no such line" in text for text in found)


def test_doubled_line_is_named(folder):
    """The second of two lines in one place is named."""
    edit(folder, lambda data: data["plans"][0]["lines"].insert(3, dict(data["plans"][0]["lines"][2])))
    assert any("plans[0].lines[3]" in text and "a second one" in text for text in said(folder))


def test_swapped_lines_are_named(folder):
    """Lines out of order are no other plan, but they are named."""

    def change(data):
        lines = data["plans"][0]["lines"]
        lines[0], lines[5] = lines[5], lines[0]

    edit(folder, change)
    found = said(folder)
    assert any("plans[0].lines[0]" in text and "out of order" in text for text in found)


def test_raised_limit_in_the_answer_is_named(folder):
    """A higher limit in plans.json names limit and both amounts."""

    def change(data):
        next(x for x in data["plans"][0]["limits"] if x["id"] == "total-budget")["limit"] = Figure("900000.00")

    edit(folder, change)
    place = "plans.json: plans[0].limits.total-budget.limit: expected 800000.00, got 900000.00"
    assert place in said(folder)


def test_raised_limit_in_the_question_is_named(folder):
    """A higher limit in problem/ is found against the question's own bytes, by key."""
    path = folder / "problem" / "scenario.json"
    path.write_text(path.read_text("utf-8").replace('"max": "800000"', '"max": "900000"'), "utf-8")
    found = said(folder)
    assert any("problem/scenario.json: limits.total-budget.max: expected 800000, got 900000" in text for text in found)


def test_changed_effects_are_named(folder):
    """One changed lift names its segment, product, period and offer."""
    from scenarios.answer.effects_file import packed, unpacked

    path = folder / "problem" / "effects.npz"
    arrays = unpacked(path.read_bytes(), "here")
    place = tuple(np.argwhere(arrays["lift"] > 0)[0])
    arrays["lift"][place] *= 1.5
    path.write_bytes(packed(arrays))
    assert any("effects.npz: lift of students, lite-8, 2026-11-01" in text for text in said(folder))


def test_changed_cell_is_named(folder):
    """One unit more in cells.parquet names plan, cell and column."""
    path = folder / "cells.parquet"
    table = pq.read_table(io.BytesIO(path.read_bytes()))
    units = table.column("units").to_numpy().copy()
    units[7] += 1
    table = table.set_column(table.column_names.index("units"), "units", pa.array(units))
    pq.write_table(table, path)
    assert any("cells.parquet: plan 1, cell, lite-8 for students on 2026-11-08, units" in t for t in said(folder))


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("bound", lambda data: data.update(bound=Figure("1000001.00"))),
        ("plans[1].optimism", lambda data: data["plans"][1].update(optimism=Figure("0.02"))),
        ("plans[0].baselines", lambda data: data["plans"][0]["baselines"].update(greedy=Figure("13.50"))),
        ("plans[0].limits.shadow_price", lambda d: d["plans"][0]["limits"][0].update(shadow_price=Figure("0.5"))),
        ("plans[0].lines.why", lambda data: data["plans"][0]["lines"][0].update(why="because")),
        ("assumed", lambda data: data["assumed"].clear()),
    ],
)
def test_sealed_values_are_named(folder, place, change):
    """What no recomputation can prove is known by its seal, and named."""
    edit(folder, change)
    assert any(f"plans.json: {place}: expected the value that was sealed" in text for text in said(folder))


@pytest.mark.parametrize("name", ["plans.json", "cells.parquet", "problem/effects.npz", "problem/scenario.json"])
def test_truncated_files_cannot_be_used(folder, name):
    """Half a file is unusable input (exit code 2), named by its path."""
    path = folder / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InvalidInput, match=Path(name).name.replace(".", r"\.")):
        check(folder)


@pytest.mark.parametrize("name", ["plans.json", "cells.parquet", "problem/hashes.json", "problem/problem.json"])
def test_missing_files_cannot_be_used(folder, name):
    """A missing file is unusable input, named by its path."""
    (folder / name).unlink()
    with pytest.raises(InvalidInput, match=Path(name).name.replace(".", r"\.")):
        check(folder)


def leaves(data, place=()):
    """Yield the place of every figure."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*place, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from leaves(value, (*place, number))
    elif isinstance(data, Figure):
        yield place


def test_any_changed_figure_is_found(folder):
    """A figure picked anywhere in plans.json and raised by one is found and named by its last key."""
    original = (folder / "plans.json").read_text("utf-8")
    rng = np.random.Generator(np.random.Philox(8))
    places = list(leaves(json.loads(original, parse_float=Figure)))
    for number in rng.choice(len(places), size=4, replace=False):
        *path, key = places[number]

        def change(data, path=path, key=key):
            for step in path:
                data = data[step]
            data[key] = Figure(f"{float(data[key].strip('<>')) + 1:.6f}")

        (folder / "plans.json").write_text(original, "utf-8")
        edit(folder, change)
        assert any(str(key) in text for text in said(folder)), places[number]


def test_a_directory_without_plans_is_named(folder):
    """All plans taken out: the rows that cells.parquet still holds are missed."""
    edit(folder, lambda data: data["plans"].clear())
    assert any("plan 1" in text for text in said(folder))


def test_folders_of_before_errors_were_kept_still_pass(folder):
    """No error of optimism, no range of quantiles, no share of losses: older folders have none, nor seals of them."""

    def older(data):
        data.pop("cross_fit_error")
        for plan in data["plans"]:
            for name in ("optimism_error", "uniform_offer"):
                plan.pop(name)
            plan["outcome"].pop("loss_share")
            for found in plan["outcome"]["quantiles"].values():
                for name in ("p05_low", "p05_high", "p95_low", "p95_high"):
                    found.pop(name)

    edit_json(folder, "plans.json", older)
    rehash(folder)
    assert said(folder) == []
    sealed = json.loads((folder / "problem" / "hashes.json").read_text("utf-8"))["sealed"]
    assert not any("error" in place or "uniform" in place for place in sealed)


@pytest.mark.parametrize("value", ["0.5", None])
def test_a_changed_error_of_optimism_is_named(folder, value):
    """It is known by its seal: made larger or taken away, optimism would look like luck."""
    edit_json(folder, "plans.json", lambda data: data["plans"][0].update(optimism_error=Decimal("0.01")))
    rehash(folder)
    assert said(folder) == []
    changed = None if value is None else Decimal(value)
    edit_json(folder, "plans.json", lambda data: data["plans"][0].update(optimism_error=changed))
    assert any("plans[0].optimism_error" in text for text in said(folder))
