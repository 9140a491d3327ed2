"""A rollout of another plan of the campaign is refused, and which one to name instead is said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run
from customer_scores import frame, write
from few_futures import few_futures
from little_work import little_work
from plan_folders import basic_problem, good_lines, write_folder

_few_futures = few_futures


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two plan folders of one scenario with a rollout each, customers, and actuals of the first day."""
    folder = tmp_path_factory.mktemp("campaign")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAMPAIGN_CACHE", str(folder / "cache"))
        problem = basic_problem()
        write(folder / "customers.csv", frame())
        lines = good_lines(problem)
        for name, own in (("first", lines), ("second", lines[:2])):
            write_folder(problem, folder / name, own)
            options = ("--customers", folder / "customers.csv", "--holdout", "10%")
            done = run("export", folder / name, "--rollout", folder / f"{name}-out", *options)
            assert done.exit_code == 0, done.output
        (folder / "actuals.csv").write_text("date,product,units,revenue\n2027-03-01,espresso-1kg,200,3980\n")
        yield folder


@pytest.mark.parametrize("command", ["monitor", "report", "replan", "assign"])
def test_each_command_names_the_plans_own_rollout(campaign: Path, command: str) -> None:
    """And the plan whose rollout it is; sizes of holdouts are not told to be wrong for it."""
    rollout = ("--rollout", campaign / "second-out")
    if command == "assign":
        options = ("--out", campaign / "assigned.csv", "--quotas", campaign / "first", *rollout)
        found = run("assign", "template-basic", campaign / "customers.csv", *options)
    else:
        found = run(command, campaign / "first", campaign / "actuals.csv", *rollout)
    assert found.exit_code == 2, found.output
    said = found.stderr
    assert f"expected a rollout of the plan in {campaign / 'first'}, got one of another plan" in said
    assert f"name --rollout {campaign / 'first-out'}, which is this plan's" in said
    assert f"name the plan in {campaign / 'second'}" in said
    assert "until the column customers is right" not in said.lower()


def test_without_its_own_rollout_beside_it_how_to_write_one_is_said(campaign: Path) -> None:
    """Where the own rollout lies elsewhere, the export that writes it is named."""
    (campaign / "first-out").rename(campaign / "cache" / "first-out")
    found = run("monitor", campaign / "first", campaign / "actuals.csv", "--rollout", campaign / "second-out")
    (campaign / "cache" / "first-out").rename(campaign / "first-out")
    assert found.exit_code == 2
    assert f"campaign export {campaign / 'first'} --rollout OUT --customers FILE writes this plan's" in found.stderr


def test_a_re_planned_campaign_has_the_rollouts_from_before(
    campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rollout of the plan that ran is read beside the folder that was planned again; one of another plan is not."""
    little_work(monkeypatch)
    new = tmp_path / "new"
    done = run("replan", campaign / "first", campaign / "actuals.csv", "--out", new)
    assert done.exit_code == 0, done.output
    for rollout, code in (("first-out", 0), ("second-out", 2)):
        found = run("report", new, campaign / "actuals.csv", "--rollout", campaign / rollout)
        assert found.exit_code == code, found.output


@pytest.mark.parametrize("pattern", ["calendar.csv", "audiences/*.csv"])
def test_a_changed_file_of_a_rollout_is_refused(campaign: Path, tmp_path: Path, pattern: str) -> None:
    """A cut or edited file would change sums without a word; its hash in the manifest tells."""
    rollout = tmp_path / "out"
    shutil.copytree(campaign / "first-out", rollout)
    path = sorted(rollout.glob(pattern))[0]
    name = path.relative_to(rollout).as_posix()
    path.write_bytes(path.read_bytes()[: -len(path.read_bytes().splitlines(keepends=True)[-1])])
    found = run("monitor", campaign / "first", campaign / "actuals.csv", "--rollout", rollout)
    assert found.exit_code == 2, found.output
    assert f"expected the file {name} as it was written" in found.stderr and "restore it" in found.stderr


@pytest.fixture(scope="module")
def new(campaign: Path) -> Path:
    """The first plan, planned again with the sales of three days."""
    older = (campaign / "actuals.csv").read_text()
    latest = campaign / "latest.csv"
    latest.write_text(older + "2027-03-02,espresso-1kg,200,3980\n2027-03-03,espresso-1kg,200,3980\n")
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        done = run("replan", campaign / "first", latest, "--out", campaign / "new")
    assert done.exit_code == 0, done.output
    return campaign / "new"


@pytest.mark.parametrize("command", ["monitor", "report", "replan"])
def test_sales_of_before_the_last_planning_are_refused(campaign: Path, new: Path, command: str) -> None:
    """Last week's file would unlock days that ran, and change lines of the past."""
    out = ("--out", campaign / "newer") if command == "replan" else ()
    found = run(command, new, campaign / "actuals.csv", *out)
    assert found.exit_code == 2, found.output
    said = " ".join(found.stderr.split())
    assert f"expected sales up to 2027-03-03 or later, by which {new} was planned again" in said
    assert "got sales up to 2027-03-01" in said
    assert not (campaign / "newer").exists()
