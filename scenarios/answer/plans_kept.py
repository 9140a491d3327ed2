"""Plans that a new answer does not replace: those of another scenario, and signed ones by unsigned ones."""

from __future__ import annotations

import json
from pathlib import Path

from scenarios.answer.frozen_place import PLANS
from scenarios.answer.signature import SIGNATURE
from scenarios.problems import InvalidInput, Problem


def refuse_other_plans(folder: Path, scenario: str, *, signs: bool) -> None:
    """Refuse to put a scenario's plans in the place of what somebody still needs.

    Parameters
    ----------
    folder
        A plan directory, or nothing yet.
    scenario
        Id of the scenario whose plans would be written.
    signs
        Whether they are signed.

    Raises
    ------
    InvalidInput
        For plans of another scenario, and for signed plans where the new ones are not.
    """
    stands = _scenario_of(folder)
    if stands is None:
        return
    problems, other = [], "choose another --out, or remove that folder"
    if stands != scenario:
        expected, got = f"a new folder, or an older one of {scenario}", f"plans of {stands}"
        problems.append(Problem(where=str(folder), what="output", expected=expected, got=got, remedy=other))
    if (folder / SIGNATURE).exists() and not signs:
        expected, remedy = "plans that are signed, too", f"add --key KEY, {other}"
        got = "none, in place of signed ones"
        problems.append(Problem(where=str(folder), what="signature", expected=expected, got=got, remedy=remedy))
    if problems:
        raise InvalidInput(problems)


def _scenario_of(folder: Path) -> str | None:
    """Id of the scenario of a plan directory; None where none can be read."""
    try:
        document = json.loads((folder / PLANS).read_bytes())
        return str(document["scenario"]["id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
