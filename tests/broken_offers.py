# ruff: noqa: E501 - messages stand as people read them
"""Broken shops, by name: mistakes in offers, products and how they act on each other."""

OFFERS = {
    "misspelt-mechanic": (
        {"shop": {"mechanic: gift": "mechanic: gfit"}},
        [
            'shop.yaml:18: offers.buds.mechanic: expected one of price_discount, flash_sale, coupon, gift, bundle, feature, threshold, free_shipping, got "gfit"; did you mean gift?'
        ],
    ),
    "percent-forgotten": (
        {"shop": {"depth: 15%": "depth: 15"}},
        ["shop.yaml:15: offers.cut-15.depth: expected a share between 0% and 100%, got 15; write 15% if that is meant"],
    ),
    "negative-price": (
        {"shop": {"price: 79": "price: -79"}},
        ["shop.yaml:13: products.case.price: expected a price above 0, got -79"],
    ),
    "money-with-sign": (
        {"shop": {"price: 79": 'price: "¥79"'}},
        [
            'shop.yaml:13: products.case.price: expected an amount of money such as 19.90, got "¥79"; write digits and a decimal point only, without currency signs or separators'
        ],
    ),
    "wrong-parameters": (
        {"shop": {"value: 20": "value: 20, depth: 10%"}},
        [
            "shop.yaml:17: offers.coupon-20: expected the parameters depth (at_most optional), or value for a coupon, got depth, value; delete value or depth"
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
    "unknown-reached-segment": (
        {"shop": {"cost_per_contact: 0.02,": "cost_per_contact: 0.02, reach: {yuong: 50%},"}},
        [
            'shop.yaml:22: channels.push.reach.yuong: expected a segment of the scenario, got "yuong"; did you mean young?'
        ],
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
    "arrival-with-the-day-first": (
        {"shop": {"{2026-11-03: 100}": "{03.11.2026: 100}"}},
        [
            "shop.yaml:11: products.phone.arrivals: expected a date such as 2026-11-01 as a key, got 03.11.2026; write 2026-11-03"
        ],
    ),
    "stock-by-date": (
        {"shop": {"stock: 500, arrivals: {2026-11-03: 100}": "stock: {2026-11-01: 500, 2026-11-03: 100}"}},
        [
            "shop.yaml:11: products.phone.stock: expected the units there on the first day, a whole number; write what comes later under arrivals"
        ],
    ),
    "arrivals-without-stock": (
        {"shop": {"stock: 500, ": ""}},
        [
            "shop.yaml:11: products.phone.arrivals: expected a stock beside arrivals, got none; add stock: 0 if none is there yet"
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
    "no-price": (
        {"shop": {"price: 79, ": ""}},
        ["shop.yaml:13: products.case: expected the key price, where effects come from a table; add it"],
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
        {"shop": {"price: 79": "price: 79.9999"}},
        [
            "shop.yaml:13: products.case.price: expected an amount with at most 2 decimals, as CNY has, got 79.9999; round it"
        ],
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
            "shop.yaml:18: offers.buds: expected the parameters gift (spend and worth optional) for a gift, got none; add gift"
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
    "free-discount": (
        {"shop": {"depth: 12%": "depth: 0%"}},
        ['shop.yaml:16: offers.flash-12.depth: expected a depth above 0, got "0%"'],
    ),
    "save-above-spend": (
        {"shop": {"save: 200, layer": "save: 20000, layer"}},
        ["shop.yaml:20: offers.save-200.save: expected a saving of at most the spend 3000, got 20000; check both"],
    ),
}
"""By name: replacements by file, and every line that must be answered."""
