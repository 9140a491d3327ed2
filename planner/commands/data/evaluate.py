"""The command evaluate: how far a trained model can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.options.declared import JsonOption
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import show, show_json


@answering
def evaluate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model folder, as train writes it.")],
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Its data file, or one with later weeks.")],
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit anew also where the model keeps the test that its training made.")
    ] = False,
    json_: JsonOption = False,
) -> ExitCode:
    """Test a model on what it has not seen, beside simpler predictors, and say what to trust it for."""
    from planner.commands.terminal.live import watching
    from planner.model_evaluation import evaluate_model
    from planner.report.learned.evaluation import experiment_json, purchases_json, show_purchases
    from planner.report.learned.experiment import show_experiment, trusted
    from surrogate.held_out.evaluation import PurchasesEvaluation

    with watching(quiet=json_, keep_stages=True) as progress:
        found = evaluate_model(model, data, refit=refit, progress=progress)
    if isinstance(found, PurchasesEvaluation):
        good = found.trusted
        if json_:
            show_json(purchases_json(found))
        else:
            show(*show_purchases(found))
    else:
        good = trusted(found)
        if json_:
            show_json(experiment_json(found))
        else:
            show(*show_experiment(found))
    return ExitCode.YES if good else ExitCode.NO
