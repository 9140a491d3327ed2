"""Rows of effects by category hold for its products; other groups are refused, and measures of one's own are told."""

import pytest
from shop import FILES, load_shop, problems_of

from scenarios.loading.doubtful.notes import doubtful
from scenarios.loading.load import read_effects
from scenarios.tables.effect_lines import speaking_rows

OLD, YOUNG = 1, 0
PHONE, PRO, CASE = 0, 1, 2
CUT, FRONT = 0, 4
EFFECTS = """\
segment,product,category,period,offer,lift,take_up
,,phones,,cut-15,0.80,
,phone-pro,,,cut-15,0.60,
old,,phones,,cut-15,0.70,
,,,,flash-12,0.90,
,,,,coupon-20,0.50,25%
,,,,buds,0.40,0.80
,,,,front,0.20,
,,extras,,front,0.10,
,basket,,,save-200,0.10,0.08
"""


def _shop(tmp_path, *rows, **replaced):
    """The shop with effects by category; ``replaced`` are texts of it by the words they stand for."""
    text = EFFECTS + "".join(f"{row}\n" for row in rows)
    for old, new in replaced.values():
        assert old in text
        text = text.replace(old, new)
    return {"effects": {FILES["effects.csv"]: text}}


def test_a_row_of_a_category_holds_for_its_products_alone(tmp_path):
    """Extras get their row, phones the one of every product."""
    lift = read_effects(load_shop(tmp_path, **_shop(tmp_path))).lift[0]
    assert lift[YOUNG, :3, 0, FRONT].tolist() == [0.20, 0.20, 0.10]
    assert lift[YOUNG, PHONE, 0, CUT] == 0.80


def test_a_row_of_the_product_goes_before_its_category(tmp_path):
    """With the same other keys; a category counts as one key, so that one more key wins."""
    lift = read_effects(load_shop(tmp_path, **_shop(tmp_path))).lift[0]
    assert lift[YOUNG, PRO, 0, CUT] == 0.60
    assert lift[OLD, :2, 0, CUT].tolist() == [0.70, 0.70]


def test_rows_for_where_the_offer_may_not_run_are_told(tmp_path):
    """By product, category and segment; a category of which the offer may run on some is used for these."""
    narrow = {
        "15%, applies_to: {categories: [phones]}": "15%, applies_to: {products: [phone]}",
        "100%], applies_to: {products: [case]}": "100%], applies_to: {products: [case], segments: [old]}",
    }
    rows = (",,extras,,cut-15,0.9,", ",case,,,flash-12,0.9,", "young,,extras,,coupon-20,0.5,25%")
    loaded = load_shop(tmp_path, shop=narrow, **_shop(tmp_path, *rows))
    (said,) = [note for note in read_effects(loaded).notes if "not used" in note]
    assert said == (
        "4 rows of effects.csv are not used, because their offers may not run there: cut-15 on phone-pro (line 3), "
        "cut-15 on extras (line 11), flash-12 on case (line 12) and 1 more"
    )
    one = (rows[2].replace("extras", "phones"),)
    (said,) = [note for note in read_effects(load_shop(tmp_path, **_shop(tmp_path, *one))).notes if "not used" in note]
    assert said == (
        "1 row of effects.csv is not used, because its offer may not run there: coupon-20 on phones for young (line 11)"
    )


