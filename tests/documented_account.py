"""The account of a plan as docs/response-model.md and docs/money.md say it: one cell and one line at a time."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product as combinations

from documented_numbers import reached, rounded, share, shared_out
from documented_shop import SHELF, Line, Pair, Shop

COUNTS = ("units", "orders", "uses", "gifts", "contacts", "issued")
"""Totals in 1/1000; all others are minor units of money."""


class Booked:
    """What a plan sells and uses, in integers: ``cells`` by (segment, product, period), ``rows`` a line and segment."""

    def __init__(self, shop: Shop, lines: list[Line]) -> None:
        self.shop, self.lines = shop, lines
        self.places = list(combinations(range(len(shop.segments)), range(len(shop.products)), range(shop.periods)))
        self._pairs()
        self._fatigue()
        self._dips()
        self._sales()
        self.cells = {place: self._cell(*place) for place in self.places}
        self.rows = [row for number, line in enumerate(lines) for row in self._line(number, line)]
        self._messages()
        for row in self.rows:
            funded = Fraction(str(share(shop.funder(self.offer(row), row["line"].k).get("share", 0))))
            of_costs = funded * (row["discount"] + row["gift_cost"] + row["fixed_cost"])
            for_units = row.pop("for_units")
            of_sales = rounded(float(of_costs) + for_units, 0) if for_units else round(of_costs)
            row["funding"] = of_sales + row.pop("for_line")

    def offer(self, row) -> dict:
        """The offer of a row."""
        return self.shop.offers[row["line"].o]

    def _reach(self, lines: tuple[Line | None, Line | None]) -> float:
        met = [line for line in lines if line is not None]
        return max((line.coverage * line.quantity * reached(self.shop, line.a, line.o) for line in met), default=0.0)

    def _meeting(self, lines: list[Line]) -> dict[tuple[int, int, int], tuple[Line | None, Line | None]]:
        """Public and targeted line by cell; the basket is product -1."""
        found: dict[tuple[int, int, int], list[Line | None]] = {}
        for line in lines:
            for a in range(len(self.shop.segments)) if line.a is None else (line.a,):
                found.setdefault((a, line.k, line.t), [None, None])[int(line.a is not None)] = line
        return {place: (pair[0], pair[1]) for place, pair in found.items()}

    def _pairs(self) -> None:
        self.met = self._meeting(self.lines)
        self.past = self._meeting(self.shop.history)
        self.pairs: dict[tuple[int, int, int], Pair] = {
            place: self.shop.pair(*place, *lines) for place, lines in self.met.items()
        }
        self.theft = {p: self.shop.stolen(*p, pair.lift) for p, pair in self.pairs.items() if p[1] >= 0}

    def _fatigue(self) -> None:
        """F of every series through time, and as the past alone leaves it, up to a half-life after the horizon."""
        shop, fading = self.shop, 0.5 ** (1 / self.shop.half_life)
        self.tail = math.ceil(shop.half_life)
        self.f, self.f_past = {}, {}
        for a, k in combinations(range(len(shop.segments)), range(-1, len(shop.products))):
            before = {p[2]: self._reach(lines) for p, lines in self.past.items() if p[:2] == (a, k)}
            now = before | {p[2]: self._reach(lines) for p, lines in self.met.items() if p[:2] == (a, k)}
            for t, (seen, table) in combinations(
                range(shop.periods + self.tail), ((now, self.f), (before, self.f_past))
            ):
                earlier = [1 - reach * shop.fatigue * fading ** (t - u) for u, reach in seen.items() if u < t]
                table[a, k, t] = math.prod(earlier)

    def _dips(self) -> None:
        """D of every cell, and units borrowed that find no place in the horizon."""
        shop, cap = self.shop, 1 - 0.5 ** (1 / self.shop.dip_periods)
        self.d, self.beyond = dict.fromkeys(self.places, 1.0), dict.fromkeys(self.places, 0.0)
        lags = range(1, shop.dip_periods + 1)
        for (a, k, t), lines in self.past.items():
            lift = max(shop.pair(a, k, 0, *lines).lift, 0.0)
            for later in ((a, k, t + lag) for lag in lags):
                if later in self.d:
                    self.d[later] *= 1 - min(shop.ahead[k] * lift / shop.dip_periods, cap)
        for (a, k, t), pair in self.pairs.items():
            if k < 0:
                continue
            borrowed = shop.ahead[k] * max(pair.lift, 0.0) * shop.base[a, k, t]
            for later in ((a, k, t + lag) for lag in lags):
                if shop.base.get(later, 0.0) > 0:
                    dip = min(borrowed / shop.dip_periods / shop.base[later], cap)
                    self.d[later] *= 1 - dip
                    self.beyond[a, k, t] -= dip * shop.base[later]
            self.beyond[a, k, t] += borrowed

    def _sales(self) -> None:
        """What a base share and a bump share of every cell are worth in units, and its units in all."""
        shop = self.shop
        value = {
            a: sum(units * shop.price[k] for (s, k, _), units in shop.base.items() if s == a) / shop.periods
            for a in range(len(shop.segments))
        }
        self.base, self.bump, self.plain, self.units, self.orders = {}, {}, {}, {}, {}
        for a, k, t in self.places:
            left = shop.base[a, k, t]
            for rival in shop.rivals[k]:
                left *= 1 - self.theft.get((a, rival, t), (0.0, 0.0))[0] * self.f[a, rival, t]
            self.bump[a, k, t], self.base[a, k, t] = left * self.f[a, k, t], left * self.d[a, k, t]
        for (j, k), units in shop.halo.items():
            for a, t in combinations(range(len(shop.segments)), range(shop.periods)):
                if (a, j, t) in self.pairs:
                    new = (1 - shop.theft_of(j) - shop.ahead[j]) * max(self.pairs[a, j, t].lift, 0.0)
                    self.base[a, k, t] += units * new * self.bump[a, j, t] * shop.can_rise[k][t]
        for a, k, t in self.places:
            lift = self.theft.get((a, k, t), (0.0, 0.0))[1]
            self.plain[a, k, t] = self.base[a, k, t] + self.bump[a, k, t] * lift
            self.units[a, k, t] = self.plain[a, k, t] * self._basket(a, k, t)
            ratio = shop.orders_a_period[a] / value[a] * shop.price[k] if value[a] else 0.0
            self.orders[a, k, t] = ratio * self.plain[a, k, t]

    def _basket(self, a: int, k: int, t: int) -> float:
        lift = self.pairs[a, -1, t].lift if (a, -1, t) in self.pairs else 0.0
        return 1 + self.shop.can_rise[k][t] * lift * self.f[a, -1, t]

    def _cell(self, a: int, k: int, t: int) -> dict[str, int]:
        shop, units, place = self.shop, self.units[a, k, t], (a, k, t)
        ahead = shop.ahead[k] * max(self._basket(a, k, t) - 1, 0.0) * self.plain[place] * shop.margin[k]
        tired = 0.0
        if t == shop.periods - 1:
            after = range(shop.periods, shop.periods + self.tail)
            tired = sum(self.f_past[a, k, u] - self.f[a, k, u] for u in after) * self._average_line(a, k)
        money = {
            "sales": units * shop.price[k] * shop.net[k],
            "cost": units * shop.cost[k],
            "fees": units * shop.fee * shop.price[k],
            "borrowed": self.beyond[place] * shop.margin[k],
            "left_fatigue": tired,
            "ahead": ahead,
        }
        counts = {"units": units, "orders": self.orders[place] * self._basket(a, k, t)}
        found = {name: rounded(each, shop.digits) for name, each in money.items()}
        return found | {name: rounded(each, 3) for name, each in counts.items()}

    def _average_line(self, a: int, k: int) -> float:
        """What an average line of the series earns at its mean baseline: `What is charged` in the document."""
        shop, earned = self.shop, []
        for t, (o, offer) in combinations(range(shop.periods), enumerate(shop.offers)):
            public = offer.get("layer", "public") == "public"
            if (a, k, t, o) not in shop.lift or not runs(offer, shop.products[k]) or shop.base[a, k, t] <= 0:
                continue
            levels = combinations((1,) if public else offer["coverage"], offer.get("quantity", (1,)))
            for coverage, quantity in levels:
                line = Line(t=t, k=k, a=None if public else a, o=o, coverage=share(coverage), quantity=share(quantity))
                pair = shop.pair(a, k, t, line if public else None, None if public else line)
                left = shop.stolen(a, k, t, pair.lift)[1]
                bump = sum(pair.bump) * (left / pair.lift if pair.lift > 0 else 1.0)
                saving, gift = shop.saving(offer, k), shop.gift_cost(offer, k)
                paid = share(shop.funder(offer, k).get("share", 0)) * (saving * shop.net[k] + gift)
                paid += share(shop.funder(offer, k).get("per_unit", 0)) * shop.kept_back[k]
                gained = left * shop.margin[k] + bump * (paid - saving * shop.net[k] + saving * shop.fee - gift)
                earned.append(max(gained, 0.0))
        mean = sum(shop.base[a, k, t] for t in range(shop.periods)) / shop.periods
        return sum(earned) / len(earned) * mean if earned else 0.0

    def _line(self, number: int, line: Line):
        """One row for each segment that a line reaches."""
        shop, offer = self.shop, self.shop.offers[line.o]
        everybody = range(len(shop.segments))
        fixed = round(Fraction(str(offer.get("fixed_cost", 0))) * 10**shop.digits)
        paid = round(Fraction(str(shop.funder(offer, line.k).get("per_line", 0))) * 10**shop.digits)
        sizes = [Fraction(each["customers"]) for each in shop.segments]
        split, lines = (shared_out(each, sizes) if line.a is None else [each] for each in (fixed, paid))
        for part, a in zip(split, everybody if line.a is None else (line.a,), strict=True):
            row = {"number": number, "line": line, "a": a, "fixed_cost": part, "contacts": 0, "contact_cost": 0}
            row["for_line"] = lines[0 if line.a is not None else a]
            amounts = self._on_basket(a, line) if line.k < 0 else self._on_product(a, line)
            yield row | amounts | self._owed(a, line, amounts.pop("exact_uses"))

    def _on_basket(self, a: int, line: Line) -> dict:
        shop, layer = self.shop, int(line.a is not None)
        pair, saving = self.pairs[a, -1, line.t], self.shop.saving(shop.offers[line.o], -1, 0.0)
        orders = [self.orders[a, k, line.t] for k in range(len(shop.products))]
        rising = sum(count * shop.can_rise[k][line.t] for k, count in enumerate(orders))
        base = pair.base[layer] * sum(orders)
        under = base + pair.bump[layer] * self.f[a, -1, line.t] * rising
        gift = under * shop.gift_cost(shop.offers[line.o], -1)
        found = self._amounts(shop.net[-1], under, base, gift, under * saving, base * saving, 0.0, under, {})
        return found | {"gifts": found["uses"] if "gift" in shop.offers[line.o] else 0}

    def _on_product(self, a: int, line: Line) -> dict:
        shop, layer, offer, k = self.shop, int(line.a is not None), self.shop.offers[line.o], line.k
        place = a, k, line.t
        pair, factor = self.pairs[place], self._basket(a, k, line.t)
        left = self.theft[place][1] / pair.lift if pair.lift > 0 else 1.0
        base = pair.base[layer] * self.base[place] * factor
        under = base + pair.bump[layer] * left * self.bump[place] * factor
        both = pair.base_both * self.base[place] * factor + pair.bump_both * left * self.bump[place] * factor
        saving, on_top = shop.saving(offer, k), shop.saving(offer, k)
        if layer == 1 and pair.stacked:
            first = shop.offers[self.met[place][0].o]
            cut = shop.saving(first, k)
            remains = shop.price[k] - (cut if first["mechanic"] in SHELF else 0.0)
            on_top = min(shop.saving(offer, k, remains), max(shop.price[k] - cut, 0.0))
        discount = both * on_top + (under - both) * saving
        on_base = base * (pair.in_time * on_top + (1 - pair.in_time) * saving)
        uses = 0.0 if offer["mechanic"] == "feature" else under / shop.units_a_use(offer, k)
        shared = {
            "shared_units": rounded(both, 3),
            "shared_sales": rounded(both * shop.price[k] * shop.net[k], shop.digits),
            "shared_discount": rounded(both * on_top * shop.net[k], shop.digits),
        }
        gift = under * shop.gift_cost(offer, k)
        sales = under * shop.price[k] * shop.net[k]
        found = self._amounts(shop.net[k], under, base, gift, discount, on_base, sales, uses, shared)
        each = share(shop.funder(offer, k).get("per_unit", 0)) * shop.kept_back[k]
        for_units = under * each * 10**shop.digits
        return found | {"gifts": found["uses"] if "gift" in offer else 0, "for_units": for_units}

    def _amounts(self, net, under, base, gift, discount, on_base, sales, uses, shared) -> dict:
        digits, fee = self.shop.digits, self.shop.fee
        money = {
            "sales": sales,
            "discount": discount * net,
            "discount_on_base": on_base * net,
            "fee_spared": discount * fee,
            "gift_cost": gift,
        }
        found = {name: rounded(each, digits) for name, each in money.items()}
        found |= {"units": rounded(under, 3), "base_units": rounded(base, 3), "uses": rounded(uses, 3), "gifts": 0}
        nothing = dict.fromkeys(("shared_units", "shared_sales", "shared_discount", "for_units"), 0)
        return nothing | {"exact_uses": uses} | found | shared

    def _owed(self, a: int, line: Line, uses: float) -> dict[str, int]:
        """What is issued, and what is owed for it: `What is owed` in docs/money.md."""
        shop, offer = self.shop, self.shop.offers[line.o]
        issues = "channel" in offer if line.a is not None else offer["mechanic"] == "coupon"
        issues |= "quantity" in offer
        if offer["mechanic"] == "feature" or not issues:
            return {"issued": 0, "liability": 0}
        each = shop.saving(offer, line.k, None if line.k >= 0 else 0.0)
        if line.k >= 0:
            each *= shop.units_a_use(offer, line.k)
        owed = each * shop.net[line.k] + (share(shop.gifts[offer["gift"]]["unit_cost"]) if "gift" in offer else 0.0)
        held = offer.get("per_customer", 1) * shop.segments[a]["customers"] * line.coverage * reached(shop, a, line.o)
        number = uses if "quantity" in offer else held
        stock = shop.gifts[offer["gift"]].get("stock") if "gift" in offer else None
        redeemable = number if stock is None or "quantity" in offer else min(number, stock)
        return {"issued": rounded(number, 3), "liability": rounded(redeemable * owed, shop.digits)}

    def _messages(self) -> None:
        """One message a segment, channel and period, shared by its lines."""
        for rows, people, cost in messages(self.shop, self.rows):
            weights = [Fraction(str(row["line"].coverage)) for row in rows]
            for row, some, paid in zip(rows, shared_out(people, weights), shared_out(cost, weights), strict=True):
                row["contacts"], row["contact_cost"] = some, paid

    def totals(self) -> dict[str, int]:
        """Totals of docs/files.md."""

        def cells(*names: str) -> int:
            return sum(cell[name] for cell in self.cells.values() for name in names)

        def rows(*names: str) -> int:
            return sum(row[name] for row in self.rows for name in names)

        cash, charges = rows("gift_cost", "contact_cost", "fixed_cost"), cells("borrowed", "left_fatigue", "ahead")
        revenue = cells("sales") - rows("discount")
        margin = revenue - cells("cost", "fees") + rows("fee_spared", "funding")
        return {
            **{name: cells(name) for name in ("units", "orders")},
            **{name: rows(name) for name in ("discount", "discount_on_base", "uses", "gifts", "contacts", "issued")},
            **{f"{name}s_cost": rows(f"{name}_cost") for name in ("gift", "contact")},
            "fixed_cost": rows("fixed_cost"),
            **{"revenue": revenue, "margin": margin, "cash_cost": cash, "charges": charges},
            **{"profit": margin - cash - charges, "max_liability": rows("liability")},
            **{"gross_spend": rows("discount") + cash, "vendor_funding": rows("funding")},
            "spend": rows("discount") + cash - rows("funding"),
        }


def runs(offer, product) -> bool:
    """Whether an offer may stand on a product."""
    where = offer.get("applies_to", {})
    return product["id"] in where.get("products", (product["id"],)) and product["category"] in where.get(
        "categories", (product["category"],)
    )


def messages(shop: Shop, rows: list[dict]):
    """Yield the rows that one message carries, the customers that it goes to (1/1000), and its cost."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        channel = shop.offers[row["line"].o].get("channel")
        if channel is not None:
            groups.setdefault((row["a"], channel, row["line"].t), []).append(row)
    for (a, channel, _), carried in groups.items():
        people = shop.segments[a]["customers"] * (1 - math.prod(1 - row["line"].coverage for row in carried))
        people *= reached(shop, a, carried[0]["line"].o)
        price = share(shop.channels[channel].get("cost_per_contact", 0))
        yield carried, rounded(people, 3), rounded(people * price, shop.digits)
