# ruff: noqa: E501 - messages stand as people read them
"""Broken shops, by name: mistakes in values: numbers, dates, words, ids and bounds of limits."""

VALUES = {
    "currency-as-spoken": (
        {"shop": {"currency: CNY": "currency: Yen"}},
        [
            'shop.yaml:3: currency: expected a currency code of three capital letters such as CNY, got "Yen"; did you mean JPY?'
        ],
    ),
    "currency-of-no-country": (
        {"shop": {"currency: CNY": "currency: YEN"}},
        ['shop.yaml:3: currency: expected a known currency code, got "YEN"; did you mean JPY?'],
    ),
    "currency-as-a-sign": (
        {"shop": {"currency: CNY": "currency: Rs"}},
        [
            'shop.yaml:3: currency: expected a currency code of three capital letters such as CNY, got "Rs"; did you mean INR, LKR, NPR or PKR?'
        ],
    ),
    "day-and-month-swapped": (
        {
            "shop": {
                "arrivals: {2026-11-03: 100}": "arrivals: {2026-20-11: 100}",
                "date: 2026-10-30": "date: 2026-30-10",
                "2026-11-01..2026-11-02": "2026-13-11..2026-14-11",
            }
        },
        [
            "shop.yaml:11: products.phone.arrivals: expected a date of the calendar, got 2026-20-11; did you mean 2026-11-20?",
            'shop.yaml:29: rules.launch.where.periods.1: expected a date such as 2026-11-01 or a range such as 2026-11-01..2026-11-11, got "2026-13-11..2026-14-11"; write 2026-11-13..2026-11-14',
            "shop.yaml:32: history.1.date: expected a date of the calendar, got 2026-30-10; did you mean 2026-10-30?",
        ],
    ),
    "dates-with-slashes": (
        {"shop": {"start: 2026-11-01": "start: 2026/11/1", "2026-11-01..2026-11-02": "2026/11/01"}},
        [
            'shop.yaml:4: horizon.start: expected a date such as 2026-11-01, got "2026/11/1"; write 2026-11-01',
            'shop.yaml:29: rules.launch.where.periods.1: expected a date such as 2026-11-01 or a range such as 2026-11-01..2026-11-11, got "2026/11/01"; write 2026-11-01',
        ],
    ),
    "dates-without-dashes": (
        {
            "shop": {"2026-11-01..2026-11-02": "20261101..20261102"},
            "baseline": {"young,phone,,30": "young,phone,2026-W45-1,30"},
        },
        [
            'shop.yaml:29: rules.launch.where.periods.1: expected a date such as 2026-11-01 or a range such as 2026-11-01..2026-11-11, got "20261101..20261102"; write 2026-11-01..2026-11-02',
            'baseline.csv:2: period: expected a date such as 2026-11-01, or a blank for every period, got "2026-W45-1"; write year-month-day',
        ],
    ),
    "decimal-commas-in-quotes": (
        {"shop": {"fee_rate: 0.6%": "fee_rate: '0,6%'", "fixed_cost: 100": "fixed_cost: '1,250.50'"}},
        [
            'shop.yaml:6: money.fee_rate: expected a share such as 18%, got "0,6%"; write 0.6%',
            'shop.yaml:19: offers.front.fixed_cost: expected an amount of money such as 19.90, got "1,250.50"; write 1250.50',
        ],
    ),
    "signs-and-words-of-an-advertisement": (
        {
            "shop": {
                "fee_rate: 0.6%": "fee_rate: 0.6 proc.",
                "depth: 15%": "depth: -15%",
                "fixed_cost: 100": "fixed_cost: 1 100",
                "unit_cost: 20}": "unit_cost: 68 Prozent}",
                "max: 80000": 'max: "80 000,50 zł"',
                "min: 8%": "min: 8 percent",
            }
        },
        [
            'shop.yaml:6: money.fee_rate: expected a share such as 18%, got "0.6 proc."; write 0.6%',
            'shop.yaml:13: products.case.unit_cost: expected an amount of money, or a share of the price such as 55%, got "68 Prozent"; write 68%',
            'shop.yaml:15: offers.cut-15.depth: expected a share between 0% and 100%, got "-15%"; write 15%',
            'shop.yaml:19: offers.front.fixed_cost: expected an amount of money such as 19.90, got "1 100"; write 1100',
            'shop.yaml:25: limits.total-budget.max: expected an amount of money such as 19.90, got "80 000,50 zł"; write 80000.50',
            'shop.yaml:26: limits.margin.min: expected an amount, or a share such as 8%, got "8 percent"; write 8%',
        ],
    ),
    "spaces-and-a-decimal-comma": (
        {"shop": {"price: 79": "price: 1 079,90"}},
        [
            "shop.yaml:13: products.case.price: expected digits with a decimal point only, such as 12000 or 19.90, got 1 079,90; a comma begins the next key here: write 1079.90"
        ],
    ),
    "misspelt-unit": (
        {"shop": {"unit: day": "unit: days"}},
        ['shop.yaml:4: horizon.unit: expected one of day, week, got "days"; did you mean day?'],
    ),
    "margin-percent-forgotten": (
        {"shop": {"min: 8%": "min: 8"}},
        [
            "shop.yaml:26: limits.margin.min: expected a margin rate between 0% and 100%, got 8; write 8% if that is meant"
        ],
    ),
    "share-on-money": (
        {"shop": {"max: 80000": "max: 80%"}},
        [
            'shop.yaml:25: limits.total-budget.max: expected an amount of spend, no share, got "80%"; write the amount, or add share_of'
        ],
    ),
    "misspelt-measure-of-a-share": (
        {"shop": {"measure: margin_rate": "measure: margin_rat"}},
        [
            'shop.yaml:26: limits.margin.measure: expected a measure of the scenario, got "margin_rat"; did you mean margin_rate?'
        ],
    ),
    "text-for-number": (
        {"shop": {"periods: 7": "periods: seven"}},
        ['shop.yaml:4: horizon.periods: expected a whole number, got "seven"'],
    ),
    "part-of-a-customer": (
        {"shop": {"customers: 4000": "customers: 4000.5"}},
        ["shop.yaml:8: segments.young.customers: expected a whole number, got 4000.5"],
    ),
    "point-between-thousands": (
        {"shop": {"customers: 4000": "customers: 4.000", "stock: 500": "stock: 1.500"}},
        [
            "shop.yaml:8: segments.young.customers: expected a whole number without a decimal point, got 4.0; write 4; or 4000, if the point was to separate thousands",
            "shop.yaml:11: products.phone.stock: expected a whole number, got 1.5",
        ],
    ),
    "bad-date": (
        {"shop": {"start: 2026-11-01": "start: 2026-11-31"}},
        ["shop.yaml:4: horizon.start: expected a date of the calendar, got 2026-11-31; check month and day"],
    ),
    "two-bounds": (
        {"shop": {"max: 80000": "max: 80000, min: 3"}},
        [
            "shop.yaml:25: limits.total-budget: expected either max or min in a limit, got both; write two limits for a range"
        ],
    ),
    "duplicate-id": (
        {"shop": {"id: flash-12": "id: cut-15"}},
        [
            'shop.yaml:16: offers.cut-15.id: expected every id in offers once, got "cut-15" again (first at shop.yaml:15); rename or delete one'
        ],
    ),
    "reserved-id": (
        {"shop": {"id: front": "id: rest"}, "effects": {",front,": ",rest,"}},
        [
            'shop.yaml:19: offers.rest.id: expected another id, because rest stands for the customers that no segment takes, got "rest"; rename it'
        ],
    ),
    "unknown-currency": (
        {"shop": {"CNY": "CNX"}},
        ['shop.yaml:3: currency: expected a known currency code, got "CNX"; did you mean CNY?'],
    ),
    "unknown-measure": (
        {"shop": {"measure: spend": "measure: spent"}},
        [
            'shop.yaml:25: limits.total-budget.measure: expected a measure of the scenario, got "spent"; did you mean spend?'
        ],
    ),
    "profit-of-an-offer": (
        {"shop": {"measure: margin_rate, min: 8%": "measure: profit, min: 8, where: {offers: [cut-15]}"}},
        [
            "shop.yaml:26: limits.margin.where.offers: expected no offers in the scope of profit, which belongs to products, not to offers; delete offers, or limit spend or discount instead"
        ],
    ),
    "id-is-a-number": (
        {"shop": {"id: total-budget": "id: 2026"}},
        ["shop.yaml:25: limits.1.id: expected a text, got 2026; put quotes around it"],
    ),
    "limit-orders-no": (
        {"shop": {"max: 80000": "max: -5", "measure: spend": "measure: uses"}},
        ["shop.yaml:25: limits.total-budget.max: expected an amount of uses of at least 0, got -5"],
    ),
    "at-risk": (
        {"shop": {"max: 80000": "max: 80000, at_risk: 5%"}},
        [
            "shop.yaml:25: limits.total-budget: expected at_risk, the share of futures that must keep the limit, from 50% to 99.9%, got 5%"
        ],
    ),
    "unknown-scope-vendor": (
        {"shop": {"max: 80000": "max: 80000, where: {vendor: nova1}"}},
        [
            'shop.yaml:25: limits.total-budget.where.vendor: expected a vendor of the scenario, got "nova1"; did you mean nova?'
        ],
    ),
    "too-long": (
        {"shop": {"periods: 7": "periods: 70000"}},
        ["shop.yaml:4: horizon.periods: expected a number of at most 1000, got 70000"],
    ),
    "pulled-too-far": (
        {"shop": {"share: 10%, periods: 3": "share: 10%, periods: 1000000000"}},
        ["shop.yaml:36: response.pull_forward.periods: expected a number of at most 60, got 1000000000"],
    ),
    "pulled-of-nobody": (
        {"shop": {"share: 10%, periods: 3": "share: 10%, own: [{share: 10%}]"}},
        [
            "shop.yaml:36: response.pull_forward.own.1: expected a product or a category in each row of own, got neither; name one of them"
        ],
    ),
    "pulled-of-unknown": (
        {"shop": {"share: 10%, periods: 3": "own: [{product: fone, share: 1%}, {category: phone, share: 2%}]"}},
        [
            'shop.yaml:36: response.pull_forward.own.1.product: expected a product of the scenario, got "fone"; did you mean phone?',
            'shop.yaml:36: response.pull_forward.own.2.category: expected a category of the scenario, got "phone"; did you mean phones?',
        ],
    ),
    "pulled-half-open": (
        {"shop": {"share: 10%, periods: 3": "share: 10%, low: 5%"}},
        [
            "shop.yaml:36: response.pull_forward: expected both ends of the interval of share, or neither, got no high; add it or delete low"
        ],
    ),
    "stolen-outside": (
        {"shop": {"cannibalisation: 0.2": "cannibalisation: 20%, cannibalisation_low: 30%, cannibalisation_high: 40%"}},
        [
            "shop.yaml:36: response: expected an interval that holds cannibalisation, got 30% to 40% around 20%; correct the ends"
        ],
    ),
    "pulled-twice": (
        {"shop": {"share: 10%, periods: 3": "own: [{product: phone, share: 1%}, {product: phone, share: 2%}]"}},
        [
            "shop.yaml:36: response.pull_forward.own.2: expected one row for each product and category, got phone again; delete one"
        ],
    ),
    "pulled-and-stolen": (
        {"shop": {"share: 10%, periods: 3": "own: [{product: phone, share: 81%}]"}},
        [
            "shop.yaml:36: response: expected cannibalisation and pull_forward share, two parts of one bump, to be at most 100% together, got 101%; lower one of them"
        ],
    ),
    "long-ago": (
        {"shop": {"start: 2026-11-01": "start: 0026-11-01"}},
        ["shop.yaml:4: horizon: expected a start between the years 1970 and 2199, got 0026-11-01"],
    ),
    "profile-flag": (
        {"shop": {"age: 24": "age: true"}},
        ["shop.yaml:8: segments.young.profile.age: expected a number or a word, got true"],
    ),
    "orders-without-baskets": (
        {
            "shop": {
                "baskets: {table: baskets.csv}\n": "",
                "  - {id: save-200, mechanic: threshold, spend: 3000, save: 200, layer: targeted, channel: push}\n": "",
                "measure: spend": "measure: orders",
            },
            "effects": {"young,basket,,save-200,0.10,,,0.08\nold,basket,,save-200,0.12,,,\n": ""},
        },
        [
            "shop.yaml:24: limits.total-budget.measure: expected baskets, where orders are counted, got none; add baskets: {table: FILE}"
        ],
    ),
    "two ways to write a category": (
        {
            "shop": {
                "phone-pro, category: phones": "phone-pro, rivals: big, category: phon\u0435s",
                "case, category: extras": "case, category: extras, rivals: bi\u200bg",
            }
        },
        [
            'shop.yaml:12: products.phone-pro.category: expected one way to write each name, got "phon\u0435s", which looks like the category of phone, but here stands U+0435 CYRILLIC SMALL LETTER IE; copy the name from there',
            'shop.yaml:13: products.case.rivals: expected one way to write each name, got "bi\u200bg", which looks like the rivals of phone-pro, but here stands U+200B ZERO WIDTH SPACE; copy the name from there',
        ],
    ),
    "several": (
        {
            "shop": {
                "depth: 15%": "depth: 15",
                "channel: push, coverage": "channel: pus, coverage",
                "product: phone, offer: cut-15": "product: phone, offer: cut-51",
            }
        },
        [
            "shop.yaml:15: offers.cut-15.depth: expected a share between 0% and 100%, got 15; write 15% if that is meant",
            'shop.yaml:17: offers.coupon-20.channel: expected a channel of the scenario, got "pus"; did you mean push?',
            'shop.yaml:30: rules.agreed.lines.1.offer: expected an offer of the scenario, got "cut-51"; did you mean cut-15?',
        ],
    ),
}
"""By name: replacements by file, and every line that must be answered."""
