"""What a scenario says of sales without a customer, or asks for them, is refused or left out where it cannot be."""

from __future__ import annotations

import pytest
import yaml
from rule_shop import accepted, refusal

from scenarios.language.words import ANONYMOUS
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

SEGMENTS = [{"id": "young", "customers": 100}, {"id": ANONYMOUS, "customers": 60}]
FLOOR = {"rule": "fairness", "min": 1, "where": {"layer": "targeted"}}


def test_a_floor_of_targeted_offers_is_not_asked_of_strangers():
    """One coupon for those who are known keeps it (no plan did before); a public offer counts for both."""
    coupon = (3, "phone", "coupon", "young")
    assert accepted(FLOOR, coupon, segments=SEGMENTS) and not accepted(FLOOR, segments=SEGMENTS)
    both = {"rule": "fairness", "min": 1}
    assert not accepted(both, coupon, segments=SEGMENTS)
    assert accepted(both, (3, "phone", "off10"), segments=SEGMENTS)
    assert "add 1 public, the only kind that reaches it" in refusal(both, coupon, segments=SEGMENTS)


def scenario(folder, **changes):
    """Write a small scenario of learned effects; loading it opens no file beside it."""
    asked = {
        "scenario": "cash",
        "currency": "EUR",
        "horizon": {"start": "2026-08-03", "periods": 2, "unit": "week"},
        "objective": "profit",
        "segments": SEGMENTS,
        "products": [{"id": "a", "category": "A", "price": 2, "unit_cost": 0.3}],
        "offers": [
            {"id": "cut", "mechanic": "price_discount", "depth": "20%", "layer": "public"},
            {"id": "code", "mechanic": "coupon", "depth": "15%", "layer": "targeted"},
        ],
        "effects": {"model": "model"},
    }
    path = folder / "cash.yaml"
    path.write_text(yaml.safe_dump(asked | changes, sort_keys=False))
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"segments": [{"id": "ANONYMOUS", "customers": 9}]}, "got ANONYMOUS; did you mean anonymous?"),
        ({"segments": [SEGMENTS[1] | {"profile": {"age": 30}}]}, "no profile of anonymous"),
        ({"rules": [FLOOR | {"id": "fair", "where": {"offers": ["code"], "segments": ["young", ANONYMOUS]}}]},
         "got anonymous; delete anonymous there"),
        ({"rules": [FLOOR | {"id": "fair", "where": {"layer": "targeted", "segments": [ANONYMOUS]}}]},
         "delete the rule, or let a public offer match it"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(tmp_path, changes, said):
    """The word in other letters, a profile of nobody, and targeted offers asked for them by name are problems."""
    (tmp_path / "model").mkdir()
    with pytest.raises(InvalidInput) as caught:
        load_scenario(scenario(tmp_path, **changes))
    (problem,) = caught.value.problems
    assert said in str(problem)


def test_what_can_be_meant_is_taken(tmp_path):
    """A public offer may be asked for them by name."""
    (tmp_path / "model").mkdir()
    rule = {"id": "fair", "rule": "fairness", "min": 1, "where": {"segments": [ANONYMOUS]}}
    assert load_scenario(scenario(tmp_path, rules=[rule])).scenario.rules
