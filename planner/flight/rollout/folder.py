"""A rollout's folder as others read it: its manifest, and whether it is the rollout of the campaign that is meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from scenarios.answer.json_records import parse
from scenarios.answer.plan_files import sha256
from scenarios.problems import InvalidInput, Problem

_SHA256 = re.compile(r"[0-9a-f]{64}")
MANIFEST, _FORMAT = "manifest.json", "campaign-rollout/"


def read_manifest(rollout: Path, *, scenario: str | None, plans_sha256: str = "", rank: int = 1) -> dict[str, Any]:
    """Read the manifest of a campaign's rollout.

    Parameters
    ----------
    scenario
        Id of the campaign's scenario; None for any.
    plans_sha256, rank
        Which plan of which plans.json runs: a rollout of another plan of the same file is another one. Rollouts of
        other files pass, because a re-planned campaign has been rolled out before.

    Raises
    ------
    InvalidInput
        Where the folder is no rollout, does not say of which plan it is one, or is one of another campaign or plan.
    """
    manifest = _manifest(rollout)
    if scenario is not None and manifest.get("scenario") != scenario:
        raise refused_rollout(rollout, f"a rollout of {scenario}", f"one of {str(manifest.get('scenario'))[:60]}")
    sealed, plan = manifest.get("plans_sha256"), manifest.get("plan")
    if not (isinstance(sealed, str) and _SHA256.fullmatch(sealed) and isinstance(plan, int) and plan >= 1):
        expected = f"a {MANIFEST} that says which plan of which plans.json it is of (plan, plans_sha256)"
        got = "another one" if sealed is not None and plan is not None else "one without that"
        raise refused_rollout(rollout, expected, got, "export the rollout again from the same plan and customers")
    if plans_sha256 and manifest.get("plans_sha256") == plans_sha256 and manifest.get("plan") != rank:
        other = str(manifest.get("plan"))[:20]
        raise refused_rollout(rollout, f"a rollout of plan {rank}", f"one of plan {other}", f"write --plan {other}")
    return manifest


def _manifest(rollout: Path) -> dict[str, Any]:
    expected = "a folder that campaign export --rollout wrote"
    path = rollout / MANIFEST
    if not path.is_file():
        raise refused_rollout(rollout, expected, f"no {MANIFEST}")
    try:
        manifest = parse(path.read_bytes().decode(), where=str(path))
    except UnicodeDecodeError:
        manifest = None
    if not isinstance(manifest, dict) or not str(manifest.get("format")).startswith(_FORMAT):
        raise refused_rollout(rollout, expected, f"another {MANIFEST}")
    return manifest


def listed_file(rollout: Path, manifest: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return what the manifest tells of one of its files, which must be as it was; None where it lists no such file.

    Raises
    ------
    InvalidInput
        Where the file is listed and gone, or another one stands there.
    """
    files = manifest.get("files")
    if not isinstance(files, dict) or name not in files:
        return None
    if not (rollout / name).is_file():
        raise refused_rollout(rollout, f"the file {name}, which its manifest lists", "none", "restore it")
    entry = files[name]
    entry = entry if isinstance(entry, dict) else {}
    if entry.get("sha256") != sha256((rollout / name).read_bytes()):
        expected = f"the file {name} as it was written ({MANIFEST} has its hash)"
        remedy = "restore it, or export the rollout again from the same customers"
        raise refused_rollout(rollout, expected, "a changed one", remedy)
    return entry


def refused_rollout(
    rollout: Path, expected: str, got: str, remedy: str = "name the rollout of this campaign"
) -> InvalidInput:
    """Return the refusal of a folder."""
    return InvalidInput([Problem(where=str(rollout), what="rollout", expected=expected, got=got, remedy=remedy)])
