"""Whether new customers are decided as the others were: at prices of the same question, under the same rollout.

Prices of limits stand for what an offer costs others. They were found with the scenario's prices, costs and effects of
that day, and without the customers whom its rollout keeps out: with others they say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from planner.assign.customers.held_out import Holdout
from planner.assign.record import AssignmentRecord
from scenarios.answer.plan_files import sha256
from scenarios.first_few import first_few
from scenarios.loading.load import LoadedScenario
from scenarios.problems import InvalidInput, Problem


def refuse_another_question(record: AssignmentRecord, loaded: LoadedScenario, at: Path) -> None:
    """Refuse a scenario that is not as it was when offers were assigned: itself, its options, files that it reads.

    Raises
    ------
    InvalidInput
        With everything that differs.
    """
    found = [*_other_scenario(record, loaded, at)] or [*_other_options(record, loaded), *_other_tables(record, loaded)]
    if found:
        raise InvalidInput(found)


def refuse_another_rollout(record: AssignmentRecord, holdout: Holdout, rollout: Path) -> None:
    """Refuse a rollout of another plan, or of other lots, than that which offers were assigned under.

    One that was exported anew for more customers is the same.

    Raises
    ------
    InvalidInput
        Where it is another one.
    """
    known = None if record.held_out is None else record.held_out.rollout
    if known is None or holdout.of is None or known == holdout.of:
        return
    got = (
        "one of another plan"
        if (known.plans_sha256, known.plan) != (holdout.of.plans_sha256, holdout.of.plan)
        else f"one of other lots (seed {holdout.of.seed}, not {known.seed})"
    )
    expected = "the rollout that offers were assigned under: others keep other customers out"
    remedy = "name that one, or one exported anew from its plan, or assign anew under this one"
    raise InvalidInput([Problem(where=str(rollout), what="rollout", expected=expected, got=got, remedy=remedy)])


def refuse_other_scores(record: AssignmentRecord, source: str, at: Path) -> None:
    """Refuse customers who are scored otherwise than those whom the prices were found for.

    Raises
    ------
    InvalidInput
        Where scores come from another model, or from a file's columns in place of a model, or the other way round.
    """
    if source != record.scores:
        expected = f"{record.scores}, as when offers were assigned"
        remedy = "score these customers alike, or assign anew: prices of limits are those of these scores"
        raise InvalidInput([Problem(where=str(at), what="scores", expected=expected, got=source, remedy=remedy)])


def _other_scenario(record: AssignmentRecord, loaded: LoadedScenario, at: Path) -> Iterator[Problem]:
    if record.scenario.sha256 != loaded.sha256:
        remedy = "assign anew with this scenario, or give the one that was assigned with"
        got = f"{record.scenario.id}, as it was at {record.scenario.sha256[:12]}"
        expected = f"an assignment of {loaded.scenario.scenario} as it is ({loaded.sha256[:12]})"
        yield Problem(where=str(at), what="scenario", expected=expected, got=got, remedy=remedy)


def _other_options(record: AssignmentRecord, loaded: LoadedScenario) -> Iterator[Problem]:
    if record.overrides != loaded.overrides:
        got = " ".join(f"--set {one}" for one in loaded.overrides) or "no --set"
        expected = " ".join(f"--set {one}" for one in record.overrides) or "no --set, as when offers were assigned"
        yield Problem(where="--set", what="options", expected=expected, got=got)


def _other_tables(record: AssignmentRecord, loaded: LoadedScenario) -> Iterator[Problem]:
    now = {name: sha256(content) for name, content in loaded.tables.items()}
    other = [each.name for each in record.tables if now.get(each.name, each.sha256) != each.sha256]
    if other:
        expected, got = "files that the scenario reads as they were when offers were assigned", "changed since"
        remedy = "assign anew, because prices of limits are those of these files; or restore them"
        yield Problem(where=loaded.name, what=first_few(other), expected=expected, got=got, remedy=remedy)
