"""Consent: channels that ask for it reach nobody who has not said yes, in audiences and assignments."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from assign_files import assigned, own_template
from command_line import run
from customer_scores import frame, write
from flight_case import LINES
from plan_folders import write_folder
from shop import write_shop
from typer.testing import Result

from planner.consent import answered
from planner.problem import build_problem

ASKING = "{id: push, cost_per_contact: 0.02, consent: Newsletter, "
YOUNG, OLD = 4000, 6000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plan of the shop, whose channel asks for consent."""
    path = write_shop(tmp_path_factory.mktemp("shop"))
    path.write_text(path.read_text("utf-8").replace("{id: push, cost_per_contact: 0.02, ", ASKING), "utf-8")
    write_folder(build_problem(str(path)), path.parent / "plan", LINES)
    return path.parent


def exported(folder: Path, answers: list[str] | None, monkeypatch: pytest.MonkeyPatch, *more: str) -> Result:
    """Export for as many customers as were planned; of each segment the answers in turn."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(folder / "cache"))
    segments = ["young"] * YOUNG + ["old"] * OLD
    rows = [f"c{n},{segment}" for n, segment in enumerate(segments)]
    header = "customer,segment"
    if answers is not None:
        header, rows = f"{header},Newsletter", [f"{row},{answers[n % len(answers)]}" for n, row in enumerate(rows)]
    (folder / "customers.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    options = ("--rollout", folder / "out", "--customers", folder / "customers.csv", "--ids")
    return run("export", folder / "plan", *options, *more)


def test_no_audience_holds_anybody_who_has_not_consented(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of four have said nein or nothing; audiences are told to be shorter than planned, and by how much."""
    found = exported(folder, ["Ja", "nein", "", "0"], monkeypatch, "--json")
    assert found.exit_code == 0, found.output
    files = sorted((folder / "out" / "audiences").iterdir())
    reached = [row.split(",")[0] for file in files for row in file.read_text("utf-8").splitlines()[1:]]
    assert reached
    assert all(int(name.removeprefix("c")) % 4 == 0 for name in reached)
    warnings = [each for each in json.loads(found.stdout)["says"] if "consented" in each]
    assert (
        "warning: 1,000 of 4,000 customers of young have consented to push, and the plan writes to 4,000: audiences "
        "hold those who have"
    ) in warnings
    assert (
        "note: as the file has it, channels: push has reach: {young: 25%, old: 25%}" in json.loads(found.stdout)["says"]
    )


def test_a_file_that_does_not_say_who_consented_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is written to on a guess: a missing column and a word that is neither yes nor no are one message each."""
    found = exported(folder, None, monkeypatch)
    assert found.exit_code == 2
    said = " ".join(found.stderr.split())
    assert "expected the column Newsletter" in said
    assert "push reaches only who has consented" in said
    found = exported(folder, ["yes", "maybe"], monkeypatch)
    assert found.exit_code == 2
    said = " ".join(found.stderr.split())
    assert 'Newsletter: expected yes or no (true or false, 1 or 0), got "maybe" (and 4,999 more)' in said


def test_assign_gives_no_offer_over_the_channel_and_says_why(tmp_path: Path) -> None:
    """Blank and no are no; the reason stands in --why; without the column nothing is assigned."""
    scenario = own_template(tmp_path)
    text = scenario.read_text("utf-8")
    scenario.write_text(text.replace("{id: mail, name: E-mail, ", "{id: mail, name: E-mail, consent: optin, "), "utf-8")
    rows = frame(40)
    missing = run("assign", scenario, write(tmp_path / "without.csv", rows), "--out", tmp_path / "x.parquet")
    assert missing.exit_code == 2
    assert "expected the column optin" in " ".join(missing.stderr.split())
    rows["optin"] = np.where(np.arange(40) % 2 == 0, "yes", "no")
    asked = str(rows.loc[1, "customer"])
    record, table = assigned(scenario, rows, tmp_path, "--why", asked)
    given = table.dropna(subset=["offer"])
    consented = set(rows.loc[rows["optin"] == "yes", "customer"])
    assert len(given) > 0
    assert set(given["customer"]) <= consented
    (explained,) = record["customers_explained"]
    assert "has not consented to mail (optin)" in {one["why"] for one in explained["options"]}
    assert record["not_consented"] == [{"channel": "mail", "column": "optin", "customers": 20}]
    assert "20 of 40 have not consented to mail (optin), and get no offer over it" in record["assumed"]


def test_blank_is_no_and_other_words_are_told() -> None:
    """In several languages and whatever the letters' case."""
    said = ["YES", "ja", "1", "s\u00ed", "si\u0301", "s\u00ec", "Kyll\u00e4", "\ub124"]
    words = [*said, "no", "", "Nein", "na\u0303o", "\uc544\ub2c8\uc694", "perhaps"]
    yes, odd = answered(np.array(words, dtype=object))
    assert yes.tolist() == [True] * len(said) + [False] * 6
    assert odd.tolist() == [False] * (len(said) + 5) + [True]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("''", "the name of a column, such as newsletter, got a blank"),
        ("segment", "a column that says yes or no, such as newsletter, got segment, which tells who a customer is"),
    ],
)
def test_a_column_that_cannot_be_meant_is_refused(tmp_path: Path, written: str, told: str) -> None:
    """A blank would ask for a column that no file has, and who a customer is says neither yes nor no."""
    path = write_shop(tmp_path)
    path.write_text(path.read_text("utf-8").replace("{id: push, ", f"{{id: push, consent: {written}, "), "utf-8")
    said = " ".join(run("validate", path).stderr.split())
    assert f"channels.push.consent: expected {told}" in said
