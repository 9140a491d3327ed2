"""What is typed behind options: plain digits only, and never nothing at all, whichever command it is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer
from command_line import run

from planner.cli import app
from planner.commands import lived
from planner.commands.running.replan import amount_of
from planner.commands.terminal.usage import _CLICK as CLICK
from planner.figures import parse_share_option
from planner.sweep.vary import read_axes
from scenarios.problems import InvalidInput

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
"""By name, with their options and arguments."""
NOT_PLAIN = ("1_0", "1e1", "nan", "inf", "-inf", "0x10", "１２", "١٢", "1 0", "1,0", "--1", "1..0", "+", ".")
"""Numbers to Python or to somebody, and none here."""


def _given(command: Any, of: str, text: str) -> list[str]:
    """Type a command line in which one option or argument has a value, and the others that are needed another one."""
    words: list[str] = []
    for parameter in command.params:
        values = ([text] + ["x"] * (parameter.nargs - 1)) if parameter.name == of else ["x"] * parameter.nargs
        if parameter.param_type_name == "argument":
            words += values
        elif parameter.required or parameter.name == of:
            words += [parameter.opts[0], *values]
    return words


def _refused(command: Any, words: list[str]) -> str:
    """Read a command line without running the command; what is expected instead."""
    with pytest.raises(CLICK.BadParameter) as caught:
        command.make_context("campaign", words)
    return str(caught.value.message)


def test_no_command_takes_an_empty_value() -> None:
    """A variable of a shell that is not set names no folder, and not the one that people stand in."""
    paths = 0
    for command in COMMANDS.values():
        for parameter in command.params:
            if parameter.param_type_name == "argument" or not parameter.is_flag:
                message = _refused(command, _given(command, parameter.name, ""))
                paths += "a path that is not empty" in message
    assert paths > 30


def test_numbers_of_every_command_are_plain_digits() -> None:
    """Of every option that holds one: what only Python reads is refused, blanks around are not seen."""
    numbers = 0
    for command in COMMANDS.values():
        for parameter in command.params:
            if parameter.param_type_name != "option" or parameter.is_flag:
                continue
            try:
                whole = command.make_context("campaign", _given(command, parameter.name, " 12 ")).params[parameter.name]
            except Exception:
                continue
            if isinstance(whole, int | float):
                numbers += 1
                assert whole == 12
                for text in NOT_PLAIN:
                    _refused(command, _given(command, parameter.name, text))
    assert numbers >= 15


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_shares_amounts_and_ends_of_a_sweep_are_read_by_the_same_rule(text: str) -> None:
    """Options that are read by the commands themselves."""
    for read in (
        lambda: parse_share_option(text, option="--gap"),
        lambda: parse_share_option(f"{text}%", option="--gap"),
        lambda: amount_of(text, 2),
        lambda: read_axes([f"limits.budget.max={text}:20:3"]),
    ):
        with pytest.raises(InvalidInput):
            read()


def test_what_is_plain_is_read_alike_everywhere() -> None:
    """Blanks, signs, a point without digits beside it, and a zero that is nobody's below zero."""
    assert [parse_share_option(text, option="--gap") for text in ("5%", " 5 % ", ".05", "+0.05")] == [0.05] * 4
    assert str(parse_share_option("-0", option="--gap")) == "0.0"
    assert [amount_of(text, 2) for text in (" 500 ", "500.", "-0")] == [Decimal(500), Decimal(500), Decimal(0)]
    assert read_axes(["response.fatigue= .2 : 0.4 :3"])[0].values == ("0.2", "0.3", "0.4")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan", "template-basic", "--out", ""), "--out: expected a path that is not empty (the working folder is .)"),
        (("validate", ""), "SCENARIO: expected a value that is not empty"),
        (("plan", "template-basic", "--seed", "1_0"), 'a whole number in plain digits, 0 to 9, got "1_0"'),
        (("plan", "template-basic", "--seconds=1e3"), 'a number in plain digits, 0 to 9, got "1e3"'),
    ],
)
def test_it_is_said_in_one_line(arguments: tuple[str, ...], words: str) -> None:
    """Where, expected, got; exit code 2, before anything is read or written."""
    done = run(*arguments)
    (line,) = done.stderr.splitlines()
    assert done.exit_code == 2 and words in line


@pytest.mark.parametrize("options", [("--customers", ""), ("--seed", "1_0"), ("--periods", "1.5")])
def test_a_simulated_campaign_keeps_to_the_rule(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """The tutorial's own command, too."""
    with pytest.raises(SystemExit) as end:
        lived.main(["plans", *options])
    assert end.value.code == 2
    assert "expected a" in capsys.readouterr().err
    assert not Path("plans").exists()
