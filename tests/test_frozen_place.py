"""Nothing is written into what plans keep of their question: `check` would call it a tampering."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run
from plan_folders import template_plans

from scenarios.answer.plan_files import read_plans
from scenarios.problems import InvalidInput

plans = template_plans


@pytest.mark.parametrize(
    "command",
    [
        ("export", "PLANS", "--csv", "--out", "PLACE"),
        ("export", "PLANS", "--xlsx", "PLACE/plan.xlsx"),
        ("export", "PLANS", "--rollout", "PLACE/out"),
        ("init", "PLACE/campaign.yaml"),
        ("plan", "template-basic", "--out", "PLACE/plans"),
        ("plan", "template-basic", "--out", "new", "--key", "PLACE/key"),
        ("sweep", "template-basic", "--vary", "limits.total-budget.max=1,2", "--out", "PLACE/sweep"),
        ("train", "data.yaml", "--out", "PLACE/model"),
    ],
    ids=lambda command: " ".join(command[:4]),
)
def test_nothing_is_written_into_the_frozen_question_of_plans(
    plans: Path, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check` would call the file a tampering: such a place is refused, whatever would be written there."""
    monkeypatch.chdir(tmp_path)
    before = sorted(plans.rglob("*"))
    for place in (plans / "problem", plans / "problem" / "question"):
        words = [word.replace("PLANS", str(plans)).replace("PLACE", str(place)) for word in command]
        result = run(*words)
        assert result.exit_code == 2, result.output
        assert len(result.stderr.splitlines()) == 1, result.stderr
        assert "tampering" in result.stderr or "keys are not" in result.stderr, result.stderr
    assert sorted(plans.rglob("*")) == before
    assert run("check", plans).exit_code == 0


def test_a_folder_that_is_only_called_problem_takes_anything(plans: Path, tmp_path: Path) -> None:
    """It is the plans beside it that make the difference, not the name."""
    assert run("export", plans, "--csv", "--out", tmp_path / "problem").exit_code == 0


def test_a_folder_of_plan_folders_says_which_to_name(tmp_path: Path) -> None:
    """A sweep writes a folder for each point: whoever names the whole is told so."""
    (tmp_path / "sweep" / "point-001").mkdir(parents=True)
    (tmp_path / "sweep" / "point-001" / "plans.json").write_text("{}")
    with pytest.raises(InvalidInput, match=r"name one of them, such as .*point-001"):
        read_plans(tmp_path / "sweep")
