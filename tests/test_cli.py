"""The command line: answers, exit codes, JSON, plain pipes and a light start."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import run
from plan_folders import basic_problem, good_lines, line, write_folder
from typer.testing import Result

import scenarios

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two plans that keep everything."""
    place = tmp_path_factory.mktemp("cli") / "plans"
    problem = basic_problem()
    lines = good_lines(problem)
    write_folder(problem, place, lines, lines[1:])
    return place


def test_help_names_every_command_and_the_exit_codes() -> None:
    """``campaign --help`` is where people start."""
    result = run("--help")
    assert result.exit_code == 0
    for word in ("init", "validate", "effects", "plan", "score", "explain", "compare", "check", "export", "train"):
        assert word in result.stdout
    assert "exit code 0 yes" in " ".join(result.stdout.split())


def test_help_is_instant() -> None:
    """The command starts without its heavy libraries: well under 0.4 s of processor time."""
    best = min(_seconds_of_help() for _ in range(3))
    assert best < 0.4


def _seconds_of_help() -> float:
    before = os.times()
    subprocess.run([sys.executable, "-m", "planner", "--help"], check=True, capture_output=True)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


def _modules_after(*arguments: str) -> set[str]:
    """Return the heavy modules that a command leaves imported, in a fresh interpreter."""
    program = (
        "import sys\n"
        "from planner.cli import app\n"
        "try:\n"
        f"    app({list(arguments)!r})\n"
        "except SystemExit as end:\n"
        "    sys.stderr.write(f'exit {end.code}\\n')\n"
        "heavy = ('jax', 'jaxlib', 'ortools', 'deap', 'equinox', 'sklearn', 'pandas')\n"
        "sys.stderr.write('loaded ' + ' '.join(name for name in heavy if name in sys.modules) + '\\n')\n"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "exit 0" in found.stderr, found.stderr
    return set(found.stderr.rpartition("loaded")[2].split())


def test_thread_counts_are_fixed_before_numpy_loads() -> None:
    """Whatever the command line imports first, NumPy and its BLAS are not among it."""
    program = "import sys, planner.commands.line; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_check_and_validate_load_no_optimiser(folder: Path) -> None:
    """``check`` and ``validate`` never import JAX, OR-Tools or DEAP."""
    assert not _modules_after("validate", "template-basic") & {"jax", "jaxlib", "ortools", "deap", "equinox", "sklearn"}
    assert not _modules_after("check", str(folder)) & {"jax", "jaxlib", "ortools", "deap", "equinox", "sklearn"}


def test_init_writes_a_scenario_that_validates(tmp_path: Path) -> None:
    """What ``init`` writes is usable as it stands, and is not overwritten."""
    target = tmp_path / "spring.yaml"
    first = run("init", target)
    assert first.exit_code == 0
    assert str(target) in first.stdout
    assert run("validate", target).exit_code == 0
    again = run("init", target)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run("init", target, "--force").exit_code == 0


def test_no_force_replaces_a_pipe(tmp_path: Path) -> None:
    """``init --force`` replaces files: a pipe or device would be lost for everybody who uses it."""
    pipe = tmp_path / "campaign.yaml"
    os.mkfifo(pipe)
    result = run("init", pipe, "--force")
    assert result.exit_code == 2 and "got a pipe or device; choose another PATH" in result.stderr, result.output
    assert pipe.is_fifo() and not [path for path in tmp_path.iterdir() if path != pipe]


@pytest.mark.parametrize("command", ["plan", "sweep", "simulate", "train"])
def test_a_seed_that_nobody_could_read_back_is_refused(command: str) -> None:
    """A search of an hour would write a folder that no command opens."""
    refused = run(command, "template-basic", "--seed", 10**48)
    assert refused.exit_code == 2
    assert f"--seed: expected a number of at most {2**63 - 1}" in refused.stderr, refused.stderr


def test_init_names_a_file_where_a_folder_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``campaign init .`` is what people type elsewhere: what to type here is said, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    for place, file in ((".", "campaign.yaml"), ("", "campaign.yaml"), (tmp_path, tmp_path / "campaign.yaml")):
        refused = run("init", place, "--force")
        assert refused.exit_code == 2
        assert f"got a folder; name a file in it: {file}" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_schema_is_json_that_names_the_keys() -> None:
    """Editors get a JSON Schema."""
    result = run("schema")
    assert result.exit_code == 0
    assert "horizon" in json.loads(result.stdout)["properties"]


def test_effects_prints_scores_break_even_and_evidence() -> None:
    """``effects`` answers what offers do and what they need, also as JSON."""
    result = run("effects", "template-basic")
    assert result.exit_code == 0
    for words in ("Attractiveness", "What each offer needs to pay for itself", "Evidence: table"):
        assert words in result.stdout
    document = json.loads(run("effects", "template-basic", "--json").stdout)
    assert {"scores", "break_even", "evidence", "accuracy"} <= document.keys()
    score = next(entry for entry in document["scores"] if entry["offer"] == "coffee-15")
    low, high = score["lift_interval"]
    assert low < score["lift"] < high


def test_check_says_yes_and_names_what_was_tampered_with(folder: Path, tmp_path: Path) -> None:
    """An untouched folder passes; one changed cent does not, and its place is named."""
    fine = run("check", folder)
    assert fine.exit_code == 0, fine.stdout
    assert "every limit and rule is kept" in fine.stdout
    spoiled = tmp_path / "plans"
    spoiled.mkdir()
    for path in folder.rglob("*"):
        target = spoiled / path.relative_to(folder)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(path.read_bytes())
    plans = (spoiled / "plans.json").read_text("utf-8")
    place = plans.index('"profit_change": ') + len('"profit_change": ')
    digit = plans[place]
    (spoiled / "plans.json").write_text(plans[:place] + str((int(digit) + 1) % 10) + plans[place + 1 :], "utf-8")
    broken = run("check", spoiled)
    assert broken.exit_code == 1
    assert "profit_change" in broken.stdout
    document = json.loads(run("check", spoiled, "--json").stdout)
    assert document["ok"] is False
    assert any("profit_change" in entry["place"] for entry in document["differences"])


def test_score_says_whether_a_persons_plan_keeps_everything(tmp_path: Path, folder: Path) -> None:
    """A CSV of lines is evaluated, judged, and compared with the best plan of a folder."""
    good = tmp_path / "lines.csv"
    good.write_text(
        "date,product,segment,offer,coverage\n2027-03-03,espresso-1kg,,coffee-15,\n"
        "2027-03-05,kettle,regulars,kettle-coupon,50%\n",
        "utf-8",
    )
    result = run("score", "template-basic", good, "--against", folder)
    assert result.exit_code == 0, result.stderr
    assert "all kept" in result.stdout
    assert "filled differently" in result.stdout
    flash = "".join(f"2027-03-0{day},espresso-1kg,*,coffee-flash,100%\n" for day in (1, 2, 3))
    bad = tmp_path / "bad.csv"
    bad.write_text(f"date,product,segment,offer,coverage\n{flash}", "utf-8")
    result = run("score", "template-basic", bad)
    assert result.exit_code == 1
    assert "coffee-flash" in result.stdout.partition("violation")[2]


def test_score_says_where_the_folder_was_made_with_other_effects(tmp_path: Path, folder: Path) -> None:
    """The same lines under another table of effects are worth something else: a note says why."""
    lines = tmp_path / "lines.csv"
    lines.write_text("date,product,offer\n2027-03-03,espresso-1kg,coffee-15\n", "utf-8")
    told = run("score", "template-basic", lines, "--against", folder).stderr
    assert "made with other" not in told and "another question" not in told
    library = Path(scenarios.__file__).parent / "library"
    for name in library.glob("template-basic*"):
        shutil.copy(name, tmp_path)
    table = tmp_path / "template-basic-effects.csv"
    rows = table.read_text("utf-8").splitlines()
    place = rows[0].split(",").index("lift")
    cells = rows[1].split(",")
    rows[1] = ",".join([*cells[:place], f"{float(cells[place]) + 0.01:g}", *cells[place + 1 :]])
    table.write_text("\n".join(rows) + "\n", "utf-8")
    told = run("score", tmp_path / "template-basic.yaml", lines, "--against", folder).stderr
    assert "was made with other effects, baselines or baskets than" in told
    told = run("score", "template-basic", lines, "--against", folder, "--set", "limits.total-budget.max=9000").stderr
    assert "answers another question than template-basic: another scenario or another --set" in told


def test_score_names_every_wrong_row(tmp_path: Path) -> None:
    """Each unusable row gives one line with its number and what is expected."""
    rows = (
        "2027-03-03,espreso-1kg,,coffee-15,",
        "2027-03-33,espresso-1kg,,coffee-15,",
        "2027-04-03,espresso-1kg,,coffee-15,",
        "2027-03-03,kettle,,coffee-15,",
        "2027-03-03,kettle,regulars,kettle-coupon,50",
        "2027-03-03,kettle,regulars,kettle-coupon,70%",
        "2027-03-04,kettle,regulars,kettle-coupon,50%",
        "2027-03-04,kettle,regulars,kettle-coupon,100%",
    )
    path = tmp_path / "bad.csv"
    path.write_text("\n".join(("date,product,segment,offer,coverage", *rows)) + "\n", "utf-8")
    result = run("score", "template-basic", path)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert [entry.split(":")[1] for entry in lines[:-1]] == ["2", "3", "4", "5", "6", "7", "9"]
    assert "did you mean espresso-1kg?" in lines[0]
    assert "write 50% if that is meant" in lines[4]
    assert "line 8 has filled it" in lines[6]


def test_compare_shows_what_differs(folder: Path) -> None:
    """``DIR:2`` is the second plan of a folder; the slot that was dropped is listed."""
    result = run("compare", folder, f"{folder}:2")
    assert result.exit_code == 0
    assert "1 slot filled differently" in result.stdout
    document = json.loads(run("compare", folder, f"{folder}:2", "--json").stdout)
    before = {"offer": "coffee-15", "coverage": 1.0, "quantity": 1.0, "pieces": None}
    assert document["changes"][0]["before"] == before
    assert document["changes"][0]["after"] is None
    assert run("compare", folder, f"{folder}:3").exit_code == 2


def test_compare_warns_about_other_questions(folder: Path, tmp_path: Path) -> None:
    """Plans of different scenarios are compared with a note that says so."""
    from planner.problem import build_problem

    problem = build_problem("template-basic", ("limits.total-budget.max=11000", "offers.coffee-15.depth=14%"))
    other = tmp_path / "other"
    write_folder(problem, other, (line(problem, 2, "espresso-1kg", "coffee-15"),))
    result = run("compare", folder, other)
    assert result.exit_code == 0
    assert "different questions" in result.stderr


def test_amounts_in_two_currencies_are_never_taken_from_each_other(folder: Path, tmp_path: Path) -> None:
    """Yen less euros are nothing: compare and score refuse, in one sentence."""
    from planner.problem import build_problem

    run("init", tmp_path / "yen.yaml")
    text = (tmp_path / "yen.yaml").read_text("utf-8")
    yen = re.sub(r"(?<=[ :])(\d+)\.\d+(?=[,}])", r"\1", text.replace("currency: EUR", "currency: JPY"))
    (tmp_path / "yen.yaml").write_text(yen, "utf-8")
    problem = build_problem(str(tmp_path / "yen.yaml"))
    write_folder(problem, tmp_path / "yen", (line(problem, 2, "espresso-1kg", "coffee-15"),))
    lines = tmp_path / "lines.csv"
    lines.write_text("date,product,offer\n2027-03-03,espresso-1kg,coffee-15\n", "utf-8")
    for arguments in (("compare", folder), ("score", "template-basic", lines, "--against")):
        result = run(*arguments, tmp_path / "yen")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "currency: expected EUR, as in" in result.stderr and "got JPY" in result.stderr


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


def test_version_is_printed() -> None:
    """``--version`` names the distribution."""
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("campaign-planner ")


def test_start_of_json_commands_takes_little_time(folder: Path) -> None:
    """``check`` is quick enough for finance to run it on every folder."""
    begun = time.process_time()
    assert run("check", folder, "--json").exit_code == 0
    assert time.process_time() - begun < 3


def test_check_says_its_verdict_first_and_keeps_quiet_plans_short(folder: Path) -> None:
    """One line answers; plan 2 keeps everything and is one sentence, unless all are asked for."""
    short, long = run("check", str(folder)), run("check", str(folder), "--all")
    assert short.stdout.splitlines()[0] == "All figures are as recomputed, every limit and rule is kept."
    assert "Plan 2 keeps every limit and rule too (--all shows each)." in short.stdout
    assert "Plan 2, limit by limit" not in short.stdout and "Plan 2, limit by limit" in long.stdout
