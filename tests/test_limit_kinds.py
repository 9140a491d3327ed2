"""Windows, months, shares, ROI and least amounts: one truth in ledger, float sums and linear model; joint at risk."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limits_by_hand import FUTURES, by_hand
from random_limits import document_of, limits_of_every_kind
from scenario_factory import START, rng_of, tiny_scenario

import scenarios.library
from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from constraints.limits.draws import LimitDraws
from constraints.limits.entries import limit_entries
from scenarios.answer.sums import measured
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import outcomes
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.loading.load import load_scenario
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import evaluate


def _made(seed, limits, **options):
    """A tiny scenario with given limits, its ledger and a random plan."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, limits=False, **options)
    if callable(limits):
        limits = limits(rng, scenario)
    scenario = scenario.model_copy(update={"limits": tuple(Limit.model_validate(limit) for limit in limits)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return Ledger(model, effects, draw(model.grid, effects, seed, count=FUTURES)), random_plan(model.grid, rng)


def random_plan(grid, rng):
    """Half of the slots hold a line."""
    scores = np.where(grid.allowed_flat, rng.random(grid.allowed_flat.shape), -1.0)
    return np.where(rng.random(grid.slots) < 0.5, scores.argmax(axis=1), 0).astype(np.int8)


def every_kind(rng, scenario):
    """All kinds of limits over a scenario."""
    return limits_of_every_kind(rng, document_of(scenario), 2000.0, chance=1.0)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_the_ledger_is_what_a_spreadsheet_says(seed):
    """Verdict, tightest use and amounts of every kind equal sums over single periods; the float rows agree."""
    ledger, plan = _made(seed, every_kind)
    report, compiled = ledger.audit(plan), build_limits(ledger.model)
    dust = 0.005 * (8 * ledger.model.base_units.size + 10 * len(report.account.rows.line) + 10)
    for limit, result in zip(ledger.grid.scenario.limits, report.limits, strict=False):
        rows = compiled.rows_of[limit.id]
        sign, bound = (1, Fraction(limit.max)) if limit.max is not None else (-1, Fraction(limit.min))
        if limit.measure == "customers_reached":
            used = max(float(evaluate(compiled.functionals[row], ledger.model, plan, np)) for row in rows)
            assert float(result.used) == pytest.approx(used, abs=dust)
            continue
        sums = by_hand(ledger, report.account, limit)
        if limit.at_risk is None:
            assert result.ok == all(
                sign * (part - bound * (1 if whole is None else whole)) <= 0 for part, whole in sums
            )
        if result.ratio:
            assert (result.part, result.whole) in [(_cents(p), _cents(w)) for p, w in sums] or result.whole <= 0
            for row in rows:
                part, whole = (float(evaluate(f, ledger.model, plan, np)) for f in compiled.rate_parts[row])
                exact = float(evaluate(compiled.functionals[row], ledger.model, plan, np))
                assert exact == pytest.approx(part - float(bound) * whole, abs=1e-6)
        else:
            assert Fraction(result.used) == max((part for part, _ in sums), key=lambda part: sign * part)
            floats = [evaluate(compiled.functionals[row], ledger.model, plan, np) + compiled.past[row] for row in rows]
            assert float(result.used) == pytest.approx(sign * max(sign * float(each) for each in floats), abs=dust)
            worst = max(
                float(over)
                for over in compiled.sign[rows] * (np.array(floats) - compiled.past[rows] - compiled.bound[rows])
            )
            assert worst == pytest.approx(float(sign * (Fraction(result.used) - bound)), abs=dust)


def _cents(amount):
    return Decimal(amount.numerator) / Decimal(amount.denominator)


KINDS = {
    "window": ({"measure": "spend", "window": "2 days"}, "max"),
    "month": ({"measure": "gross_spend", "each": "month"}, "max"),
    "period": ({"measure": "discount", "each": "period"}, "max"),
    "share": ({"measure": "gross_spend", "where": {"products": ["k0"]}, "share_of": {"measure": "gross_spend"}}, "max"),
    "share-in-time": ({"measure": "spend", "share_of": {"measure": "revenue"}, "window": "2 days"}, "max"),
    "least-share": ({"measure": "vendor_funding", "share_of": {"measure": "gross_spend"}}, "min"),
    "roi": ({"measure": "roi"}, "min"),
    "activity": ({"measure": "uses", "window": "2 days"}, "min"),
    "vendor": ({"measure": "vendor_funding", "where": {"vendor": "v0", "products": ["k0"]}}, "max"),
    "reach": ({"measure": "customers_reached", "window": "2 days"}, "max"),
}


@pytest.mark.parametrize("name", KINDS)
def test_one_step_beyond_the_bound_is_refused(name):
    """A plan exactly at its bound is accepted; with a bound one step tighter it is refused, and the place is named."""
    keys, sense = KINDS[name]
    limit = {"id": "l", sense: 0, **keys}
    for seed in range(11, 40):
        ledger, plan = _made(seed, [limit], segments=2, products=2, periods=3, weeks=False)
        at = ledger.audit(plan).limits[0]
        if at.used != 0:
            break
    step = Decimal(1).scaleb(at.used.as_tuple().exponent)
    assert at.used != 0
    for bound, ok in ((at.used, True), (at.used - step if sense == "max" else at.used + step, False)):
        result = _with_limit(ledger, {"id": "l", sense: bound, **keys}).audit(plan).limits[0]
        assert result.ok is ok, name
        assert (result.at is None) == (not {"window", "each"} & keys.keys())
        assert (result.headroom >= 0) is ok


def _with_limit(ledger, limit):
    scenario = ledger.grid.scenario.model_copy(update={"limits": (Limit.model_validate(limit),)})
    model = replace(ledger.model, grid=replace(ledger.grid, scenario=scenario))
    return Ledger(model, ledger.effects, ledger.draws)


@pytest.mark.parametrize("name", ["share", "roi", "least-share"])
def test_nothing_spent_breaks_no_ratio(name):
    """Where there is nothing to divide by, a plan that has no part either keeps the ratio, with no room to spare."""
    keys, sense = KINDS[name]
    ledger, _ = _made(11, [{"id": "l", sense: "0.5", **keys}], segments=2, products=2, periods=3, weeks=False)
    result = ledger.audit(ledger.grid.empty()).limits[0]
    assert result.ok and result.headroom == 0 and result.whole == 0 and result.used == Decimal("0.5")
    assert not result.binding


def test_a_period_without_anything_to_divide_is_not_the_tightest():
    """Of a share in each period, the tightest is one with a use, expected and at risk, not one that holds nothing."""
    share = {"measure": "discount", "share_of": {"measure": "gross_spend"}, "each": "period"}
    limits = [{"id": "l", "max": "100%", "at_risk": "80%", **share}, {"id": "m", "max": "100%", **share}]
    ledger, plan = _made(11, limits, segments=2, products=2, periods=3, weeks=False)
    some = np.array([ledger.grid.slot(number).period == 1 for number in range(ledger.grid.slots)])
    found = ledger.audit(np.where(some, plan, 0).astype(np.int8)).limits[:2]
    for result in found:
        assert result.at == str(START + dt.timedelta(days=1)) and result.whole > 0
        assert 0 < result.used < 1 and result.headroom > 0
    assert found[0].used_at_risk < 1


@settings(derandomize=True, deadline=None, max_examples=8)
@given(st.integers(0, 10**6), st.sampled_from(["80%", "95%"]))
def test_all_rows_of_a_limit_hold_jointly_at_risk(seed, level):
    """The use at risk is what the worst row of a future does not pass in all but the tolerated futures."""
    limits = [
        {"id": "w", "measure": "spend", "max": 50, "window": "2 days", "at_risk": level},
        {
            "id": "s",
            "measure": "spend",
            "max": "20%",
            "share_of": {"measure": "revenue"},
            "each": "period",
            "at_risk": level,
        },
        {"id": "r", "measure": "roi", "min": "0.2", "at_risk": level},
        {"id": "c", "measure": "customers_reached", "max": 100, "window": "2 days", "at_risk": level},
    ]
    ledger, plan = _made(seed, limits, weeks=False)
    report = ledger.audit(plan)
    entries = limit_entries(ledger.grid)
    wanted = LimitDraws(ledger.model, entries, 0)

    def drawn(of):
        return outcomes(ledger.model, ledger.effects, of, ledger.draws, wanted.functionals, wanted.through_time)

    futures, empty = drawn(plan), drawn(ledger.grid.empty())
    for entry, result in list(zip(entries, report.limits, strict=False))[:4]:
        found = wanted.of(entry, futures, empty)
        past = build_limits(ledger.model).past[build_limits(ledger.model).rows_of[entry.id]]
        uses = found.part + past
        if found.whole is not None:
            bound = float(entry.bound)
            uses = np.where(found.whole > 1e-6, found.part / np.maximum(found.whole, 1e-6), bound)
        worst = uses.max(axis=1) if entry.sense == "max" else uses.min(axis=1)
        sign = 1 if entry.sense == "max" else -1
        kept = (sign * (worst - float(result.used_at_risk)) <= 2e-6).mean()
        assert kept >= float(level.strip("%")) / 100
        assert result.ok == (
            sign * (result.used_at_risk - result.limit) <= 0 and sign * (result.used - result.limit) <= 0
        )


def test_months_end_where_the_calendar_says():
    """A horizon over two months has two rows; the worse one is named by its month."""
    ledger, _ = _made(5, [], segments=1, products=2, periods=4, weeks=False, history=False)
    horizon = ledger.grid.scenario.horizon.model_copy(update={"start": dt.date(2026, 11, 29)})
    scenario = ledger.grid.scenario.model_copy(update={"horizon": horizon})
    limit = {"id": "m", "measure": "gross_spend", "max": 10**6, "each": "month"}
    ledger = _with_limit(_moved(ledger, scenario), limit)
    plan = random_plan(ledger.grid, rng_of(1))
    result = ledger.audit(plan).limits[0]
    rows = ledger.limits[0].rows
    assert [row.at for row in rows] == ["2026-11", "2026-12"]
    parts = [measured(ledger.audit(plan).account, Measure.GROSS_SPEND, row.where) for row in rows]
    assert result.used == Decimal(max(parts)).scaleb(-2) and result.at == rows[int(np.argmax(parts))].at
    assert sum(parts) == measured(ledger.audit(plan).account, Measure.GROSS_SPEND, Scope())


def _moved(ledger, scenario):
    model = replace(ledger.model, grid=replace(ledger.grid, scenario=scenario))
    return Ledger(model, ledger.effects, ledger.draws)


def test_lines_before_the_horizon_count_in_windows():
    """Messages of yesterday count in a window that reaches back, and those before it do not."""
    for seed in range(40):
        ledger, _ = _made(seed, [], segments=1, products=1, periods=4, weeks=False, history=False, baskets=False)
        targeted = [
            offer for offer in ledger.grid.scenario.offers if offer.channel == "push" and not offer.applies_to.products
        ]
        if targeted:
            break
    offer, people = targeted[0], ledger.grid.segments[0].customers
    line = {"product": "k0", "segment": "s0", "offer": offer.id, "coverage": offer.coverage[-1]}
    days = [START - dt.timedelta(days=1), START - dt.timedelta(days=2)]
    limit = {"id": "m", "measure": "contacts", "max": 10**6, "window": "2 days"}
    data = ledger.grid.scenario.model_dump(by_alias=True) | {"history": [{"date": day, **line} for day in days]}
    data["limits"] = [limit]
    ledger = _moved(ledger, type(ledger.grid.scenario).model_validate(data))
    result = ledger.audit(ledger.grid.empty()).limits[0]
    sent = Decimal(people) * Decimal(str(offer.coverage[-1]))
    assert result.used == sent == result.before and result.at == f"{days[0]}..{START}"
    whole = {"id": "m", "measure": "contacts", "max": 10**6}
    assert _with_limit(ledger, whole).audit(ledger.grid.empty()).limits[0].used == 0
    assert _with_limit(ledger, limit | {"max": sent}).audit(ledger.grid.empty()).limits[0].ok
    assert not _with_limit(ledger, limit | {"max": sent - 1}).audit(ledger.grid.empty()).limits[0].ok


def test_the_documented_limits_are_read(tmp_path):
    """Every limit of the example in docs/scenario-language.md is accepted in phone-flash-sale."""
    page = (Path(__file__).parents[1] / "docs" / "scenario-language.md").read_text("utf-8")
    example = page[page.index("A limit of each kind:") :].split("```yaml\n")[1].split("```")[0]
    library = Path(scenarios.library.__file__).parent
    for file in library.glob("phone-flash-sale*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (tmp_path / "phone-flash-sale.yaml").read_text("utf-8")
    before, after = text.split("limits:\n")[0], "rules:\n" + text.split("rules:\n")[1]
    (tmp_path / "phone-flash-sale.yaml").write_text(f"{before}{example}\n{after}", "utf-8")
    limits = load_scenario(tmp_path / "phone-flash-sale.yaml").scenario.limits
    assert len(limits) == example.count("{id:") >= 10
