"""What a feature offer means that the data file does not name: no more than the data holds, and it is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from grocery_sample import sample_model, sample_scenario
from purchase_files import Shop

from surrogate.data.data_spec import read_data_spec
from surrogate.evidence.precedents import Precedent
from surrogate.kinds import explain_any
from surrogate.model import FeatureShares, Model
from surrogate.scoring.score import score
from surrogate.why.purchases import past_promotion

BANNER = {"id": "banner", "mechanic": "feature"}


def holding(*, displays: bool, mailers: bool, **changes: object) -> Model:
    """Return the model as data with displays, mailers or neither would have made it; its file names no feature."""
    model = sample_model()
    seen = model.seen * np.array([1.0, displays, mailers])
    return replace(model, **{"seen": seen, "feature_offers": {}, **changes})


def effects_of(model: Model):
    """Return what is learned of a banner."""
    return score(model, sample_scenario(offers=[BANNER])).effects


@pytest.mark.parametrize(
    ("displays", "mailers", "means"),
    [
        (True, False, FeatureShares(display=0.3, mailer=0.0)),
        (False, True, FeatureShares(display=0.0, mailer=1.0)),
        (True, True, FeatureShares(display=0.3, mailer=1.0)),
    ],
)
def test_an_offer_that_is_not_named_means_what_the_data_holds(displays, mailers, means):
    """Without mailers in the data a banner is displays only, and the note says so with the key that says otherwise."""
    model = holding(displays=displays, mailers=mailers)
    told = replace(model, feature_offers={"banner": means})
    silent, named = effects_of(model), effects_of(told)
    np.testing.assert_array_equal(silent.lift, named.lift)
    assert silent.evidence == named.evidence == ("observed",)
    key = f"features: {{banner: {{display: {means.display:.0%}, mailer: {means.mailer:.0%}}}}}"
    assert [note for note in silent.notes if "is taken to mean" in note and key in note]
    assert not [note for note in named.notes if "is taken to mean" in note]


def test_data_without_stores_displays_a_product_everywhere():
    """A web shop's banner is on or off: 30 % of its stores would take most of the lift away."""
    model = holding(displays=True, mailers=False, by_store=False)
    everywhere = replace(model, feature_offers={"banner": FeatureShares(display=1.0, mailer=0.0)})
    silent = effects_of(model)
    np.testing.assert_array_equal(silent.lift, effects_of(everywhere).lift)
    assert "displays for 100% of a product's goods" in " ".join(silent.notes)
    assert "stores" not in " ".join(silent.notes)


def test_a_named_mailer_that_the_data_never_showed_is_assumed():
    """Its lift is what training starts from: it is not called observed, and the note says which key leaves it out."""
    model = holding(displays=True, mailers=False, feature_offers={"banner": FeatureShares(display=0.2, mailer=0.8)})
    found = effects_of(model)
    assert found.evidence == ("assumed",)
    (note,) = [note for note in found.notes if note.startswith("Offer banner is assumed")]
    assert "the data shows no mailer" in note and "features: {banner: {display: 20%, mailer: 0%}}" in note


def test_without_stores_an_explanation_speaks_of_none():
    """Neither of what the offer means nor of the displays that ran before it."""
    known = replace(sample_model(), feature_offers={"banner": FeatureShares(display=0.5, mailer=0.5)})
    scenario, segment = sample_scenario(offers=[BANNER]), known.groups.ids[0]

    def words(model: Model) -> str:
        drivers = explain_any(model, scenario, segment, "banner").drivers
        shown = Precedent(
            product=0, kind=0, week=105_000, saving=0.2, shown=0.51, items=1, units=30.0, usual=20.0, distance=0.0
        )
        return "; ".join([*(one.words for one in drivers[:2]), past_promotion(model, shown).words])

    assert words(known) == (
        "displays in 50% of the stores; mailers in 50% of the stores; "
        "price_discount, 1 item, 20% off, shown in 51% of the stores"
    )
    assert words(replace(known, by_store=False)) == (
        "displays for 50% of a product's goods; mailers for 50% of a product's goods; "
        "price_discount, 1 item, 20% off, shown"
    )


@pytest.mark.parametrize(
    ("sales", "promotions", "by_store"), [("shop", "shop", True), (None, "shop", False), ("shop", None, False)]
)
def test_shares_are_of_stores_only_where_both_tables_name_them(
    tmp_path: Path, sales: str | None, promotions: str | None, by_store: bool
) -> None:
    """Displays by store need the stores' sales; without either there are no stores to speak of."""
    shop = Shop()
    shop.tables["shown.csv"] = pd.DataFrame({"sku": ["p0"], "day": ["2026-02-02"], "shop": ["s"], "front": [1]})
    part = {"file": "shown.csv", "product": "sku", "time": "day", "display": "front"}
    shop.data["files"]["promotions"] = part | ({"store": promotions} if promotions else {})
    shop.columns.update({"store": sales} if sales else {})
    assert read_data_spec(shop.write(tmp_path)).by_store is by_store
