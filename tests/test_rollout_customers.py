"""A customers' file that lacks a planned segment: the case slip is guessed, and audiences without anybody are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flight_case import LINES, Running, running_shop
from plan_folders import write_folder
from typer.testing import CliRunner

from planner.cli import app
from surrogate.data.files.pseudonyms import Pseudonyms, default_key_path, key_for

YOUNG, OLD = 4000, 6000
"""Customers that the shop's plans count on."""


case = running_shop
"""The shop, running: a coupon to the young on three days, a threshold to the old on one."""


@pytest.fixture
def folder(case: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the plan."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    write_folder(case.problem, tmp_path / "plan", LINES)
    return tmp_path


def says(folder: Path, segments: list[str]) -> list[str]:
    """Export for customers of some segments, and return what is said."""
    rows = [f"c{number},{segment}" for number, segment in enumerate(segments)]
    (folder / "customers.csv").write_text("\n".join(["customer,segment", *rows]) + "\n")
    out = str(folder / "out")
    options = ["--rollout", out, "--customers", str(folder / "customers.csv"), "--json"]
    found = CliRunner().invoke(app, ["export", str(folder / "plan"), *options])
    assert found.exit_code == 0, found.output
    return list(json.loads(found.stdout)["says"])


def test_a_case_slip_is_guessed_and_empty_audiences_are_named(folder: Path) -> None:
    """`Young` for `young`: who is left out, what was meant, and which audiences are empty come first."""
    first, second, *rest = says(folder, ["Young"] * 100 + ["old"] * OLD)
    assert first == (
        'warning: 100 customers are in segment "Young", which the scenario does not know: did you mean young?'
    )
    days = ", ".join(f"coupon-20 on 2026-11-0{day}" for day in (2, 4, 6))
    assert second == f"warning: the file has no customer of young, whose planned audiences are empty: {days}"
    assert not any(each.startswith("warning") for each in rest)


def test_a_segment_that_is_not_there_at_all_is_named_too(folder: Path) -> None:
    """Without any unknown segment, an audience that has nobody to draw from is still told."""
    (warning,) = [each for each in says(folder, ["young"] * YOUNG) if each.startswith("warning")]
    assert warning.endswith("no customer of old, whose planned audiences are empty: save-200 on 2026-11-05")


def test_nothing_is_said_where_everybody_is_there(folder: Path) -> None:
    """Customers of all planned segments, as many as the plan counts on or nearly so, give no warning."""
    assert not any(each.startswith("warning") for each in says(folder, ["young"] * (YOUNG + 100) + ["old"] * OLD))


def test_another_number_of_customers_than_planned_is_told(folder: Path) -> None:
    """Twice as many messages, and half as many, are no surprise of the day on which they go out."""
    (warning,) = [each for each in says(folder, ["young"] * 8000 + ["old"] * 3000) if each.startswith("warning")]
    assert "(young 8,000 customers for 4,000, old 3,000 customers for 6,000): messages, uses and spend" in warning


BROKEN = {
    "a past beyond all measure": (["a,young,1e200", "b,old,2"], "before: expected a number of at most 1,000,000,000"),
    "a past below none": (["a,young,-1", "b,old,2"], "before: expected a number of at least 0, got -1"),
    "one customer as two numbers": (["7,young,1", "7.0,young,2"], 'expected each customer once, got "7" of line 2'),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_customers_that_cannot_be_are_refused(folder: Path, name: str) -> None:
    """One line, and no rollout: 1e200 units broke the sums of the power, 7 and 7.0 have one pseudonym."""
    rows, words = BROKEN[name]
    (folder / "customers.csv").write_text("\n".join(["customer,segment,before", *rows]) + "\n")
    options = ["--rollout", str(folder / "out"), "--customers", str(folder / "customers.csv")]
    found = CliRunner().invoke(app, ["export", str(folder / "plan"), *options], catch_exceptions=False)
    assert found.exit_code == 2 and words in found.stderr and found.stderr.count("expected") == 1, found.stderr
    assert not (folder / "out").exists()


def rolled_out(folder: Path, header: str, names: list[str], out: str, *options: str) -> tuple[int, str]:
    """Export for 200 customers whose names stand in a column; returns the exit code and what is said of mistakes."""
    rows = [f"{name},{('young', 'old')[number % 2]}" for number, name in enumerate(names)]
    (folder / "named.csv").write_text("\n".join([header, *rows]) + "\n")
    given = ["--rollout", str(folder / out), "--customers", str(folder / "named.csv"), "--holdout", "10%", *options]
    found = CliRunner().invoke(app, ["export", str(folder / "plan"), *given])
    return found.exit_code, " ".join(found.stderr.split())


def test_pseudonyms_are_taken_as_they_stand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that ``campaign profiles --place`` writes gives the rollout of its ids, byte for byte, without a key.

    Only the fingerprint of the key is not told, as nobody knows under which one the file was written.
    """
    ids = [f"c{number}" for number in range(200)]
    assert rolled_out(folder, "customer,segment", ids, "by_id")[0] == 0
    key = Pseudonyms(key_for())
    numbers = [str(each) for each in key.numbers(ids)]
    monkeypatch.setenv("CAMPAIGN_CACHE", str(folder / "elsewhere"))
    assert rolled_out(folder, "pseudonym,segment", numbers, "by_number")[0] == 0
    assert not default_key_path().exists()
    files = {path.relative_to(folder / "by_id") for path in (folder / "by_id").rglob("*.*")}
    assert len(files) == 8
    told, untold = b'"pseudonym_key": "%s"' % key.fingerprint.encode(), b'"pseudonym_key": null'
    assert told in (folder / "by_id" / "manifest.json").read_bytes()
    for file in files:
        by_id = (folder / "by_id" / file).read_bytes().replace(told, untold)
        assert by_id == (folder / "by_number" / file).read_bytes(), file


NO_PSEUDONYMS = {
    "ids wanted": ("pseudonym,segment", "7", ("--ids",), "--ids: option: expected ids in a column customer"),
    "digits lost": (
        "pseudonym,segment",
        "9.16651E+18",
        (),
        "pseudonym: expected ids with all their digits, got 9.16651E+18",
    ),
    "too large": ("pseudonym,segment", "9223372036854775808", (), "pseudonym: expected pseudonyms, whole numbers as"),
    "the same twice": ("pseudonym,segment", "01", (), 'expected each customer once, got "1" of line 3 again'),
    "neither": (
        "who,segment",
        "7",
        (),
        "expected the column customer, got who, segment; name the column of ids so, or",
    ),
    "both": ("pseudonym,customer,segment", "7,c", (), "one of the columns customer and pseudonym, got both"),
}


@pytest.mark.parametrize("name", sorted(NO_PSEUDONYMS))
def test_names_that_are_no_pseudonyms_are_refused(folder: Path, name: str) -> None:
    """One clear line each, and no rollout."""
    header, last, options, words = NO_PSEUDONYMS[name]
    names = [last] if "," in last else ["0", "1", last]
    code, said = rolled_out(folder, header, names, "out", *options)
    assert code == 2
    assert words in said and said.count("expected") == 1, said
    assert not (folder / "out").exists()


def test_a_file_of_many_columns_is_not_listed_whole(folder: Path) -> None:
    """Thirty features in a message hide what is wrong."""
    (folder / "wide.csv").write_text(
        ",".join(["segment", *(f"f{n}" for n in range(30))]) + "\nyoung" + ",1" * 30 + "\n"
    )
    given = ["--rollout", str(folder / "out"), "--customers", str(folder / "wide.csv")]
    found = CliRunner().invoke(app, ["export", str(folder / "plan"), *given])
    assert "got segment, f0, f1, f2, f3, f4, f5, f6 and 23 more;" in " ".join(found.stderr.split())
