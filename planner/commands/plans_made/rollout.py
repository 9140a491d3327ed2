"""What ``campaign export --rollout`` does: audiences, prices, calendar and holdout of a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.export.rollout import Manifest
    from planner.flight.rollout.design import DesignParams
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
    """Write the rollout of one plan; what it returns says what is wrong with the customers, too, before all else.

    Raises
    ------
    InvalidInput
        Where options, customers or the folder cannot be used.
    """
    from planner.export.rollout import export_rollout
    from planner.export.rollout_customers import read_rollout_customers
    from planner.export.rollout_place import refuse_foreign
    from planner.export.rollout_warnings import warnings_of
    from scenarios.answer.plan_files import PLANS, sha256
    from scenarios.grid import build_grid
    from surrogate.data.files.pseudonyms import Pseudonyms, key_for

    params = _design(holdout, switchback)
    refuse_foreign(out)
    refuse_others(out, customers)
    frozen = directory.problem()
    people, grid = None, build_grid(frozen.scenario, frozen.custom)
    if customers is not None:
        people = read_rollout_customers(customers, grid, lambda: Pseudonyms(key_for(key)), ids=ids)
    manifest = export_rollout(frozen, ranked, sha256(directory.raw[PLANS]), out, people, params)
    warned = () if people is None else warnings_of(people, grid, ranked.lines)
    return replace(manifest, says=(*warned, *manifest.says))


def refuse_others(out: Path, customers: Path | None) -> None:
    """Never replace an older rollout together with what others put into its folder, or with what is read.

    Raises
    ------
    InvalidInput
        Where the folder holds files that its manifest does not list, or the customers' file.
    """
    from planner.export.rollout_place import MANIFEST
    from scenarios.answer.json_records import parse
    from scenarios.first_few import first_few
    from scenarios.problems import InvalidInput, Problem

    if not (out / MANIFEST).is_file():
        return
    where = str(out / MANIFEST)
    document = parse((out / MANIFEST).read_text("utf-8"), where=where)
    listed = document.get("files") if isinstance(document, dict) else None
    known = {MANIFEST, *(listed if isinstance(listed, dict) else ())}
    found = [path for path in sorted(out.rglob("*")) if not path.is_dir() or path.is_symlink()]
    others = [path for path in found if path.relative_to(out).as_posix() not in known or _same(path, customers)]
    if others:
        got = first_few([path.relative_to(out).as_posix() for path in others])
        expected = "a new folder, or an older rollout with nothing else in it, because it is replaced as a whole"
        remedy = "move what is yours elsewhere, or choose another --rollout"
        raise InvalidInput([Problem(where=str(out), what="rollout", expected=expected, got=got, remedy=remedy)])


def _same(path: Path, other: Path | None) -> bool:
    return other is not None and path.exists() and other.exists() and path.samefile(other)


def _design(holdout: str | None, switchback: str | None) -> DesignParams:
    from planner.figures import parse_share_option
    from planner.flight.rollout.design import DesignParams
    from scenarios.problems import InvalidInput, Problem

    shares, problems = dict[str, float](), list[Problem]()
    for option, text in (("--holdout", holdout), ("--switchback", switchback)):
        if text is None:
            continue
        try:
            shares[option] = parse_share_option(text, option=option)
        except InvalidInput as error:
            problems += error.problems
            continue
        if shares[option] > 0.5:
            problems.append(Problem(where=option, what="share", expected="a share from 0% to 50%", got=text))
    if problems:
        raise InvalidInput(problems)
    return DesignParams(holdout=shares.get("--holdout"), switchback=shares.get("--switchback", 0.0))
