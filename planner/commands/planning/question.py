"""Commands about the question: init, validate, schema. None of them imports JAX, a solver or DEAP."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.options.declared import JsonOption, ScenarioArgument, SetOption
from planner.commands.suggested.pasted import pasted
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from planner.run.question_size import QuestionSize
    from scenarios.grid import Grid
    from scenarios.loading.load import LoadedScenario


@answering
def init(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="File to write.")] = Path("campaign.yaml"),
    template: Annotated[str, typer.Option("--template", metavar="NAME", help="Which template to start from.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> ExitCode:
    """Write a commented scenario to start from."""
    from rich.text import Text

    from scenarios.answer.frozen_place import refuse_inside_problem
    from scenarios.language.templates import DEFAULT_TEMPLATE, write_template

    refuse_inside_problem(path, option="PATH")
    written = write_template(template or DEFAULT_TEMPLATE, path, replace=force)
    show(Text("\n".join(f"wrote {name}" for name in written)))
    note(f"next: edit it, then campaign validate {shlex.quote(_as_path(path))}")
    return ExitCode.YES


@answering
def validate(scenario: ScenarioArgument, set_: SetOption = None, json_: JsonOption = False) -> ExitCode:
    """Check a scenario and every file beside it: all problems at once, with line, expectation and remedy."""
    from planner.report.question import describe, question_json
    from scenarios.loading.doubtful.notes import doubtful
    from scenarios.loading.doubtful.sold_out_anyway import sold_out_anyway
    from scenarios.loading.load import load_scenario
    from scenarios.loading.resolve import resolve

    loaded = load_scenario(scenario, set_ or ())
    if loaded.scenario.effects.data is not None:
        from planner.answering import answering_data

        answering_data(loaded)
    factors = () if loaded.times is None else loaded.times.notes
    told = loaded.effects.notes if loaded.effects is not None else factors
    if loaded.scenario.effects.model is not None:
        from planner.learning import learn

        learned = learn(loaded)
        asked = resolve(loaded, learned)
        said = learned.effects.notes
        own = () if asked.effects is None else asked.effects.notes[len(said) :]
        told = (*(note for note in said if _of_the_question(note, loaded)), *own, *sold_out_anyway(asked))
    grid = _grid_of(loaded)
    notes = (*told, *doubtful(loaded), *(() if grid is None else _idle_offers(grid)))
    size = None if grid is None else _size(grid)
    if json_:
        show_json(question_json(loaded, notes, size))
    else:
        show(describe(loaded, notes, size))
        note(f"next: {pasted('campaign plan', scenario, options={'--set': set_, '--out': 'plans/'})}")
    return ExitCode.YES


def _of_the_question(note: str, loaded: LoadedScenario) -> bool:
    """Whether what a model says is of this scenario: an offer beyond the data, other prices, segments, returns."""
    from surrogate.scoring.listed import BEGINNING as LISTED
    from surrogate.scoring.other_prices import BEGINNING
    from surrogate.scoring.returned_twice import BEGINNING as RETURNED_TWICE

    about = tuple(f"{what} {offer.id} " for offer in loaded.scenario.offers for what in ("Offer", "Take-up of"))
    return note.startswith((*about, BEGINNING, LISTED, RETURNED_TWICE))


def _grid_of(loaded: LoadedScenario) -> Grid | None:
    """Lay out what may be planned; None where segments, products or prices are still to be learned."""
    from scenarios.grid import build_grid

    segments, products = loaded.scenario.segments, loaded.scenario.products
    if not (isinstance(segments, tuple) and isinstance(products, tuple)):
        return None
    if any(product.price is None for product in products):
        return None
    return build_grid(loaded.scenario, loaded.custom)


def _idle_offers(grid: Grid) -> tuple[str, ...]:
    """Offers that rules leave no slot."""
    from constraints.idle_offers import idle_offers
    from scenarios.response.priced_choices import build_economics

    return idle_offers(grid, build_economics(grid))


def _size(grid: Grid) -> QuestionSize:
    """How large the question is; whether lines come together is told by its rules and floors, as for a search."""
    from constraints.rulebook import build_rulebook
    from planner.run.question_size import question_size
    from scenarios.language.words import RATIOS
    from scenarios.response.priced_choices import build_economics

    floors = any(
        limit.min is not None and limit.share_of is None and limit.measure not in RATIOS
        for limit in grid.scenario.limits
    )
    return question_size(grid, coupled=floors or build_rulebook(grid, build_economics(grid)).coupled)


@answering
def schema() -> ExitCode:
    """Print the JSON Schema of scenario files, for editors that complete and check while typing."""
    from planner.commands.terminal.output import write_out
    from scenarios.loading.load import schema_json

    write_out(schema_json(), errors="backslashreplace")
    return ExitCode.YES


def _as_path(path: Path) -> str:
    """Write a path so that no command reads it as the name of a shipped scenario."""
    text = str(path)
    return text if "/" in text or path.suffix else f"./{text}"
