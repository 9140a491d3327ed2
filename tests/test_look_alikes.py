"""Words that look the same and are not: one clear message that names the character, in scenarios, tables and lines."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from command_line import run

from scenarios.look_alikes import looks, odd_characters
from scenarios.problems import did_you_mean


@pytest.mark.parametrize(
    ("written", "meant", "told"),
    [
        ("off\u201315", "off-15", "U+2013 EN DASH"),
        ("off-15\u200b", "off-15", "U+200B ZERO WIDTH SPACE"),
        ("\u043eff-15", "off-15", "U+043E CYRILLIC SMALL LETTER O"),
        ("\uff4fff-15", "off-15", "U+FF4F FULLWIDTH LATIN SMALL LETTER O"),
        ("cafe\u0301", "caf\u00e9", "U+0301 COMBINING ACUTE ACCENT"),
        ("caf\u00e9", "cafe\u0301", "U+00E9 LATIN SMALL LETTER E WITH ACUTE"),
        ("\ufb01sh", "fish", "U+FB01 LATIN SMALL LIGATURE FI"),
    ],
)
def test_the_character_that_is_another_is_named(written: str, meant: str, told: str) -> None:
    """A suggestion alone would look like what is written."""
    assert looks(written) == looks(meant) and told in odd_characters(written, meant)
    hint = did_you_mean(written, [meant, "gift"])
    assert hint.startswith(f"did you mean {meant}? It looks the same") and told in hint


def test_other_words_are_not_taken_for_look_alikes() -> None:
    """Accents that are left out, and capitals, are seen."""
    assert looks("cafe") != looks("caf\u00e9") and looks("Off-15") != looks("off-15")
    assert did_you_mean("of-15", ["off-15"]) == "did you mean off-15?"
    assert "looks the same" not in did_you_mean("cafe", ["caf\u00e9"])


def test_tables_lines_and_files_tell_it(tmp_path: Path) -> None:
    """An en dash in a table's id, a composed accent in a file's name: what is meant, and what stands there instead."""
    assert run("init", tmp_path / "shop.yaml").exit_code == 0
    effects = tmp_path / "shop-effects.csv"
    effects.write_text(effects.read_text().replace("coffee-15", "coffee\u201315"))
    result = run("validate", tmp_path / "shop.yaml")
    assert result.exit_code == 2
    assert "did you mean coffee-15? It looks the same, but here stands U+2013 EN DASH" in result.stderr
    effects.write_text(effects.read_text().replace("coffee\u201315", "coffee-15"))
    scenario = (tmp_path / "shop.yaml").read_text()
    (tmp_path / "shop.yaml").write_text(scenario.replace("shop-effects.csv", "caf\u00e9.csv"))
    effects.rename(tmp_path / unicodedata.normalize("NFD", "caf\u00e9.csv"))
    result = run("validate", tmp_path / "shop.yaml")
    assert result.exit_code == 2 and "here stands U+00E9 LATIN SMALL LETTER E WITH ACUTE" in result.stderr


def test_two_ways_to_write_one_category_are_refused(tmp_path: Path) -> None:
    """They would be two groups of rivals, and a scope would hold one of them."""
    assert run("init", tmp_path / "shop.yaml").exit_code == 0
    scenario = (tmp_path / "shop.yaml").read_text()
    assert scenario.count("category: coffee") == 2
    one = scenario.replace("category: coffee", "category: caf\u00e9", 1)
    (tmp_path / "shop.yaml").write_text(one.replace("category: coffee", "category: cafe\u0301", 1))
    result = run("validate", tmp_path / "shop.yaml")
    assert result.exit_code == 2
    assert "expected one way to write each name" in result.stderr and "U+0301 COMBINING ACUTE ACCENT" in result.stderr
