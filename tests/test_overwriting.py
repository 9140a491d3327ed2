"""No command writes over what is not its own older output: tables, plans made by hand, what is just read."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from assign_files import own_template
from command_line import run
from customer_scores import frame, write
from few_futures import few_futures
from flight_case import LINES, Running, running_shop
from lived import lived_units, write_actuals
from plan_folders import basic_problem, good_lines, template_plans, write_folder

from planner.export.plan_files import LINE_COLUMNS, export_csv
from planner.export.profile_tables import is_profile_table
from planner.flight.measure.lessons import EARLIER_COLUMNS, LESSON_COLUMNS
from planner.overwriting import columns_of, overwritten
from scenarios.answer.plan_files import read_plans
from scenarios.answer.plans_kept import refuse_other_plans
from scenarios.problems import InvalidInput
from surrogate.model_file import check_target

_few_futures = few_futures

HAND_MADE = "date,product,segment,offer,coverage,quantity\n2027-03-01,kettle,*,home-page,1,\n"


def refused(*command: object, kept: Path, words: str) -> None:
    """A command answers 2 with one line of these words, and a file is as it was."""
    before = kept.read_bytes()
    result = run(*command)
    assert result.exit_code == 2, result.output
    told = [line for line in result.stderr.splitlines() if "expected" in line]
    assert len(told) == 1 and words in told[0], result.stderr
    assert kept.read_bytes() == before


plans = template_plans


shop = running_shop
"""The small shop, running."""


def test_an_assignment_never_takes_the_place_of_a_table_that_is_read(tmp_path: Path) -> None:
    """The scenario's tables and the customers' file stay as they are, however their names are spelled."""
    scenario = own_template(tmp_path)
    customers = write(tmp_path / "customers.csv", frame(20))
    for name in ("basic-baseline.csv", "basic-effects.csv", "basic-baskets.csv"):
        kept = tmp_path / name
        words = f"expected another file than the scenario's own {name}"
        refused("assign", scenario, customers, "--out", kept, kept=kept, words=words)
        refused("assign", scenario, customers, "--out", tmp_path / ".." / tmp_path.name / name, kept=kept, words=words)
    words = "expected another file than the customers' own"
    refused("assign", scenario, customers, "--out", customers, kept=customers, words=words)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_assignment_replaces_an_older_one_and_nothing_else(ending: str, tmp_path: Path) -> None:
    """Another table is refused; an empty file, and what an older run wrote, is replaced by the same bytes."""
    scenario = own_template(tmp_path)
    customers = write(tmp_path / "customers.csv", frame(20))
    out = tmp_path / f"assigned.{ending}"
    write(out, pd.DataFrame({"customer": ["a"], "offer": ["x"], "value": [1.0]}))
    words = "expected no file, or the table of an older assignment"
    refused("assign", scenario, customers, "--out", out, kept=out, words=words)
    assert not out.with_suffix(".json").exists()
    out.write_bytes(b"")
    assert run("assign", scenario, customers, "--out", out).exit_code == 0
    first = out.read_bytes()
    assert run("assign", scenario, customers, "--out", out).exit_code == 0
    assert out.read_bytes() == first
    out.with_suffix(".json").unlink()
    assert run("assign", scenario, customers, "--out", out).exit_code == 0, "its columns tell it, too"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """Whoever reads it would wait for ever; it is named as what it is."""
    os.mkfifo(tmp_path / "pipe.csv")
    (problem,) = overwritten(tmp_path / "pipe.csv", option="--out", older="an older one", is_older=lambda _: True)
    assert problem.got == "a pipe or device"
    (folder,) = overwritten(tmp_path, option="--out", older="an older one", is_older=lambda _: True)
    assert folder.got == "a folder"


def test_a_table_without_uses_is_known_by_its_record(tmp_path: Path) -> None:
    """Where no limit counts anything the columns are anybody's: then the record beside the table must be there."""
    scenario = own_template(tmp_path)
    text = scenario.read_text("utf-8").replace(", stock: 900", "")
    scenario.write_text("\n".join(row for row in text.splitlines() if "-budget, measure" not in row) + "\n", "utf-8")
    customers = write(tmp_path / "customers.csv", frame(20))
    out = tmp_path / "assigned.csv"
    assert run("assign", scenario, customers, "--out", out).exit_code == 0
    assert columns_of(out) == ("customer", "offer", "value")
    assert run("assign", scenario, customers, "--out", out).exit_code == 0
    out.with_suffix(".json").unlink()
    words = "expected no file, or the table of an older assignment"
    refused("assign", scenario, customers, "--out", out, kept=out, words=words)


