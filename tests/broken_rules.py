# ruff: noqa: E501 - messages stand as people read them
"""Broken shops, by name: mistakes in rules, locked lines and the history."""

RULES = {
    "misspelt-rule": (
        {"shop": {"rule: min_gap": "rule: min-gap"}},
        [
            'shop.yaml:28: rules.calm.rule: expected one of max_concurrent, max_promotions, min_gap, max_frequency, min_run, max_run, cycle, blackout, eligible, at_most_one, all_or_nothing, never_with, only_after, max_depth, min_price, price_ladder, reference_price, fairness, locked, forbidden, got "min-gap"; did you mean min_gap?'
        ],
    ),
    "bad-range": (
        {"shop": {"2026-11-01..2026-11-02": "2026-11-02..2026-11-01"}},
        [
            'shop.yaml:29: rules.launch.where.periods.1: expected a range from the earlier to the later date, got "2026-11-02..2026-11-01"; write 2026-11-01..2026-11-02'
        ],
    ),
    "unknown-product-in-rule": (
        {"shop": {"products: [phone-pro]": "products: [phone-por]"}},
        [
            'shop.yaml:29: rules.launch.where.products.1: expected a product of the scenario, got "phone-por"; did you mean phone-pro?'
        ],
    ),
    "blackout-outside": (
        {"shop": {"2026-11-01..2026-11-02": "2027-11-01..2027-11-02"}},
        [
            "shop.yaml:29: rules.launch.where.periods.1: expected a date within the horizon, 2026-11-01 to 2026-11-07, got 2027-11-01..2027-11-02; correct it or change the horizon"
        ],
    ),
    "locked-outside": (
        {"shop": {"lines: [{date: 2026-11-04": "lines: [{date: 2026-12-04"}},
        [
            "shop.yaml:30: rules.agreed.lines.1.date: expected a date within the horizon, 2026-11-01 to 2026-11-07, got 2026-12-04; correct it or delete the locked line"
        ],
    ),
    "locked-past-unknown": (
        {
            "shop": {
                "product: phone, offer: cut-15}]": "product: phone, offer: cut-15}], until: 2026-11-04, funds: {nowa: 5}"
            }
        },
        ['shop.yaml:30: rules.agreed.funds.nowa: expected a vendor of the scenario, got "nowa"; did you mean nova?'],
    ),
    "locked-public-segment": (
        {"shop": {"product: phone, offer: cut-15": "product: phone, segment: old, offer: cut-15"}},
        [
            'shop.yaml:30: rules.agreed.lines.1.segment: expected no segment for cut-15, a public offer, got "old"; leave the segment out or write *'
        ],
    ),
    "locked-targeted-all": (
        {"shop": {"product: phone, offer: cut-15": "product: phone, offer: buds"}},
        [
            'shop.yaml:30: rules.agreed.lines.1.segment: expected one segment for buds, a targeted offer, got "*"; write one line for each segment'
        ],
    ),
    "locked-level": (
        {"shop": {"coverage: 50%}": "coverage: 40%}"}},
        [
            "shop.yaml:32: history.1.coverage: expected a coverage level of coupon-20: 50%, 100%, got 40%; use a level, or add it to the offer"
        ],
    ),
    "locked-twice": (
        {"shop": {"offer: cut-15}]": "offer: cut-15}, {date: 2026-11-04, product: phone, offer: flash-12}]"}},
        [
            "shop.yaml:30: rules.agreed.lines.2: expected one line in a slot, got a second for phone on 2026-11-04 (first at shop.yaml:30); delete one"
        ],
    ),
    "excused-unknown": (
        {"shop": {"offer: cut-15}]": "offer: cut-15}], excuses: {clam: 2026-11-05}"}},
        ['shop.yaml:30: rules.agreed.excuses.clam: expected a rule of the scenario, got "clam"; did you mean calm?'],
    ),
    "locked-in-blackout": (
        {"shop": {"date: 2026-11-04, product: phone,": "date: 2026-11-02, product: phone-pro,"}},
        [
            "shop.yaml:30: rules.agreed.lines.1: expected no rule against a line that rule agreed locks, got rule launch, which excludes cut-15 for phone-pro on 2026-11-02; delete the line from agreed, or narrow launch"
        ],
    ),
    "locked-forbidden": (
        {
            "shop": {
                "history:": "  - {id: never, rule: forbidden, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\nhistory:"
            }
        },
        [
            "shop.yaml:30: rules.agreed.lines.1: expected no rule against a line that rule agreed locks, got rule never, which excludes cut-15 for phone on 2026-11-04; delete the line from agreed, or narrow never"
        ],
    ),
    "locked-not-eligible": (
        {
            "shop": {
                "history:": "  - {id: only-old, rule: eligible, where: {mechanics: [price_discount]}, only: {products: [phone-pro]}}\nhistory:"
            }
        },
        [
            "shop.yaml:30: rules.agreed.lines.1: expected no rule against a line that rule agreed locks, got rule only-old, which excludes cut-15 for phone on 2026-11-04; delete the line from agreed, or narrow only-old"
        ],
    ),
    "series-per-period": (
        {"shop": {"periods: 3, where": "periods: 3, per: [product, period], where"}},
        [
            'shop.yaml:28: rules.calm.per.2: expected segment, product, category or offer, because this rule counts along periods, got "period"; delete it'
        ],
    ),
    "margin-of-five-without-its-sign": (
        {"shop": {"history:": "  - {id: floor, rule: min_price, margin: 5}\nhistory:"}},
        [
            "shop.yaml:31: rules.floor.margin: expected a share with its percent sign, got 5; write 5%, or 500% if that is meant"
        ],
    ),
    "min-price-percent-forgotten": (
        {"shop": {"history:": "  - {id: floor, rule: min_price, margin: 15}\nhistory:"}},
        [
            "shop.yaml:31: rules.floor.margin: expected a share between -100% and 1000%, got 15; write 15% if that is meant"
        ],
    ),
    "locked-elsewhere": (
        {"shop": {"product: phone, offer: cut-15": "product: case, offer: cut-15"}},
        [
            "shop.yaml:30: rules.agreed.lines.1: expected a line where offer cut-15 applies, got case on 2026-11-04; widen applies_to of cut-15, or delete the locked line"
        ],
    ),
    "history-inside": (
        {"shop": {"date: 2026-10-30": "date: 2026-11-01"}},
        [
            "shop.yaml:32: history.1.date: expected a date before the horizon, which starts on 2026-11-01, got 2026-11-01; correct it, or lock the line by a rule"
        ],
    ),
    "misspelt-scope-key": (
        {"shop": {"{mechanics: [flash_sale]}": "{mechanic: [flash_sale]}"}},
        ["shop.yaml:28: rules.calm.where: expected a known key, got mechanic; did you mean mechanics?"],
    ),
    "empty-scope-list": (
        {"shop": {"products: [phone-pro], periods": "products: [], periods"}},
        [
            "shop.yaml:29: rules.launch.where.products: expected at least one name in the list, got none; add one or delete products"
        ],
    ),
    "blackout-everywhere": (
        {"shop": {", where: {products: [phone-pro], periods: [2026-11-01..2026-11-02]}": ""}},
        [
            "shop.yaml:29: rules.launch: expected a where for a blackout, got none, so that no offer could ever run; add where"
        ],
    ),
    "locked-with-where": (
        {"shop": {"rule: locked, ": "rule: locked, where: {products: [phone]}, "}},
        [
            "shop.yaml:30: rules.agreed.where: expected no where for locked, whose lines say it all, got one; delete where"
        ],
    ),
    "eligible-without-only": (
        {"shop": {"history:": "  - {id: open, rule: eligible, only: {}}\nhistory:"}},
        ["shop.yaml:31: rules.open.only: expected at least one key under only, got none; add one or delete the rule"],
    ),
    "no-with": (
        {"shop": {"history:": "  - {id: new, rule: never_with, where: {mechanics: [flash_sale]}}\nhistory:"}},
        ["shop.yaml:31: rules.new: expected the key with; add it"],
    ),
    "unknown-offer-in-with": (
        {"shop": {"history:": "  - {id: new, rule: never_with, with: {offers: [coupon-02]}}\nhistory:"}},
        [
            'shop.yaml:31: rules.new.with.offers.1: expected an offer of the scenario, got "coupon-02"; did you mean coupon-20?'
        ],
    ),
    "unknown-category-in-after": (
        {"shop": {"history:": "  - {id: new, rule: only_after, after: {categories: [phone]}}\nhistory:"}},
        [
            'shop.yaml:31: rules.new.after.categories.1: expected a category of the scenario, got "phone"; did you mean phones?'
        ],
    ),
    "across-and-per": (
        {"shop": {"history:": "  - {id: new, rule: all_or_nothing, across: [segment], per: [segment]}\nhistory:"}},
        [
            "shop.yaml:31: rules.new: expected different axes in across (what goes together) and per (what is decided apart), got segment in both; delete it from one"
        ],
    ),
    "across-nothing": (
        {"shop": {"history:": "  - {id: new, rule: all_or_nothing, across: []}\nhistory:"}},
        [
            "shop.yaml:31: rules.new: expected at least one axis in across, got none; write across: [segment], for example"
        ],
    ),
    "ladder-of-cents": (
        {"shop": {"history:": "  - {id: new, rule: price_ladder, endings: [0.99]}\nhistory:"}},
        [
            'shop.yaml:31: rules.new.endings: expected last digits of prices, such as [9] or ["99", "49"], got 0.99; write "99"'
        ],
    ),
    "empty-ladder": (
        {"shop": {"history:": "  - {id: new, rule: price_ladder}\nhistory:"}},
        [
            "shop.yaml:31: rules.new: expected at least one of prices, endings, falling: true and order, got none; add one"
        ],
    ),
    "ladder-of-one": (
        {"shop": {"history:": "  - {id: new, rule: price_ladder, order: [phone]}\nhistory:"}},
        ["shop.yaml:31: rules.new: expected at least two different products in order, got phone"],
    ),
    "step-without-order": (
        {"shop": {"history:": "  - {id: new, rule: price_ladder, falling: true, step: 5%}\nhistory:"}},
        [
            "shop.yaml:31: rules.new: expected a step only with order, whose products it keeps apart; add order or delete step"
        ],
    ),
    "ladder-upside-down": (
        {"shop": {"history:": "  - {id: new, rule: price_ladder, order: [phone-pro, phone]}\nhistory:"}},
        [
            "shop.yaml:31: rules.new.order.2: expected a regular price of phone that is 3999 or more, as the order says, got 2699; correct the order, the step or the prices"
        ],
    ),
    "ladder-too-steep": (
        {"shop": {"history:": "  - {id: new, rule: price_ladder, order: [phone, phone-pro], step: 60%}\nhistory:"}},
        [
            "shop.yaml:31: rules.new.order.2: expected a regular price of phone-pro that is at least 60.0% dearer than phone (2699), as the order says, got 3999; correct the order, the step or the prices"
        ],
    ),
    "unknown-product-in-order": (
        {"shop": {"history:": "  - {id: new, rule: price_ladder, order: [phone, phone-por]}\nhistory:"}},
        [
            'shop.yaml:31: rules.new.order.2: expected a product of the scenario, got "phone-por"; did you mean phone-pro?'
        ],
    ),
    "ladder-of-offers": (
        {
            "shop": {
                "history:": "  - {id: new, rule: price_ladder, falling: true, where: {mechanics: [flash_sale]}}\nhistory:"
            }
        },
        [
            "shop.yaml:31: rules.new.where.mechanics: expected only products, categories and periods in the where of price_ladder, which follows the shelf price of whole products, got mechanics; delete mechanics"
        ],
    ),
    "reference-price-in-a-segment": (
        {"shop": {"history:": "  - {id: new, rule: reference_price, where: {segments: [old]}}\nhistory:"}},
        [
            "shop.yaml:31: rules.new.where.segments: expected only products and categories in the where of reference_price, which follows the shelf price of whole products, got segments; delete segments"
        ],
    ),
    "price-law-excused-too-late": (
        {
            "shop": {
                "  - {id: agreed,": "  - {id: law, rule: reference_price}\n  - {id: agreed,",
                "offer: cut-15}]}": "offer: cut-15}], until: 2026-11-04, excuses: {law: 2026-11-06}}",
            }
        },
        [
            "shop.yaml:31: rules.agreed.excuses.law: expected a day up to the one after what is locked, as reference_price looks at earlier prices, got 2026-11-06; lock all days before it: until: 2026-11-05, or name an earlier day"
        ],
    ),
    "cycle-without-rest": (
        {"shop": {"history:": "  - {id: new, rule: cycle, run: 2}\nhistory:"}},
        ["shop.yaml:31: rules.new: expected the key rest; add it"],
    ),
    "run-of-nothing": (
        {"shop": {"history:": "  - {id: new, rule: min_run, periods: 0}\nhistory:"}},
        ["shop.yaml:31: rules.new.periods: expected a number of at least 1, got 0"],
    ),
    "a run that fits in no plan": (
        {
            "shop": {
                "  - {id: calm, rule: min_gap, periods: 3,": "  - {id: calm, rule: min_run, periods: 8,",
                "history:\n  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
            }
        },
        [
            "shop.yaml:28: rules.calm.periods: expected a run of at most the 7 periods of the horizon, so that some line can be in one, got 8; shorten it; a blackout says that nothing may run"
        ],
    ),
    "locked-twice-over": (
        {
            "shop": {
                "history:": "  - {id: ran, rule: locked, lines: [{date: 2026-11-03, product: phone, offer: cut-15}], until: 2026-11-04}\nhistory:"
            }
        },
        [
            "shop.yaml:30: rules.agreed.lines.1: expected no rule against a line that rule agreed locks, got rule ran, which allows no lines but its own until 2026-11-04; move the line to ran, or end its until before 2026-11-04"
        ],
    ),
    "rules-as-keys": (
        {
            "shop": {
                "  - {id: calm, rule: min_gap, periods: 3, where: {mechanics: [flash_sale]}}\n  - {id: launch, rule: blackout, where: {products: [phone-pro], periods: [2026-11-01..2026-11-02]}}\n  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}": "  calm: {rule: min_gap}"
            }
        },
        ["shop.yaml:27: rules: expected a list, got keys calm; write one item a line, each after a dash, or [a, b]"],
    ),
}
"""By name: replacements by file, and every line that must be answered."""
