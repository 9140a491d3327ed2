"""What test_killed kills: an empty folder is the argument; prints every case with the number of its moments."""

from __future__ import annotations

import gc
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import built_once  # noqa: F401
import command_line
import read_once  # noqa: F401
from customer_scores import frame, write
from killed import files, kill_everywhere
from plan_folders import answer_of, basic_problem, good_lines, write_folder

import planner.export.workbook
import scenarios.answer.archive
from planner.export.workbook import workbook
from scenarios.answer.archive import Frozen, from_files
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import PlanDirectory, write_plans

# What is made of a folder's bytes before anything is written is made once, not by every process that is killed.
_made: dict[object, Any] = {}


def _book(directory: PlanDirectory, plan: RankedPlan) -> bytes:
    key = (*sorted(directory.raw.items()), plan.rank)
    if key not in _made:
        _made[key] = workbook(directory, plan)
    return bytes(_made[key])


def _problem(files: dict[str, bytes], *, where: str) -> Frozen:
    key = (*sorted(files.items()), where)
    if key not in _made:
        _made[key] = from_files(files, where=where)
    found: Frozen = _made[key]
    return found


planner.export.workbook.workbook = _book
scenarios.answer.archive.from_files = _problem


def run(*arguments: object) -> None:
    """Run a command; what it refuses is an error here."""
    result = command_line.run(*arguments)
    if result.exit_code != 0:
        raise AssertionError(result.output)


def old_or_new(folder: Path, kept: dict[str, bytes], wanted: dict[str, bytes], *, together: bool) -> Callable[[], None]:
    """Judge a folder: every file is whole, either the old one or the new one, or not there where there was none."""

    def judge() -> None:
        now = files(folder)
        assert not together or now in (kept, wanted), sorted(now)
        for name in {*now, *kept}:
            assert now.get(name) in (kept.get(name), wanted.get(name)), name
        for name in kept:
            assert name in now, name

    return judge


def killed(folder: Path, place: Path, again: Callable[[], object], *, together: bool) -> int:
    """Kill what writes ``place`` where nothing was and over an older version; afterwards it runs through.

    Where files change one by one, half of them are there before, and the others are not: one round shows both.

    Parameters
    ----------
    folder
        Everything that may be touched.
    place
        The folder that is judged.
    again
        Writes it.
    together
        Whether its files change together or not at all.
    """
    again()
    wanted = files(place)
    again()
    assert files(place) == wanted, "twice the same command, other files"
    if together:
        shutil.rmtree(place)
        first = kill_everywhere(again, folder, old_or_new(place, {}, wanted, together=True))
        return first + kill_everywhere(again, folder, old_or_new(place, wanted, wanted, together=True))
    older = {name: wanted[name] + b"\n" for name in sorted(wanted)[::2]}
    for name in wanted:
        (place / name).unlink()
    for name, raw in older.items():
        (place / name).write_bytes(raw)
    return kill_everywhere(again, folder, old_or_new(place, older, wanted, together=False))


def plans(folder: Path) -> int:
    """The folder of plan, replan and sweep: one writer puts it in place, as it does a trained model's."""
    problem = basic_problem()
    lines = good_lines(problem)
    place = folder / "plans"
    write_folder(problem, place, lines[1:])
    older = files(place)
    write_folder(problem, place, lines)
    wanted = files(place)
    write_folder(problem, place, lines[1:])
    (place / "mine.txt").write_text("what others put there")
    guest = {"mine.txt": b"what others put there"}
    judge = old_or_new(place, older | guest, wanted | guest, together=True)
    answer = answer_of(problem, lines)
    moments = kill_everywhere(lambda: write_plans(place, *answer), folder, judge)
    run("check", place)
    return moments


def export(folder: Path) -> int:
    """CSV files and the workbook."""
    problem = basic_problem()
    write_folder(problem, folder / "plans", good_lines(problem))
    out = folder / "out"
    return killed(
        folder,
        out,
        lambda: run("export", folder / "plans", "--csv", "--out", out, "--xlsx", out / "plan.xlsx"),
        together=False,
    )


def rollout(folder: Path) -> int:
    """The folder to run a campaign from."""
    problem = basic_problem()
    write_folder(problem, folder / "plans", good_lines(problem))
    customers = write(folder / "customers.csv", frame(60)[["customer", "segment"]])
    out, key = folder / "rollout", folder / "key"
    command = ("export", folder / "plans", "--rollout", out, "--customers", customers, "--key", key)
    return killed(folder, out, lambda: run(*command), together=True)


def assign(folder: Path) -> int:
    """Who gets what, and its record."""
    run("init", folder / "shop.yaml")
    customers = write(folder / "customers.csv", frame(60))
    out = folder / "out"
    return killed(
        folder,
        out,
        lambda: run("assign", folder / "shop.yaml", customers, "--out", out / "table.csv"),
        together=False,
    )


CASES = (plans, export, rollout, assign)

if __name__ == "__main__":
    # Whatever Python's collector looks through, a fork would have to copy: that took a sixth of the time.
    gc.freeze()
    gc.disable()
    for case in CASES:
        room = Path(sys.argv[1]) / case.__name__
        room.mkdir()
        sys.stdout.write(f"{case.__name__} {case(room)}\n")
        sys.stdout.flush()
