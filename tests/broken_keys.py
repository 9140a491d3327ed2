# ruff: noqa: E501 - messages stand as people read them
"""Broken shops, by name: mistakes in keys, and what YAML would read otherwise than people mean it."""

KEYS = {
    "misspelt-top-key": (
        {"shop": {"currency: CNY": "curency: CNY"}},
        ["shop.yaml:3: scenario: expected a known key, got curency; did you mean currency?"],
    ),
    "keys-without-a-value": (
        {
            "shop": {
                "contacts_per_customer: {max: 3, days: 7}": "contacts_per_customer: ",
                "title: A small shop": "title:",
                "max_run: 2": "max_run: ",
                "min: 8%": "min: 8%, where: {categories: , products: [phone]}, at_risk: ",
            }
        },
        [
            "shop.yaml:2: title: expected a value, got nothing; write a value or delete the key",
            "shop.yaml:16: offers.flash-12.max_run: expected a value, got nothing; write a value or delete the key",
            "shop.yaml:22: channels.push.contacts_per_customer: expected a value, got nothing; write a value or delete the key",
            "shop.yaml:26: limits.margin.where.categories: expected a value, got nothing; write a value or delete the key",
            "shop.yaml:26: limits.margin.at_risk: expected a value, got nothing; write a value or delete the key",
        ],
    ),
    "misspelt-key": (
        {"shop": {"customers: 4000": "custmers: 4000"}},
        ["shop.yaml:8: segments.young: expected a known key, got custmers; did you mean customers?"],
    ),
    "keys-as-others-call-them": (
        {"shop": {"title: A": "name: A", "tax_rate: 13%": "tax: 13%", "depth: 12%": "percent: 12%"}},
        [
            "shop.yaml:2: scenario: expected a known key, got name; did you mean title?",
            "shop.yaml:6: money: expected a known key, got tax; did you mean tax_rate?",
            "shop.yaml:16: offers.flash-12: expected a known key, got percent; did you mean depth?",
        ],
    ),
    "unknown-top-key": (
        {"shop": {"title: A": "author: A"}},
        [
            "shop.yaml:2: scenario: expected a known key, got author; known: baseline, baskets, channels, currency, effects, gifts, history, horizon, limits, money, objective, offers, products, response, risk, rules, scenario, segments, title, vendors"
        ],
    ),
    "number-as-a-key": (
        {"shop": {"{tax_rate: 13%": "{2026: , tax_rate: 13%"}},
        [
            "shop.yaml:6: money: expected a known key, got 2026; known: fee_rate, return_cost, return_rate, tax_rate",
        ],
    ),
    "values-without-their-keys": (
        {
            "shop": {
                "baskets: {table: baskets.csv}": "baskets: baskets.csv",
                "contacts_per_customer: {max: 3, days: 7}": "contacts_per_customer: 3",
                "min: 8%": "max: 8%, where: phones, share_of: revenue",
            }
        },
        [
            "shop.yaml:22: channels.push.contacts_per_customer: expected keys with values, got 3; write {max: ..., days: ...}",
            'shop.yaml:26: limits.margin.where: expected keys with values, got "phones"; its keys are segments, products, categories, offers, mechanics, channels, layer, periods, vendor',
            'shop.yaml:26: limits.margin.share_of: expected keys with values, got "revenue"; write {measure: revenue}',
            'shop.yaml:33: baskets: expected keys with values, got "baskets.csv"; write {table: baskets.csv}',
        ],
    ),
    "missing-key": (
        {"shop": {"category: extras, ": ""}},
        ["shop.yaml:13: products.case: expected the key category; add it"],
    ),
    "duplicate-key": (
        {"shop": {"objective: profit": "objective: profit\ncurrency: EUR"}},
        ["shop.yaml:6: currency: expected each key once, got it again (first on line 3); delete one of them"],
    ),
    "nan": (
        {"shop": {"price: 79": "price: .nan"}},
        ["shop.yaml:13: products.case.price: expected a finite number, got .nan; write a number, or delete the key"],
    ),
    "yes": (
        {"shop": {"coverage: [50%, 100%], applies": "stacks: yes, applies"}},
        [
            "shop.yaml:17: offers.3.stacks: expected true, false or a quoted text, got yes; YAML reads this word as true or false: write true or false, or put quotes around it",
            "shop.yaml:32: history.1.coverage: expected a coverage level of coupon-20: 100%, got 50%; use a level, or add it to the offer",
        ],
    ),
    "misread-values-hide-nothing": (
        {"shop": {"max: 80000": "max: yes", "start: 2026-11-01": "start: 2026-11-31", "price: 79": "price: -79"}},
        [
            "shop.yaml:4: horizon.start: expected a date of the calendar, got 2026-11-31; check month and day",
            "shop.yaml:13: products.case.price: expected a price above 0, got -79",
            'shop.yaml:25: limits.total-budget.max: expected an amount of money such as 19.90, got "yes"; write digits and a decimal point only, without currency signs or separators',
        ],
    ),
    "misread-key": (
        {"shop": {"arrivals: {2026-11-03: 100}": "arrivals: {2026-11-40: 100}", "price: 79": "price: -79"}},
        [
            "shop.yaml:11: products.phone.arrivals: expected a date of the calendar, got 2026-11-40; check month and day",
            "shop.yaml:13: products.case.price: expected a price above 0, got -79",
        ],
    ),
    "sexagesimal": (
        {"shop": {"stock: 500": "stock: 12:30"}},
        [
            "shop.yaml:11: products.phone.stock: expected a plain number or a quoted text, got 12:30; YAML reads this as a number to base 60: put quotes around it"
        ],
    ),
    "exponent": (
        {"shop": {"max: 80000": "max: 8e4"}},
        [
            "shop.yaml:25: limits.total-budget.max: expected a number in plain digits, got 8e4; write it without an exponent, such as 1000 for 1e3"
        ],
    ),
    "tab": (
        {"shop": {"  - {id: old": "\t- {id: old"}},
        [
            "shop.yaml:9: tab: expected spaces, got a tab character; indent with spaces; set your editor to insert spaces"
        ],
    ),
    "anchor": (
        {"shop": {"{tax_rate: 13%": "&m {tax_rate: 13%"}},
        ["shop.yaml:6: anchor: expected values written out, got &m; delete the anchor"],
    ),
    "unclosed": (
        {"shop": {"segments:\n": "segments: [\n"}},
        [
            "shop.yaml:8: YAML: expected well-formed YAML, got did not find expected node content while parsing a flow node; check indentation, colons, brackets and quotes on this line and the one above"
        ],
    ),
    "empty-section": (
        {
            "shop": {
                "limits:\n  - {id: total-budget, measure: spend, max: 80000}\n  - {id: margin, measure: margin_rate, min: 8%}": "limits:"
            }
        },
        ["shop.yaml:24: limits: expected a list, got nothing; write a value or delete the key"],
    ),
}
"""By name: replacements by file, and every line that must be answered."""
