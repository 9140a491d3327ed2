"""Files and folders that are there whole or not at all, at whatever moment a run ends.

Everything is written under another name beside its place and then renamed. A folder that takes an older one's place
changes places with it in one step where the system can do that (Linux, macOS); elsewhere the older one steps aside
first, for the moment between two renames. What a killed run leaves behind is hidden, stands in nobody's way, and is
cleared away by the next run that writes to the same place a day later or more.
"""

from __future__ import annotations

import ctypes
import errno
import glob
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STALE_SECONDS = 86_400.0
"""Age from which on a draft is taken to be left over: no run writes for a day."""
NAME_BYTES = 200
"""Of a target's name in its drafts'; systems take 255 bytes in all."""
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
    _clear_stale(target)
    draft = target.with_name(f"{draft_name(target)}{os.urandom(4).hex()}")
    try:
        with _named(path, draft):
            # Never open to more people than the older file, not even while it is written.
            rights = stat.S_IMODE(target.stat().st_mode) if target.exists() else OWNER_ONLY if private else EVERYBODY
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, rights | stat.S_IWUSR))
            yield draft
            _keep_rights(draft, target)
            draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink()


def try_place(target: Path) -> None:
    """Find out before long work whether a folder could be written in a place; leaves nothing behind.

    Raises
    ------
    OSError
        Where the folder around it cannot be made or written.
    """
    whole = target.resolve()
    around = next(parent for parent in whole.parents if parent.exists())
    trial = around / f"{draft_name(whole)}{os.getpid()}"
    with _named(target, trial):
        trial.mkdir()
        trial.rmdir()


def draft_name(target: Path) -> str:
    """Begin the hidden names of what will take a target's place; of a long name only what leaves room for more."""
    return f".{os.fsencode(target.name)[:NAME_BYTES].decode(errors='ignore')}.draft-"


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
    _clear_stale(target)
    with _named(target, target.with_name(draft_name(target))):
        room = Path(tempfile.mkdtemp(prefix=draft_name(target), dir=target.parent))
    draft = room / target.name
    try:
        with _named(target, room):
            draft.mkdir()
            yield draft
            _keep_rights(draft, target)
            _put(draft, target, room / "old")
    finally:
        shutil.rmtree(room, ignore_errors=True)


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
    target.rename(aside)
    try:
        draft.rename(target)
    except BaseException:  # an interrupt, too, must leave the older folder in its place
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


def _clear_stale(target: Path) -> None:
    """Take away drafts of runs that were killed long ago."""
    for left in target.parent.glob(f"{glob.escape(draft_name(target))}*"):
        try:
            old = time.time() - left.stat().st_mtime > STALE_SECONDS
        except OSError:
            continue
        if old and left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif old:
            with suppress(OSError):
                left.unlink()
