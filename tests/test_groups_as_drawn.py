"""``report --customers --rollout``: the groups that a file tells are compared with whom the rollouts keep out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command_line import run
from customer_scores import frame
from held_rollouts import HELD, held_ids, rolled_out_twice

from surrogate.data.files.pseudonyms import Pseudonyms, key_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan, its actuals, and two rollouts that keep a tenth of 400 customers out: by pseudonyms and by ids."""
    place = rolled_out_twice(tmp_path_factory.mktemp("rollouts"))
    (place / "actuals.csv").write_text("date,product,units,revenue\n2027-03-01,espresso-1kg,200,3980\n")
    return place


def units(folder: Path, rollout: str = "numbers") -> pd.DataFrame:
    """Units of every customer, with the groups as one rollout drew them."""
    rows = frame()[["customer", "segment"]]
    ids = held_ids(folder) if rollout == "numbers" else set(pd.read_csv(folder / "ids" / "holdout.csv")["customer"])
    rows["group"] = rows["customer"].isin(ids).map({True: "holdout", False: "treated"})
    return rows.assign(units=1)


def reported(folder: Path, rows: pd.DataFrame, tmp_path: Path, *options: object, name: str = "numbers") -> Any:
    """Report with these customers beside a rollout."""
    rows.to_csv(tmp_path / "units.csv", index=False)
    given = ("--customers", tmp_path / "units.csv", "--rollout", folder / name, *options, "--json")
    return run("report", folder / "plans", folder / "actuals.csv", *given)


def notes(done: Any) -> str:
    """What is said of groups that were not compared."""
    assert done.exit_code == 0, done.stderr
    return " ".join(each for each in json.loads(done.stdout)["notes"] if "not compared" in each)


def swapped(rows: pd.DataFrame) -> pd.DataFrame:
    """The same with the groups the other way round."""
    return rows.assign(group=rows["group"].map({"treated": "holdout", "holdout": "treated"}))


@pytest.mark.parametrize("rollout", ["numbers", "ids"])
@pytest.mark.parametrize("column", ["customer", "pseudonym"])
def test_swapped_groups_are_refused_however_customers_are_named(
    folder: Path, tmp_path: Path, rollout: str, column: str
) -> None:
    """Groups as they were drawn pass; the other way round, both mistakes are counted."""
    key, rows = Pseudonyms(key_for(folder / "customers.key")), units(folder, rollout)
    if column == "pseudonym":
        rows["customer"] = key.numbers(rows["customer"])
    rows = rows.rename(columns={"customer": column})
    options = ("--key", folder / "customers.key")
    assert notes(reported(folder, rows, tmp_path, *options, name=rollout)) == ""
    done = reported(folder, swapped(rows), tmp_path, *options, name=rollout)
    assert done.exit_code == 2
    assert f"{400 - HELD} of 400 customers told as holdout whom no rollout keeps out" in done.output
    assert f"{HELD} of 400 customers told as treated whom every rollout keeps out" in done.output
    assert len(json.loads(done.output)["problems"]) == 2


def test_one_customer_in_the_wrong_group_is_named(folder: Path, tmp_path: Path) -> None:
    """Nothing else is refused, and rows of several products of one customer count once."""
    rows = units(folder, "ids")
    first = rows["group"].eq("treated").idxmax()
    rows.loc[first, "group"] = "holdout"
    rows = pd.concat([rows.assign(product="kettle"), rows.assign(product="filter-1kg")])
    done = reported(folder, rows, tmp_path, name="ids")
    assert done.exit_code == 2
    assert f"1 of 400 customers told as holdout whom no rollout keeps out ({frame()['customer'][first]})" in (
        done.output
    )
    assert "told as treated" not in done.output


def test_whom_only_one_of_several_rollouts_keeps_out_may_be_in_either_group(folder: Path, tmp_path: Path) -> None:
    """A campaign that was planned again has several; the second one here keeps nobody out whom the first reaches."""
    rows = units(folder, "ids")
    other = tmp_path / "more"
    done = run(
        *("export", folder / "plans", "--rollout", other, "--customers", folder / "customers.csv"),
        *("--holdout", "20%", "--ids", "--key", folder / "customers.key"),
    )
    assert done.exit_code == 0, done.output
    assert notes(reported(folder, rows, tmp_path, "--rollout", other, name="ids")) == ""
    rows["group"] = rows["customer"].isin(pd.read_csv(other / "holdout.csv")["customer"])
    rows["group"] = rows["group"].map({True: "holdout", False: "treated"})
    assert notes(reported(folder, rows, tmp_path, "--rollout", other, name="ids")) == ""
    assert reported(folder, rows, tmp_path, name="ids").exit_code == 2


