"""campaign assign --rollout: whom a rollout keeps out gets no offer, however holdout and file name customers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import run
from customer_scores import OFFERS, frame, write
from held_rollouts import HELD, held_ids, rolled_out_twice
from plan_folders import basic_problem, good_lines, write_folder

from planner.assign.customers.customer_file import open_customers
from planner.assign.customers.held_out import find_held_out, read_holdout
from scenarios.answer.plan_files import sha256
from surrogate.data.files.pseudonyms import Pseudonyms, key_for

TIGHT = ("--set", "limits.total-budget.max=150")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan, 400 customers, and two rollouts that keep a tenth of them out: by pseudonyms and by ids."""
    return rolled_out_twice(tmp_path_factory.mktemp("rollouts"))


def reached_ids(folder: Path) -> set[str]:
    """Ids of those whom an audience of the rollout by pseudonyms names."""
    key = Pseudonyms(key_for(folder / "customers.key"))
    files = (each for each in (folder / "numbers").rglob("*.csv") if each.parent.name == "audiences")
    numbers = set().union(*(pd.read_csv(each)["customer"] for each in files))
    return {one for one in frame()["customer"] if key.number(one) in numbers}


def given(customers: Path, out: Path, *options: object) -> tuple[dict, pd.DataFrame]:
    """Assign and return the record and the table."""
    done = run("assign", "template-basic", customers, "--out", out, *TIGHT, *options, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout), pd.read_parquet(out)


@pytest.mark.parametrize("rollout", ["numbers", "ids"])
@pytest.mark.parametrize("named", ["ids", "pseudonyms"])
def test_whoever_is_held_out_gets_nothing_and_all_else_is_as_if_nothing_were_open(
    folder: Path, tmp_path: Path, rollout: str, named: str
) -> None:
    """Value, bound and prices are those of the same file with the values of these customers left blank."""
    rows = frame()
    held = rows["customer"].isin(
        held_ids(folder) if rollout == "numbers" else pd.read_csv(folder / "ids" / "holdout.csv")["customer"]
    )
    if named == "pseudonyms":
        key = Pseudonyms(key_for(folder / "customers.key"))
        rows["customer"] = [str(key.number(one)) for one in rows["customer"]]
    assert held.sum() == HELD
    options = ("--rollout", folder / rollout, "--key", folder / "customers.key")
    record, table = given(write(tmp_path / "all.csv", rows), tmp_path / "a.parquet", *options)
    assert record["held_out"]["customers"] == record["held_out"]["of"] == HELD
    assert table["offer"][held].isna().all()
    assert table["offer"][~held].notna().any()
    blank = rows.copy()
    blank.loc[held, [f"value_{offer}" for offer in OFFERS]] = np.nan
    other, same = given(write(tmp_path / "blank.csv", blank), tmp_path / "b.parquet")
    assert [record[key] for key in ("value", "bound", "given", "offers", "limits")] == [
        other[key] for key in ("value", "bound", "given", "offers", "limits")
    ]
    assert table["offer"].equals(same["offer"])
    assert other["held_out"] is None


