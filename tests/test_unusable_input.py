"""What no command can use: one clear line for each problem, exit code 2, and a document with ``--json``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import run
from plan_folders import basic_problem, good_lines, write_folder

from planner.commands import lived
from planner.commands.terminal.printing import MOST_PROBLEMS


def test_validate_names_every_problem_with_its_line(tmp_path: Path) -> None:
    """Two mistakes give two lines ``file:line: ...`` at once, and exit code 2."""
    target = tmp_path / "spring.yaml"
    run("init", target)
    text = target.read_text("utf-8")
    target.write_text(text.replace("unit: day", "unit: days").replace("depth: 15%", "deepth: 15%"), "utf-8")
    result = run("validate", target)
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert sum("did you mean depth?" in entry for entry in lines) == 1
    assert sum("did you mean day?" in entry or "one of day, week" in entry for entry in lines) == 1
    assert all(entry.startswith(f"{target}:") for entry in lines[:-1])


def test_unusable_input_is_one_json_document_with_json() -> None:
    """With ``--json`` problems are a document on standard output, and nothing else is printed."""
    result = run("validate", "template-basic", "--set", "limits.total-budget.max=-x", "--json")
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert document["format"] == "campaign-problems/1"
    assert document["problems"][0]["what"] == "limits.total-budget.max"
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("validate", "no-such-scenario"), "shipped:"),
        (("validate", "./no-such.yaml"), "no such file"),
        (("check", "no-such-folder"), "no such folder"),
        (("explain", "no-such-folder"), "no such folder"),
        (("compare", "no-such-folder", "neither"), "no such folder"),
        (("export", "no-such-folder", "--csv"), "no such folder"),
        (("score", "template-basic", "no-such.csv"), "no such file"),
        (("plan", "template-basic", "--gap", "much"), "a share such as 5%"),
        (("plan", "template-basic", "--gap", "80"), "got 80; write 80% if that is meant"),
        (("plan", "template-basic", "--seconds", "-0"), "seconds above 0"),
        (("plan", "template-basic", "--start", "no-such.csv"), "no such file"),
        (("train", "no-such.yaml", "--out", "model"), "no-such.yaml"),
        (("init", "/no/such/place/x.yaml"), "make the folder /no/such/place first"),
    ],
)
def test_unusable_input_is_answered_with_2_and_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    """Whatever is wrong with the input, there is a sentence and no traceback."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_validate_reads_the_data_file_too(tmp_path: Path) -> None:
    """A scenario that learns from data is valid only if its data.yaml is; the mistake is named with its line."""
    run("init", tmp_path / "spring.yaml")
    text = (tmp_path / "spring.yaml").read_text("utf-8")
    learned = [entry for entry in text.splitlines() if not entry.startswith(("effects:", "baseline:"))]
    (tmp_path / "learned.yaml").write_text("\n".join([*learned, "effects: {data: data.yaml}"]) + "\n", "utf-8")
    (tmp_path / "data.yaml").write_text("kind: transactionz\n", "utf-8")
    result = run("validate", tmp_path / "learned.yaml")
    assert result.exit_code == 2
    assert "data.yaml:1: kind: expected transactions" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "plans", "--plan", "0"), 'campaign explain: --plan: expected a number of at least 1, got "0"'),
        (("explain", "plans", "--plan", "two"), '--plan: expected a whole number, got "two"'),
        (("plan", "spring", "--plans", "40"), '--plans: expected a number of at most 20, got "40"'),
        (("plan", "spring", "--effort=fast"), '--effort: expected one of quick, normal, thorough, got "fast"'),
        (("plan", "--efort", "quick"), "expected an option of this command, got --efort; did you mean --effort?"),
        (("plan",), "campaign plan: SCENARIO: expected a value, got nothing; campaign plan --help shows"),
        (("plan", "a", "b"), 'arguments: expected SCENARIO and nothing more, got "b" besides'),
        (("plan", "a", "--seed"), "campaign plan: --seed: expected a value, got nothing"),
        (("plam", "a"), 'command: expected one of its commands, got "plam"; did you mean plan?'),
    ],
)
def test_a_command_line_that_cannot_be_read_is_a_problem_like_any_other(arguments: tuple[str, ...], words: str) -> None:
    """Where, expected, got, remedy, in one line and not in the words of a library; exit code 2."""
    result = run(*arguments)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert words in line
    document = json.loads(run(*arguments, "--json").stdout) if "--seed" not in arguments else None
    assert document is None or len(document["problems"]) == 1


@pytest.mark.parametrize(
    ("folder", "options", "words"),
    [
        ("none", ("--customers", "c.csv"), "expected a plan directory, got no such folder"),
        (
            "plans:2",
            ("--customers", "c.csv"),
            "got no such folder; write plans; commands that look at one plan take --plan 2",
        ),
        ("plans", ("--actuals", "a.csv", "--periods", "99"), "--periods: expected 1 to"),
        ("plans", ("--actuals", "a.csv", "--rollout", "none"), "holdout.csv: file: expected a file"),
    ],
)
def test_a_simulated_campaign_refuses_what_it_cannot_use(
    folder: str,
    options: tuple[str, ...],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The tutorial's own command answers like the others, and writes nothing."""
    monkeypatch.chdir(tmp_path)
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", good_lines(problem))
    with pytest.raises(SystemExit) as end:
        lived.main([folder, *options])
    assert end.value.code == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["plans"]


def test_thousands_of_problems_are_counted_and_the_first_ones_shown(tmp_path: Path) -> None:
    """A table with three thousand wrong cells leaves the terminal readable; ``--json`` has every problem."""
    lines = tmp_path / "lines.csv"
    # Three mistakes in each; the same one in many rows would be told once.
    rows = (f"2026-03-02,shoes-{number},crowd-{number},off-{number}" for number in range(1001))
    lines.write_text("\n".join(("date,product,segment,offer", *rows)) + "\n")
    result = run("score", "template-basic", lines)
    assert result.exit_code == 2
    told = result.stderr.splitlines()
    assert len(told) == MOST_PROBLEMS + 1, len(told)
    assert re.fullmatch(rf"3,00\d problems, of which the first {MOST_PROBLEMS} are shown; --json lists all", told[-1])
    assert len(json.loads(run("score", "template-basic", lines, "--json").stdout)["problems"]) > 3000


def test_thousands_of_wrong_columns_are_one_mistake(tmp_path: Path) -> None:
    """A header of which nothing is known is told once, with the columns that are needed and how many others stand."""
    lines = tmp_path / "lines.csv"
    lines.write_text(",".join(f"x{number}" for number in range(3000)) + "\n")
    (told,) = run("score", "template-basic", lines).stderr.splitlines()
    assert "known columns, date, product, offer among them, got x0, x1," in told and "and 2980 more" in told


def test_of_an_option_given_twice_the_last_value_is_the_wrong_one() -> None:
    """Where a script's ``--plans 3`` is followed by one's own ``--plans 0``, the message names what counts."""
    result = run("plan", "template-basic", "--plans", 3, "--plans=0")
    assert result.exit_code == 2 and 'at least 1, got "0"' in result.stderr, result.stderr
