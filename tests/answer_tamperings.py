"""Named kinds of tampering with the answer, ``plans.json``, of a plan directory of the template."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from forgery import edit_json, edit_text

from scenarios.answer.plan_files import PLANS

Tampering = Callable[[Path], None]

CENT = Decimal("0.01")
ANSWER: dict[str, Tampering] = {}


def kind(kinds: dict[str, Tampering], name: str) -> Callable[[Tampering], Tampering]:
    """Keep a tampering under its name."""

    def keep(tampering: Tampering) -> Tampering:
        kinds[name] = tampering
        return tampering

    return keep


def _plans(name: str, change: Callable[[Any], Any]) -> None:
    ANSWER[name] = lambda folder: edit_json(folder, PLANS, change)


def _plan(name: str, change: Callable[[Any], Any]) -> None:
    """A change of the first plan."""
    _plans(name, lambda data: change(data["plans"][0]))


def _put(record: Any, key: str, change: Callable[[Any], Any]) -> None:
    record[key] = change(record[key])


def _limit(plan: Any, name: str) -> Any:
    return next(each for each in plan["limits"] if each["id"] == name)


_plan("a cent more profit", lambda p: _put(p["outcome"], "profit", lambda x: x + CENT))
_plan("a digit of a line's spend", lambda p: _put(p["lines"][1], "spend", lambda x: x + 100))
_plan("two digits of the revenue exchanged", lambda p: _put(p["outcome"], "revenue", lambda x: x + 9))
_plan("a higher objective", lambda p: _put(p, "objective", lambda x: x + 1000))
_plan("a gap of nothing", lambda p: p.update(gap=Decimal("0.0")))
_plan("no optimism", lambda p: p.update(optimism=Decimal("0.5")))
_plan("a weaker baseline", lambda p: p.update(baselines={"greedy": Decimal("1.00")}))
_plan("a better bad case", lambda p: _put(p["outcome"]["quantiles"]["profit"], "p05", lambda x: x + 50))
_plan("half a cent", lambda p: _put(p["outcome"], "profit", lambda x: x + Decimal("0.004")))
_plan("money as text", lambda p: _put(p["outcome"], "profit", str))
_plan("a key of somebody's own", lambda p: p["limits"][0].update(waived=True))
_plan("a thousandth of a unit", lambda p: _put(p["outcome"], "units", lambda x: x + Decimal("0.001")))
_plan("a margin rate rounded up", lambda p: _put(p["outcome"], "margin_rate", lambda x: round(x, 2)))
_plan("a higher limit in the answer", lambda p: _put(_limit(p, "total-budget"), "limit", lambda x: x * 2))
_plan("less use of a limit", lambda p: _put(_limit(p, "total-budget"), "used", lambda x: x - 1))
_plan("less use at risk", lambda p: _put(_limit(p, "message-budget"), "used_at_risk", lambda x: x - 1))
_plan("more headroom", lambda p: _put(_limit(p, "fund:roaster"), "headroom", lambda x: x + 1))
_plan("a limit that binds", lambda p: _put(_limit(p, "total-budget"), "binding", lambda x: not x))
_plan("a verdict turned", lambda p: _put(_limit(p, "margin"), "ok", lambda x: not x))
_plan("another shadow price", lambda p: _limit(p, "total-budget").update(shadow_price=Decimal("3.5")))
_plan("a narrower scope", lambda p: _limit(p, "total-budget").update(scope={"offers": ["home-page"]}))
_plan("a limit left out", lambda p: p["limits"].pop(1))
_plan("two limits exchanged", lambda p: p["limits"].reverse())
_plan("a rule left out", lambda p: p["rules"].pop(0))
_plan("a rule broken", lambda p: _put(p["rules"][0], "satisfied", lambda x: not x))
_plan("a line removed", lambda p: p["lines"].pop(2))
_plan("a line doubled", lambda p: p["lines"].insert(1, dict(p["lines"][1])))
_plan("two lines exchanged", lambda p: p["lines"].reverse())
_plan("a line added", lambda p: p["lines"].append({**p["lines"][0], "period": "2027-03-12"}))
_plan("another offer", lambda p: p["lines"][0].update(offer="coffee-flash"))
_plan("another day", lambda p: p["lines"][0].update(period="2027-03-02"))
_plan("another segment", lambda p: next(x for x in p["lines"] if x["segment"] != "*").update(segment="occasional"))
_plan("another coverage", lambda p: next(x for x in p["lines"] if x["segment"] != "*").update(coverage=1))
_plan("another reason", lambda p: p["lines"][0].update(why="the board wants it"))
_plan("a day written as others do", lambda p: _put(p["lines"][0], "period", lambda x: x.replace("-", "")))
_plan("a year without days", lambda p: p["lines"][0].update(period="9999-12-31"))
_plan("look-alike letter in a product", lambda p: p["lines"][0].update(product="еspresso-1kg"))
_plan("invisible letter in an offer", lambda p: p["lines"][0].update(offer="coffee-15\u200b"))
_plan("a number beyond all money", lambda p: p["outcome"].update(profit=Decimal("1e308")))
_plans("no notes", lambda data: data.update(notes=["nothing to know"]))
_plans("fewer assumptions", lambda data: data["assumed"].clear())
_plans("another seed in the answer", lambda data: _put(data, "seed", lambda x: x + 1))
_plans("other versions", lambda data: data.update(versions={"numpy": "9"}))
_plans("another currency", lambda data: data.update(currency="USD"))
_plans("another aim in words", lambda data: data.update(objective="mean profit over the worst 10% of the futures"))
_plans("a lower bound", lambda data: data.update(bound=Decimal("200.00")))
_plans("plans exchanged", lambda data: data["plans"].reverse())
_plans("a plan removed", lambda data: data["plans"].pop())
_plans("the same plan twice", lambda data: data["plans"].__setitem__(1, {**data["plans"][0], "rank": 2}))
_plans("all plans removed", lambda data: data["plans"].clear())
_plans("mirrored letters in the scenario's id", lambda data: _put(data["scenario"], "id", lambda x: f"\u202e{x}"))


@kind(ANSWER, "a bridge term moved to another")
def _bridge(folder: Path) -> None:
    def change(data: Any) -> None:
        terms = data["plans"][0]["outcome"]["bridge"]
        terms["halo"] += 10
        terms["fatigue"] -= 10

    edit_json(folder, PLANS, change)


@kind(ANSWER, "a contribution moved to another line")
def _contribution(folder: Path) -> None:
    def change(data: Any) -> None:
        lines = data["plans"][0]["lines"]
        lines[0]["contribution"] += 5
        lines[1]["contribution"] -= 5

    edit_json(folder, PLANS, change)


@kind(ANSWER, "other amounts of a line, its coverage a hair off")
def _hair(folder: Path) -> None:
    def change(data: Any) -> None:
        lines = [each for each in data["plans"][0]["lines"] if each["segment"] != "*"]
        lines[0]["coverage"] -= Decimal("1e-10")
        lines[0]["units"] += 40
        lines[0]["incremental_units"] += 40

    edit_json(folder, PLANS, change)


@kind(ANSWER, "a key written twice")
def _twice(folder: Path) -> None:
    edit_text(folder, PLANS, '"currency":', '"seed": 3, "currency":')


@kind(ANSWER, "not a number")
def _nan(folder: Path) -> None:
    edit_text(folder, PLANS, '"bound": null', '"bound": NaN')


@kind(ANSWER, "a number of 5,000 digits")
def _digits(folder: Path) -> None:
    edit_text(folder, PLANS, '"seed": 3', f'"seed": {"9" * 5000}')


@kind(ANSWER, "an exponent of a billion")
def _exponent(folder: Path) -> None:
    edit_text(folder, PLANS, '"bound": null', '"bound": 1e999999999')


@kind(ANSWER, "members in another order")
def _reordered(folder: Path) -> None:
    def change(data: Any) -> None:
        bound = data.pop("bound")
        data["bound"] = bound

    edit_json(folder, PLANS, change)
