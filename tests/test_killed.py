"""Killed at any moment, commands leave whole files: the older ones or the new ones; and run through the next time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scenarios import whole
from scenarios.whole import replacing

HERE = Path(__file__).parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="killing at chosen moments needs fork")
def test_a_command_that_is_killed_leaves_whole_files_and_runs_the_next_time(tmp_path: Path) -> None:
    """SIGKILL at every touch of the disk by plan's writer, export, rollout and assign; twice gives the same files."""
    path = [str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]  # the checkout that is tested, where one is named
    environment = {**os.environ, "CAMPAIGN_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(path)}
    (tmp_path / "runs").mkdir()
    command = [sys.executable, str(HERE / "killed_run.py"), str(tmp_path / "runs")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=HERE.parent)
    assert done.returncode == 0, done.stderr
    moments = {name: int(count) for name, count in (line.split() for line in done.stdout.splitlines())}
    assert set(moments) == {"plans", "export", "rollout", "assign"}
    assert all(count >= 5 for count in moments.values()), moments


@pytest.mark.parametrize("in_one_step", [True, False])
def test_a_folder_changes_place_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_one_step: bool) -> None:
    """Also where the system cannot exchange two folders; a block that raises changes nothing and leaves nothing."""
    if not in_one_step:
        monkeypatch.setattr(whole, "exchanged", lambda *_: False)
    target = tmp_path / "model"
    for text in ("one", "two"):
        with replacing(target) as draft:
            (draft / "file").write_text(text)
        assert (target / "file").read_text() == text
    with pytest.raises(RuntimeError), replacing(target) as draft:
        (draft / "file").write_text("three")
        raise RuntimeError
    assert (target / "file").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_where_another_run_was_faster_its_folder_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs find no folder in their place: the one that ends later has the last word, and neither fails."""
    target, looks, exists = tmp_path / "model", iter((False, False)), Path.exists
    target.mkdir()
    (target / "file").write_text("earlier")
    monkeypatch.setattr(Path, "exists", lambda path: next(looks, True) if path == target else exists(path))
    with replacing(target) as draft:
        (draft / "file").write_text("later")
    assert (target / "file").read_text() == "later"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_what_killed_runs_left_is_cleared_away_in_time(tmp_path: Path) -> None:
    """A draft of two days ago goes; one of just now, which another run may be writing, stays."""
    for name, age in (("old", 2 * 86_400), ("new", 10)):
        left = tmp_path / f".plans.draft-{name}"
        left.mkdir()
        os.utime(left, (time.time() - age, time.time() - age))
    with replacing(tmp_path / "plans"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [".plans.draft-new", "plans"]
