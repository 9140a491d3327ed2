"""``campaign score`` and ``compare`` at the command line: what they answer, and when they warn or refuse."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from command_line import run
from plan_folders import SEED, basic_problem, good_lines, line, two_plans, write_folder

import scenarios

folder = two_plans


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


def test_plans_of_two_seeds_are_compared_in_the_same_futures(tmp_path: Path, folder: Path) -> None:
    """The same lines under another seed differ in nothing: what P5 moved by was the draw."""
    problem = basic_problem()
    other = tmp_path / "other-seed"
    made = write_folder(problem, other, good_lines(problem), seed=SEED + 1)
    stored = json.loads((folder / "plans.json").read_text("utf-8"))["plans"][0]["outcome"]
    assert stored["quantiles"]["profit"]["p05"] != float(made.plans[0].outcome.quantiles["profit"].p05)
    result = run("compare", folder, other, "--json")
    document = json.loads(result.stdout)
    assert all(one == two for one, two in document["futures"]["profit"].values())
    assert document["futures"]["profit"]["p05"][0] == stored["quantiles"]["profit"]["p05"]
    assert document["futures"]["loss_share"] == [stored["loss_share"]] * 2
    result = run("compare", folder, other)
    assert "was made with another seed: what it may come to is told of the futures of" in result.stderr
    row = next(line.split() for line in result.stdout.splitlines() if line.startswith("  P5"))
    assert row[1] == row[2] and row[3] == "0.00"
    assert "futures with a loss" in result.stdout
    assert "another seed" not in run("compare", folder, f"{folder}:2").stderr
