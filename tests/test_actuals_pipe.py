"""Actuals from a pipe (``campaign replan DIR <(zcat actuals.csv.gz)``), which gives what it holds only once."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from command_line import run
from little_work import little_work
from plan_folders import basic_problem, good_lines, write_folder

from scenarios.flight.reading import actuals_file

ACTUALS = "date,product,units,revenue\n2027-03-01,espresso-1kg,300,5970\n2027-03-02,espresso-1kg,300,5970\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_new_folder_keeps_what_it_was_planned_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the plan lies what happened, to the byte: the next rollout reads there who was kept out."""
    little_work(monkeypatch)
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", good_lines(problem))
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(ACTUALS,), daemon=True)
    writer.start()
    result = run("replan", tmp_path / "plans", pipe, "--out", tmp_path / "new")
    writer.join(10)
    assert result.exit_code == 0, result.stderr
    kept = list((tmp_path / "new" / "problem").rglob("actuals.csv"))
    assert [path.read_text() for path in kept] == [ACTUALS]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="devices")
def test_actuals_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is read than a table may hold."""
    monkeypatch.setattr(actuals_file, "MAX_BYTES", 1 << 20)
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", good_lines(problem))
    for command in (
        ("monitor", tmp_path / "plans", "/dev/zero"),
        ("replan", tmp_path / "plans", "/dev/zero", "--out", tmp_path / "new"),
        ("report", tmp_path / "plans", "/dev/zero"),
    ):
        result = run(*command)
        assert (
            result.exit_code == 2
            and "expected a CSV file of at most 1 MiB, got a pipe or device that gives more" in result.stderr
        )
        assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "new").exists()
