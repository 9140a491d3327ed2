# ruff: noqa: E501 - messages stand as people read them
"""Every kind of broken scenario gives one clear line per mistake, with file and line, and nothing else."""

import pytest
from shop import problems_of

from scenarios.language.load import load_scenario

BROKEN = {
    "misspelt-top-key": (
        {"shop": {"currency: CNY": "curency: CNY"}},
        ["shop.yaml:3: scenario: expected a known key, got curency; did you mean currency?"],
    ),
    "misspelt-key": (
        {"shop": {"customers: 4000": "custmers: 4000"}},
        ["shop.yaml:8: segments.young: expected a known key, got custmers; did you mean customers?"],
    ),
    "missing-key": (
        {"shop": {"category: extras, ": ""}},
        ["shop.yaml:13: products.case: expected the key category; add it"],
    ),
    "misspelt-mechanic": (
        {"shop": {"mechanic: gift": "mechanic: gfit"}},
        [
            'shop.yaml:18: offers.buds.mechanic: expected one of price_discount, flash_sale, coupon, gift, bundle, feature, threshold, free_shipping, got "gfit"; did you mean gift?'
        ],
    ),
    "misspelt-rule": (
        {"shop": {"rule: min_gap": "rule: min-gap"}},
        [
            'shop.yaml:28: rules.calm.rule: expected one of max_concurrent, min_gap, max_frequency, min_run, max_run, cycle, blackout, eligible, at_most_one, all_or_nothing, never_with, only_after, max_depth, min_price, price_ladder, reference_price, fairness, locked, forbidden, got "min-gap"; did you mean min_gap?'
        ],
    ),
    "misspelt-unit": (
        {"shop": {"unit: day": "unit: days"}},
        ['shop.yaml:4: horizon.unit: expected one of day, week, got "days"; did you mean day?'],
    ),
    "percent-forgotten": (
        {"shop": {"depth: 15%": "depth: 15"}},
        ["shop.yaml:15: offers.cut-15.depth: expected a share between 0% and 100%, got 15; write 15% if that is meant"],
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
    "negative-price": (
        {"shop": {"price: 79": "price: -79"}},
        ["shop.yaml:13: products.case.price: expected an amount of at least 0, got -79"],
    ),
    "money-with-sign": (
        {"shop": {"price: 79": 'price: "¥79"'}},
        [
            'shop.yaml:13: products.case.price: expected an amount of money such as 19.90, got "¥79"; write digits and a decimal point only, without currency signs or separators'
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
    "bad-date": (
        {"shop": {"start: 2026-11-01": "start: 2026-11-31"}},
        ["shop.yaml:4: horizon.start: expected a date of the calendar, got 2026-11-31; check month and day"],
    ),
    "bad-range": (
        {"shop": {"2026-11-01..2026-11-02": "2026-11-02..2026-11-01"}},
        [
            'shop.yaml:29: rules.launch.where.periods.1: expected a range from the earlier to the later date, got "2026-11-02..2026-11-01"; write 2026-11-01..2026-11-02'
        ],
    ),
    "duplicate-key": (
        {"shop": {"objective: profit": "objective: profit\ncurrency: EUR"}},
        ["shop.yaml:6: currency: expected each key once, got it again (first on line 3); delete one of them"],
    ),
    "nan": (
        {"shop": {"price: 79": "price: .nan"}},
        ["shop.yaml:13: products.3.price: expected a finite number, got .nan; write a number, or delete the key"],
    ),
    "yes": (
        {"shop": {"coverage: [50%, 100%], applies": "stacks: yes, applies"}},
        [
            "shop.yaml:17: offers.3.stacks: expected true, false or a quoted text, got yes; YAML reads this word as true or false: write true or false, or put quotes around it"
        ],
    ),
    "sexagesimal": (
        {"shop": {"stock: 500": "stock: 12:30"}},
        [
            "shop.yaml:11: products.1.stock: expected a plain number or a quoted text, got 12:30; YAML reads this as a number to base 60: put quotes around it"
        ],
    ),
    "exponent": (
        {"shop": {"max: 80000": "max: 8e4"}},
        [
            "shop.yaml:25: limits.1.max: expected a number in plain digits, got 8e4; write it without an exponent, such as 1000 for 1e3"
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
    "wrong-parameters": (
        {"shop": {"value: 20": "value: 20, depth: 10%"}},
        [
            "shop.yaml:17: offers.coupon-20: expected the parameters depth, or value for a coupon, got depth, value; add what is missing and delete the rest"
        ],
    ),
    "no-coverage": (
        {"shop": {"coverage: [50%, 100%], applies": "coverage: [], applies"}},
        [
            "shop.yaml:17: offers.coupon-20: expected at least one coverage level; write one such as 100%, or delete the key"
        ],
    ),
    "public-coverage": (
        {"shop": {"max_run: 2": "max_run: 2, coverage: 50%"}},
        [
            "shop.yaml:16: offers.flash-12: expected no coverage for a public offer, which reaches everybody; delete coverage, or write layer: targeted"
        ],
    ),
    "two-bounds": (
        {"shop": {"max: 80000": "max: 80000, min: 3"}},
        [
            "shop.yaml:25: limits.total-budget: expected either max or min in a limit, got both; write two limits for a range"
        ],
    ),
    "two-sources": (
        {"shop": {"lift_is: gross": "lift_is: gross, data: d.yaml"}},
        ["shop.yaml:35: effects: expected exactly one of table, data and model, got table and data"],
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
    "unknown-product-in-offer": (
        {"shop": {"products: [phone]}}": "products: [phon]}}"}},
        [
            'shop.yaml:16: offers.flash-12.applies_to.products.1: expected a product of the scenario, got "phon"; did you mean phone?'
        ],
    ),
    "unknown-category": (
        {"shop": {"applies_to: {categories: [phones]}}": "applies_to: {categories: [phone]}}"}},
        [
            'shop.yaml:18: offers.buds.applies_to.categories.1: expected a category of the scenario, got "phone"; did you mean phones?'
        ],
    ),
    "unknown-channel": (
        {"shop": {"gift: earbuds, layer: targeted, channel: push": "gift: earbuds, layer: targeted, channel: psh"}},
        ['shop.yaml:18: offers.buds.channel: expected a channel of the scenario, got "psh"; did you mean push?'],
    ),
    "unknown-gift": (
        {"shop": {"gift: earbuds": "gift: earbud"}},
        ['shop.yaml:18: offers.buds.gift: expected a gift of the scenario, got "earbud"; did you mean earbuds?'],
    ),
    "unknown-vendor": (
        {"shop": {"funding: {vendor: nova": "funding: {vendor: novva"}},
        [
            'shop.yaml:15: offers.cut-15.funding.vendor: expected a vendor of the scenario, got "novva"; did you mean nova?'
        ],
    ),
    "unknown-measure": (
        {"shop": {"measure: spend": "measure: spent"}},
        [
            'shop.yaml:25: limits.total-budget.measure: expected a measure of the scenario, got "spent"; did you mean spend?'
        ],
    ),
    "unknown-product-in-rule": (
        {"shop": {"products: [phone-pro]": "products: [phone-por]"}},
        [
            'shop.yaml:29: rules.launch.where.products.1: expected a product of the scenario, got "phone-por"; did you mean phone-pro?'
        ],
    ),
    "profit-of-an-offer": (
        {"shop": {"measure: margin_rate, min: 8%": "measure: profit, min: 8, where: {offers: [cut-15]}"}},
        [
            "shop.yaml:26: limits.margin.where.offers: expected no offers in the scope of profit, which belongs to products, not to offers; delete offers, or limit spend or discount instead"
        ],
    ),
    "value-above-price": (
        {"shop": {"value: 20": "value: 200"}},
        [
            "shop.yaml:17: offers.coupon-20.value: expected a value of at most the price of every product it applies to, got 200 against 79 for case; change it, or narrow applies_to"
        ],
    ),
    "price-not-below": (
        {"shop": {"flash_sale, depth: 12%": "flash_sale, price: 2699"}},
        [
            "shop.yaml:16: offers.flash-12.price: expected a price below that of every product it applies to, got 2699 against 2699 for phone; change it, or narrow applies_to"
        ],
    ),
    "cost-above-price": (
        {"shop": {"unit_cost: 20": "unit_cost: 200"}},
        [
            "shop.yaml:13: products.case.unit_cost: expected a unit cost of at most the price 79, got 200; check both: the cost is net, the price with tax"
        ],
    ),
    "arrival-outside": (
        {"shop": {"{2026-11-03: 100}": "{2026-12-03: 100}"}},
        [
            "shop.yaml:11: products.phone.arrivals.2026-12-03: expected a date within the horizon, 2026-11-01 to 2026-11-07, got 2026-12-03; correct it or change the horizon"
        ],
    ),
    "arrivals-without-stock": (
        {"shop": {"stock: 500, ": ""}},
        [
            "shop.yaml:11: products.phone.arrivals: expected a stock beside arrivals, got none; add stock: 0 if none is there yet"
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
    "halo-rivals": (
        {"shop": {"halo: 0": "halo: [{from: phone, to: phone-pro, units: 0.1}]"}},
        [
            "shop.yaml:36: response.halo.1: expected products of different rival groups in a halo pair, got phone and phone-pro, both in phones; rivals take sales from each other: delete the pair"
        ],
    ),
    "halo-unknown": (
        {"shop": {"halo: 0": "halo: [{from: phone, to: cas, units: 0.1}]"}},
        ['shop.yaml:36: response.halo.1.to: expected a product of the scenario, got "cas"; did you mean case?'],
    ),
    "shares-above-one": (
        {"shop": {"cannibalisation: 0.2": "cannibalisation: 95%"}},
        [
            "shop.yaml:36: response: expected cannibalisation and pull_forward share, two parts of one bump, to be at most 100% together, got 105%; lower one of them"
        ],
    ),
    "objective-empty": (
        {"shop": {"objective: profit": "objective: {weights: {}}"}},
        [
            "shop.yaml:5: objective: expected at least one measure with a weight that is not 0, got none; write objective: profit, or weights: {profit: 1}"
        ],
    ),
    "objective-unknown": (
        {"shop": {"objective: profit": "objective: {weights: {profitt: 1}}"}},
        ["shop.yaml:5: objective.weights: expected a known key, got profitt; did you mean profit?"],
    ),
    "no-baseline": (
        {"shop": {"baseline: {table: baseline.csv}\n": ""}},
        [
            "shop.yaml:34: effects: expected a baseline where effects come from a table, got none; add baseline: {table: FILE}"
        ],
    ),
    "no-baskets": (
        {"shop": {"baskets: {table: baskets.csv}\n": ""}},
        [
            "shop.yaml:20: offers.save-200: expected baskets for a threshold: who already spends enough must be known, got none; add baskets: {table: FILE}"
        ],
    ),
    "no-price": (
        {"shop": {"price: 79, ": ""}},
        ["shop.yaml:13: products.case: expected the key price, where effects come from a table; add it"],
    ),
    "learn-with-table": (
        {
            "shop": {
                "segments:\n  - {id: young, customers: 4000, profile: {age: 24}}\n  - {id: old, customers: 6000, profile: {age: 58}}": "segments: {learn: {count: 3}}"
            }
        },
        [
            "shop.yaml:7: segments: expected a list of segments where effects come from a table, got learn; list them, or write effects: {data: FILE}"
        ],
    ),
    "missing-table": (
        {"shop": {"table: effects.csv": "table: efects.csv"}},
        ["shop.yaml:35: file efects.csv: expected a readable file, got no such file; did you mean effects.csv?"],
    ),
    "baseline-gap": (
        {"baseline": {"old,case,,50\n": ""}},
        [
            "baseline.csv:1: rows: expected units for every segment, product and period, got none for old, case, 2026-11-01; old, case, 2026-11-02; old, case, 2026-11-03 and 4 more; add the rows; a blank period means every one"
        ],
    ),
    "baseline-unknown-product": (
        {"baseline": {"old,case,,50": "old,cases,,50"}},
        ['baseline.csv:7: product: expected a product of the scenario, got "cases"; did you mean case?'],
    ),
    "baseline-negative": (
        {"baseline": {"old,case,,50": "old,case,,-50"}},
        ["baseline.csv:7: units: expected a number of at least 0, got -50"],
    ),
    "baseline-text": (
        {"baseline": {"old,case,,50": "old,case,,many"}},
        ['baseline.csv:7: units: expected a number, got "many"'],
    ),
    "baseline-twice": (
        {"baseline": {"old,case,,50": "old,case,,50\nold,case,,60"}},
        ["baseline.csv:8: row: expected one row for the same cells, got the keys of line 7 again; delete one"],
    ),
    "baseline-column": (
        {"baseline": {"segment,product,period,units": "segment,product,period,unit"}},
        ["baseline.csv:1: header: expected a known column, got unit; did you mean units?"],
    ),
    "baseline-ragged": (
        {"baseline": {"old,case,,50": "old,case,50"}},
        [
            "baseline.csv:7: row: expected 4 cells as in the header, got 3; add or delete commas; put quotes around texts that contain commas"
        ],
    ),
    "effects-tie": (
        {"effects": {",,,front,0.20,,,": ",,,front,0.20,,,\nold,,,front,0.3,,,\n,case,,front,0.3,,,"}},
        [
            "effects.csv:10: row: expected one most specific row per cell, got lines 9 and 10, equally specific, for the same cells; add a row that names all their keys"
        ],
    ),
    "effects-gap": (
        {"effects": {",phone-pro,,cut-15,0.60,0.40,0.90,\n": ""}},
        [
            "effects.csv:1: rows: expected a lift of offer cut-15 wherever it applies, got none for phone-pro (14 cells); add rows for everybody, or narrow applies_to of cut-15"
        ],
    ),
    "effects-unknown-offer": (
        {"effects": {",,,flash-12,": ",,,flash-21,"}},
        ['effects.csv:4: offer: expected an offer of the scenario, got "flash-21"; did you mean flash-12?'],
    ),
    "effects-date": (
        {"effects": {",phone,,cut-15": ",phone,2026-13-01,cut-15"}},
        ['effects.csv:2: period: expected a date such as 2026-11-01, or a blank for every period, got "2026-13-01"'],
    ),
    "lift-low": (
        {"effects": {"flash-12,0.90": "flash-12,-0.60"}},
        [
            "effects.csv:4: lift: expected at least -0.5, got -0.6; no offer is taken to lose more than half of its sales"
        ],
    ),
    "lift-percent": (
        {"effects": {"flash-12,0.90": "flash-12,90"}},
        ["effects.csv:4: lift: expected at most 20, got 90; write 90% if that is meant: 0.3 or 30% is 30 % more units"],
    ),
    "interval-upside-down": (
        {"effects": {"0.80,0.50,1.20": "0.80,1.20,0.50"}},
        [
            "effects.csv:2: lift_low, lift, lift_high: expected rising numbers, got 1.2, 0.8, 0.5; exchange or correct them"
        ],
    ),
    "interval-half": (
        {"effects": {"0.80,0.50,1.20": "0.80,0.50,"}},
        ["effects.csv:2: lift_low, lift_high: expected both or neither, got one of them; fill in the other"],
    ),
    "take-up-impossible": (
        {"effects": {",,,buds,0.40,,,0.80": ",,,buds,0.40,,,1.80"}},
        ["effects.csv:7: take_up: expected a share between 0% and 100%, got 1.8; write 1.8% if that is meant"],
    ),
    "take-up-missing": (
        {"effects": {"0.50,0.30,0.80,25%": "0.50,0.30,0.80,"}},
        [
            "effects.csv:5: take_up: expected a take_up for coupon-20, a targeted coupon, got a blank; write the share of base units sold under the offer, such as 12%"
        ],
    ),
    "take-up-public-price": (
        {"effects": {"cut-15,0.80,0.50,1.20,": "cut-15,0.80,0.50,1.20,0.7"}},
        [
            "effects.csv:2: take_up: expected a blank for a public price_discount, which everybody gets, got 0.7 for cut-15; leave the cell blank"
        ],
    ),
    "redemption-impossible": (
        {
            "effects": {
                "lift_high,take_up": "lift_high,redemption",
                "0.50,0.30,0.80,25%": "0.50,0.30,0.80,5%",
                "0.30,0.20,0.50,0.15": "0.30,0.20,0.50,0.1%",
                ",,,buds,0.40,,,0.80": ",,,buds,0.40,,,0.1%",
            }
        },
        [
            "effects.csv:5: redemption: expected a redemption of coupon-20 that its units allow, got 0.05 x 4,000 customers = 200 units, but the baseline of young, case, 2026-11-01 is 70.0; lower the redemption (it counts uses per contacted customer and period), or give take_up instead",
            "effects.csv:9: redemption: expected a redemption of save-200 that its orders allow, got 0.08 x 4,000 customers = 320 orders, but the baseline of young, all baskets, 2026-11-01 is 100.0; lower the redemption (it counts uses per contacted customer and period), or give take_up instead",
        ],
    ),
    "take-up-and-redemption": (
        {"effects": {"lift_low,lift_high,take_up": "redemption,note,take_up"}},
        ["effects.csv:1: header: expected one of take_up and redemption, got both; delete one column"],
    ),
    "basket-offer-on-product": (
        {"effects": {"young,basket,,save-200": "young,case,,save-200"}},
        [
            "effects.csv:9: product: expected the product basket for save-200, got case; a threshold acts on whole baskets"
        ],
    ),
    "baskets-missing-segment": (
        {"baskets": {"old,79,50,1\nold,3200,50,1.5\n": ""}},
        [
            "baskets.csv:1: rows: expected orders of every segment, got none for old; add rows with order values and orders per period"
        ],
    ),
    "baskets-negative": (
        {"baskets": {"old,79,50,1\n": "old,79,-50,1\n"}},
        ["baskets.csv:5: orders: expected a number of at least 0, got -50"],
    ),
    "semicolons": (
        {"baskets": {"segment,order_value,orders,units": "segment;order_value;orders;units"}},
        [
            'baskets.csv:1: header: expected columns separated by commas, got "segment;order_value;orders;units"; save as comma-separated CSV'
        ],
    ),
    "empty-table": (
        {
            "baskets": {
                "segment,order_value,orders,units\nyoung,79,60,1\nyoung,2700,30,1\nyoung,4000,10,2\nold,79,50,1\nold,3200,50,1.5\n": ""
            }
        },
        ["baskets.csv:1: file: expected a header line with column names, got an empty file"],
    ),
    "public-segments": (
        {"shop": {"fixed_cost: 100": "fixed_cost: 100, applies_to: {segments: [old]}"}},
        [
            "shop.yaml:19: offers.front.applies_to.segments: expected no segments for a public offer, which everybody sees; delete segments, or write layer: targeted"
        ],
    ),
    "basket-products": (
        {"shop": {"save: 200, layer": "save: 200, applies_to: {products: [phone]}, layer"}},
        [
            "shop.yaml:20: offers.save-200.applies_to.products: expected no products for a threshold, which is about whole baskets; delete products"
        ],
    ),
    "applies-nowhere": (
        {"shop": {"applies_to: {products: [phone]}": "applies_to: {products: [phone], categories: [extras]}"}},
        [
            "shop.yaml:16: offers.flash-12.applies_to: expected at least one product in both products and categories, got none; widen one of them"
        ],
    ),
    "rivals-misspelt": (
        {"shop": {"price: 79": "rivals: phone, price: 79"}},
        [
            'shop.yaml:13: products.case.rivals: expected a group that another product shares, got "phone"; did you mean phones?'
        ],
    ),
    "too-many-decimals": (
        {"shop": {"price: 79": "price: 79.999"}},
        [
            "shop.yaml:13: products.case.price: expected an amount with at most 2 decimals, as CNY has, got 79.999; round it"
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
            "shop.yaml:25: limits.total-budget: expected at_risk, the share of outcomes that must keep the limit, from 50% to 99.9%, got 5%"
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
    "empty-ladder": (
        {"shop": {"history:": "  - {id: new, rule: price_ladder}\nhistory:"}},
        ["shop.yaml:31: rules.new: expected at least one of prices, falling: true and order, got none; add one"],
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
    "cycle-without-rest": (
        {"shop": {"history:": "  - {id: new, rule: cycle, run: 2}\nhistory:"}},
        ["shop.yaml:31: rules.new: expected the key rest; add it"],
    ),
    "run-of-nothing": (
        {"shop": {"history:": "  - {id: new, rule: min_run, periods: 0}\nhistory:"}},
        ["shop.yaml:31: rules.new.periods: expected a number of at least 1, got 0"],
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
    "long-ago": (
        {"shop": {"start: 2026-11-01": "start: 0026-11-01"}},
        ["shop.yaml:4: horizon: expected a start between the years 1970 and 2199, got 0026-11-01"],
    ),
    "rules-as-keys": (
        {
            "shop": {
                "  - {id: calm, rule: min_gap, periods: 3, where: {mechanics: [flash_sale]}}\n  - {id: launch, rule: blackout, where: {products: [phone-pro], periods: [2026-11-01..2026-11-02]}}\n  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}": "  calm: {rule: min_gap}"
            }
        },
        ["shop.yaml:27: rules: expected a list, got keys calm; write one item a line, each after a dash, or [a, b]"],
    ),
    "no-offer-id": (
        {"shop": {"{id: front, mechanic": "{mechanic"}, "effects": {",,,front,0.20,,,\n": ""}},
        ["shop.yaml:19: offers.5: expected the key id; add it"],
    ),
    "no-products": (
        {
            "shop": {
                "segments:\n  - {id: young, customers: 4000, profile: {age: 24}}\n  - {id: old, customers: 6000, profile: {age: 58}}": "segments: []"
            }
        },
        ["shop.yaml:7: segments: expected at least one of segments, got an empty list; add one"],
    ),
    "gift-without-gift": (
        {"shop": {"mechanic: gift, gift: earbuds": "mechanic: gift"}},
        [
            "shop.yaml:18: offers.buds: expected the parameters gift, or gift with worth for a gift, got none; add what is missing and delete the rest"
        ],
    ),
    "halo-self": (
        {"shop": {"halo: 0": "halo: [{from: case, to: case, units: 0.1}]"}},
        ["shop.yaml:36: response.halo.1: expected two different products in a halo pair, got case; delete the pair"],
    ),
    "halo-twice": (
        {"shop": {"halo: 0": "halo: [{from: phone, to: case, units: 0.1}, {from: phone, to: case, units: 0.2}]"}},
        ["shop.yaml:36: response.halo.2: expected each halo pair once, got phone to case again; delete one"],
    ),
    "profile-flag": (
        {"shop": {"age: 24": "age: true"}},
        ["shop.yaml:8: segments.young.profile.age: expected a number or a word, got true"],
    ),
    "free-discount": (
        {"shop": {"depth: 12%": "depth: 0%"}},
        ['shop.yaml:16: offers.flash-12.depth: expected a depth above 0, got "0%"'],
    ),
    "save-above-spend": (
        {"shop": {"save: 200, layer": "save: 20000, layer"}},
        ["shop.yaml:20: offers.save-200.save: expected a saving of at most the spend 3000, got 20000; check both"],
    ),
    "no-such-model": (
        {
            "shop": {
                "effects: {table: effects.csv, lift_is: gross}": "effects: {model: best.npz}",
                "baseline: {table: baseline.csv}\n": "",
            }
        },
        [
            'shop.yaml:34: effects.model: expected an existing model file, got "best.npz"; campaign train makes one; file names count from the scenario\'s folder'
        ],
    ),
    "baseline-with-data": (
        {"shop": {"effects: {table: effects.csv, lift_is: gross}": "effects: {data: baskets.csv}"}},
        [
            "shop.yaml:34: baseline: expected no baseline where effects come from data or a model, which bring their own, got one; delete it, or write effects: {table: FILE}"
        ],
    ),
    "pareto": (
        {"shop": {"objective: profit": "objective: {front: [profit, revenue]}"}},
        ["shop.yaml:5: objective: expected a known key, got front; known: pareto, risk, weights"],
    ),
    "objective-two": (
        {"shop": {"objective: profit": "objective: {weights: {profit: 1}, risk: mean}"}},
        ["shop.yaml:5: objective: expected exactly one of weights, risk and pareto, got weights and risk"],
    ),
    "objective-word": (
        {"shop": {"objective: profit": "objective: {risk: median}"}},
        ['shop.yaml:5: objective.risk: expected mean, got "median"; did you mean mean?'],
    ),
    "objective-caution-none": (
        {"shop": {"objective: profit": "objective: {risk: {}}"}},
        [
            "shop.yaml:5: objective.risk: expected exactly one of mean_minus_sd and cvar, got neither; {mean_minus_sd: 0.5}, {cvar: 10%}, or risk: mean"
        ],
    ),
    "objective-tail": (
        {"shop": {"objective: profit": "objective: {risk: {cvar: 0.5%}}"}},
        [
            "shop.yaml:5: objective.risk: expected cvar, the share of the futures that are worst, from 1% to below 100%, got 0.5%"
        ],
    ),
    "objective-spread": (
        {"shop": {"objective: profit": "objective: {risk: {mean_minus_sd: -1}}"}},
        ["shop.yaml:5: objective.risk.mean_minus_sd: expected a number of more than 0, got -1"],
    ),
    "objective-caution-key": (
        {"shop": {"objective: profit": "objective: {risk: {cva: 10%}}"}},
        ["shop.yaml:5: objective.risk: expected a known key, got cva; did you mean cvar?"],
    ),
    "service-sure": (
        {"shop": {"objective: profit": "objective: profit\nrisk: {service: 100%}"}},
        ["shop.yaml:6: risk: expected service of at most 99.9%, got 100%"],
    ),
    "margin-rate-objective": (
        {"shop": {"objective: profit": "objective: {weights: {margin_rate: 1}}"}},
        [
            "shop.yaml:5: objective.weights.margin_rate: expected measures that add up over lines, got margin_rate, a ratio; set a limit on margin_rate instead"
        ],
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
    "custom-measure-misspelt": (
        {"shop": {"measure: spend": "measure: co2_gram"}, "effects": {"lift_low,lift_high": "co2_grams,note"}},
        [
            'shop.yaml:25: limits.total-budget.measure: expected a measure of the scenario, got "co2_gram"; did you mean co2_grams?'
        ],
    ),
    "measure-column": (
        {"effects": {"lift_low,lift_high": "spend,note"}},
        [
            "effects.csv:1: header: expected a name of your own for a custom measure, got spend; rename the column: measures of this name are computed"
        ],
    ),
    "feature-take-up": (
        {"effects": {"front,0.20,,,": "front,0.20,,,0.3"}},
        [
            "effects.csv:8: take_up: expected a blank for a feature, which grants no saving, got 0.3 for front; leave the cell blank"
        ],
    ),
    "csv-quote": (
        {"baskets": {"old,79": '"old,79'}},
        ["baskets.csv:5: CSV: expected well-formed CSV, got unexpected end of data; check the quotes"],
    ),
    "baseline-header-twice": (
        {"baseline": {"segment,product,period,units": "segment,product,segment,units"}},
        ["baseline.csv:1: header: expected each column once, got segment twice; delete or rename one"],
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


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_named_once_with_its_place(name, tmp_path):
    """A broken scenario is answered with exactly these lines: each mistake once, with place and remedy, no noise."""
    edits, expected = BROKEN[name]
    assert problems_of(tmp_path, **edits) == expected


def test_the_unbroken_shop_loads(tmp_path):
    """Without edits there is no problem, so every line above comes from its edit alone."""
    assert problems_of(tmp_path) == []
    assert load_scenario(tmp_path / "shop.yaml").scenario.scenario == "shop"


def test_every_line_says_where_expected_and_something_to_act_on():
    """Lines have the shape file:line: what: expected ...; the kinds are at least forty."""
    assert len(BROKEN) >= 40
    for _, lines in BROKEN.values():
        for line in lines:
            where, what, rest = line.split(": ", 2)
            assert where.split(":")[1].isdigit() and what and rest.startswith("expected ")
