"""Drafts: hidden names beside a target, under which its next version is made; who makes them, and when they may go.

A draft's name says which process on which machine writes it. Whatever interrupts that process, its drafts are cleared
away before it ends; where it was killed, the next run that writes to the same place clears away what it left.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
import shutil
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

STALE_SECONDS = 86_400.0
"""Age from which on a draft is taken to be left over, whoever wrote it: no run writes for a day."""
NAME_BYTES = 200
"""Of a target's name in its drafts'; systems take 255 bytes in all."""
_OURS = re.compile(r"\.draft-(?P<machine>[0-9a-f]{8})-(?P<process>[1-9][0-9]*)-[0-9a-f]{8}$")
_MACHINE_FILES = "/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"
"""On Linux: since when this machine runs, and which container counts the processes."""

_unfinished: set[Path] = set()
"""Drafts of this process that may stand on the disk."""


def draft_name(target: Path) -> str:
    """Begin the hidden names of what will take a target's place; of a long name only what leaves room for more."""
    return f".{os.fsencode(target.name)[:NAME_BYTES].decode(errors='ignore')}.draft-"


def new_draft(target: Path) -> Path:
    """Name a draft of this process, which nobody else's has; nothing is made."""
    return target.with_name(f"{draft_name(target)}{_machine()}-{os.getpid()}-{os.urandom(4).hex()}")


@contextmanager
def unfinished(draft: Path) -> Iterator[None]:
    """Clear a draft away at the end of the block, or of the process where that is interrupted in between.

    An interrupt may come between any two steps, those of clearing away included; so it is known from before a draft is
    made until after it is gone, and `clear_unfinished` does what was not done.

    Parameters
    ----------
    draft
        A file or folder that is made within the block; gone from its place by the end of it, or not wanted any more.
    """
    _unfinished.add(draft)
    try:
        yield
    finally:
        _remove(draft)
        _unfinished.discard(draft)


def clear_unfinished() -> None:
    """Clear away every draft of this process, before it ends."""
    for draft in tuple(_unfinished):
        _remove(draft)
        _unfinished.discard(draft)


def clear_left_over(target: Path) -> None:
    """Clear away drafts of a target that nobody writes any more.

    Those are drafts of a process of the same user on this machine that is gone, and of whomever after a day. What may
    still be written stays: where a process cannot be asked after, or another has its number by now, for that day. An
    older target that was set aside within a draft when its writer was killed is put back first.
    """
    for left in target.parent.glob(f"{glob.escape(draft_name(target))}*"):
        with suppress(OSError):
            status = left.lstat()
            if time.time() - status.st_mtime > STALE_SECONDS or _left_by_a_killed_run(left, status):
                aside = set_aside(left, target)
                if aside.exists() and not target.exists():
                    aside.rename(target)
                _remove(left)


def set_aside(draft: Path, target: Path) -> Path:
    """Name where an older folder waits within a draft while the new one, under its own name there, takes its place."""
    return draft / ("older" if target.name == "old" else "old")


def _left_by_a_killed_run(draft: Path, status: os.stat_result) -> bool:
    """Whether a draft is this user's and the process that its name tells ran on this machine and is gone."""
    told = _OURS.search(draft.name)
    if told is None or told["machine"] != _machine() or os.name != "posix":  # elsewhere asking ends the process
        return False
    if status.st_uid != os.geteuid() or not (stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)):
        return False
    try:
        os.kill(int(told["process"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


@cache
def _machine() -> str:
    """Return what tells this machine from others that write to the same disk: its name, its start, its container."""
    known = [socket.gethostname()]
    for path in map(Path, _MACHINE_FILES):
        with suppress(OSError):
            known.append(str(path.readlink()) if path.is_symlink() else path.read_text(encoding="ascii"))
    return hashlib.blake2s(" ".join(known).encode(errors="replace"), digest_size=4).hexdigest()


def _remove(draft: Path) -> None:
    """Take away a file or a folder that may be there."""
    if draft.is_dir() and not draft.is_symlink():
        shutil.rmtree(draft, ignore_errors=True)
    else:
        with suppress(OSError):
            draft.unlink()
