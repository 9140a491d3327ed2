"""The folder of a rollout: only ever a new one or an older rollout, written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scenarios.answer.frozen_place import refuse_inside_problem
from scenarios.problems import InvalidInput, Problem
from scenarios.whole import or_room, replacing, write_private

FORMAT = "campaign-rollout/1"
MANIFEST = "manifest.json"
HOLDOUT, AUDIENCES = "holdout.csv", "audiences/"
"""The holdout, and what names of audiences' files begin with."""


def refuse_foreign(out: Path) -> None:
    """Never overwrite anything but a rollout.

    Raises
    ------
    InvalidInput
        Where the folder holds other things or lies in the frozen question of plans, or the name is a file.
    """
    refuse_inside_problem(out, option="--rollout")
    if not (out.exists() or out.is_symlink()):
        return
    if out.is_dir() and (not any(out.iterdir()) or _is_rollout(out)):
        return
    got = "a folder with other things" if out.is_dir() else "a file"
    expected, remedy = "a new folder, or an older rollout to replace", "choose another --rollout"
    raise InvalidInput([Problem(where=str(out), what="rollout", expected=expected, got=got, remedy=remedy)])


def _is_rollout(out: Path) -> bool:
    try:
        return f'"{FORMAT}"' in (out / MANIFEST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def names_customers(name: str) -> bool:
    """Whether a file of a rollout lists customers one by one."""
    return name == HOLDOUT or name.startswith(AUDIENCES)


def write_rollout(out: Path, contents: Mapping[str, bytes]) -> None:
    """Write files by their names beside the target, then put them in place; those that name customers for their owner.

    Raises
    ------
    InvalidInput
        Where the folder cannot be written.
    """
    try:
        with replacing(out.resolve()) as draft:
            for name, raw in contents.items():
                path = draft / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if names_customers(name):
                    write_private(path, raw)
                else:
                    path.write_bytes(raw)
    except OSError as error:
        expected, got = "a folder that can be written", (error.strerror or str(error)).lower()
        remedy = or_room(error, "choose another --rollout")
        raise InvalidInput(
            [Problem(where=str(out), what="rollout", expected=expected, got=got, remedy=remedy)]
        ) from None
