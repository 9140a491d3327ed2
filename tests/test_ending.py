"""How commands end: Ctrl-C and SIGTERM before and after the answer, too little memory, errors of the program."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def _process(body: str) -> subprocess.CompletedProcess[str]:
    """Run a command line of its own, ``command``, to its end."""
    program = (
        "import atexit, os, signal, sys, time\n"
        # A shell that starts the tests in the background has them ignore the signal.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from planner.commands.terminal.ending import run_to_end\n"
        "from planner.commands.terminal.answering import ExitCode, answering\n"
        "from planner.commands.terminal.printing import note, show\n"
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
    """Outside of a search, what answers Ctrl-C does not hold up who ends the process; a second one kills."""
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
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "import planner.commands.terminal.ending as ending\nending.MOST_LOOKS = 5\n"
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


WHERE_SIGTERM_COMES = '''
import contextlib, gc, os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
from planner.commands.terminal.ending import run_to_end
from planner.evolution.interrupt import listening

def told(number=signal.SIGTERM):
    os.kill(os.getpid(), number)

def once():
    with listening() as interrupt:
        told()
        interrupt.check()

def at_once():
    with listening():
        told(); told()
        time.sleep(30)

def again_while_it_ends():
    with listening():
        try:
            told(); told()
        finally:
            told(); time.sleep(30)

def with_ctrl_c():
    try:
        with listening() as interrupt:
            told(); told(signal.SIGINT)
            interrupt.check()
    finally:
        told(signal.SIGINT)

def leaving():
    """As a live display or a pool of threads is left."""
    with contextlib.closing(type("Live", (), {"close": lambda self: told()})()):
        raise KeyboardInterrupt

def called_back(error=RuntimeError):
    """As compiled programs answer what was raised in what they call."""
    try:
        told()
    except BaseException as raised:
        raise error(str(raised)) from raised

def called_back_and_left():
    called_back(SystemExit)

def heard_by_nobody():
    with contextlib.suppress(BaseException):
        told()

def finalized():
    """As a callback that nobody can leave with an exception."""
    class Gone:
        def __del__(self):
            told()
    Gone()
    time.sleep(30)

for case in (once, at_once, again_while_it_ends, with_ctrl_c, leaving, called_back, called_back_and_left,
             heard_by_nobody, finalized):
    child = os.fork()
    if child == 0:
        sys.stdout = sys.stderr
        run_to_end(case)
    print(case.__name__, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
'''


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system cannot press again in a moment")
def test_sigterm_ends_as_the_signal_does_wherever_it_comes() -> None:
    """No traceback and no exit code that means something else, whatever a library makes of what is raised in it."""
    program = [sys.executable, "-c", WHERE_SIGTERM_COMES]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    ended = dict(line.split() for line in done.stdout.splitlines())
    assert len(ended) == 9
    assert set(ended.values()) == {str(-signal.SIGTERM)}, ended
    assert done.stderr == ""
