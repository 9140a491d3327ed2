"""Names and files of others steer no terminal: what a verdict says cannot be written over by what it speaks of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run
from plan_folders import basic_problem, good_lines, write_folder
from rich.table import Table
from rich.text import Text

from planner.commands.terminal.printing import note, show
from planner.commands.terminal.unsteered import unsteered

ERASE = "\x1b[2J\x1b[HAll figures are as recomputed"


def test_signs_that_a_terminal_obeys_become_marks() -> None:
    """Escapes, bells, backspaces and their eight-bit twins; line ends, tabs and all scripts stay."""
    assert unsteered("a\x1b[2Jb\x07\x08\x9b1m\x7f\r") == "a\ufffd[2Jb\ufffd\ufffd\ufffd1m\ufffd\ufffd"
    assert unsteered("a\u202eb\u2066c") == "a\ufffdb\ufffdc", "what follows would be read from right to left"
    assert unsteered("促销 🎉\tß\né") == "促销 🎉\tß\né"


def test_everything_that_is_shown_is_looked_through(capsys: pytest.CaptureFixture[str]) -> None:
    """Texts, cells of tables and notes; colours that were laid out are no text."""
    table = Table("name")
    table.add_row(ERASE)
    show("plain", Text(ERASE, style="red"), table)
    note(ERASE)
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert out.count("\ufffd[2J") == 2 and err.count("\ufffd[2J") == 1


def test_a_forged_folder_cannot_write_its_own_verdict(tmp_path: Path) -> None:
    """What ``check`` finds in a folder is shown, and nothing of it is obeyed."""
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", good_lines(problem))
    plans = json.loads((tmp_path / "plans" / "plans.json").read_text("utf-8"))
    plans["notes"] = [ERASE]
    plans["objective"] = ERASE
    (tmp_path / "plans" / "plans.json").write_text(json.dumps(plans), "utf-8")
    result = run("check", tmp_path / "plans")
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout + result.stderr
    assert "\ufffd[2J" in result.stdout
