"""How commands end: Ctrl-C around the answer, and streams that are closed, full, or that nobody reads."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from customer_scores import frame, write
from plan_folders import basic_problem, good_lines, write_folder

from scenarios.whole import replacing, write_whole

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a plan that keeps everything."""
    place = tmp_path_factory.mktemp("ending") / "plans"
    problem = basic_problem()
    write_folder(problem, place, good_lines(problem))
    return place


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """Return the same folder with a changed figure."""
    place = tmp_path_factory.mktemp("forged") / "plans"
    place.mkdir()
    for path in sorted(folder.rglob("*")):
        target = place / path.relative_to(folder)
        if path.is_dir():
            target.mkdir()
        else:
            target.write_bytes(path.read_bytes())
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
    return subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=False, timeout=120, env=env)


def _process(body: str) -> subprocess.CompletedProcess[str]:
    """Run a command line of its own, ``command``, to its end."""
    program = (
        "import atexit, os, signal, sys, time\n"
        # A shell that starts the tests in the background has them ignore the signal.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from planner.commands.ending import run_to_end\n"
        "from planner.commands.terminal import ExitCode, answering, note, show\n"
        "from planner.cli import app\n"
        "import typer\n"
        "def press():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(0.01)\n"
        "atexit.register(lambda: sys.stderr.write('taken down'))\n"
        "own = typer.Typer(cls=type(typer.main.get_command(app)), pretty_exceptions_enable=False)\n"
        f"{body}\n"
        "run_to_end(own)\n"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("code", ["YES", "NO"])
def test_ctrl_c_after_the_answer_changes_nothing(code: str) -> None:
    """Once something is shown, the exit code is the answer's, and libraries are not taken down any more."""
    done = _process(
        "@own.command()\n@answering\ndef one() -> ExitCode:\n    show('shown')\n    press()\n    note('wrote it')\n"
        f"    press()\n    return ExitCode.{code}\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (int(code == "NO"), "shown\n", "wrote it\n")


def test_ctrl_c_before_the_answer_is_one_word() -> None:
    """Exit code 130, no traceback, wherever the command was."""
    done = _process("@own.command()\n@answering\ndef one() -> ExitCode:\n    press()\n    return ExitCode.YES\n")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
    outside = _process("@own.command()\ndef one() -> None:\n    press()\n")
    assert (outside.returncode, outside.stdout, outside.stderr) == (130, "", "interrupted\n")
    early = _process("own = press")
    assert (early.returncode, early.stdout, early.stderr) == (130, "", "interrupted\n")


TOLD_TO_END = "        os.kill(os.getpid(), signal.SIGTERM)\n        time.sleep(30)\n"
"""Lines of a command that a supervisor ends."""


@pytest.mark.parametrize("answered", ["", "    show('shown')\n"])
def test_sigterm_takes_temporary_folders_and_drafts_along(tmp_path: Path, answered: str) -> None:
    """Nothing is left, before and after the answer; whoever sent the signal sees a process that it ended."""
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "file").write_text("older")
    done = _process(
        "import tempfile\nfrom pathlib import Path\nfrom scenarios.whole import replacing\n"
        "@own.command()\n@answering\ndef one() -> ExitCode:\n"
        f"    tempfile.tempdir = {str(tmp_path)!r}\n{answered}"
        "    with tempfile.TemporaryDirectory() as here, replacing(Path(tempfile.tempdir) / 'plans') as draft:\n"
        "        (Path(here) / 'rows').write_text('rows')\n        (draft / 'file').write_text('newer')\n"
        f"        print(len(os.listdir(tempfile.tempdir)), flush=True)\n{TOLD_TO_END}"
    )
    shown = "shown\n" if answered else ""
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, f"{shown}3\n", "")
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["plans", "plans/file"]
    assert (tmp_path / "plans" / "file").read_text() == "older"


def test_sigterm_is_no_ctrl_c_and_no_exit() -> None:
    """A search that answers Ctrl-C with the best so far does not hold up who ends the process; a second one kills."""
    done = _process(
        "@own.command()\n@answering\ndef one() -> ExitCode:\n    try:\n        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    except (Exception, KeyboardInterrupt, SystemExit):\n        show('the best so far')\n"
        f"    finally:\n{TOLD_TO_END}"
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "", "")


def test_who_ignores_sigterm_goes_on_ignoring_it() -> None:
    """A process that was started with the signal off keeps it off."""
    done = _process(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n@own.command()\n@answering\ndef one() -> ExitCode:\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n    show('shown')\n    return ExitCode.YES\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "shown\n", "")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system cannot press again in a moment")
