"""Files and folders that are there whole or not at all, at whatever moment a run ends.

Everything is written under another name beside its place and then renamed. A folder that takes an older one's place
changes places with it in one step where the system can do that (Linux, macOS); elsewhere the older one steps aside
first, for the moment between two renames. What a killed run leaves behind is hidden, stands in nobody's way, and is
cleared away by the next run that writes to the same place (`scenarios.drafts`).
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scenarios.drafts import clear_left_over, new_draft, set_aside, unfinished

_HERE, _EXCHANGE = -100, 2
"""``AT_FDCWD``, and ``RENAME_EXCHANGE`` of Linux, which is ``RENAME_SWAP`` on macOS."""


OWNER_ONLY, EVERYBODY = 0o600, 0o666
"""Rights of a new file that names customers, and of any other, before the system's own mask."""


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file under a temporary name and rename it: there is never a half of it. See `drafted`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with drafted(path, private=private) as draft:
        draft.write_bytes(content)


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, where the system has such rights."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, OWNER_ONLY)) as file:
        file.write(content)


def or_room(error: OSError, remedy: str) -> str:
    """Return what to do where something could not be written: on a full disk to make room, or the remedy."""
    return f"make room, or {remedy}" if error.errno in (errno.ENOSPC, errno.EDQUOT) else remedy


@contextmanager
def drafted(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Yield an empty file that takes a path's place at the end; where the block raises, nothing changes.

    What a link names is replaced, not the link: whoever reads that file wants the new one. An older file's rights stay,
    so that what was closed to others is not opened to them; a new file has those that new files have here.

    Parameters
    ----------
    path
        The file to write, in a folder that is there.
    private
        Whether a new one is for its owner only, where the system has such rights: it names customers.

    Raises
    ------
    OSError
        Where the folder around it cannot be written.
    """
    target = path.resolve()
    clear_left_over(target)
    draft = new_draft(target)
    with unfinished(draft), _named(path, draft):
        # Never open to more people than the older file, not even while it is written.
        rights = stat.S_IMODE(target.stat().st_mode) if target.exists() else OWNER_ONLY if private else EVERYBODY
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, rights | stat.S_IWUSR))
        yield draft
        _keep_rights(draft, target)
        draft.replace(target)


def try_place(target: Path) -> None:
    """Find out before long work whether a folder could be written in a place; leaves nothing behind.

    Raises
    ------
    OSError
        Where the folder around it cannot be made or written.
    """
    whole = target.resolve()
    around = next(parent for parent in whole.parents if parent.exists())
    clear_left_over(around / whole.name)
    trial = new_draft(around / whole.name)
    with unfinished(trial), _named(target, trial):
        trial.mkdir()
        trial.rmdir()


def _keep_rights(draft: Path, target: Path) -> None:
    """Give a draft the rights of what it replaces."""
    if target.exists():
        draft.chmod(stat.S_IMODE(target.stat().st_mode))


@contextmanager
def _named(path: Path, draft: Path) -> Iterator[None]:
    """Let errors of the system name the place that people asked for, where they name its draft or nothing."""
    try:
        yield
    except OSError as error:
        ours = error.filename is None or str(error.filename).startswith(str(draft))
        if error.errno is None or not ours:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the target's place at the end; where the block raises, nothing changes.

    Parameters
    ----------
    target
        The folder to write, resolved; an older one is replaced as a whole.

    Raises
    ------
    OSError
        Where the folder around it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_left_over(target)
    room = new_draft(target)
    draft = room / target.name
    with unfinished(room), _named(target, room):
        room.mkdir(stat.S_IRWXU)
        draft.mkdir()
        yield draft
        _keep_rights(draft, target)
        _put(draft, target, set_aside(room, target))


def _put(draft: Path, target: Path, aside: Path) -> None:
    """Put a finished folder in place."""
    if not target.exists():
        try:
            draft.rename(target)
            return
        except OSError:
            if not target.exists():
                raise
            # Another run was faster: its folder is replaced as an older one is.
    if exchanged(draft, target):
        return
    try:
        target.rename(aside)
        draft.rename(target)
    except BaseException:  # an interrupt, too, must leave the older folder in its place
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system or its file system cannot."""
    try:
        system = ctypes.CDLL(None, use_errno=True)
    except (OSError, TypeError):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if hasattr(system, "renameat2"):
        return bool(system.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0)
    if hasattr(system, "renamex_np"):
        return bool(system.renamex_np(*paths, _EXCHANGE) == 0)
    return False
