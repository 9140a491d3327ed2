"""Output that is closed, full, or that nobody reads, and files that cannot grow: the exit code is the answer's."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run
from customer_scores import frame, write
from plan_folders import template_plans

from scenarios.whole import replacing, write_whole

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")


folder = template_plans


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """Return the same folder with a changed figure."""
    place = tmp_path_factory.mktemp("forged") / "plans"
    shutil.copytree(folder, place)
    plans = json.loads((place / "plans.json").read_text("utf-8"))
    plans["plans"][0]["objective"] += 1
    (place / "plans.json").write_text(json.dumps(plans), "utf-8")
    return place


def _shell(command: str, *arguments: object, buffered: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell; ``campaign`` stands for this interpreter's, braces for arguments.

    Output is buffered as at people's, whatever the tests' own environment says, and on request not at all.
    """
    text = command.format(*(shlex.quote(str(each)) for each in arguments))
    text = text.replace("campaign", f"{shlex.quote(sys.executable)} -m planner", 1)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    env |= {} if buffered else {"PYTHONUNBUFFERED": "1"}
    # Python does not notice that compiled code which it keeps was cut short, and no other process could import it.
    env |= {"PYTHONDONTWRITEBYTECODE": "1"} if "ulimit" in command else {}
    return subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=False, timeout=120, env=env)


def test_links_that_lead_to_themselves_or_nowhere_are_told(tmp_path: Path, folder: Path) -> None:
    """As any place that the system refuses, read or written: one line with what mends it, and no traceback."""
    loop, nowhere = tmp_path / "loop", tmp_path / "nowhere"
    loop.symlink_to(loop)
    nowhere.symlink_to(tmp_path / "missing" / "folder")
    for arguments, said in (
        (("export", loop, "--csv"), "a link there leads back to itself: delete it"),
        (("export", folder, "--csv", "--out", loop), "a link there leads back to itself: delete it"),
        (("export", folder, "--csv", "--out", nowhere), "something else stands there, such as a link to nothing"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2, done.output
        assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize("gone", [">&-", "| head -0; exit ${{PIPESTATUS[0]}}"])
def test_without_a_reader_the_exit_code_is_the_answers(gone: str, folder: Path, forged: Path) -> None:
    """``>&-`` and ``| head`` lose the text and nothing else."""
    place, code = (folder, 0) if gone == ">&-" else (forged, 1)
    done = _shell(f"campaign check {{}} {gone}", place)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


@pytest.mark.parametrize("gone", ["--help >&-", "--help | head -0; exit ${{PIPESTATUS[0]}}", "--version >&-"])
def test_help_without_a_reader_is_no_error(gone: str) -> None:
    """What typer and rich print themselves is no exception."""
    done = _shell(f"campaign {gone}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_standard_error_commands_answer(folder: Path, tmp_path: Path) -> None:
    """Progress and notes are lost; the answer and its files are not."""
    assert run("init", tmp_path / "shop.yaml").exit_code == 0
    customers, chosen = write(tmp_path / "customers.csv", frame(20)), tmp_path / "chosen" / "offers.csv"
    done = _shell("campaign assign {} {} --out {} 2>&-", tmp_path / "shop.yaml", customers, chosen)
    assert done.returncode == 0 and done.stdout and chosen.exists()
    assert _shell("campaign check nothing 2>&-").returncode == 2


@needs_full
def test_where_standard_error_is_full_commands_answer(folder: Path, tmp_path: Path) -> None:
    """As where it is closed."""
    done = _shell("campaign export {} --csv --out {} 2>/dev/full", folder, tmp_path / "out")
    assert done.returncode == 0
    assert len(list((tmp_path / "out").iterdir())) >= 3
    assert _shell("campaign check nothing 2>/dev/full").returncode == 2


def test_a_width_of_nothing_is_not_known(folder: Path) -> None:
    """Programs that start commands without a terminal may say COLUMNS=0: the answer is there all the same."""
    shown = run("check", folder)
    assert _shell("COLUMNS=0; export COLUMNS; campaign check {}", folder).stdout == shown.stdout != ""


def test_texts_that_are_no_utf_8_are_refused(tmp_path: Path) -> None:
    """From a terminal with another encoding: one line, exit code 2, nothing written."""
    for command, said in (
        ("campaign validate template-basic --set title=$'\\xff'", "UTF-8"),
        ("campaign init {}/$'\\xff'.yaml", "a name in another encoding; choose another name"),
    ):
        done = _shell(command, tmp_path)
        assert (done.returncode, said in done.stderr, len(done.stderr.splitlines())) == (2, True, 1), done.stderr
    assert not list(tmp_path.iterdir())


@needs_full
@pytest.mark.parametrize(
    ("command", "buffered"),
    [
        *((each, True) for each in ("validate template-basic --json", "validate template-basic", "schema", "--help")),
        *((each, False) for each in ("validate template-basic --json", "validate template-basic")),
        *(("--version", each) for each in (True, False)),
    ],
)
def test_an_output_that_is_full_is_said_on_standard_error(command: str, buffered: bool) -> None:
    """One line with what is full and what to do, also where the answer would be JSON; exit code 2."""
    done = _shell(f"campaign {command} >/dev/full", buffered=buffered)
    assert done.returncode == 2
    expected = "standard output: output: expected room to write, got no space left on device; "
    assert done.stderr == f"{expected}make room, or send the output elsewhere\n"


def test_a_file_that_cannot_grow_is_named_with_a_remedy(folder: Path, tmp_path: Path) -> None:
    """The path is the one that was asked for, and nothing is left of it."""
    done = _shell("ulimit -f 4; campaign export {} --xlsx {}", folder, tmp_path / "account.xlsx")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{tmp_path / 'account.xlsx'}: file: ")
    assert "got file too large; raise the limit on the size of files (ulimit -f)" in line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("ending", "size"), [("csv", 4), ("parquet", 1)])
def test_room_that_assign_needs_is_said_with_its_place(tmp_path: Path, ending: str, size: int) -> None:
    """For what was scored, which has no name, and for the table: a place, the system's words, a remedy."""
    assert run("init", tmp_path / "shop.yaml").exit_code == 0
    customers = write(tmp_path / "customers.csv", frame(400 if size > 1 else 20))
    out = tmp_path / "out" / f"offers.{ending}"
    out.parent.mkdir()
    command = f"ulimit -f {size}; campaign assign {{}} {{}} --out {{}}"
    done = _shell(command, tmp_path / "shop.yaml", customers, out)
    assert done.returncode == 2
    (line,) = (line for line in done.stderr.splitlines() if "expected" in line)
    assert line.startswith(f"{out.parent}") and "got file too large; raise the limit" in line, line
    assert not list(out.parent.iterdir())


def test_errors_of_the_system_name_the_place_that_was_asked_for(tmp_path: Path) -> None:
    """A draft's name says nothing to anybody; another file's name stays."""
    target = tmp_path / "plans"
    for named, said in ((None, target), (target, target), (tmp_path / "other", tmp_path / "other")):
        with pytest.raises(OSError) as caught, replacing(target):
            raise OSError(28, "No space left on device", None if named is None else str(named))
        assert caught.value.filename == str(said)
    with pytest.raises(OSError) as caught, replacing(target) as draft:
        raise OSError(28, "No space left on device", str(draft / "cells"))
    assert caught.value.filename == str(target)
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError) as caught:
        write_whole(tmp_path / "taken", b"")
    assert caught.value.filename == str(tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert os.listdir(tmp_path / "taken") == []  # noqa: PTH208
