"""Live one future of a plan, to try out what comes after it: its customers and its actuals as a shop would send them.

python -m planner.commands.lived plans/ --customers customers.csv
python -m planner.commands.lived plans/ --actuals actuals.csv --periods 4 --rollout rollout/

What it shows is not what will happen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from planner.commands.terminal.answering import ExitCode, answering


@answering
def _write(asked: argparse.Namespace) -> ExitCode:
    from planner.simulate.lived import write_actuals, write_customers

    if asked.customers is not None:
        write_customers(asked.folder, asked.customers)
    if asked.actuals is not None:
        write_actuals(asked.folder, asked.actuals, periods=asked.periods, rollout=asked.rollout, seed=asked.seed)
    return ExitCode.YES


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("expected a path that is not empty")
    return Path(text)


def _whole(text: str) -> int:
    from planner.typed_numbers import typed_number

    number = typed_number(text)
    if number is None or number % 1:
        raise argparse.ArgumentTypeError(f"expected a whole number in plain digits, got {text}")
    return int(number)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the files that it asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=_path)
    parser.add_argument("--customers", type=_path)
    parser.add_argument("--actuals", type=_path)
    parser.add_argument("--periods", type=_whole, default=1)
    parser.add_argument("--rollout", type=_path)
    parser.add_argument("--seed", type=_whole, default=1)
    try:
        _write(parser.parse_args(arguments))
    except typer.Exit as end:
        if end.exit_code:
            sys.exit(end.exit_code)


if __name__ == "__main__":
    main()
