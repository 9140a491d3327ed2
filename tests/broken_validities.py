# ruff: noqa: E501 - messages stand as people read them
"""Broken shops, by name: mistakes in offers that are sent once and stay valid."""

VALIDITIES = {
    "valid-public": (
        {"shop": {"depth: 12%, max_run: 2": "depth: 12%, max_run: 2, valid: {days: 2, sent: monday}"}},
        [
            "shop.yaml:16: offers.flash-12: expected valid of a targeted offer with a channel, got a public offer; write layer: targeted and channel: how it is sent, or delete valid"
        ],
    ),
    "valid-without-channel": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, coverage: [50%, 100%], valid: {days: 2, sent: monday}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20: expected valid of a targeted offer with a channel, got no channel; write layer: targeted and channel: how it is sent, or delete valid"
        ],
    ),
    "valid-no-days": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 0, sent: monday}"
            }
        },
        ["shop.yaml:17: offers.coupon-20.valid.days: expected a number of at least 1, got 0"],
    ),
    "valid-half-days": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2.5, sent: monday}"
            }
        },
        ["shop.yaml:17: offers.coupon-20.valid.days: expected a whole number, got 2.5"],
    ),
    "valid-without-sent": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2}"
            }
        },
        ["shop.yaml:17: offers.coupon-20.valid: expected the key sent; add it"],
    ),
    "valid-longer-than-a-week": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 8, sent: monday}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid: expected at most 7 days of an offer that is sent every monday, got days: 8; lower days, or list the dates on which it is sent, farther apart"
        ],
    ),
    "valid-overlapping": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 3, sent: [2026-11-02, 2026-11-04]}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid: expected dates at least 3 days apart, so that nobody holds two at a time, got sent on 2026-11-02 and on 2026-11-04; write days: 2 at most, or move a date"
        ],
    ),
    "valid-twice-a-day": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 1, sent: [2026-11-02, 2026-11-02]}"
            }
        },
        ["shop.yaml:17: offers.coupon-20.valid: expected each date once, got 2026-11-02 twice; delete one"],
    ),
    "valid-unknown-weekday": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2, sent: mondays}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected a weekday such as monday, a date or a list of dates, got mondays; write monday"
        ],
    ),
    "valid-list-of-weekdays": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2, sent: [monday, friday]}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected a weekday such as monday, a date or a list of dates, got monday; write one weekday, or the dates"
        ],
    ),
    "valid-not-a-date": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2, sent: 02.11.2026}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected a weekday such as monday, a date or a list of dates, got 02.11.2026; write 2026-11-02"
        ],
    ),
    "valid-sent-never": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2, sent: []}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected a weekday such as monday, a date or a list of dates, got an empty list; write one such as sent: monday"
        ],
    ),
    "valid-sent-outside": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2, sent: [2026-11-02, 2026-12-02]}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected dates within the horizon, 2026-11-01 to 2026-11-07, got 2026-12-02; correct them, delete them, or change the horizon"
        ],
    ),
    "valid-sent-on-a-closed-day": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2, sent: 2026-11-02}",
                "horizon: {start: 2026-11-01, periods: 7, unit: day}": "horizon: {start: 2026-11-01, periods: 7, unit: day, closed: [2026-11-02]}",
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected open days, got 2026-11-02, closed by horizon.closed; send it on an open day, or take the day out of horizon.closed"
        ],
    ),
    "valid-sent-on-a-closed-weekday": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 2, sent: monday}",
                "horizon: {start: 2026-11-01, periods: 7, unit: day}": "horizon: {start: 2026-11-01, periods: 7, unit: day, closed: [monday]}",
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected at least one open day within the horizon on which it is sent, got every monday (closed by horizon.closed); name another day"
        ],
    ),
    "valid-cut-by-applies-to": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], applies_to: {products: [case]}": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 4, sent: monday}, applies_to: {products: [case], periods: [2026-11-01..2026-11-03]}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.applies_to.periods: expected whole validities, got no 2026-11-04, though it is sent on 2026-11-02 and valid until 2026-11-05; let periods reach 2026-11-05, end them before 2026-11-02, or write fewer days"
        ],
    ),
    "valid-outside-applies-to": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], applies_to: {products: [case]}": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 4, sent: monday}, applies_to: {products: [case], periods: [2026-11-03..2026-11-07]}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected at least one open day within what applies_to admits of the horizon on which it is sent, got every monday; name another day, or widen applies_to"
        ],
    ),
    "valid-and-per-customer": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], per_customer: 1, valid: {days: 2, sent: monday}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20: expected no per_customer beside valid: everybody whom it is sent to holds one, got per_customer: 1; delete per_customer"
        ],
    ),
    "valid-longer-than-max-run": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], max_run: 2, valid: {days: 4, sent: monday}"
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.max_run: expected at least the 4 periods of one validity, got 2; write so many, or delete it: valid says how long"
        ],
    ),
    "valid-parts-of-weeks": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 10, sent: [2026-11-01]}",
                "horizon: {start: 2026-11-01, periods: 7, unit: day}": "horizon: {start: 2026-11-01, periods: 7, unit: week}",
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.days: expected whole weeks, in a plan of weeks, got 10; write days: 7, or plan in days (unit: day)"
        ],
    ),
    "valid-sent-within-a-week": (
        {
            "shop": {
                "value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": "value: 20, layer: targeted, channel: push, coverage: [50%, 100%], valid: {days: 7, sent: wednesday}",
                "horizon: {start: 2026-11-01, periods: 7, unit: day}": "horizon: {start: 2026-11-01, periods: 7, unit: week}",
            }
        },
        [
            "shop.yaml:17: offers.coupon-20.valid.sent: expected the first day of a week, sunday, in a plan of weeks, got wednesday; write a sunday, or plan in days (unit: day)"
        ],
    ),
}
