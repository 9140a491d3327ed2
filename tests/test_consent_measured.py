"""What a rollout says of its measurement where not everybody has consented: reckoned with those who can be reached."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from flight_case import LINES
from plan_folders import write_folder
from shop import write_shop

from planner.problem import build_problem

ASKING = "{id: push, cost_per_contact: 0.02, consent: Newsletter, "
FLOOR = "limits:\n  - {id: reach, measure: customers_reached, min: 3000, where: {segments: [young]}}\n"
YOUNG, OLD = 4000, 6000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plan of the shop, whose channel asks for consent, and which is to reach many."""
    path = write_shop(tmp_path_factory.mktemp("shop"))
    text = path.read_text("utf-8").replace("{id: push, cost_per_contact: 0.02, ", ASKING)
    path.write_text(text.replace("limits:\n", FLOOR), "utf-8")
    write_folder(build_problem(str(path)), path.parent / "plan", LINES)
    return path.parent


def rollout(folder: Path, answers: list[str], monkeypatch: pytest.MonkeyPatch, *more: str) -> dict[str, Any]:
    """Holdouts and sentences of a rollout to as many customers as were planned; the answers in turn."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(folder / "cache"))
    segments = ["young"] * YOUNG + ["old"] * OLD
    rows = [f"c{n},{segment},{answers[n % len(answers)]}" for n, segment in enumerate(segments)]
    (folder / "customers.csv").write_text("\n".join(["customer,segment,Newsletter", *rows]) + "\n", "utf-8")
    options = ("--rollout", folder / "out", "--customers", folder / "customers.csv", "--ids")
    found = run("export", folder / "plan", *options, "--json", *more)
    assert found.exit_code == 0, found.output
    manifest = json.loads((folder / "out" / "manifest.json").read_text("utf-8"))
    return {"holdouts": manifest["holdouts"], "says": json.loads(found.stdout)["says"]}


def test_lifts_and_what_is_given_up_follow_from_those_who_have_consented(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quarter can be reached: the segment's lift is a quarter of the plan's, and so is what a holdout gives up."""
    everybody = rollout(folder, ["yes"], monkeypatch, "--holdout", "10%")["holdouts"]
    quarter = rollout(folder, ["yes", "no", "", "no"], monkeypatch, "--holdout", "10%")["holdouts"]
    for every, one in zip(everybody, quarter, strict=True):
        assert one["planned_lift"] == pytest.approx(every["planned_lift"] / 4, rel=0.1)
        assert one["contrast"] == pytest.approx(every["contrast"] / 4, rel=0.1)
        assert one["costs"] == pytest.approx(every["costs"] / 4, rel=0.15)
        assert one["power"] < every["power"]


def test_where_nobody_has_consented_nobody_is_kept_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent, so there is nothing to measure, and no coverage level plans with nobody."""
    manifest = rollout(folder, ["no"], monkeypatch)
    assert [each["held"] for each in manifest["holdouts"]] == [0, 0]
    (young,) = [each for each in manifest["says"] if "consented to push" in each and "of young" in each]
    assert young == (
        "warning: none of 4,000 customers of young have consented to push, and the plan writes to 4,000: its lines "
        "over push reach nobody; leave the segment out of these offers"
    )
    assert not any("0%" in each and "plan with them" in each for each in manifest["says"])


def test_a_floor_that_no_bound_mends_is_not_told_to_be_raised(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 4,000 customers 1,000 can be reached: a higher bound would plan with nobody more."""
    says = rollout(folder, ["yes", "no", "", "no"], monkeypatch, "--holdout", "0%")["says"]
    (floor,) = [each for each in says if "limit reach" in each]
    assert floor.endswith("no bound mends it: at most 1,000 customers there have consented; lower it")
    assert not any("plan with a higher bound" in each for each in says)
