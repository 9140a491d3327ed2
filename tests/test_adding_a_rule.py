"""docs/adding-a-rule.md is true: its code, put where it says, makes a rule that both readings agree on."""

import re
import textwrap
from pathlib import Path
from types import SimpleNamespace

from rule_shop import line, shop

import constraints.rules.forms as forms
import constraints.rules.groups as groups
import constraints.rules.lines as lines
import scenarios.language.schemas.rule as schema
from constraints.rulebook import build_rulebook
from constraints.rules.registry import KINDS, check_rules
from scenarios.grid import Grid, build_grid
from scenarios.response.priced_choices import build_economics

PAGE = (Path(__file__).parents[1] / "docs" / "adding-a-rule.md").read_text("utf-8")


def test_the_example_of_the_page_works(monkeypatch):
    """A weekday is refused and a weekend accepted, by the ledger and by the rule book alike."""
    blocks = [textwrap.dedent(block) for block in re.findall(r"(?:^ {7}.*\n|^\n(?= {7}))+", PAGE, re.MULTILINE)]
    assert len(blocks) == 3
    record = {"__name__": "scenarios.language.schemas.rule"} | vars(schema)
    exec(blocks[0], record)
    names = {**vars(forms), **vars(groups), **vars(lines), "Grid": Grid, "WeekendOnly": record["WeekendOnly"]}
    exec("\n".join(["from __future__ import annotations", *blocks[1:]]), names)
    module = SimpleNamespace(violations=names["violations"], compile_rule=names["compile_rule"])
    monkeypatch.setitem(KINDS, "weekend_only", module)
    rule = record["WeekendOnly"](id="w", rule="weekend_only", where={"products": ["phone"]})
    grid, _ = shop([])
    grid = build_grid(grid.scenario.model_copy(update={"rules": (rule,)}))
    book = build_rulebook(grid, build_economics(grid))
    for short, fine in (((6, "phone", "off10"), False), ((7, "phone", "off10"), True), ((6, "case", "off10"), True)):
        written = (line(short),)
        found = check_rules(grid, written)
        assert all(result.satisfied for result in found) == fine
        assert (book.violations(grid.plan_of(written)) == 0) == fine
        if not fine:
            assert found[0].violations[0].message.endswith("runs on a weekday; move it to a weekend or drop it")
