"""Measures over scopes, and uses of limits in their spans, as docs/scenario-language.md says them, row by row."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from fractions import Fraction

from documented_account import COUNTS, Booked, messages
from documented_numbers import reached, rounded
from documented_shop import Shop

RATIOS = {"margin_rate": ("margin", "revenue"), "roi": ("profit", "gross_spend")}
OFFERS = {"offers": "id", "mechanics": "mechanic", "channels": "channel"}


def unit(shop: Shop, measure: str) -> int:
    """Integers that one unit of a measure is kept in."""
    return 10 ** (3 if measure in (*COUNTS, "customers_reached", "lines", "own") else shop.digits)


def touched(shop: Shop, where, t: int) -> bool:
    """Whether a period has a day in the periods of a scope."""
    first = shop.start + dt.timedelta(days=t * shop.days)
    last = first + dt.timedelta(days=shop.days - 1)
    spans = [str(each).partition("..") for each in where.get("periods", ())]
    ends = [(dt.date.fromisoformat(low), dt.date.fromisoformat(high or low)) for low, _, high in spans]
    return not ends or any(low <= last and first <= high for low, high in ends)


def placed(shop: Shop, where, a: int, k: int, t: int) -> bool:
    """Whether a cell lies in a scope; the basket only where it is named, or no products are."""
    if shop.segments[a]["id"] not in where.get("segments", (shop.segments[a]["id"],)) or not touched(shop, where, t):
        return False
    if k < 0:
        return "basket" in where.get("products", ("basket",) if "categories" not in where else ())
    product = shop.products[k]
    return product["id"] in where.get("products", (product["id"],)) and product["category"] in where.get(
        "categories", (product["category"],)
    )


def of_scope(shop: Shop, where, offer, k: int) -> bool:
    """Whether a scope holds the lines of an offer on a product."""
    named = all(offer.get(key) in where[word] for word, key in OFFERS.items() if word in where)
    layer = offer.get("layer", "public") == where.get("layer", offer.get("layer", "public"))
    return named and layer and ("vendor" not in where or shop.funder(offer, k).get("vendor") == where["vendor"])


def narrows(where) -> bool:
    """Whether a scope names offers, so that what is sold means what is sold under them."""
    return any(key in where for key in (*OFFERS, "layer", "vendor"))


def measured(booked: Booked, measure: str, where, periods) -> int:
    """Sum of a measure over a scope and some periods."""
    shop = booked.shop
    places = [place for place in booked.cells if place[2] in periods and placed(shop, where, *place)]
    rows = [
        row
        for row in booked.rows
        if (line := row["line"]).t in periods
        and placed(shop, where, row["a"], line.k, line.t)
        and of_scope(shop, where, booked.offer(row), line.k)
    ]

    def lines(*names: str) -> int:
        return sum(row[name] for row in rows for name in names)

    def cells(*names: str) -> int:
        return sum(booked.cells[place][name] for place in places for name in names)

    carried = list(messages(shop, rows))
    cash = lines("gift_cost", "fixed_cost") + sum(cost for _, _, cost in carried)
    match measure:
        case "own":
            amounts = (shop.own.get((row["line"].k, row["line"].o), 0.0) * row["uses"] for row in rows)
            return sum(rounded(each, 0) for each in amounts)
        case "contacts":
            return sum(people for _, people, _ in carried)
        case "cash_cost" | "gross_spend" | "spend":
            spent = cash + (0 if measure == "cash_cost" else lines("discount"))
            return spent - (lines("funding") if measure == "spend" else 0)
        case "margin" | "profit":
            margin = cells("sales") - cells("cost", "fees") - lines("discount") + lines("fee_spared", "funding")
            charges = cells("borrowed", "left_fatigue", "ahead")
            return margin - (cash + charges if measure == "profit" else 0)
        case "lines":
            own = [row for row in rows if "segments" not in where or row["line"].a is not None]
            return 1000 * len({id(row["line"]) for row in own})
        case "customers_reached":
            return sum(_reached(shop, a, rows) for a in range(len(shop.segments)))
        case "orders":
            if narrows(where):
                return sum(row["units"] for row in rows if row["line"].k < 0)
            segments = {"segments": where["segments"]} if "segments" in where else {}
            of_all = [place for place in booked.cells if place[2] in periods and placed(shop, segments, *place)]
            return sum(booked.cells[place]["orders"] for place in of_all)
        case "units" | "revenue":
            if not narrows(where):
                return cells("units") if measure == "units" else cells("sales") - lines("discount")
            return _under(booked, rows, measure)
    names = {"vendor_funding": "funding", "max_liability": "liability"}
    return lines(names.get(measure, measure))


def _reached(shop: Shop, a: int, rows: list[dict]) -> int:
    """Customers in rings: whom only the widest channel reaches are the outermost, whom all reach the innermost."""
    lines = [row["line"] for row in rows if row["a"] == a and row["line"].a is not None]
    steps, people = sorted({reached(shop, a, line.o) for line in lines}), 0.0
    for number, step in enumerate(steps):
        ring = step - (steps[number - 1] if number else 0.0)
        people += ring * (1 - math.prod(1 - line.coverage for line in lines if reached(shop, a, line.o) >= step))
    return rounded(shop.segments[a]["customers"] * people, 3)


def _under(booked: Booked, rows: list[dict], measure: str) -> int:
    """Units or revenue under lines of a scope, what two of its lines sell once, at the price that is paid."""
    inside = {id(row) for row in rows}
    total = 0
    for row in rows:
        line = row["line"]
        twins = [
            each
            for each in booked.rows
            if line.k >= 0
            and (each["a"], each["line"].k, each["line"].t) == (row["a"], line.k, line.t)
            and each is not row
        ]
        both = any(id(each) in inside for each in twins) and line.a is not None
        if measure == "units":
            total += (row["units"] - (row["shared_units"] if both else 0)) if line.k >= 0 else 0
            continue
        total += row["sales"] - row["discount"] - (row["shared_sales"] if both else 0)
        total -= sum(each["shared_discount"] for each in twins if id(each) not in inside)
    return total


def before(shop: Shop, measure: str, where, periods) -> int:
    """What past lines used: those of a period together, as in the first like day of the horizon, alone."""
    found = 0
    for t in periods:
        lines = [line for line in shop.history if line.t == t]
        if not (lines and touched(shop, where, t)):
            continue
        like = next(u for u in range(shop.periods) if (u - t) % (1 if shop.days == 7 else 7) == 0)
        history, shop.history = shop.history, []
        gifts = shop.gifts
        shop.gifts = {name: {**gift, "stock": None} for name, gift in gifts.items()}
        booked = Booked(shop, [replace(line, t=like) for line in lines])
        shop.history, shop.gifts = history, gifts
        everywhen = {key: value for key, value in where.items() if key != "periods"}
        found += measured(booked, measure, everywhen, [like])
    return found


def spans(shop: Shop, limit, oldest: int):
    """Every stretch of periods in which a limit holds by itself."""
    last = shop.periods
    if "window" in limit:
        number, word = str(limit["window"]).split()
        length = int(number) * (7 if word.startswith("week") else 1) // shop.days
        begin = oldest if "max" in limit else 0
        ends = range(min(length + begin, last), last + 1) if length + begin > 0 else range(1, last + 1)
        return [range(max(end - length, begin), end) for end in ends]
    if "each" not in limit:
        return [range(last)]

    def week(day):
        while f"{day:%A}".lower() != shop.data["horizon"].get("week_starts", "monday"):
            day -= dt.timedelta(days=1)
        return day

    keys = {
        "period": lambda day: day,
        "week": week,
        "month": lambda day: (day.year, day.month),
    }
    days = {t: keys[limit["each"]](shop.start + dt.timedelta(days=t * shop.days)) for t in range(oldest, last)}
    return [[t for t, day in days.items() if day == each] for each in dict.fromkeys(days[t] for t in range(last))]


def tightest(limit, booked: Booked, empty: Booked) -> tuple[bool, Fraction, int, int | None, int]:
    """Whether a limit is kept, and its tightest span: use, part, whole of a ratio, part before the horizon."""
    shop, where, measure = booked.shop, limit.get("where", {}), limit["measure"]
    sign, bound = (1, limit["max"]) if "max" in limit else (-1, limit["min"])
    text = str(bound)
    asked = Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
    other = limit.get("share_of")
    part_of, whole_of = RATIOS.get(measure, (measure, other and other["measure"]))
    past = whole_of is None and measure not in ("margin", "profit", "customers_reached")
    past = past and (narrows(where) or measure not in ("units", "orders", "revenue"))
    oldest = min((line.t for line in shop.history), default=0) if past and limit.keys() & {"window", "each"} else 0
    found = []
    for span in spans(shop, limit, oldest):
        inside = [t for t in span if t >= 0]
        if not any(touched(shop, where, t) for t in inside):
            continue
        part = measured(booked, part_of, where, inside)
        if whole_of is None:
            earlier = before(shop, measure, where, [t for t in span if t < 0])
            use = Fraction(part + earlier, unit(shop, measure))
            found.append((sign * use > sign * asked, True, sign * use, use, part + earlier, None, earlier))
            continue
        part -= measured(empty, part_of, where, inside) if measure == "roi" else 0
        whole = measured(booked, whole_of, where if other is None else other.get("where", {}), inside)
        amounts = Fraction(part, unit(shop, part_of)), Fraction(whole, unit(shop, whole_of))
        over = sign * (amounts[0] - asked * amounts[1])
        use = amounts[0] / amounts[1] if whole > 0 else asked + (sign * max(over, Fraction(1)) if over > 0 else 0)
        found.append((over > 0, whole > 0, sign * use, use, part, whole, 0))
    worst = max(found, key=lambda each: each[:3])
    return not any(each[0] for each in found), *worst[3:]