def test_the_row_that_speaks_is_named_with_its_category(tmp_path):
    """``effects --why`` and ``check`` find the row of the file again."""
    loaded = load_shop(tmp_path, **_shop(tmp_path))
    rows = speaking_rows(loaded.scenario, loaded.tables["effects.csv"], "effects.csv")
    row = int(rows.row[YOUNG, PHONE, 0, CUT])
    assert rows.line(row) == 2 and rows.written(row) == {"category": "phones", "offer": "cut-15", "lift": "0.80"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            ",,phones,,cut-15,0.3,",
            "effects.csv:11: row: expected one row for the same cells, got the keys of line 2 again; delete one",
        ),
        (
            ",phone-pro,,,cut-15,0.3,",
            "effects.csv:11: row: expected one row for the same cells, got the keys of line 3 again; delete one",
        ),
        (
            ",phone,phones,,front,0.3,",
            "effects.csv:11: product, category: expected one of them in a row, got phone and phones;"
            " leave the category blank",
        ),
        (
            ",,phone,,front,0.3,",
            'effects.csv:11: category: expected a category of the scenario, got "phone"; did you mean phones?',
        ),
        (
            ",,phones,,save-200,0.3,",
            "effects.csv:11: category: expected the product basket for save-200, got phones;"
            " a threshold acts on whole baskets",
        ),
        (
            ",,phones,2026-11-02,front,0.3,\nold,,phones,,front,0.3,",
            "effects.csv:12: row: expected one most specific row per cell, got lines 11 and 12, equally specific,"
            " for the same cells",
        ),
    ],
)
def test_contradictions_are_refused(tmp_path, row, told):
    """One message each, on the line of the file."""
    problems = problems_of(tmp_path, **_shop(tmp_path, row))
    assert len(problems) == 1 and problems[0].startswith(told)


def test_a_category_of_several_words_or_another_script_is_named_as_what_is_meant(tmp_path):
    """It is no id: a slip in it is told with the category itself, and the character that nobody sees."""
    words = (",,extras,,", ",,home goods,,")
    shop = {"category: extras": "category: home goods"}
    (slip,) = problems_of(tmp_path, shop=shop, **_shop(tmp_path, "old,,home good,,front,0.3,", words=words))
    assert slip.endswith('got "home good"; did you mean home goods?')
    (twin,) = problems_of(tmp_path, shop=shop, **_shop(tmp_path, "old,,home\u00a0goods,,front,0.3,", words=words))
    assert "did you mean home goods? It looks the same, but here stands U+00A0" in twin


@pytest.mark.parametrize("name", ["department", "Dept", "categories", "group", "brand", "segment_group"])
def test_a_group_is_no_measure_of_ones_own(tmp_path, name):
    """Its codes would be amounts per use, and the row would hold for every product."""
    problems = problems_of(tmp_path, effects={"lift_low,lift_high": f"{name},note"})
    assert len(problems) == 1 and problems[0].startswith(f"effects.csv:1: header: expected a known column, got {name};")
    assert "did you mean category?" in problems[0]


def test_a_group_beside_categories_is_refused_too(tmp_path):
    """It can only be left out then."""
    header = ("segment,product,category", "segment,department,category")
    problems = problems_of(tmp_path, **_shop(tmp_path, header=header))
    assert problems[0].startswith("effects.csv:1: header: expected a known column, got department; delete it:")


def test_texts_in_a_column_of_ones_own_say_what_effects_go_by(tmp_path):
    """Somebody who writes words there means no amount."""
    header = ("category,period", "shelf,period")
    problems = problems_of(tmp_path, **_shop(tmp_path, header=header))
    assert problems[0] == (
        "effects.csv:2: shelf: expected a number, as in a measure of your own: effects go by segment, product or"
        ' category, period and offer, got "phones"'
    )


def test_a_measure_that_no_limit_names_is_told(tmp_path):
    """It does nothing; where a limit names it, it is meant."""
    told = "column grams of effects.csv is read as a measure of your own, an amount per use, and no limit names it"
    columns = {"lift_low,lift_high": "grams,note", "0.30,0.20,0.50,0.15": "0.30,0.30,,0.15"}
    assert any(note.startswith(told) for note in doubtful(load_shop(tmp_path, effects=columns)))
    limited = {"measure: spend, max: 80000": "measure: grams, max: 80000"}
    assert not any("grams" in note for note in doubtful(load_shop(tmp_path, shop=limited, effects=columns)))
