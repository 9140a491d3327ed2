"""Every command of docs/tutorial.md runs as it stands there, from the first file to the next plan with its lessons."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from few_futures import few_futures
from grocery_sample import PARAMS, sample_folder, use_folder
from little_watch import little_watch
from little_work import little_work
from typer.testing import CliRunner

from planner.cli import app
from planner.commands import lived
from surrogate import cache

_few_futures = few_futures

PAGE = Path(__file__).parents[1] / "docs" / "tutorial.md"
LOOP = "## 7. "
MAY_SAY_NO = ("monitor",)
"""Commands whose answer hangs on what happened: 1 is no failure of theirs."""
LEFT_OUT = re.compile(r"fresh-|frozen-|home-|house-|id: (?:dairy-and-meat|frozen-foods|pantry-brands)\b")
KEPT = ("soft-drinks", "snacks", "id,")
"""Products of the small copy."""


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is about the commands, which need a second plan; how good plans are is tested elsewhere."""
    little_work(monkeypatch, work=2.0)
    little_watch(monkeypatch)


def commands(text: str) -> list[str]:
    """Return the commands of a part of the page."""
    return re.findall(r"^    ((?:campaign|python|echo) .*)$", text, re.MULTILINE)


def run(command: str) -> None:
    """Run a command as a shell would, searches with little effort and for no more than the second plan."""
    words = shlex.split(command)
    if words[0] == "echo":
        text, _, target = command.removeprefix("echo ").partition(" >> ")
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(shlex.split(text)[0] + "\n")
        return
    if words[0] == "python":
        assert words[1:3] == ["-m", "planner.commands.lived"], command
        lived.main(words[3:])
        return
    if words[1] == "plan":
        words += ["--plans", "2"] if "--effort" in words else ["--plans", "2", "--effort", "quick"]
    result = CliRunner().invoke(app, words[1:], catch_exceptions=False)
    assert result.exit_code in ((0, 1) if words[1] in MAY_SAY_NO else (0,)), f"{command}: {result.output}"


def test_the_first_campaign_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From `init` to finance's check, on the template."""
    monkeypatch.chdir(tmp_path)
    found = commands(PAGE.read_text("utf-8").partition(LOOP)[0])
    assert len(found) >= 10
    for command in found:
        run(command)


def test_the_whole_loop_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan, roll out, watch, adjust, evaluate, learn, plan again and assign, on a small copy of the purchases."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "TrainParams", lambda: PARAMS)
    use_folder(monkeypatch, sample_folder())
    found = commands(PAGE.read_text("utf-8").partition(LOOP)[2].partition("\n## ")[0])
    assert [shlex.split(command)[1] for command in found if command.startswith("campaign")] == [
        *("init", "plan", "export", "monitor", "replan", "check", "compare", "report", "plan", "compare", "assign")
    ]
    run(found[0])
    smaller(Path("journey.yaml"), Path("grocery-products.csv"), Path("grocery-journey-data.yaml"))
    for command in found[1:]:
        run(command)
    rollout = Path("rollout")
    assert (rollout / "holdout.csv").read_text().count("\n") > 1
    assert Path("lessons.csv").read_text().startswith("name,offer,")  # so few customers may teach nothing
    assert Path("coupons.csv").read_text().startswith('"customer","offer"')


def smaller(scenario: Path, products: Path, data: Path) -> None:
    """Make the copied question small: two products, two segments."""
    text = "".join(line for line in scenario.read_text().splitlines(keepends=True) if not LEFT_OUT.search(line))
    scenario.write_text(text.replace("{learn: {count: 6}}", "{learn: {count: 2, min_size: 20}}"))
    products.write_text("".join(row for row in products.read_text().splitlines(keepends=True) if row.startswith(KEPT)))
    rows = data.read_text().splitlines(keepends=True)
    data.write_text("".join(row for row in rows if ": [" not in row or row.strip().startswith(KEPT)))