def test_lessons_never_take_the_place_of_the_actuals(shop: Running, tmp_path: Path) -> None:
    """Not of the file that is just read, nor of any other table; older lessons are replaced."""
    write_folder(shop.problem, tmp_path / "plan", LINES)
    units = lived_units(shop.model, shop.frozen.effects, shop.plan, seed=3)[0]
    actuals, other = tmp_path / "a.csv", tmp_path / "other.csv"
    write_actuals(actuals, shop.frozen, shop.model, shop.plan, units, 4)
    command = ("report", tmp_path / "plan", actuals, "--lessons")
    refused(*command, actuals, kept=actuals, words="expected another file than the actuals' own")
    other.write_text("name,offer\nmine,x\n", "utf-8")
    refused(*command, other, kept=other, words="expected no file, or older lessons")
    for columns in (LESSON_COLUMNS, *EARLIER_COLUMNS):
        other.write_text(",".join(columns) + "\nold,,,,0.1,0.1" + "," * (len(columns) - 6) + "\n", "utf-8")
        assert run(*command, other).exit_code == 0
        assert "old" not in other.read_text("utf-8")


@pytest.mark.parametrize("name", ["lines.csv", "limits.csv", "bridge.csv", "claims.csv", "departments.csv"])
def test_an_export_never_takes_the_place_of_a_plan_made_by_hand(name: str, plans: Path, tmp_path: Path) -> None:
    """One foreign table is enough: nothing of the export is written, neither beside it nor as a workbook."""
    kept = tmp_path / name
    kept.write_text(HAND_MADE, "utf-8")
    command = ("export", plans, "--csv", "--out", tmp_path, "--xlsx", tmp_path / "plan.xlsx")
    refused(*command, kept=kept, words=f"expected no file, or {name} of an older export")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_exports_are_renewed_in_their_own_place(plans: Path, tmp_path: Path) -> None:
    """Twice into the plan's own folder, twice into another one: the same bytes, and extra files stay."""
    for out in (None, tmp_path / "ex"):
        command = ("export", plans, "--csv", *(() if out is None else ("--out", out)))
        folder = plans / "csv" if out is None else out
        assert run(*command).exit_code == 0
        (folder / "notes.txt").write_text("mine", "utf-8")
        first = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert columns_of(folder / "lines.csv") == LINE_COLUMNS
        assert run(*command).exit_code == 0
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    taken = tmp_path / "taken"
    taken.write_text("mine", "utf-8")
    refused("export", plans, "--out", taken, kept=taken, words="expected a folder, or none yet, got a file")