@pytest.mark.parametrize("again", ["pass", "os.kill(os.getpid(), signal.SIGTERM)"])
def test_sigterm_waits_for_a_library_that_is_being_loaded(tmp_path: Path, again: str) -> None:
    """As Ctrl-C does; a second one does not wait."""
    end = "os.kill(os.getpid(), signal.SIGTERM)"
    (tmp_path / "library.py").write_text(
        f"import os, signal, time\n{end}\n{again}\ntime.sleep(0.1)\nprint('loaded', flush=True)\n"
    )
    done = _process(
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "@own.command()\n@answering\ndef one() -> ExitCode:\n    import library\n    time.sleep(30)\n"
    )
    said = "loaded\n" if again == "pass" else ""
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, said, "")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system cannot press again in a moment")
def test_ctrl_c_waits_for_a_library_that_is_being_loaded(tmp_path: Path) -> None:
    """Compiled libraries crash where they are interrupted in their midst: no traceback, no broken process."""
    press = "os.kill(os.getpid(), signal.SIGINT)"
    (tmp_path / "library.py").write_text(f"import os, signal, time\n{press}\ntime.sleep(0.1)\nprint('loaded')\n")
    done = _process(
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "@own.command()\n@answering\ndef one() -> ExitCode:\n    import library\n    time.sleep(30)\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "loaded\n", "interrupted\n")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system cannot press again in a moment")
@pytest.mark.parametrize("impatient", [True, False])
def test_a_library_that_never_ends_loading_is_not_waited_for(tmp_path: Path, impatient: bool) -> None:
    """Who presses again ends the command at once; who does not, after a while."""
    press = "os.kill(os.getpid(), signal.SIGINT)"
    again = press if impatient else "pass"
    (tmp_path / "library.py").write_text(f"import os, signal, time\n{press}\n{again}\ntime.sleep(30)\n")
    done = _process(
        f"sys.path.insert(0, {str(tmp_path)!r})\nimport planner.commands.ending as ending\nending.MOST_LOOKS = 5\n"
        "@own.command()\n@answering\ndef one() -> ExitCode:\n    import library\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_the_console_script_loads_nothing_before_it_is_ready_for_ctrl_c() -> None:
    """Commands, typer and rich come after the handler is in place."""
    program = "import sys, planner.cli; sys.exit(bool({'typer', 'rich', 'planner.commands.line'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("as_json", [False, True])
def test_too_little_memory_is_a_problem_like_any_other(as_json: bool) -> None:
    """No traceback of a library, and exit code 2."""
    done = _process(
        "@own.command()\n@answering\n"
        f"def one(json_: bool = {as_json}) -> ExitCode:\n    return ExitCode(len(bytearray(2**62)))\n"
    )
    assert done.returncode == 2
    assert "memory" in (json.loads(done.stdout)["problems"][0]["what"] if as_json else done.stderr)
    assert "Traceback" not in done.stderr


def test_an_error_of_the_program_is_still_shown() -> None:
    """What nobody foresaw is no answer: its traceback, and exit code 1."""
    done = _process("@own.command()\ndef one() -> None:\n    raise ValueError('unforeseen')\n")
    assert done.returncode == 1
    assert "ValueError: unforeseen" in done.stderr


@pytest.mark.parametrize("gone", [">&-", "| head -0; exit ${{PIPESTATUS[0]}}"])
def test_without_a_reader_the_exit_code_is_the_answers(gone: str, folder: Path, forged: Path) -> None:
    """``>&-`` and ``| head`` lose the text and nothing else."""
    for place, code in ((folder, 0), (forged, 1)):
        done = _shell(f"campaign check {{}} {gone}", place)
        assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


@pytest.mark.parametrize("gone", ["--help >&-", "--help | head -0; exit ${{PIPESTATUS[0]}}", "--version >&-"])
def test_help_without_a_reader_is_no_error(gone: str) -> None:
    """What typer and rich print themselves is no exception."""
    done = _shell(f"campaign {gone}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("gone", ["2>&-", pytest.param("2>/dev/full", marks=needs_full)])
def test_without_standard_error_commands_answer(gone: str, folder: Path, tmp_path: Path) -> None:
    """Progress and notes are lost; the answer and its files are not."""
    assert _shell(f"campaign explain {{}} {gone}", folder).stdout
    done = _shell(f"campaign export {{}} --csv --out {{}} {gone}", folder, tmp_path / "out")
    assert done.returncode == 0
    assert len(list((tmp_path / "out").iterdir())) >= 3
    assert _shell(f"campaign check nothing {gone}").returncode == 2


def test_a_width_of_nothing_is_not_known(folder: Path) -> None:
    """Programs that start commands without a terminal may say COLUMNS=0: the answer is there all the same."""
    shown = _shell("campaign check {}", folder)
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
@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(
    "command", ["validate template-basic --json", "validate template-basic", "schema", "--version", "--help"]
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
    assert _shell("campaign init {}", tmp_path / "shop.yaml").returncode == 0
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
