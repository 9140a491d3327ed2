"""``campaign sweep`` blames the option that was typed."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from command_line import run


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ("limits.nosuch.max=1:5:2", "path: expected the id of a member of limits, got nosuch"),
        ("limits.nosuch.max=10%:20%:2", "path: expected the id of a member of limits, got nosuch"),
        ("offers.coffee-15.depth=10%:200%:2", 'expected a share between 0% and 100%, got "200%"'),
    ],
)
def test_a_wrong_path_or_value_is_told_under_vary(vary: str, words: str) -> None:
    """One line under the whole option as it was typed; ``--set`` was not typed, and is not named."""
    result = run("sweep", "template-basic", "--vary", vary)
    assert result.exit_code == 2
    (told,) = (line for line in result.stderr.splitlines() if "expected" in line)
    assert told.startswith(f"--vary {vary}: ") and words in told
    assert "--set" not in result.stderr


def test_every_axis_and_every_set_is_told_under_its_own_name() -> None:
    """Two axes whose last values cannot be are two lines; a ``--set`` that is wrong stays one."""
    depth, budget = "offers.coffee-15.depth=10%,200%", "limits.total-budget.max=5,much"
    result = run("sweep", "template-basic", "--vary", depth, "--vary", budget)
    assert result.exit_code == 2
    told = [line.partition(": ")[0] for line in result.stderr.splitlines() if "expected" in line]
    assert told == [f"--vary {depth}", f"--vary {budget}"]
    result = run("sweep", "template-basic", "--vary", "limits.total-budget.max=5,6", "--set", "limits.nope.max=3")
    told = [line.partition(": ")[0] for line in result.stderr.splitlines() if "expected" in line]
    assert told == ["--set limits.nope.max=3"]


def test_what_a_value_makes_wrong_elsewhere_is_told_with_the_value() -> None:
    """A shorter horizon puts a date of the file outside it: the line alone would not say why, nor which axis did it."""
    shorter = ("--vary", "horizon.periods=2,28", "--vary", "risk.draws=200,400")
    result = run("sweep", "template-basic", *shorter)
    assert result.exit_code == 2
    told = [line for line in result.stderr.splitlines() if "expected" in line]
    assert told and all(" with --vary horizon.periods=2: " in line for line in told)
    assert "risk.draws" not in result.stderr


def test_what_is_varied_is_not_set_as_well() -> None:
    """One of the two would not count, without a word."""
    result = run(
        "sweep", "template-basic", "--vary", "limits.total-budget.max=5,6", "--set", "limits.total-budget.max=7"
    )
    assert result.exit_code == 2
    assert result.stderr == (
        "--set limits.total-budget.max=7: path: expected a path that --vary does not vary, "
        "got limits.total-budget.max; leave out one of the two\n"
    )


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_planned(tmp_path: Path) -> None:
    """Below a file there is no folder; nothing is searched and lost."""
    (tmp_path / "file").write_text("mine")
    result = run(
        "sweep", "template-basic", "--vary", "limits.total-budget.max=5,6", "--out", tmp_path / "file" / "sweep"
    )
    assert result.exit_code == 2 and "expected a folder that can be written" in result.stderr
    assert "point 1" not in result.stderr


def test_an_older_sweep_that_cannot_be_replaced_is_refused_before_anything_is_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk that has become read-only, the first point is not searched and lost."""
    (tmp_path / "sweep.json").write_text('{"format": "campaign-sweep/1"}')
    make = Path.mkdir

    def read_only(path: Path, *options: object, **named: object) -> None:
        if path.parent == tmp_path:
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        make(path, *options, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", read_only)
    result = run("sweep", "template-basic", "--vary", "limits.total-budget.max=5,6", "--out", tmp_path)
    assert result.exit_code == 2 and "got read-only file system; choose another --out" in result.stderr
    assert "point 1" not in result.stderr
