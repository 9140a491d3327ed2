"""Commands run in this process."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from planner.cli import app


def run(*arguments: object) -> Result:
    """Run a command in this process; an exception of the program itself is raised."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
