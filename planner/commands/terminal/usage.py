"""Command lines that cannot be read, said as everything else that cannot be used: where, expected, got, remedy."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from planner.commands.terminal.answering import ExitCode
from planner.commands.terminal.ending import settle
from planner.commands.terminal.output import full
from planner.commands.terminal.printing import note, show_problems

if TYPE_CHECKING:
    from scenarios.problems import Problem

_CLICK: Any = importlib.import_module(typer.BadParameter.__module__)
"""The exceptions of the click that typer brings along, whichever that is."""
_EXPECTED = (
    (r"^expected (.+)$", "{}"),
    (r"greater than or equal to (\S+)", "a number of at least {}"),
    (r"less than or equal to (\S+)", "a number of at most {}"),
    (r"valid integer", "a whole number"),
    (r"valid number", "a number"),
    (r"(?:is not one of|Input should be) ('.+)", "one of {}"),
)
"""What typer says is wrong with a value, and what is expected instead."""


class PlainCommand(TyperCommand):
    """A command that takes no empty value, and numbers in plain digits only; typer reads them as Python does."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read a command line, and refuse what only a programming language would read so.

        Raises
        ------
        click.BadParameter
            Naming the first such value.
        """
        given = list(args)
        rest: list[str] = super().parse_args(ctx, args)
        words = self.make_parser(ctx).parse_args(args=given)[0]
        for parameter in self.params:
            read = ctx.params.get(parameter.name)
            for word in _words(words.get(parameter.name)):
                expected = _wanted(word, read)
                if expected:
                    raise _CLICK.BadParameter(f"expected {expected}", ctx=ctx, param=parameter)
        return rest


def _words(given: Any) -> Iterator[str]:
    """Yield what was typed for an option or argument, in all its repetitions; nothing for flags and what is missing."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, list | tuple):
        for one in given:
            yield from _words(one)


def _wanted(word: str, read: Any) -> str:
    """Say what is expected instead of a word that typer has read; nothing where it may stand."""
    from planner.typed_numbers import typed_number

    if not word.strip():
        one = read[0] if isinstance(read, list | tuple) and read else read
        return (
            "a path that is not empty (the working folder is .)"
            if isinstance(one, Path)
            else "a value that is not empty"
        )
    if isinstance(read, int | float) and not isinstance(read, bool) and typed_number(word) is None:
        return f"{'a whole number' if isinstance(read, int) else 'a number'} in plain digits, 0 to 9"
    return ""


class PlainGroup(TyperGroup):
    """The commands; what typer cannot read is answered as a problem with exit code 2."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and leave with its exit code."""

        def answered() -> Any:
            return super(PlainGroup, self).main(
                args, prog_name, complete_var, standalone_mode=False, windows_expand_args=windows_expand_args, **extra
            )

        if not standalone_mode:
            return answered()
        given = list(sys.argv[1:] if args is None else args)
        try:
            code = answered()
        except _CLICK.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except _CLICK.ClickException as error:
            show_problems((problem_of(error, given),), as_json="--json" in given)
            sys.exit(int(ExitCode.UNUSABLE))
        except typer.Abort:  # Ctrl-C between a command's own steps, in some of typer's versions
            settle()
            note("interrupted")
            sys.exit(int(ExitCode.INTERRUPTED))
        except SystemExit:  # how rich and typer leave where nobody reads their help any more
            sys.exit(int(ExitCode.YES))
        except OSError as error:
            show_problems((full(error),), as_json=False)
            sys.exit(int(ExitCode.UNUSABLE))
        sys.exit(code if isinstance(code, int) else int(ExitCode.YES))


def problem_of(error: Any, given: Sequence[str]) -> Problem:
    """Say what is wrong with a command line.

    Parameters
    ----------
    error
        What typer raised.
    given
        The words of the command line.
    """
    from scenarios.problems import Problem, did_you_mean, shown

    context = error.ctx if getattr(error, "ctx", None) is not None else None
    named = given[:1] if given and not given[0].startswith("-") else []
    where = " ".join(["campaign", *named]) if context is None else str(context.command_path)
    known = [] if context is None else sorted(name for one in context.command.params for name in one.opts)
    help_ = f"{where} --help shows what it takes"
    parameter = getattr(error, "param", None)
    if isinstance(error, _CLICK.MissingParameter) and parameter is not None:
        return Problem(where=where, what=_name(parameter), expected="a value", got="nothing", remedy=help_)
    if isinstance(error, _CLICK.NoSuchOption):
        got = str(error.option_name)
        remedy = did_you_mean(got, [name for name in known if name.startswith("--")])
        return Problem(where=where, what="option", expected="an option of this command", got=got, remedy=remedy)
    if isinstance(error, _CLICK.BadOptionUsage):
        return Problem(where=where, what=str(error.option_name), expected="a value", got="nothing", remedy=help_)
    if isinstance(error, _CLICK.BadParameter) and parameter is not None:
        value = _value(given, parameter.opts)
        got = "" if value is None else shown(value)
        return Problem(
            where=where, what=_name(parameter), expected=_expected(str(error.message)), got=got, remedy=help_
        )
    command = re.match(r"No such command '([^']*)'", str(error.message))
    if command is not None and context is not None:
        remedy = did_you_mean(command[1], list(getattr(context.command, "commands", {})))
        return Problem(
            where=where, what="command", expected="one of its commands", got=shown(command[1]), remedy=remedy
        )
    extra = re.match(r"Got unexpected extra argument\S* \((.*)\)", str(error.message))
    if extra is not None:
        params = [] if context is None else context.command.params
        taken = [_name(each) for each in params if each.param_type_name == "argument"]
        expected = f"{' '.join(taken)} and nothing more" if taken else "none"
        return Problem(where=where, what="arguments", expected=expected, got=f"{shown(extra[1])} besides", remedy=help_)
    return Problem(where=where, what="command line", expected=_expected(str(error.message)), remedy=help_)


def _name(parameter: Any) -> str:
    """What people call a parameter: ``--plan``, ``DIR``."""
    if parameter.param_type_name == "option":
        return str(max(parameter.opts, key=len))
    return str(parameter.metavar or parameter.name).upper()


def _value(given: Sequence[str], names: Sequence[str]) -> str | None:
    """The value that was given to an option, the last of several as it is the one that counts; None where none is."""
    found = None
    for word, after in zip(given, [*given[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if word in names:
            found = after
        elif equals and name in names:
            found = value
    return found


def _expected(message: str) -> str:
    for pattern, text in _EXPECTED:
        found = re.search(pattern, message)
        if found is not None:
            return text.format(*(group.rstrip(".").replace("'", "") for group in found.groups()))
    return f"another one ({message.rstrip('.')})"
