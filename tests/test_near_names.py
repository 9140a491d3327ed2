"""Spellings of a category that nobody named: their goods are of no product, and training says so."""

from __future__ import annotations

from pathlib import Path

from purchase_files import Shop, load


def test_categories_spelt_nearly_as_a_named_one_are_told(tmp_path: Path) -> None:
    """By case, accents and blanks; a category of another name is left out on purpose, and not told."""
    shop = Shop()
    shop.data["products"] = {"a": ["Calçados"], "b": ["B"]}
    for number, spelt in enumerate(("Calçados", "CALCADOS ", "B", "Bolsas")):
        shop.tables["goods.csv"].loc[number, "cat"] = spelt
    (said,) = [text for text in load(shop, tmp_path).cleaning.suspicious if "spelt nearly" in text]
    assert said == (
        '1 good is of "CALCADOS", spelt nearly as "Calçados", and of no product: what they sell counts for nothing; if '
        "they are one category, list every spelling under products.a"
    )


def test_where_every_spelling_is_named_nothing_is_said(tmp_path: Path) -> None:
    """Both spellings are the product's."""
    shop = Shop()
    shop.data["products"] = {"a": ["A", "a"], "b": ["B"]}
    shop.tables["goods.csv"].loc[0, "cat"] = "a"
    assert not [text for text in load(shop, tmp_path).cleaning.suspicious if "spelt nearly" in text]