def test_the_function_refuses_as_the_command_does(tmp_path: Path) -> None:
    """Who calls ``export_csv`` from Python is kept from the same mistake."""
    problem = basic_problem()
    plan = write_folder(problem, tmp_path / "plans", good_lines(problem)).plans[0]
    (tmp_path / "bridge.csv").write_text("a,b\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"bridge\.csv of an older export"):
        export_csv(read_plans(tmp_path / "plans"), plan, tmp_path)
    assert not (tmp_path / "lines.csv").exists()


def _saved_by_somebody(path: Path) -> None:
    """Save a workbook again as a spreadsheet program does: under the name of who sits before it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "docProps/core.xml"
    parts[name] = parts[name].replace(b"lastModifiedBy>campaign-planner<", b"lastModifiedBy>Finance<")
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


def _no_archive(path: Path) -> None:
    path.write_bytes(b"mine")


@pytest.mark.parametrize("change", [_saved_by_somebody, _no_archive])
def test_a_workbook_that_somebody_changed_is_kept(change: Callable[[Path], None], plans: Path, tmp_path: Path) -> None:
    """An export as it was written is renewed; one that finance has saved, and any other file, is not."""
    book = tmp_path / "plan.xlsx"
    command = ("export", plans, "--xlsx", book)
    assert run(*command).exit_code == 0
    first = book.read_bytes()
    assert run(*command).exit_code == 0
    assert book.read_bytes() == first
    change(book)
    refused(*command, kept=book, words="expected no file, or an older export that nobody has changed")


def test_a_rollout_is_not_replaced_together_with_what_others_put_there(shop: Running, tmp_path: Path) -> None:
    """Notes and customers in the folder of an older rollout would go with it: nothing at all is written then."""
    write_folder(shop.problem, tmp_path / "plan", LINES)
    out = tmp_path / "out"
    command = ("export", tmp_path / "plan", "--rollout", out)
    assert run(*command).exit_code == 0
    assert run(*command).exit_code == 0
    customers = out / "customers.csv"
    customers.write_text("customer,segment\na,young\nb,old\n", "utf-8")
    words = "an older rollout with nothing else in it"
    also = ("--customers", customers, "--ids", "--csv", "--out", tmp_path / "tables")
    refused(*command, *also, kept=customers, words=words)
    assert not (tmp_path / "tables").exists()
    customers.unlink()
    prices = out / "prices.csv"
    refused(*command, "--customers", prices, kept=prices, words=words)


def test_a_refused_rollout_leaves_no_tables_behind(shop: Running, tmp_path: Path) -> None:
    """Customers that cannot be read are found before the tables and the workbook are written."""
    write_folder(shop.problem, tmp_path / "plan", LINES)
    customers = tmp_path / "customers.csv"
    customers.write_text("customer,segment\na,yung\n", "utf-8")
    others = ("--csv", "--out", tmp_path / "tables", "--xlsx", tmp_path / "plan.xlsx")
    command = ("export", tmp_path / "plan", "--rollout", tmp_path / "out", "--customers", customers, "--ids")
    refused(*command, *others, kept=customers, words="young")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["customers.csv", "plan"]


def test_a_sweep_finds_what_is_in_its_way_before_it_plans(tmp_path: Path) -> None:
    """A document, a table or a folder of another's under a name that a sweep would write."""
    command = ("sweep", "template-basic", "--vary", "limits.total-budget.max=3000,5000", "--out", tmp_path)
    kept = tmp_path / "sweep.json"
    kept.write_text("{}", "utf-8")
    refused(*command, kept=kept, words="or one with an older sweep")
    kept.write_text('{\n "format": "campaign-sweep/1"\n}\n', "utf-8")
    table = tmp_path / "sweep.csv"
    table.write_text("mine\n1\n", "utf-8")
    refused(*command, kept=table, words="expected no file, or the table of an older sweep")
    table.unlink()
    inside = tmp_path / "point-002" / "mine.txt"
    inside.parent.mkdir()
    inside.write_text("mine", "utf-8")
    refused(*command, kept=inside, words="an older plan directory to replace, got a folder with other things")


def test_plans_never_take_the_place_of_anothers_plans_json(tmp_path: Path) -> None:
    """The name alone does not make a plan folder: the format must stand in it."""
    kept = tmp_path / "plans.json"
    kept.write_text('{"plans": ["mine"]}', "utf-8")
    command = ("plan", "template-basic", "--effort", "quick", "--out", tmp_path)
    refused(*command, kept=kept, words="got a folder with other things")


def test_plans_of_another_scenario_are_never_replaced(plans: Path, tmp_path: Path) -> None:
    """What finance approved for one campaign does not go because the next one was planned to the same folder."""
    folder = shutil.copytree(plans, tmp_path / "approved")
    scenario = own_template(tmp_path)
    command = ("plan", scenario, "--effort", "quick", "--out", folder)
    words = "expected a new folder, or an older one of basic, got plans of template-basic; choose another --out"
    refused(*command, kept=folder / "plans.json", words=words)


def test_signed_plans_are_replaced_by_signed_ones_only(plans: Path, tmp_path: Path) -> None:
    """Planned again without a key, a folder that somebody signed stays as it is."""
    folder = shutil.copytree(plans, tmp_path / "approved")
    (folder / "signature.json").write_text("{}", "utf-8")
    refuse_other_plans(folder, "template-basic", signs=True)
    command = ("plan", "template-basic", "--effort", "quick", "--out", folder)
    refused(*command, kept=folder / "plans.json", words="got none, in place of signed ones; add --key KEY")


def test_training_never_takes_the_place_of_anothers_model(tmp_path: Path) -> None:
    """A ``model.json`` of another program is no model of ours; one of any version of ours is replaced."""
    (tmp_path / "model.json").write_text('{"weights": 3}', "utf-8")
    with pytest.raises(InvalidInput, match="an older model to replace"):
        check_target(tmp_path)
    (tmp_path / "model.json").write_text('{\n "format": "campaign-model/1",\n', "utf-8")
    check_target(tmp_path)


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("segment,name,customers,share,weekend share,axis 1", True),
        ("pseudonym,segment,name", True),
        ("row,segment,name", True),
        ("then,now,verdict,distance,customers then", True),
        ("customer,segment,name,mail", False),
        ("customer,segment", False),
        ("segment,name", False),
        ("", False),
    ],
)
def test_tables_of_profiles_are_known_by_their_columns(header: str, ours: bool, tmp_path: Path) -> None:
    """Each of the three tables is known, and no others."""
    path = tmp_path / "table.csv"
    path.write_text(f"{header}\n1,2,3\n", "utf-8")
    assert is_profile_table(path) is ours


@pytest.mark.parametrize("other", ["same.html", "same.html/out"])
def test_two_outputs_in_one_place_are_refused_with_nothing_written(plans: Path, tmp_path: Path, other: str) -> None:
    """A page and a folder of the same name, or a folder inside the page: neither is there afterwards."""
    result = run("export", plans, "--html", tmp_path / "same.html", "--csv", "--out", tmp_path / other)
    assert result.exit_code == 2 and "--out" in result.stderr and "another place than --html" in result.stderr
    assert not (tmp_path / "same.html").exists()
