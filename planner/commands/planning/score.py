"""The command score: what a plan that a person made is worth, and whether it keeps everything."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from planner.commands.options.declared import MOST_SEED, JsonOption, SetOption
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json


@answering
def score(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="A shipped scenario's name, the path of a YAML file, or a plan folder's."
        ),
    ],
    lines: Annotated[
        Path, typer.Argument(metavar="LINES.csv", help="Columns date, product, segment, offer, coverage, quantity.")
    ],
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="DIR", help="Compare with the best plan in this folder, by its seed."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            min=0,
            max=MOST_SEED,
            help="Futures for limits at risk: the seed the lines were planned with; a folder's own, or 0.",
        ),
    ] = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Evaluate and check a plan that a person made."""
    from constraints.lines_on_nothing import lines_on_nothing
    from planner.commands.given.asked_question import asked_question
    from planner.commands.given.lines_file import read_plan
    from planner.commands.given.other_question import other_question
    from planner.commands.plans_made.answer import refuse_currencies
    from planner.commands.terminal.live import watching
    from planner.figures import plural
    from planner.reasons.assumed.charged_beyond import charged_beyond
    from planner.report.names import names_of
    from planner.report.notes import show_sentences
    from planner.report.one_plan.bridge import show_bridge
    from planner.report.one_plan.calendar import Calendar
    from planner.report.one_plan.limits import show_limits, show_rules
    from planner.report.one_plan.other_futures import by_other_futures
    from planner.report.one_plan.outcome import broken_sentences, show_outcome, show_verdict
    from planner.report.side_by_side.compare import compared_json, one_aim, show_changes, show_compared
    from planner.run.scored import REPORT_SEED, score_plan
    from scenarios.answer.plan_files import read_plans
    from scenarios.language.aim import aim_words
    from scenarios.problems import InvalidInput, Problem

    directory = None if against is None else read_plans(against)
    best_set = None if directory is None else directory.plan_set
    with watching(quiet=json_) as progress:
        asked = asked_question(scenario, set_ or (), progress)
    problem, score_in = asked.problem, partial(score_plan, asked.problem, draws=asked.draws)
    if directory is not None:
        refuse_currencies(
            (str(scenario), problem.loaded.scenario.currency), (str(against), directory.plan_set.currency)
        )
        if told := other_question(directory.problem(), problem, str(against), scenario):
            note(told)
    if best_set is not None and seed not in (None, best_set.seed):
        expected = f"{best_set.seed}, the seed of {against}, in whose futures both plans are compared"
        raise InvalidInput([Problem(where="--seed", what="seed", expected=expected, got=str(seed), remedy="leave out")])
    own = REPORT_SEED if asked.seed is None else asked.seed
    seed = (own if best_set is None else best_set.seed) if seed is None else seed
    given = read_plan(lines, problem.grid)
    for sentence in lines_on_nothing(problem.grid, problem.rulebook.idle, given):
        note(sentence)
    scored = score_in(given, seed=seed)
    mine, currency = scored.plan, problem.loaded.scenario.currency
    called = names_of(problem.loaded.scenario)
    broken = broken_sentences(mine.limits, mine.rules, scored.refused, currency)
    best = best_set.plans[0] if best_set is not None and best_set.plans else None
    names = (str(against), str(lines))
    in_others = by_other_futures(mine.limits, seed, lambda other: score_in(given, seed=other).plan.limits, currency)
    notes = (*in_others, *charged_beyond(scored.account, mine.outcome))
    if json_:
        compared = None if best is None else compared_json(best, mine, names)
        document = {"kept": scored.kept, "broken": broken, "plan": mine, "compared": compared, "notes": notes}
        show_json({"format": "campaign-score/1", **document})
        return ExitCode.YES if scored.kept else ExitCode.NO
    show(
        show_outcome(mine, currency, title=f"{lines}: {plural(len(mine.lines), 'line')}"),
        Calendar(plan=mine, scenario=problem.loaded.scenario, title="Calendar"),
        show_bridge(mine, currency, response=problem.loaded.scenario.response, title="From extra sales to profit"),
        show_limits(mine.limits, currency, names=called),
        show_rules(mine.rules, called),
        show_verdict(broken, len(mine.limits), len(mine.rules)),
        *((show_sentences("Notes", notes),) if notes else ()),
    )
    if best is not None:
        alike = best_set is not None and one_aim(best_set, aim_words(problem.grid.scenario.objective))
        show("", show_compared(best, mine, names, currency, objective=alike))
        show(show_changes(best, mine, (problem.grid.scenario, problem.grid.scenario), objective=alike))
    return ExitCode.YES if scored.kept else ExitCode.NO
