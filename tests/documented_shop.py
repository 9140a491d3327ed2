"""A shop as docs/ describe it, in plain Python: no module of the product, no array. What offers do in one cell.

Written from docs/scenario-language.md, response-model.md and money.md alone, for test_by_the_documents.py. Letters
as there: a segments, k products (-1 the basket), t periods, o offers, each by number.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path

import yaml
from documented_funding import funder, funders
from documented_numbers import ahead_of, reached, rounded, share

DIGITS = {"JPY": 0, "EUR": 2, "KWD": 3}
SHELF = ("price_discount", "flash_sale")


@dataclass(frozen=True)
class Line:
    """One line of a plan or of the history."""

    t: int
    k: int
    a: int | None  # None for everybody
    o: int
    coverage: float
    quantity: float


@dataclass(frozen=True)
class Pair:
    """What the offers of one cell do, as shares of its base units."""

    lift: float
    base: tuple[float, float]
    """Under the public and the targeted line."""
    bump: tuple[float, float]
    base_both: float = 0.0
    bump_both: float = 0.0
    stacked: bool = False
    in_time: float = 1.0
    """Share that finds a piece of the public offer."""


class Shop:
    """A scenario and its tables, read by hand."""

    def __init__(self, path: Path) -> None:
        self.data = yaml.safe_load(path.read_text("utf-8"))
        self.digits = DIGITS[self.data["currency"]]
        horizon, money, response = (self.data[key] for key in ("horizon", "money", "response"))
        self.start, self.periods = horizon["start"], horizon["periods"]
        self.days = 7 if horizon["unit"] == "week" else 1
        self.fee = share(money["fee_rate"])
        self.segments, self.products, self.offers = (self.data[key] for key in ("segments", "products", "offers"))
        self.number = {
            key: {each["id"]: place for place, each in enumerate(self.data[key])}
            for key in ("segments", "products", "offers")
        }
        self.gifts, self.channels = (
            {each["id"]: each for each in self.data.get(key, ())} for key in ("gifts", "channels")
        )
        self.price = [share(each["price"]) for each in self.products]
        tax = [share(each.get("tax_rate", money["tax_rate"])) for each in self.products]
        self.kept_back = [1 - share(each.get("return_rate", money["return_rate"])) for each in self.products]
        self.net = [kept / (1 + rate) for kept, rate in zip(self.kept_back, tax, strict=True)]
        cost = [self._unit_cost(each, rate) for each, rate in zip(self.products, tax, strict=True)]
        back = [share(each.get("return_cost", money.get("return_cost", 0))) for each in self.products]
        self.cost = [c * k + b * (1 - k) for c, k, b in zip(cost, self.kept_back, back, strict=True)]
        self.per_use = [share(each.get("units_per_use", 1)) for each in self.products]
        self.margin = [p * net - c - self.fee * p for p, c, net in zip(self.price, self.cost, self.net, strict=True)]
        self.fatigue, self.half_life = share(response["fatigue"]), share(response["fatigue_half_life"])
        self.ahead, self.dip_periods = ahead_of(self.products, response["pull_forward"])
        self.theft = share(response["cannibalisation"])
        group = [each.get("rivals", each["category"]) for each in self.products]
        self.rivals = [[r for r in range(len(group)) if r != k and group[r] == group[k]] for k in range(len(group))]
        self._read_baseline(path.parent)
        self.net.append(self._net_of_orders())
        self._read_baskets(path.parent)
        self._read_effects(path.parent)
        self.halo = self._halo(response["halo"], group)
        self.history = [self.line(each) for each in self.data.get("history", ())]

    def _unit_cost(self, product, tax: float) -> float:
        cost = str(product["unit_cost"])
        if not cost.endswith("%"):
            return float(cost)
        return rounded(share(cost) * share(product["price"]) / (1 + tax), self.digits) / 10**self.digits

    def _net_of_orders(self) -> float:
        """Mean of the products' factors, weighted by what is paid for them without promotion."""
        paid = [0.0] * len(self.products)
        for (_, k, _), units in self.asked.items():
            paid[k] += units * self.price[k]
        return sum(money * net for money, net in zip(paid, self.net, strict=True)) / sum(paid)

    def _rows(self, folder: Path, key: str):
        if key not in self.data:
            return []
        with (folder / self.data[key]["table"]).open(newline="") as file:
            return list(csv.DictReader(file))

    def _read_baseline(self, folder: Path) -> None:
        """Every cell has a row; what stock is not there for is cut in time order, all segments alike."""
        self.asked: dict[tuple[int, int, int], float] = {}
        for row in self._rows(folder, "baseline"):
            place = self.number["segments"][row["segment"]], self.number["products"][row["product"]]
            self.asked[*place, self.period(dt.date.fromisoformat(row["period"]))] = float(row["units"])
        self.available = []
        for product in self.products:
            come = [(self.start, product.get("stock", math.inf)), *product.get("arrivals", {}).items()]
            self.available.append(
                [sum(units for day, units in come if self.period(day) <= t) for t in range(self.periods)]
            )
        self.base = dict(self.asked)
        for k in range(len(self.products)):
            gone = gone_rounded = 0.0
            for t in range(self.periods):
                cells = [self.asked[a, k, t] for a in range(len(self.segments))]
                wanted, rounded = sum(cells), sum(round(cell, 3) for cell in cells)
                if max(gone + wanted, gone_rounded + rounded) > self.available[k][t]:
                    served = min(1.0, max(self.available[k][t] - max(gone, gone_rounded), 0.0) / wanted)
                    cells = [math.floor(cell * served * 1000 + 1e-6) / 1000 for cell in cells]
                    wanted = rounded = sum(cells)
                    self.base.update({(a, k, t): cell for a, cell in enumerate(cells)})
                gone, gone_rounded = gone + wanted, gone_rounded + rounded
        self.can_rise = []
        for k, there in enumerate(self.available):
            a_day = [sum(self.base[a, k, t] for a in range(len(self.segments))) for t in range(self.periods)]
            left = [there[t] - sum(a_day[: t + 1]) for t in range(self.periods)]
            self.can_rise.append([int(min(left[t:]) > 1 - 1e-6) for t in range(self.periods)])

    def _read_baskets(self, folder: Path) -> None:
        rows = self._rows(folder, "baskets")
        self.orders, self.held = {}, {}
        for a, segment in enumerate(self.segments):
            own = [row for row in rows if row["segment"] == segment["id"]]
            self.orders[a] = [(float(row["order_value"]), float(row["orders"])) for row in own if not row["product"]]
            for k, product in enumerate(self.products):
                of_it = [row for row in own if row["product"] == product["id"]]
                self.held[a, k] = [(float(row["orders"]), float(row["units"])) for row in of_it]
        self.orders_a_period = {a: sum(orders for _, orders in rows) for a, rows in self.orders.items()}

    def _read_effects(self, folder: Path) -> None:
        """Lift and take-up by segment, product and offer, cut by what a cap per customer leaves."""
        self.lift, self.take_up, self.own = {}, {}, {}
        for row in self._rows(folder, "effects"):
            a, o = self.number["segments"][row["segment"]], self.number["offers"][row["offer"]]
            k = -1 if row["product"] == "basket" else self.number["products"][row["product"]]
            kept = self._kept(a, k, self.offers[o])
            for t in range(self.periods):
                self.lift[a, k, t, o] = float(row["lift"]) * kept
                self.take_up[a, k, t, o] = self._take_up(row, a, k, t, self.offers[o]) * kept
            if row.get("own"):
                self.own[k, o] = float(row["own"])

    def funder(self, offer, k: int) -> dict:
        """Terms of whoever pays for an offer on a product, -1 for orders."""
        return funder(offer, None if k < 0 else self.products[k].get("vendor"))

    def _take_up(self, row, a: int, k: int, t: int, offer) -> float:
        if offer["mechanic"] in SHELF and offer.get("layer", "public") == "public":
            return 1.0
        if offer["mechanic"] == "feature":
            return 1.0 if any(share(each.get("per_unit", 0)) > 0 for each in funders(offer)) else 0.0
        if row.get("take_up"):
            return float(row["take_up"])
        if k == -1:
            return self._orders_of(a, offer) / self.orders_a_period[a]
        uses = float(row["redemption"]) * self.segments[a]["customers"]
        return uses * self.units_a_use(offer, k) / self.asked[a, k, t]

    def _orders_of(self, a: int, offer) -> float:
        return sum(orders for value, orders in self.orders[a] if value >= share(offer.get("spend", 0)))

    def _kept(self, a: int, k: int, offer) -> float:
        """Share of the uses that a cap per customer leaves: by units an order; of orders, Poisson."""
        cap = offer.get("per_customer")
        if cap is None:
            return 1.0
        if k >= 0:
            uses = [(orders, units / self.units_a_use(offer, k)) for orders, units in self.held[a, k]]
            return sum(orders * min(each, cap) for orders, each in uses) / sum(orders * each for orders, each in uses)
        mean = self._orders_of(a, offer) / self.segments[a]["customers"]
        chance = [math.exp(-mean + n * math.log(mean) - math.lgamma(n + 1)) for n in range(200)]
        return sum(min(n, cap) * each for n, each in enumerate(chance)) / mean

    def _halo(self, halo, group) -> dict[tuple[int, int], float]:
        """Units of the second product that a new unit of the first sells."""
        if isinstance(halo, list):
            number = self.number["products"]
            return {(number[each["from"]], number[each["to"]]): float(each["units"]) for each in halo}
        revenue = [sum(units for (_, j, _), units in self.base.items() if j == k) * p for k, p in enumerate(self.price)]
        found = {}
        for j in range(len(group)):
            outside = [k for k in range(len(group)) if group[k] != group[j]]
            for k in outside:
                part = revenue[k] / sum(revenue[each] for each in outside)
                found[j, k] = share(halo) * self.price[j] * part / self.price[k]
        return found

    def period(self, day: dt.date) -> int:
        """Number of the period that a day lies in."""
        return (day - self.start).days // self.days

    def line(self, each) -> Line:
        """Read a line as `history` writes it."""
        who = each.get("segment", "*")
        return Line(
            t=self.period(each["date"]),
            k=-1 if each["product"] == "basket" else self.number["products"][each["product"]],
            a=None if who == "*" else self.number["segments"][who],
            o=self.number["offers"][each["offer"]],
            coverage=share(each.get("coverage", 1)),
            quantity=share(each.get("quantity", 1)),
        )

    def units_a_use(self, offer, k: int) -> float:
        """Units that one use spans; of orders one."""
        if k < 0:
            return 1.0
        return float(offer["buy"] + offer.get("get", 0)) if offer["mechanic"] == "bundle" else self.per_use[k]

    def saving(self, offer, k: int, price: float | None = None) -> float:
        """What a unit (an order) saves of a price, tax included."""
        price = self.price[k] if price is None else price
        match offer["mechanic"]:
            case "price_discount" | "flash_sale":
                most = share(offer.get("at_most", price))
                return min(price * share(offer["depth"]), most) if "depth" in offer else price - share(offer["price"])
            case "coupon":
                value = share(offer.get("at_most", offer.get("value", math.inf))) / self.per_use[k]
                return min(price * share(offer["depth"]), value) if "depth" in offer else value
            case "bundle":
                if "price" in offer:
                    return max(price - share(offer["price"]) / offer["buy"], 0.0)
                return price * offer["get"] / (offer["buy"] + offer["get"])
            case "threshold":
                return share(offer["save"])
            case "free_shipping":
                return share(offer["value"])
        return 0.0

    def gift_cost(self, offer, k: int) -> float:
        """Net cost of gifts per unit, or per order."""
        return share(self.gifts[offer["gift"]]["unit_cost"]) / self.units_a_use(offer, k) if "gift" in offer else 0.0

    def worth(self, offer, k: int) -> float:
        """What a unit under the offer is worth to a customer."""
        if "gift" not in offer:
            return self.saving(offer, k)
        return share(offer.get("worth", self.gifts[offer["gift"]]["unit_cost"])) / self.units_a_use(offer, k)

    def pair(self, a: int, k: int, t: int, public: Line | None, targeted: Line | None) -> Pair:
        """The table of docs/response-model.md, `Two layers`."""
        in_time = 1.0 if public is None else public.quantity
        lift_p = 0.0 if public is None else self.lift[a, k, t, public.o] * in_time
        take_p = 0.0 if public is None else self.take_up[a, k, t, public.o] * in_time
        under_p = lift_p if lift_p >= 0 or public is None else lift_p * self.take_up[a, k, t, public.o]
        if targeted is None:
            return Pair(lift=lift_p, base=(take_p, 0.0), bump=(under_p, 0.0), in_time=in_time)
        lift_t = self.lift[a, k, t, targeted.o]
        served = targeted.coverage * targeted.quantity * reached(self, a, targeted.o)
        taken = self.take_up[a, k, t, targeted.o] * served
        if public is None:
            under_t = lift_t if lift_t >= 0 else lift_t * self.take_up[a, k, t, targeted.o]
            return Pair(lift=served * lift_t, base=(0.0, taken), bump=(0.0, served * under_t))
        one, two = self.offers[public.o], self.offers[targeted.o]
        if one.get("stacks") or two.get("stacks") or "feature" in (one["mechanic"], two["mechanic"]):
            lift = max((1 + lift_p) * (1 + served * lift_t) - 1, -0.5)
            extra = lift - lift_p
            under_t = extra if extra >= 0 else extra * self.take_up[a, k, t, targeted.o]
            both = take_p * under_t + taken * under_p
            bump = under_p + take_p * extra, under_t + taken * lift_p
            return Pair(lift, (take_p, taken), bump, take_p * taken, both, stacked=True, in_time=in_time)
        if self.worth(two, k) > self.worth(one, k):
            lift = lift_p + served * max(0.0, lift_t - lift_p)
            return Pair(lift, (take_p * (1 - taken), taken), (under_p * (1 - taken), lift - lift_p * (1 - taken)))
        lift = lift_p + (1 - in_time) * served * max(0.0, lift_t)
        return Pair(lift, (take_p, (1 - in_time) * taken), (under_p, lift - lift_p), in_time=in_time)

    def theft_of(self, k: int) -> float:
        """Share of a product's bump that is not its own."""
        return self.theft if self.rivals[k] or self.data["response"].get("without_rivals") != "keep" else 0.0

    def stolen(self, a: int, k: int, t: int, lift: float) -> tuple[float, float]:
        """Share of each rival's sales that a bump takes, and what is left of its lift."""
        if lift <= 0:
            return 0.0, lift
        others, own = sum(self.base[a, r, t] for r in self.rivals[k]), self.base[a, k, t]
        if not (self.rivals[k] and others):
            return 0.0, lift - self.theft_of(k) * lift
        cap = 1 - (1 + (1 - self.theft) * lift) ** (-1 / len(self.rivals[k]))
        theft = min(self.theft * lift * own / others, cap)
        return theft, lift - self.theft * lift + (theft * others / own if own else 0.0)
