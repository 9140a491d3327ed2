"""What a plan sold and earned in the simulated market."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.arrays import Float
from scenarios.market.account import Account, Tally


@dataclass(frozen=True, kw_only=True, eq=False)
class Sold:
    """What one plan sold and earned under one seed."""

    seed: int
    tally: Tally
    account: Account
    digits: int
    """Of the currency's minor unit, which the account counts."""
    stock_left: Float
    """[K] units left at the end; infinite where unlimited."""

    @property
    def units(self) -> Float:
        """Units sold, [S, K, T]."""
        return self.tally.units[:, :-1]

    @property
    def totals(self) -> dict[str, float]:
        """Units, orders, uses, contacts, gifts, every row of the account, and what was spent (major units, net)."""
        counts = {
            "units": self.tally.units,
            "orders": self.tally.orders,
            "uses": self.tally.uses,
            "contacts": self.tally.contacts,
            "gifts": self.tally.gift_units,
        }
        money = {name: float(amount) for name, amount in self.account.totals(self.digits).items()}
        cash = money["gift_cost"] + money["contact_cost"] + money["fixed_cost"]
        gross = money["discount"] + cash
        spent = {"cash_cost": cash, "gross_spend": gross, "spend": gross - money["vendor_funding"]}
        return {name: float(values.sum()) for name, values in counts.items()} | money | spent
