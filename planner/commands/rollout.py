"""What ``campaign export --rollout`` does: audiences, prices, calendar and holdout of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.export.rollout import Manifest
    from planner.flight.design import DesignParams
    from scenarios.answer.plan import RankedPlan
    from scenarios.answer.plan_files import PlanDirectory


def roll_out(
    directory: PlanDirectory,
    ranked: RankedPlan,
    out: Path,
    *,
    customers: Path | None,
    ids: bool,
    key: Path | None,
    holdout: str | None,
    switchback: str | None,
) -> Manifest:
    """Write the rollout of one plan.

    Raises
    ------
    InvalidInput
        Where options, customers or the folder cannot be used.
    """
    from planner.export.rollout import export_rollout, refuse_foreign
    from planner.export.rollout_customers import read_rollout_customers
    from scenarios.answer.plan_files import PLANS, sha256
    from scenarios.grid import build_grid
    from surrogate.data.pseudonyms import Pseudonyms, key_for

    params = _design(holdout, switchback)
    refuse_foreign(out)
    frozen = directory.problem()
    people = None
    if customers is not None:
        pseudonyms = None if ids else Pseudonyms(key_for(key))
        people = read_rollout_customers(customers, build_grid(frozen.scenario, frozen.custom), pseudonyms)
    return export_rollout(frozen, ranked, sha256(directory.raw[PLANS]), out, people, params)


def _design(holdout: str | None, switchback: str | None) -> DesignParams:
    from planner.flight.design import DesignParams
    from planner.report.figures import parse_share_option
    from scenarios.problems import InvalidInput, Problem

    shares = {
        "--holdout": None if holdout is None else parse_share_option(holdout, option="--holdout"),
        "--switchback": 0.0 if switchback is None else parse_share_option(switchback, option="--switchback"),
    }
    problems = [
        Problem(where=option, what="share", expected="a share from 0% to 50%", got=f"{100 * share:g}%")
        for option, share in shares.items()
        if share is not None and share > 0.5
    ]
    if problems:
        raise InvalidInput(problems)
    return DesignParams(holdout=shares["--holdout"], switchback=shares["--switchback"] or 0.0)


def refuse_lonely(rollout: Path | None, **given: object) -> None:
    """Refuse options that mean something beside ``--rollout`` only.

    Raises
    ------
    InvalidInput
        Where one is given without it.
    """
    from scenarios.problems import InvalidInput, Problem

    lonely = [name for name, value in given.items() if value]
    if rollout is None and lonely:
        raise InvalidInput(
            [
                Problem(
                    where=f"--{name}", what="option", expected="--rollout OUT beside it", remedy="add --rollout OUT"
                )
                for name in lonely
            ]
        )
