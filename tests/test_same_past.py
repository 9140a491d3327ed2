"""Later weeks of the data that a model learned from: the same past is known again, another one is refused by name."""

from types import SimpleNamespace

import numpy as np
import pytest

from scenarios.problems import InvalidInput
from surrogate.held_out.later_weeks import require_same_past
from surrogate.people.profiles import Features


def test_words_of_customers_are_found_by_name_whatever_later_weeks_add():
    """Two cities as common as each other change places when customers join; the model's own order is what counts."""
    raw = np.array([[1.0, 0.0, 7.0, 1.0], [2.0, 1.0, 8.0, 0.0]])
    later = Features(
        customers=np.arange(2), names=("spend", "city is Roma", "age", "city is Napoli"), raw=raw, baskets=np.ones(2)
    )
    found = later.known_as(("spend", "city is Napoli", "city is Roma"))
    assert found.names == ("spend", "city is Napoli", "city is Roma")
    np.testing.assert_array_equal(found.raw, raw[:, [0, 3, 1]])
    assert later.known_as(("spend", "city is Bari")).names == ("spend",)


def test_another_past_is_refused_with_what_is_other():
    """Other shelf items and features that are gone are named, not counted alike on both sides."""
    model = SimpleNamespace(
        test_until="2026-07-05",
        ensemble=SimpleNamespace(item_category=np.array([0, 0, 1])),
        scale=SimpleNamespace(names=("spend", "city is Roma")),
    )
    shelf = SimpleNamespace(categories=("coats", "jeans"), category=np.array([0, 1, 1]))
    with pytest.raises(InvalidInput) as refused:
        require_same_past(model, shelf, ("spend",), "rows.csv")
    said = str(refused.value)
    assert "coats: 1 shelf items where it was 2; jeans: 2 shelf items where it was 1; no feature city is Roma" in said
    require_same_past(
        model,
        SimpleNamespace(categories=shelf.categories, category=np.array([0, 0, 1])),
        ("city is Roma", "spend", "city is Bari"),
        "rows.csv",
    )