@pytest.mark.parametrize("rollout", ["numbers", "ids"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_column_of_pseudonyms_stands_for_the_ids(folder: Path, tmp_path: Path, rollout: str, ending: str) -> None:
    """The same customers are held out, in assign and decide, whether the file names them by ids or by pseudonyms."""
    rows, key = frame(), Pseudonyms(key_for(folder / "customers.key"))
    held = rows["customer"].isin(held_ids(folder))
    rows = rows.rename(columns={"customer": "pseudonym"})
    rows["pseudonym"] = key.numbers(rows["pseudonym"])
    options = ("--rollout", folder / rollout, "--key", folder / "customers.key")
    out = tmp_path / "a.parquet"
    record, table = given(write(tmp_path / f"all.{ending}", rows), out, *options)
    assert record["held_out"]["customers"] == HELD
    assert table["customer"].tolist() == rows["pseudonym"].astype(str).tolist()
    assert table["offer"][held].isna().all()
    new = write(tmp_path / f"new.{ending}", rows.loc[held].head(2))
    done = run("decide", "template-basic", new, "--at", out, *TIGHT, *options, "--json")
    assert done.exit_code == 0, done.stderr
    assert [one["offer"] for one in json.loads(done.stdout)["customers"]] == [None, None]


def test_a_customer_reads_why(folder: Path, tmp_path: Path) -> None:
    """--why names the rollout as the reason, before a blank value, and the head counts who is held out."""
    rows, one = frame(), min(held_ids(folder))
    rows.loc[rows["customer"] == one, f"value_{OFFERS[0]}"] = np.nan
    options = ("--rollout", folder / "numbers", "--key", folder / "customers.key", "--why", one)
    customers = write(tmp_path / "c.csv", rows)
    record, _ = given(customers, tmp_path / "a.parquet", *options)
    (told,) = record["customers_explained"]
    reason = "held out: the rollout keeps this customer out of every offer"
    assert told["offer"] is None
    assert {option["why"] for option in told["options"]} == {reason}
    assert reason in told["sentence"]
    done = run("assign", "template-basic", customers, "--out", tmp_path / "a.parquet", *options)
    assert f"{HELD} customers held out by the rollout: no offer for them" in " ".join(done.stdout.split())


def test_ids_that_nobody_can_match_are_refused(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pseudonyms beside ids without the key, or with another one, would hold nobody out in silence; no key is made."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    customers, out = write(tmp_path / "c.csv", frame()), tmp_path / "a.parquet"
    arguments = ("assign", "template-basic", customers, "--out", out, "--rollout", folder / "numbers")
    done = run(*arguments)
    said = " ".join(done.stderr.split())
    assert done.exit_code == 2
    assert f"among the {HELD} who are held out, got none, with ids as they stand, and there is no key" in said
    assert "give --key FILE" in said
    assert not (tmp_path / "cache").exists()
    key_for(tmp_path / "other.key")
    other = run(*arguments, "--key", tmp_path / "other.key")
    assert other.exit_code == 2
    assert "got none, with ids as they stand or as pseudonyms under your key" in " ".join(other.stderr.split())
    missing = run(*arguments, "--key", tmp_path / "none.key")
    assert missing.exit_code == 2
    assert not out.exists()


def test_a_small_file_may_well_hold_nobody(folder: Path, tmp_path: Path) -> None:
    """Three customers who are not held out: offers are assigned, with the chance of it, or because names match."""
    rows, held = frame(), held_ids(folder)
    reached = rows["customer"].isin(reached_ids(folder))
    few = rows.loc[reached & ~rows["customer"].isin(held)].head(3)
    options = ("--rollout", folder / "numbers", "--key", folder / "customers.key")
    record, table = given(write(tmp_path / "few.csv", few), tmp_path / "a.parquet", *options)
    (told,) = [one for one in record["assumed"] if "none of the file's customers is among the 41 held out" in one]
    assert told.endswith("others whom the rollout names are in it, so their names match")
    assert record["held_out"]["customers"] == 0 and len(table) == 3
    strangers = few.assign(customer=["stranger-1", "stranger-2", "stranger-3"])
    record, _ = given(write(tmp_path / "strangers.csv", strangers), tmp_path / "b.parquet", *options)
    (told,) = [one for one in record["assumed"] if "none of the file's customers" in one]
    assert "of 3 customers, by chance in 72% of such files, because 10.2% of all are held out" in told


def test_a_large_file_of_the_rollouts_own_customers_is_no_doubt(folder: Path, tmp_path: Path) -> None:
    """None of 359 who are left is held out, which no chance explains; the audiences tell that names match."""
    rows, held = frame(), held_ids(folder)
    rest = write(tmp_path / "rest.csv", rows.loc[~rows["customer"].isin(held)])
    options = ("--rollout", folder / "numbers", "--key", folder / "customers.key")
    done = run("assign", "template-basic", rest, "--out", tmp_path / "a.parquet", *TIGHT, *options, "--json")
    assert done.exit_code == 0, done.stderr
    assert "so their names match" in " ".join(json.loads(done.stdout)["assumed"])


def test_a_customer_is_counted_once_however_often_named(folder: Path, tmp_path: Path) -> None:
    """A holdout of 7 and 8 in whose file stands 7.0 beside 8.0 is two customers, none of them missing."""
    place = tmp_path / "rollout"
    place.mkdir()
    manifest = json.loads((folder / "ids" / "manifest.json").read_text())
    place.joinpath("holdout.csv").write_text("customer,segment\n7,regulars\n7.0,regulars\n8,regulars\n")
    manifest["files"]["holdout.csv"] = {"sha256": sha256((place / "holdout.csv").read_bytes()), "rows": 3}
    place.joinpath("manifest.json").write_text(json.dumps(manifest))
    customers = write(tmp_path / "c.csv", frame().head(3).assign(customer=["7.0", "8", "9"]))
    held = find_held_out(read_holdout(place, "template-basic"), open_customers(customers), lambda: None)
    assert (held.counted.customers, held.counted.of, held.hashes.size) == (2, 2, 2)


def test_pseudonyms_beside_ids_without_a_key_are_refused_however_few(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One id beside pseudonyms cannot match: no chance is told of what was not compared."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    one = write(tmp_path / "one.csv", frame().head(1))
    done = run("assign", "template-basic", one, "--out", tmp_path / "a.csv", "--rollout", folder / "numbers")
    assert done.exit_code == 2 and "and there is no key" in " ".join(done.stderr.split())


def test_what_is_missing_of_a_holdout_is_told(folder: Path, tmp_path: Path) -> None:
    """Half of the customers: the record counts whom of the holdout the file lacks."""
    record, _ = given(write(tmp_path / "c.csv", frame().head(200)), tmp_path / "a.parquet", "--rollout", folder / "ids")
    held = record["held_out"]
    assert 0 < held["customers"] < held["of"] == HELD
    assert f"{HELD - held['customers']} of the {HELD} customers held out are not in the file" in record["assumed"]


def test_a_plan_without_its_rollout_says_that_no_holdout_is_heeded(folder: Path, tmp_path: Path) -> None:
    """One line under what is assumed, and none where the rollout is given; decide follows the assignment."""
    customers = write(tmp_path / "c.csv", frame())
    quotas = ("--quotas", folder / "plans", "--date", "2027-03-05")
    out = tmp_path / "a.parquet"
    told = []
    for options in ((), ("--rollout", folder / "ids")):
        done = run("assign", "template-basic", customers, "--out", out, *quotas, *options, "--json")
        assert done.exit_code == 0, done.stderr
        told.append([one for one in json.loads(done.stdout)["assumed"] if "no holdout is heeded" in one])
    assert [len(one) for one in told] == [1, 0]
    kept = pd.read_csv(folder / "ids" / "holdout.csv")["customer"]
    new = write(tmp_path / "new.csv", frame().loc[frame()["customer"].isin(kept)].head(2))
    unheeded = run("decide", "template-basic", new, "--at", out)
    assert "here nobody is held out without --rollout" in " ".join(unheeded.stdout.split())
    heeded = run("decide", "template-basic", new, "--at", out, "--rollout", folder / "ids", "--json")
    assert [one["offer"] for one in json.loads(heeded.stdout)["customers"]] == [None, None]
    others = write(tmp_path / "others.csv", frame().loc[~frame()["customer"].isin(kept)].head(2))
    none = run("decide", "template-basic", others, "--at", out, "--rollout", folder / "ids")
    assert none.exit_code == 0
    assert f"none of the file's customers is among the {HELD} held out" in " ".join(none.stdout.split())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("edited", "holdout.csv as it was written (manifest.json has its hash), got a changed one"),
        ("gone", "the file holdout.csv, which its manifest lists, got none"),
        ("foreign", "a rollout of template-basic, got one of other"),
        ("nobody", "a rollout that drew a holdout (holdout.csv), got one without customers"),
        ("plan", "expected a rollout of plan 2, got one of plan 1"),
        ("folder", "expected a folder that campaign export --rollout wrote, got no manifest.json"),
    ],
)
def test_a_rollout_that_is_not_this_campaigns_is_refused(folder: Path, tmp_path: Path, change: str, said: str) -> None:
    """Changed, foreign or incomplete folders get one message, and nothing is written."""
    place = tmp_path / "rollout"
    place.mkdir()
    manifest = json.loads((folder / "ids" / "manifest.json").read_text())
    holdout = (folder / "ids" / "holdout.csv").read_text()
    options: tuple[object, ...] = ()
    if change == "edited":
        holdout = holdout.rsplit("\n", 2)[0] + "\n"
    elif change == "foreign":
        manifest["scenario"] = "other"
    elif change == "nobody":
        del manifest["files"]["holdout.csv"]
    elif change == "plan":
        problem = basic_problem()
        write_folder(problem, tmp_path / "two", good_lines(problem), good_lines(problem)[:4])
        manifest["plans_sha256"] = sha256((tmp_path / "two" / "plans.json").read_bytes())
        options = ("--quotas", tmp_path / "two", "--plan", "2")
    if change != "gone":
        (place / "holdout.csv").write_text(holdout)
    if change != "folder":
        (place / "manifest.json").write_text(json.dumps(manifest))
    customers, out = write(tmp_path / "c.csv", frame()), tmp_path / "a.parquet"
    done = run("assign", "template-basic", customers, "--out", out, "--rollout", place, *options)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert not out.exists()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--key", "customers.key", "--key: option: expected --rollout OUT beside it"),
        ("--plan", "2", "--plan: option: expected --quotas DIR beside it"),
    ],
)
def test_an_option_that_means_something_beside_another_one_is_refused_alone(
    option: str, value: str, said: str, folder: Path, tmp_path: Path
) -> None:
    """--key is of a rollout, and --plan of quotas: nobody believes that they did something."""
    arguments = ("assign", "template-basic", folder / "customers.csv", "--out", tmp_path / "a.csv")
    done = run(*arguments, option, value)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_numbers_and_texts_are_the_same_ids(folder: Path, tmp_path: Path) -> None:
    """Whole floats, integers and their text name the same customers, as pseudonyms do; blank ids name nobody."""
    place = tmp_path / "rollout"
    place.mkdir()
    (place / "holdout.csv").write_text("customer,segment\n7,a\n12,a\n")
    digest = sha256((place / "holdout.csv").read_bytes())
    manifest = {
        "format": "campaign-rollout/1",
        "scenario": "s",
        "plans_sha256": "0" * 64,
        "plan": 1,
        "files": {"holdout.csv": {"sha256": digest, "rows": 2}},
    }
    (place / "manifest.json").write_text(json.dumps(manifest))
    holdout = read_holdout(place, "s")
    for name, ids in (
        ("a.csv", ["7.0", "8", ""]),
        ("b.csv", [" 7 ", "8", ""]),
        ("c.parquet", [7.0, 8.0, None]),
        ("d.parquet", pd.array([7, 8, None], dtype="Int64")),
    ):
        file = open_customers(write(tmp_path / name, pd.DataFrame({"customer": ids, "x": 1})))
        held = find_held_out(holdout, file, lambda: None)
        assert held.counted.customers == 1