def test_nothing_is_refused_while_the_names_of_one_rollout_are_not_found(folder: Path, tmp_path: Path) -> None:
    """Groups as a second rollout drew them are right, though its pseudonyms are of another key than was given."""
    other, own = tmp_path / "more", tmp_path / "own.key"
    done = run(
        *("export", folder / "plans", "--rollout", other, "--customers", folder / "customers.csv"),
        *("--holdout", "20%", "--key", own),
    )
    assert done.exit_code == 0, done.output
    held = {int(each) for each in pd.read_csv(other / "holdout.csv")["customer"]}
    rows = units(folder, "ids")
    numbers = Pseudonyms(key_for(own)).numbers(rows["customer"])
    rows["group"] = ["holdout" if number in held else "treated" for number in numbers]
    assert (rows["group"] != units(folder, "ids")["group"]).any()
    given = ("--rollout", other, "--key", folder / "customers.key")
    said = notes(reported(folder, rows, tmp_path, *given, name="ids"))
    assert f"none of its customers is among those whom {other} names" in said
    assert f"(what {folder / 'ids'} drew does not settle it)" in said
    alone = reported(folder, rows, tmp_path, "--key", folder / "customers.key", name="ids")
    assert alone.exit_code == 2 and f"in {folder / 'ids' / 'holdout.csv'}" in alone.output


def test_what_cannot_be_compared_is_said(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the key, without names, and of a rollout that kept nobody out."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    rows = swapped(units(folder))
    assert "none of its customers is among those whom" in notes(reported(folder, rows, tmp_path))
    assert "give --key FILE" in notes(reported(folder, rows, tmp_path))
    nameless = rows.drop(columns="customer")
    assert "the file does not name its customers (column customer)" in notes(reported(folder, nameless, tmp_path))
    assert run("export", folder / "plans", "--rollout", tmp_path / "bare").exit_code == 0
    done = reported(folder, rows, tmp_path, name=str(tmp_path / "bare"))
    assert "drew no holdout (export it with --customers FILE)" in notes(done)


@pytest.mark.parametrize("named", [("--ids",), ()])
def test_ids_that_lost_their_leading_zeros_are_told_as_such(
    folder: Path, tmp_path: Path, named: tuple[str, ...]
) -> None:
    """A spreadsheet made 00123 of 123: neither is the group wrong nor does a key help, and the message says what is."""
    rows = frame()[["customer", "segment"]]
    rows["customer"] = [f"{number:05d}" for number in range(9_800, 9_800 + len(rows))]
    rows.to_csv(tmp_path / "own.csv", index=False)
    other, key = tmp_path / "zeros", ("--key", folder / "customers.key")
    given = ("--customers", tmp_path / "own.csv", "--holdout", "20%", *named, *key)
    assert run("export", folder / "plans", "--rollout", other, *given).exit_code == 0
    held = {str(each) for each in pd.read_csv(other / "holdout.csv", dtype=str)["customer"]}
    numbers = rows["customer"] if named else Pseudonyms(key_for(key[1])).numbers(rows["customer"]).astype(str)
    rows["group"] = ["holdout" if number in held else "treated" for number in numbers]
    rows = rows.assign(units=1)
    assert notes(reported(folder, rows, tmp_path, *key, name=str(other))) == ""
    some = rows.assign(customer=[int(one) for one in rows["customer"]])
    done = reported(folder, some, tmp_path, *key, name=str(other))
    said = notes(done) if done.exit_code == 0 else done.output
    first = next(one for one, group in zip(rows["customer"], rows["group"], strict=True) if group == "holdout")
    assert (
        f"ids lost their leading zeros, as spreadsheets take them off ({int(first)} is {first} in the rollout)" in said
    )
    assert "take the group from" not in said and "--key FILE" not in said


def test_a_key_without_customers_is_refused(folder: Path) -> None:
    """It would do nothing."""
    done = run(
        *("report", folder / "plans", folder / "actuals.csv", "--rollout", folder / "ids"),
        *("--key", folder / "customers.key"),
    )
    assert done.exit_code == 2
    assert "--key: option: expected --customers FILE and --rollout OUT beside it" in " ".join(done.stderr.split())
