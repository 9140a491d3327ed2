"""The rollout: prices and audiences as planned, no customer of the holdout in any audience, same inputs same bytes."""

import csv
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import LINES, Running, line, running_shop
from hypothesis import given
from hypothesis import strategies as st
from plan_folders import write_folder
from typer.testing import CliRunner

from planner.cli import app
from planner.flight.rollout.design import DesignParams, SegmentHoldout, design_holdouts
from planner.flight.rollout.segments_together import together
from surrogate.data.files.pseudonyms import Pseudonyms, key_for
from surrogate.flight.measure.power import Buying, buying_of, counted_outcome, detectable_lift, holdout_needed, power_of

SEGMENTS = ("young", "old")


case = running_shop


@pytest.fixture
def folder(case: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the plan and a file of 500 customers; the key of the pseudonyms lies there, too."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    write_folder(case.problem, tmp_path / "plan", LINES)
    rows = [f"c{number},{SEGMENTS[number % 2]},{number}" for number in range(500)]
    (tmp_path / "customers.csv").write_text("\n".join(["customer,segment,age", *rows]) + "\n")
    return tmp_path


def export(folder: Path, *options: str, code: int = 0) -> str:
    """Run the command; returns what it says."""
    arguments = ["export", str(folder / "plan"), "--rollout", str(folder / "out"), *options]
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == code, found.output
    return found.output


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hashes(folder: Path) -> dict[str, str]:
    """Hash of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_twice_the_same(folder: Path) -> None:
    """The command run twice leaves the same bytes, and the manifest seals every other file."""
    options = ("--customers", str(folder / "customers.csv"), "--holdout", "10%")
    export(folder, *options)
    first = hashes(folder / "out")
    export(folder, *options)
    assert hashes(folder / "out") == first
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == {
        name: digest for name, digest in first.items() if name != "manifest.json"
    }
    assert not [path for path in folder.iterdir() if path.name.startswith(".")], "no draft is left behind"


def test_on_a_full_disk_the_older_rollout_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to do, and nothing changes."""
    export(folder)
    before = hashes(folder / "out")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    said = " ".join(export(folder, code=2).split())
    assert "got no space left on device; make room, or choose another --rollout" in said
    assert hashes(folder / "out") == before


def test_prices_follow_the_public_lines(folder: Path) -> None:
    """Every product and day has its price, cut where a public price runs and nowhere else."""
    export(folder)
    rows = table(folder / "out" / "prices.csv")
    assert len(rows) == 3 * 7
    by_key = {(row["first_day"], row["product"]): row for row in rows}
    assert by_key["2026-11-04", "phone-pro"]["price"] == "3399.15"
    assert by_key["2026-11-04", "phone-pro"]["offer"] == "cut-15"
    assert by_key["2026-11-02", "case"]["price"] == by_key["2026-11-02", "case"]["regular_price"] == "79.00"
    assert sum(row["offer"] == "cut-15" for row in rows) == 5


def test_nobody_of_the_holdout_is_in_an_audience(folder: Path) -> None:
    """Audiences hold whom the plan reaches, by pseudonym, and none of those kept out."""
    export(folder, "--customers", str(folder / "customers.csv"), "--holdout", "10%")
    held = {row["customer"] for row in table(folder / "out" / "holdout.csv")}
    assert len(held) == 50
    files = sorted((folder / "out" / "audiences").iterdir())
    assert [path.name for path in files] == [
        "2026-11-02_coupon-20.csv",
        "2026-11-04_coupon-20.csv",
        "2026-11-05_save-200.csv",
        "2026-11-06_coupon-20.csv",
    ]
    for path in files:
        rows = table(path)
        assert not held & {row["customer"] for row in rows}
        assert len(rows) == 225, "250 customers of the segment less 25 kept out, at a coverage of 100 %"
        assert not any(row["customer"].startswith("c") for row in rows)
    calendar = table(folder / "out" / "calendar.csv")
    named = {row["audience"] for row in calendar if row["layer"] == "targeted"}
    assert named == {f"audiences/{path.name}" for path in files}


def test_no_audience_is_larger_than_its_coverage(case: Running, folder: Path) -> None:
    """Half of 251 customers are 125 whole ones: one more would be above what limits on contacts and customers count."""
    half = [line(day, "case", "coupon-20", "young", 0.5) for day in (2, 4, 6)]
    write_folder(case.problem, folder / "plan", (*LINES[:5], *half, LINES[-1]))
    with (folder / "customers.csv").open("a") as file:
        file.write("c500,young,7\n")
    export(folder, "--customers", str(folder / "customers.csv"))
    assert len(table(folder / "out" / "audiences" / "2026-11-02_coupon-20.csv")) == 125


def test_ids_are_written_only_where_asked(folder: Path) -> None:
    """With --ids the audience holds the ids that the customer system knows."""
    export(folder, "--customers", str(folder / "customers.csv"), "--ids")
    rows = table(folder / "out" / "audiences" / "2026-11-02_coupon-20.csv")
    assert all(row["customer"].startswith("c") for row in rows)


def test_the_same_customers_are_drawn_whether_ids_or_pseudonyms_are_written(folder: Path) -> None:
    """Holdout and every audience name the same people in the same order; another key draws others."""
    options = ("--customers", str(folder / "customers.csv"), "--holdout", "10%")
    found = []
    for name, more in (("numbers", ()), ("ids", ("--ids",)), ("other", ("--ids", "--key", str(folder / "other.key")))):
        export(folder, *options, *more)
        (folder / "out").rename(folder / name)
        files = ["holdout.csv", *(f"audiences/{each.name}" for each in sorted((folder / name / "audiences").iterdir()))]
        found.append({file: [row["customer"] for row in table(folder / name / file)] for file in files})
    numbers, ids, other = found
    key = Pseudonyms(key_for())
    assert {file: [str(key.number(one)) for one in names] for file, names in ids.items()} == numbers
    assert set(other["holdout.csv"]) != set(ids["holdout.csv"])


def designed(
    case: Running, people: list[int], params: DesignParams, buyings: tuple[Buying, ...] = ()
) -> tuple[SegmentHoldout, ...]:
    """The holdouts of the running plan."""
    return design_holdouts(case.frozen, case.model, case.plan, people, params, buyings)


def test_the_holdout_is_sized_by_what_is_planned(case: Running) -> None:
    """Where the planned lift can be shown, its power is at least 80 %; more kept out detects less; words say so."""
    many = [200_000, 300_000]
    by_lift = designed(case, many, DesignParams())
    assert [each.segment for each in by_lift] == ["young", "old"]
    for each in by_lift:
        assert each.power >= 0.8 or each.held == round(0.1 * each.customers)
        assert f"{each.held:,} of {each.customers:,} customers" in each.sentence()
    small, large = (designed(case, many, DesignParams(holdout=share))[0] for share in (0.02, 0.2))
    assert small.detects is not None
    assert large.detects is not None
    assert small.detects > large.detects
    assert together(by_lift) is not None
    none = designed(case, many, DesignParams(holdout=0.0))[0]
    assert none.detects is None
    assert "cannot be measured" in none.sentence()
    assert power_of(counted_outcome(1.0), 10, 0, 0.5) == 0.0


def test_what_cannot_be_shown_is_said_and_what_would_show_it(case: Running) -> None:
    """Too small a holdout names the share that is enough, and that share is; where none is, it says none."""
    few = designed(case, [20, 20], DesignParams())[0]
    assert few.needs is None
    assert few.power < 0.2
    assert "cannot show the effect in this segment alone, and no share up to 50% would" in few.sentence()
    enough = designed(case, [200_000, 300_000], DesignParams())[0]
    assert enough.power >= 0.8
    assert enough.needs is not None
    assert "cannot" not in enough.sentence()
    part = enough.needs / 4 / enough.customers
    small = designed(case, [200_000, 300_000], DesignParams(holdout=part))[0]
    found = re.search(r"cannot .*show the effect; a share of ([\d.]+)% would", small.sentence())
    assert found
    told = DesignParams(holdout=float(found[1]) / 100)
    assert designed(case, [200_000, 300_000], told)[0].power >= 0.8


def test_a_lift_that_never_happens_is_not_told_as_detected(case: Running) -> None:
    """Too few customers: no sentence speaks of thousands of percent, nor of about 0 units that are given up."""
    few = designed(case, [20, 20], DesignParams())
    for each in few:
        assert "too few customers and sales to measure any lift up to 300%" in each.sentence()
        assert "detects" not in each.sentence()
        assert "gives up less than one unit" in replace(each, costs=0.2).cost_sentence()
    assert together(few) == "all segments together: too few customers and sales to measure any lift up to 300%"
    assert "gives up about 1 unit" in replace(few[0], costs=0.9).cost_sentence() + "."
    assert "gives up no units" in replace(few[0], costs=0.0).cost_sentence()
    assert "too few" in replace(few[0], detects=None).sentence()


@given(mean=st.floats(1e-9, 50.0), treated=st.integers(1, 10**6), held=st.integers(1, 10**6))
def test_a_detectable_lift_has_its_power_and_else_is_infinite(mean: float, treated: int, held: int) -> None:
    """The lift that is said to show with 80 % power does; where none is said to, none does, however large."""
    outcome = counted_outcome(mean)
    lift = detectable_lift(outcome, treated, held)
    if lift == float("inf"):
        assert all(power_of(outcome, treated, held, huge) < 0.8001 for huge in (1.0, 1e3, 1e6))
    else:
        assert power_of(outcome, treated, held, lift) == pytest.approx(0.8, abs=1e-3)


def test_the_largest_holdout_that_helps_is_tried() -> None:
    """Where customers with offers vary more, less than half is best: what is found there is not called impossible."""
    outcome, lift = counted_outcome(0.01), 3.0
    people = next(n for n in range(50, 5000) if power_of(outcome, n - n // 3, n // 3, lift) >= 0.8)
    assert power_of(outcome, people - people // 2, people // 2, lift) < 0.8
    needed = holdout_needed(outcome, people, lift)
    assert needed is not None
    assert power_of(outcome, people - needed, needed, lift) >= 0.8


def test_without_customers_nothing_is_said_to_be_drawn(folder: Path) -> None:
    """What a holdout would be is worded as such until customers are given."""
    said = " ".join(export(folder).split())
    assert "would be kept out of every audience, once customers are given" in said
    assert "keeping them out would give up about" in said
    assert "are kept out" not in said
    said = " ".join(export(folder, "--customers", str(folder / "customers.csv")).split())
    assert "are kept out of every audience" in said
    assert "would be kept out" not in said


def test_the_past_of_customers_tells_how_they_differ(case: Running, folder: Path) -> None:
    """Rates that differ more need larger holdouts; a column ``before`` tells it, else the spread is assumed."""
    rng = np.random.Generator(np.random.Philox(3))
    even, uneven = rng.poisson(2.0, 4000), rng.poisson(2.0 * rng.gamma(0.5, 2.0, 4000))
    one, other = buying_of(even * 1.0), buying_of(uneven * 1.0)
    assert one is not None
    assert other is not None
    assert one.spread == pytest.approx(0.0, abs=0.2)
    assert other.spread == pytest.approx(2**0.5, rel=0.1)
    assert buying_of(even[:50] * 1.0) is None
    many = [200_000, 300_000]
    one, other = (
        design_holdouts(
            case.frozen, case.model, case.plan, many, DesignParams(holdout=0.1), [Buying(spread=spread)] * 2
        )[0]
        for spread in (0.5, 2.0)
    )
    assert one.detects is not None
    assert other.detects is not None
    assert one.detects < other.detects
    assert "assumed: customers' own rates" in export(folder).replace("\n", " ")
    rows = [f"c{number},{SEGMENTS[number % 2]},{number % 3}" for number in range(500)]
    (folder / "past.csv").write_text("\n".join(["customer,segment,before", *rows]) + "\n")
    assert "assumed" not in export(folder, "--customers", str(folder / "past.csv"))


@pytest.mark.parametrize(("lot", "shape"), [(1.0, 1.0), (2.0, 1.0), (3.0, 4.0)])
def test_lots_and_differing_rates_are_told_apart(lot: float, shape: float) -> None:
    """Both raise the variance, but what a shorter or longer campaign brings hangs on which of them it was."""
    rng = np.random.Generator(np.random.Philox(4))
    before = lot * rng.poisson(1.5 * rng.gamma(shape, 1.0 / shape, 40_000))
    found = buying_of(before)
    assert found is not None
    assert found.lot == pytest.approx(lot, rel=0.1)
    assert found.spread == pytest.approx(shape**-0.5, rel=0.1)


def test_unusable_inputs_are_said_and_nothing_is_written(folder: Path) -> None:
    """Other folders, customers and shares: one clear message each, exit code 2, no folder."""
    (folder / "out").mkdir()
    (folder / "out" / "mine.txt").write_text("mine")
    assert "a folder with other things" in export(folder, code=2).replace("\n", " ")
    (folder / "out" / "mine.txt").unlink()
    (folder / "broken.csv").write_text("customer,segment\na,young\na,old\n")
    assert "each customer once" in export(folder, "--customers", str(folder / "broken.csv"), code=2).replace("\n", " ")
    (folder / "broken.csv").write_text("customer,segment\na,yung\n")
    assert "young" in export(folder, "--customers", str(folder / "broken.csv"), code=2)
    (folder / "broken.csv").write_text("id,age\na,3\n")
    assert export(folder, "--customers", str(folder / "broken.csv"), code=2).count("broken.csv:1: header") == 2
    assert "0% to 50%" in export(folder, "--holdout", "70%", code=2).replace("\n", " ")
    both = export(folder, "--holdout", "much", "--switchback", "-1%", code=2)
    assert "--holdout: share" in both
    assert "--switchback: share" in both
    assert not any((folder / "out").iterdir())
    lonely = CliRunner().invoke(app, ["export", str(folder / "plan"), "--holdout", "10%"])
    assert lonely.exit_code == 2
    assert "add --rollout OUT" in lonely.output.replace("\n", " ")
