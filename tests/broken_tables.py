# ruff: noqa: E501 - messages stand as people read them
"""Broken shops, by name: mistakes in tables and where effects come from."""

TABLES = {
    "two-sources": (
        {"shop": {"lift_is: gross": "lift_is: gross, data: d.yaml"}},
        ["shop.yaml:35: effects: expected exactly one of table, data and model, got table and data"],
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
    "baseline-of-other-days": (
        {"baseline": {"old,case,,50": "old,case,2026-10-31,50"}},
        [
            "baseline.csv:1: rows: expected units for every segment, product and period, got none for old, case, 2026-11-01; old, case, 2026-11-02; old, case, 2026-11-03 and 4 more; add the rows; a blank period means every one; 1 row of the file lies outside 2026-11-01 to 2026-11-07: check horizon.start, too"
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
    "effects-of-another-time": (
        {"effects": {",phone-pro,,cut-15": ",phone-pro,2026-12-04,cut-15"}},
        [
            "effects.csv:3: period: expected a period from 2026-11-01 to 2026-11-07, or a blank for all, got 2026-12-04, and no lift of cut-15 for phone-pro (14 cells)"
        ],
    ),
    "orders-of-nothing": (
        {"baskets": {"young,79,60,1": "young,79,60,0"}},
        [
            "baskets.csv:2: units: expected a number above 0, got 0; write how many units such an order holds, or leave the cell blank for 1"
        ],
    ),
    "effects-unknown-offer": (
        {"effects": {",,,flash-12,": ",,,flash-21,"}},
        ['effects.csv:4: offer: expected an offer of the scenario, got "flash-21"; did you mean flash-12?'],
    ),
    "effects-date": (
        {"effects": {",phone,,cut-15": ",phone,2026-13-01,cut-15"}},
        [
            'effects.csv:2: period: expected a date such as 2026-11-01, or a blank for every period, got "2026-13-01"; did you mean 2026-01-13?'
        ],
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
        ["effects.csv:7: take_up: expected a share between 0% and 100%, got 1.80; write 1.80% if that is meant"],
    ),
    "take-up-above-all": (
        {"effects": {",,,buds,0.40,,,0.80": ",,,buds,0.40,,,180%"}},
        ["effects.csv:7: take_up: expected a share between 0% and 100%, got 180%"],
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
    "redemption-of-next-to-nothing": (
        {
            "baseline": {"young,case,,70": "young,case,,0.04"},
            "effects": {
                "lift_high,take_up": "lift_high,redemption",
                "0.50,0.30,0.80,25%": "0.50,0.30,0.80,0.01%",
                "0.30,0.20,0.50,0.15": "0.30,0.20,0.50,0.001%",
                ",,,buds,0.40,,,0.80": ",,,buds,0.40,,,0.001%",
                "young,basket,,save-200,0.10,,,0.08": "young,basket,,save-200,0.10,,,0.001",
            },
        },
        [
            "effects.csv:5: redemption: expected a redemption of coupon-20 that its units allow, got 0.0001 x 4,000 customers = 0.4 units, but the baseline of young, case, 2026-11-01 is 0.04; lower the redemption (it counts uses per contacted customer and period), or give take_up instead"
        ],
    ),
    "take-up-and-redemption": (
        {
            "effects": {
                "lift_low,lift_high,take_up": "redemption,note,take_up",
                "cut-15,0.80,0.50,1.20": "cut-15,0.80,,",
                "cut-15,0.60,0.40,0.90": "cut-15,0.60,,",
                "old,,,coupon-20,0.30,0.20,": "old,,,coupon-20,0.30,,",
            }
        },
        [
            "effects.csv:5: take_up, redemption: expected one of them in a row, got 25% and 0.30; leave one of them blank: take_up is a share of base units, redemption uses per contacted customer"
        ],
    ),
    "neither-take-up-nor-redemption": (
        {
            "effects": {
                "lift_low,lift_high,take_up": "redemption,note,take_up",
                "cut-15,0.80,0.50,1.20": "cut-15,0.80,,",
                "cut-15,0.60,0.40,0.90": "cut-15,0.60,,",
                "young,,,coupon-20,0.50,0.30,0.80,25%": "young,,,coupon-20,0.50,0.005,,",
                "old,,,coupon-20,0.30,0.20,0.50,0.15": "old,,,coupon-20,0.30,,,",
            }
        },
        [
            "effects.csv:6: take_up: expected a take_up for coupon-20, a targeted coupon, got a blank; write the share of base units sold under the offer, such as 12%"
        ],
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
    "empty-table": (
        {
            "baskets": {
                "segment,order_value,orders,units\nyoung,79,60,1\nyoung,2700,30,1\nyoung,4000,10,2\nold,79,50,1\nold,3200,50,1.5\n": ""
            }
        },
        ["baskets.csv:1: file: expected a header line with column names, got an empty file"],
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
            "shop.yaml:34: baseline.table: expected no table of units where effects come from data or a model, which bring their own, got baseline.csv; write baseline: {times: FILE} to multiply what is learned; or write effects: {table: FILE}"
        ],
    ),
    "custom-measure-misspelt": (
        {"shop": {"measure: spend": "measure: co2_gram"}, "effects": {"lift_low,lift_high": "co2_grams,note"}},
        [
            'shop.yaml:25: limits.total-budget.measure: expected a measure of the scenario, got "co2_gram"; did you mean co2_grams?'
        ],
    ),
    "custom-measure-under-a-bad-header": (
        {"shop": {"measure: spend": "measure: grams"}, "effects": {"lift,lift_low,lift_high": "lfit,grams,note"}},
        ["effects.csv:1: header: expected a known column, got lfit; did you mean lift?"],
    ),
    "custom-measure-beside-one-of-two-columns": (
        {"shop": {"measure: spend": "measure: grams"}, "effects": {"lift_low,lift_high": "grams,lift_high"}},
        ["effects.csv:1: header: expected lift_low and lift_high together, got no lift_low; add the column"],
    ),
    "custom-measure-over-a-bad-row": (
        {
            "shop": {"measure: spend": "measure: grams"},
            "effects": {"lift_low,lift_high": "grams,note", "front,0.20,,,": "front,0.20,,,,,"},
        },
        [
            "effects.csv:8: row: expected 8 cells as in the header, got 10; add or delete commas; put quotes around texts that contain commas"
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
}
"""By name: replacements by file, and every line that must be answered."""
