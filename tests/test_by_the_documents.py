"""The ledger against a second account, written from the documents alone as an auditor would: to the last unit."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from documented_account import COUNTS, Booked
from documented_limits import RATIOS, measured, tightest, unit
from documented_scenarios import write_kuwait, write_tokyo
from documented_shop import Shop

from constraints.ledger import Ledger
from planner.problem import build_problem
from scenarios.futures.draws import draw

PLANS = 8
ROWS = {"gift_cost", "contact_cost", "fixed_cost", "fee_spared", "funding", "sales", "discount", "discount_on_base"}
ROWS |= {"units", "base_units", "uses", "gifts", "contacts", "issued", "liability"}
ROWS |= {"shared_units", "shared_sales", "shared_discount"}


@pytest.fixture(scope="module", params=[write_tokyo, write_kuwait], ids=["tokyo", "kuwait"])
def audited(request, tmp_path_factory):
    """A ledger, the same shop by the documents, and some random plans: what both say of each."""
    path = request.param(tmp_path_factory.mktemp(request.param.__name__))
    problem, shop = build_problem(str(path)), Shop(path)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 1, count=200))
    rng, found = np.random.default_rng(5), []
    for number in range(PLANS):
        plan = problem.grid.empty()
        share = 0.7 * number / PLANS  # of the slots: from none to most of them
        for slot in np.flatnonzero(rng.random(len(plan)) < share):
            plan[slot] = rng.choice(np.flatnonzero(problem.grid.allowed_flat[slot]))
        verdict = ledger.audit(plan)
        lines = [shop.line(line.model_dump()) for line in verdict.account.lines]
        found.append((verdict, Booked(shop, lines)))
    return shop, found


def test_every_cell_line_and_total_is_the_same(audited):
    """Response, rounding, splits, funding, what is owed, charges: all of it, on plans from empty to full."""
    shop, plans = audited
    for verdict, booked in plans:
        cells, rows = verdict.account.cells, verdict.account.rows
        for place, cell in booked.cells.items():
            assert {name: int(getattr(cells, name)[place]) for name in cell} == cell, place
        assert len(booked.rows) == len(rows.line)
        for number, row in enumerate(booked.rows):
            assert {name: int(getattr(rows, name)[number]) for name in ROWS} == {name: row[name] for name in ROWS}, row
        for name, total in booked.totals().items():
            digits = 3 if name in COUNTS else shop.digits
            assert Fraction(getattr(verdict.outcome, name)) == Fraction(total, 10**digits), name


def test_every_limit_is_judged_the_same(audited):
    """Scopes, windows, weeks and months, what the past used, shares, ROI and columns of one's own."""
    shop, plans = audited
    empty, broken = plans[0][1], set()
    for verdict, booked in plans:
        results = {each.id: each for each in verdict.limits}
        for limit in shop.data["limits"]:
            kept, use, part, whole, past = tightest(limit, booked, empty)
            result = results[limit["id"]]
            broken |= set() if kept else {limit["id"]}
            if whole is not None:  # quotients are rounded to the side on which the limit is harder to keep
                use = Fraction((math.ceil if "max" in limit else math.floor)(use * 10**6), 10**6)
                of = RATIOS.get(limit["measure"]) or (limit["measure"], limit["share_of"]["measure"])
                told = Fraction(part, unit(shop, of[0])), Fraction(whole, unit(shop, of[1]))
                assert (Fraction(result.part), Fraction(result.whole)) == told, limit
            assert (result.ok, Fraction(result.used)) == (kept, use), limit
            assert Fraction(result.before or 0) == Fraction(past, unit(shop, limit["measure"])), limit
    assert len(broken) > len(shop.data["limits"]) / 2, "bounds that are never reached say little"


def test_funds_gifts_and_stock_are_judged_the_same(audited):
    """What a scenario implies: a vendor's fund, the stock of a gift, and of a product at the moment of least."""
    shop, plans = audited
    for verdict, booked in plans:
        results = {each.id: each for each in verdict.limits}
        always = range(shop.periods)
        for vendor in shop.data["vendors"]:
            paid = measured(booked, "vendor_funding", {"vendor": vendor["id"]}, always)
            if "fund" in vendor:
                assert Fraction(results[f"fund:{vendor['id']}"].used) == Fraction(paid, 10**shop.digits)
        for gift in shop.data["gifts"]:
            given = sum(row["gifts"] for row in booked.rows if booked.offer(row).get("gift") == gift["id"])
            if "stock" in gift:
                assert Fraction(results[f"gift:{gift['id']}"].used) == Fraction(given, 1000)
        for k, product in enumerate(shop.products):
            if "stock" not in product:
                continue
            sold = [sum(cell["units"] for (_, j, u), cell in booked.cells.items() if j == k and u <= t) for t in always]
            left = [round(there * 1000) - gone for there, gone in zip(shop.available[k], sold, strict=True)]
            at = left.index(min(left))
            result = results[f"stock:{product['id']}"]
            told = Fraction(result.limit), Fraction(result.used), result.ok
            assert told == (Fraction(shop.available[k][at]), Fraction(sold[at], 1000), left[at] >= 0)
