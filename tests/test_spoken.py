"""Names and titles are shown as they stand: nothing in them moves, hides or colours what stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from assign_files import own_template
from command_line import run
from pydantic import ValidationError

from scenarios.language.schemas.product import Product


def _named(name: str) -> str | None:
    return Product(id="tea", name=name, category="drinks", price=3, unit_cost=1).name


@pytest.mark.parametrize("name", ["Café crème", "绿茶 100 g", "שוקולד\u200f", "می\u200cخواهم", "Tee 🍵"])
def test_names_of_any_script_stay(name: str) -> None:
    """Marks and joiners that a script needs are part of it."""
    assert _named(name) == name


@pytest.mark.parametrize("words", ["Green tea,\n  loose\n", " tea ", "tea\tloose"])
def test_spaces_and_line_breaks_are_left_as_they_stand(words: str) -> None:
    """Scopes name categories by the same letters, and a folded text of YAML ends in a line break."""
    assert _named(words) == words
    assert Product(id="tea", category=words, price=3, unit_cost=1).category == words


@pytest.mark.parametrize("odd", ["\x1b[31m", "\u202e", "\u2067", "\x00", "\x9b"])
def test_what_nobody_sees_is_refused(odd: str) -> None:
    """Codes for terminals, and turns of the reading order."""
    with pytest.raises(ValidationError, match="words that are shown as they stand"):
        _named(f"tea {odd}eet")


@pytest.mark.parametrize("price", [0, "0", "0.00", -5])
def test_a_price_is_above_zero_however_it_is_written(price: object) -> None:
    """As a number, and as the text that a table holds."""
    with pytest.raises(ValidationError, match="a price above 0"):
        Product(id="tea", category="drinks", price=price, unit_cost=1)


def test_the_refusal_names_the_character(tmp_path: Path) -> None:
    """And shows none of it."""
    scenario = own_template(tmp_path)
    text = scenario.read_text("utf-8")
    odd = text.replace("title: ", 'title: "Spring \\u202Egnirps" # ', 1)
    scenario.write_text(odd, "utf-8")
    result = run("validate", scenario)
    assert result.exit_code == 2
    assert "U+202E RIGHT-TO-LEFT OVERRIDE; leave that character out" in result.stderr and "\u202e" not in result.stderr
