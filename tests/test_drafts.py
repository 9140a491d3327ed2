"""Drafts of what is written: gone whatever interrupts a run; what killed runs left goes with the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scenarios import drafts
from scenarios.drafts import clear_left_over, new_draft, set_aside
from scenarios.whole import replacing, try_place, write_whole

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes and signals of POSIX systems")

EVERY_MOMENT = """
import contextlib, os, shutil, signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
from planner.commands.terminal.ending import run_to_end
from scenarios import drafts, whole

here = Path(sys.argv[1])
whole.exchanged = lambda one, other: False
FILES = {drafts.__file__, whole.__file__, contextlib.__file__}

def work():
    whole.try_place(here / "new")
    whole.write_whole(here / "table", b"newer")
    with whole.replacing(here / "plans") as draft:
        (draft / "file").write_text("newer")

def traced(number, left):
    def lines(frame, event, argument):
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), number)
        return lines
    sys.settrace(lambda frame, *_: lines if frame.f_code.co_filename in FILES else None)
    work()
    sys.settrace(None)

for moment in range(1, 2000):
    number, ended = ((signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM))[moment % 2]
    shutil.rmtree(here)
    (here / "plans").mkdir(parents=True)
    (here / "plans" / "file").write_text("older")
    child = os.fork()
    if child == 0:
        sys.stderr = open(os.devnull, "w")
        run_to_end(lambda: traced(number, [moment]))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = sorted(set(os.listdir(here)) - {"table"})
    assert left == ["plans"], (number, moment, left)
    assert (here / "plans" / "file").read_text() in ("older", "newer"), (number, moment)
    if code == 0:
        break
    assert code == ended, (number, moment, code)
assert moment > 60
"""


def test_whenever_a_signal_comes_no_draft_is_left(tmp_path: Path) -> None:
    """Ctrl-C or SIGTERM at every line of what tries, writes and puts in place, where the system exchanges no folders.

    What stood there stays or is new.
    """
    place = tmp_path / "here"
    place.mkdir()
    program = [sys.executable, "-c", EVERY_MOMENT, str(place)]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def _killed(target: Path) -> Path:
    """Leave the draft of a process that is gone."""
    with subprocess.Popen(["true"]) as gone:
        pass
    mine = new_draft(target)
    left = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{gone.pid}-"))
    (left / target.name).mkdir(parents=True)
    return left


@pytest.mark.parametrize("write", [try_place, lambda path: write_whole(path, b""), lambda path: _replaced(path)])
def test_what_a_killed_run_left_goes_with_the_next_run_to_the_same_place(tmp_path: Path, write) -> None:
    """At once, where a command only tries its place, and where it writes a file or a folder."""
    left, other = _killed(tmp_path / "plans"), _killed(tmp_path / "other")
    write(tmp_path / "plans")
    assert not left.exists() and other.exists()


def _replaced(path: Path) -> None:
    with replacing(path):
        pass


def test_what_may_still_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts of a process that runs, of another machine or container, of another user, and names that are nobody's."""
    target = tmp_path / "plans"
    mine, gone = new_draft(target), _killed(target)
    number = gone.name.split("-")[2]
    names = [
        mine.name,
        gone.name.replace(drafts._machine(), "0" * 8),
        gone.name.replace(f"-{number}-", "-0-"),
        f"{gone.name}.zip",
        f".plans.draft-{number}",
    ]
    for name in names:
        (tmp_path / name).mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    clear_left_over(target)
    assert gone.exists()
    monkeypatch.undo()
    clear_left_over(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize("name", ["plans", "old"])
def test_an_older_folder_that_a_killed_run_had_set_aside_is_put_back(tmp_path: Path, name: str) -> None:
    """Where a system exchanges no folders, the one moment without either; not where something took the place since."""
    target = tmp_path / name
    for since in (False, True):
        left = _killed(target)
        aside = set_aside(left, target)
        aside.mkdir()
        (aside / "file").write_text("older")
        if since:
            (target / "file").write_text("newer")
        try_place(target)
        assert (target / "file").read_text() == ("newer" if since else "older")
        assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_draft_that_nobody_can_be_asked_about_goes_after_a_day(tmp_path: Path) -> None:
    """As before: whoever wrote it, no run writes for a day."""
    target = tmp_path / "plans"
    left = tmp_path / f".plans.draft-{'0' * 8}-1-{'0' * 8}"
    left.mkdir()
    os.utime(left, (time.time() - 2 * 86_400,) * 2)
    try_place(target)
    assert list(tmp_path.iterdir()) == []
