"""Commands start light and fit into pipes: no heavy library without need, plain text, no word where nobody reads on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from command_line import run
from customer_scores import frame, write
from plan_folders import two_plans

HEAVY = ("jax", "jaxlib", "ortools", "deap", "equinox", "sklearn", "pandas", "pyarrow.compute")

folder = two_plans


def test_help_is_instant() -> None:
    """The command starts without its heavy libraries: well under 0.4 s of processor time."""
    best = min(_seconds_of_help() for _ in range(3))
    assert best < 0.4


def _seconds_of_help() -> float:
    before = os.times()
    subprocess.run([sys.executable, "-m", "planner", "--help"], check=True, capture_output=True)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


def _modules_after(*commands: tuple[str, ...]) -> list[set[str]]:
    """Return the heavy modules that are there after each of some commands, run in a fresh interpreter."""
    program = (
        "import sys\n"
        "from planner.cli import app\n"
        f"for arguments in {[list(each) for each in commands]!r}:\n"
        "    try:\n"
        "        app(arguments)\n"
        "    except SystemExit as end:\n"
        "        sys.stderr.write(f'exit {end.code}\\n')\n"
        f"    loaded = [name for name in {HEAVY} if name in sys.modules]\n"
        "    sys.stderr.write('loaded ' + ' '.join(loaded) + '\\n')\n"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stderr.count("exit 0") == len(commands), found.stderr
    return [set(row.split()[1:]) for row in found.stderr.splitlines() if row.startswith("loaded")]


def test_thread_counts_are_fixed_before_numpy_loads() -> None:
    """Whatever the command line imports first, NumPy and its BLAS are not among it."""
    program = "import sys, planner.commands.line; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_commands_that_need_no_optimiser_load_none(folder: Path, tmp_path: Path) -> None:
    """``validate``, ``check`` and ``stress`` import nothing heavy; ``assign`` without a model no JAX and the like."""
    scenario, out = str(tmp_path / "shop.yaml"), str(tmp_path / "offers.csv")
    assert run("init", scenario).exit_code == 0
    customers = write(tmp_path / "customers.csv", frame(20))
    light = (("validate", "template-basic"), ("check", str(folder)), ("stress", str(folder)))
    *plain, scored = _modules_after(*light, ("assign", scenario, str(customers), "--out", out))
    assert plain == [set()] * 3
    assert not scored & {"jax", "jaxlib", "ortools", "deap", "equinox", "sklearn"}


def test_a_pipe_gets_plain_text() -> None:
    """Without a terminal there is no escape code and no trailing blank."""
    program = [sys.executable, "-m", "planner", "validate", "template-basic"]
    found = subprocess.run(program, capture_output=True, text=True, check=True)
    assert "\x1b" not in found.stdout + found.stderr
    assert all(entry == entry.rstrip() for entry in found.stdout.splitlines())


def test_a_closed_pipe_is_no_error() -> None:
    """``campaign schema | head -1`` ends quietly."""
    command = f"{sys.executable} -m planner schema | head -1"
    found = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert found.stdout == "{\n"
    assert found.stderr == ""


def test_start_of_json_commands_takes_little_time(folder: Path) -> None:
    """``check`` is quick enough for finance to run it on every folder."""
    begun = time.process_time()
    assert run("check", folder, "--json").exit_code == 0
    assert time.process_time() - begun < 3
