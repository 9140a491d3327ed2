# ruff: noqa: E501 - messages stand as people read them
"""Broken files of actuals, by name."""

from actuals_files import ROWS, text_of


def edit(old: str, new: str, count: int = 1) -> str:
    """The file with a text replaced."""
    assert old in text_of()
    return text_of().replace(old, new, count)


BROKEN = {
    "empty": (
        "",
        "actuals.csv:1: file: expected a header line with column names, got an empty file",
    ),
    "header-only": (
        text_of(()),
        "actuals.csv:1: rows: expected at least one row of sales, got none",
    ),
    "utf-16": (
        text_of().encode("utf-16"),
        "actuals.csv:1: encoding: expected UTF-8 text, got UTF-16; save as CSV UTF-8",
    ),
    "misspelt-column": (
        edit("revenue", "revenu"),
        "actuals.csv:1: header: expected a known column, got revenu; did you mean revenue?",
    ),
    "no-units": (
        text_of(("2026-11-01,phone,10",), "date,product,revenue"),
        "actuals.csv:1: header: expected the column units, got date, product, revenue; add it",
    ),
    "german-date": (
        text_of().replace("2026-11-01", "01.11.2026"),
        'actuals.csv:2: date: expected a date such as 2026-11-01, got "01.11.2026" (and on 3 more rows); write 2026-11-01',
    ),
    "impossible-date": (
        edit("2026-11-02", "2026-11-31"),
        'actuals.csv:6: date: expected a date such as 2026-11-01, got "2026-11-31"; check month and day',
    ),
    "before-the-campaign": (
        edit("2026-11-01,phone", "2026-10-31,phone", 2),
        "actuals.csv:2: date: expected a date of the campaign, 2026-11-01 to 2026-11-07, got 2026-10-31, before it (and on 1 more row); leave sales from before the campaign out",
    ),
    "after-its-end": (
        edit("2026-11-02,phone", "2027-11-02,phone", 2),
        "actuals.csv:6: date: expected a date of the campaign, 2026-11-01 to 2026-11-07, got 2027-11-02, after its end (and on 1 more row); check the year, or whether this is the right campaign",
    ),
    "unknown-product": (
        edit("01,phone", "01,fone", 2),
        'actuals.csv:2: product: expected a product of the scenario, got "fone" (and on 1 more row); did you mean phone?',
    ),
    "blank-product": (
        edit("01,case", "01,", 2),
        "actuals.csv:4: product: expected a product of the scenario, got a blank (and on 1 more row); known: *, basket, case, phone, phone-pro",
    ),
    "unknown-segment": (
        edit("young", "yung"),
        'actuals.csv:2: segment: expected a segment of the scenario, got "yung"; did you mean young?',
    ),
    "unknown-offer": (
        edit("cut-15", "cut-51", 2),
        'actuals.csv:6: offer: expected an offer of the scenario, got "cut-51" (and on 1 more row); did you mean cut-15?',
    ),
    "offers-joined-otherwise": (
        edit("cut-15", "cut-15＋front", 2),
        'actuals.csv:6: offer: expected an offer of the scenario, got "cut-15＋front" (and on 1 more row); join offers with +: cut-15+front',
    ),
    "offers-joined-by-a-comma": (
        edit("cut-15", '"coupon-20, cut-15"'),
        'actuals.csv:6: offer: expected an offer of the scenario, got "coupon-20, cut-15"; join offers with +: coupon-20+cut-15',
    ),
    "no-offer-in-words": (
        edit("80970,,", "80970,なし,"),
        'actuals.csv:2: offer: expected an offer of the scenario, got "なし"; leave the cell blank where nothing ran',
    ),
    "no-offer-as-a-dash": (
        edit("80970,,", "80970,-,"),
        'actuals.csv:2: offer: expected an offer of the scenario, got "-"; leave the cell blank where nothing ran',
    ),
    "row-of-totals": (
        text_of((*ROWS, "合計,,,396,370447,,,,,,,,,,")),
        'actuals.csv:10: date: expected a date such as 2026-11-01, got "合計"; leave rows of totals out',
    ),
    "totals-of-a-day": (
        text_of((*ROWS, "2026-11-02,Total,,221,216102,,,,,,,,,,")),
        'actuals.csv:10: product: expected a product of the scenario, got "Total"; leave rows of totals out',
    ),
    "sales-are-revenue": (
        edit("revenue", "sales"),
        "actuals.csv:1: header: expected a known column, got sales; did you mean revenue?",
    ),
    "qty-is-units": (
        edit("units", "qty"),
        "actuals.csv:1: header: expected a known column, got qty; did you mean units?",
    ),
    "japanese-column": (
        edit("date", "日付"),
        "actuals.csv:1: header: expected a known column, got 日付; did you mean date?",
    ),
    "header-in-another-language": (
        text_of(
            tuple(row.replace(",CNY,,", "") for row in ROWS[:1]),
            "日付,商品,区分,数量,売上,特典,配信,来店,購入,在庫,満足,回答",
        ),
        "actuals.csv:1: header: expected known columns, date, product, units, revenue among them, got 日付, 商品, 区分, 数量, 売上, 特典, 配信, 来店, 購入, 在庫, 満足, 回答; write date for 日付, product for 商品, units for 数量, revenue for 売上, stock_end for 在庫; known, too: segment, group, offer, currency, uses, contacts, visitors, buyers, returns, complaints, unsubscribes, survey_count, customers, spend, survey",
    ),
    "sign-before": (
        edit("80970", "¥80970"),
        'actuals.csv:2: revenue: expected a number, got "¥80970"; leave the sign out: write 80970',
    ),
    "sign-behind": (
        edit("80970", "80970元"),
        'actuals.csv:2: revenue: expected a number, got "80970元"; leave the sign out: write 80970',
    ),
    "sign-and-comma": (
        edit("80970", '"80,970元"'),
        'actuals.csv:2: revenue: expected a number, got "80,970元"; leave comma and sign out and write 80970',
    ),
    "sign-and-a-point-that-may-be-both": (
        edit("80970", "80.970元"),
        'actuals.csv:2: revenue: expected a number, got "80.970元"; leave the sign out, and points that separate thousands',
    ),
    "sign-of-another-currency": (
        edit("80970", "€80970"),
        'actuals.csv:2: revenue: expected a number, got "€80970"; convert the amounts to CNY, and leave the sign out',
    ),
    "pieces-behind": (
        edit("young,30", "young,30個"),
        'actuals.csv:2: units: expected a whole number, got "30個"; leave 個 out: write 30',
    ),
    "ten-thousands": (
        edit("80970", "8万"),
        'actuals.csv:2: revenue: expected a number, got "8万"',
    ),
    "another-minus": (
        edit("young,30", "young,▲30"),
        'actuals.csv:2: units: expected a whole number of at least 0, got "▲30"; write what was sold; what came back belongs in the column returns',
    ),
    "unknown-group": (
        edit("CNY,,", "CNY,control,"),
        'actuals.csv:2: group: expected treated or holdout, got "control"; a blank means treated',
    ),
    "other-currency": (
        edit("CNY", "USD"),
        'actuals.csv:2: currency: expected CNY, the scenario\'s currency, got "USD"; convert the amounts, at the rate that finance uses',
    ),
    "spoken-currency": (
        edit("CNY", "RMB"),
        'actuals.csv:2: currency: expected CNY, the scenario\'s currency, got "RMB"; write CNY',
    ),
    "separators": (
        edit("80970", '"80,970"'),
        'actuals.csv:2: revenue: expected a number, got "80,970"; leave the comma out and write 80970',
    ),
    "separators-of-millions": (
        edit("80970", '"1,080,970.00"'),
        'actuals.csv:2: revenue: expected a number, got "1,080,970.00"; leave the commas out and write 1080970.00',
    ),
    "separators-in-counts": (
        edit("young,30", 'young,"3,000"'),
        'actuals.csv:2: units: expected a whole number, got "3,000"; leave the comma out and write 3000',
    ),
    "decimal-commas-with-three-digits": (
        edit("80970", '"80,970"').replace("67475", '"1674,750"'),
        'actuals.csv:2: revenue: expected a number, got "80,970" (and on 1 more row); write decimals with a point',
    ),
    "decimal-comma": (
        edit("80970", '"80970,5"'),
        'actuals.csv:2: revenue: expected a number, got "80970,5"; write decimals with a point',
    ),
    "not-a-number": (
        edit("80970", "n/a"),
        'actuals.csv:2: revenue: expected a number, got "n/a"',
    ),
    "nan": (
        edit("80970", "NaN"),
        'actuals.csv:2: revenue: expected a number, got "NaN"',
    ),
    "negative-units": (
        edit("young,30", "young,-30"),
        'actuals.csv:2: units: expected a whole number of at least 0, got "-30"; write what was sold; what came back belongs in the column returns',
    ),
    "negative-revenue": (
        edit("80970", "-80970"),
        'actuals.csv:2: revenue: expected a number of at least 0, got "-80970"; write what customers paid; what came back belongs in the column returns',
    ),
    "negative-spend": (
        text_of(("2026-11-01,phone,10,26990,-12.50",), "date,product,units,revenue,spend"),
        "actuals.csv:2: spend: expected a number of at least 0, or as far below it as vendors pay by unit or by line for what ran, got -12.50, where no vendor pays more than a share of what offers cost; write what offers cost less what vendors pay, or leave it blank: it is then reckoned from what was sold",
    ),
    "odd-minus-spend": (
        text_of(("2026-11-01,phone,10,26990,▲12.50",), "date,product,units,revenue,spend"),
        'actuals.csv:2: spend: expected a number, got "▲12.50"; write a plain minus before the digits, as in -12.50',
    ),
    "parts": (
        edit("young,30", "young,30.5"),
        'actuals.csv:2: units: expected a whole number, got "30.5"; count whole pieces',
    ),
    "power-of-ten": (
        edit("2026-11-01,phone,young,30,", "2026-11-01,phone,young,3e1,"),
        'actuals.csv:2: units: expected a whole number, got "3e1"; write all its digits',
    ),
    "huge": (
        edit("80970", "1e15"),
        'actuals.csv:2: revenue: expected a number below 1e+12, got "1e15"',
    ),
    "blank-units": (
        edit("young,30", "young,"),
        "actuals.csv:2: units: expected units sold, got a blank; write 0 where nothing was sold",
    ),
    "blank-revenue": (
        edit("80970", ""),
        "actuals.csv:2: revenue: expected what customers paid, got a blank",
    ),
    "paid-for-nothing": (
        edit("young,30", "young,0").replace(",900,30,", ",900,0,", 1),
        "actuals.csv:2: revenue: expected 0 where no unit was sold, got 80970 for 0 units",
    ),
    "minor-units": (
        edit("80970", "8097000"),
        "actuals.csv:2: revenue: expected at most 1.5 times the regular price of the units, tax included, got 8097000 for 30 units of 2,699.00; write CNY in major units; check units and price",
    ),
    "more-buyers": (
        edit("900,30", "90,300"),
        "actuals.csv:2: buyers: expected no more buyers than visitors, got 300 buyers and 90 visitors",
    ),
    "more-buyers-than-units": (
        edit("900,30", "900,31"),
        "actuals.csv:2: buyers: expected no more buyers than units: whoever buys takes one at least, got 31 buyers and 30 units",
    ),
    "more-contacts": (
        text_of((*ROWS[:-2], ROWS[-2][:-1] + ",1500", ROWS[-1])).replace("CNY,,1500", "CNY,,1500"),
        "actuals.csv:8: contacts: expected no more contacts than customers of the row, got 2000 contacts and 1500 customers",
    ),
    "survey-without-count": (
        edit("4.5,12", "4.5,"),
        "actuals.csv:3: survey: expected a score with its survey_count, got 4.5; add how many customers answered, or leave the score blank",
    ),
    "stock-of-baskets": (
        text_of((*ROWS, "2026-11-02,basket,,100,,,,,,5,,,CNY,,")),
        "actuals.csv:10: stock_end: expected a blank for the whole basket, got 5; write stock on the rows of products",
    ),
    "repeated": (
        text_of((*ROWS, ROWS[-1])),
        "actuals.csv:10: row: expected each date, product, segment and group once, got the keys of line 9 again; add the two rows up, or delete one",
    ),
    "totals-too": (
        text_of((*ROWS, "2026-11-02,case,*,131,9000,,,,,,,,CNY,,")),
        "actuals.csv:8: segment: expected case either split by segment or not, on each day, got rows of segments and of everybody; delete the totals",
    ),
    "missing-day": (
        text_of(ROWS[2:4] + ROWS[4:]),
        "actuals.csv:1: rows: expected a row of phone for every day from 2026-11-01 to 2026-11-02, got none on 2026-11-01; add the missing rows, with 0 units where nothing was sold",
    ),
    "missing-segment": (
        text_of(ROWS[:-1]),
        "actuals.csv:8: rows: expected case in every segment, where it is split by segment, got nothing for old on 2026-11-02; write 0 where nothing was sold",
    ),
    "public-and-public": (
        edit("cut-15", "cut-15+front"),
        "actuals.csv:6: offer: expected at most one public and one targeted offer on a cell, got cut-15+front; split the row by segment, or name what ran",
    ),
    "basket-offer-on-a-product": (
        edit("coupon-20", "save-200"),
        "actuals.csv:8: offer: expected offers of products on products, of baskets on the product basket, got save-200 on case",
    ),
    "holdout-reached": (
        text_of(
            (
                *(r + "1900" for r in ROWS),
                "2026-11-01,case,young,3,237,,,,,,,,CNY,holdout,100",
                "2026-11-02,case,young,3,237,,5,,,,,,CNY,holdout,100",
            )
        ).replace("coupon-20,2000", "coupon-20,200"),
        "actuals.csv:11: contacts: expected no contacts of customers who were kept out, got 5; keep them out of the audience; count the row as treated where that failed",
    ),
    "holdout-without-customers": (
        text_of(
            (
                *ROWS,
                "2026-11-01,case,young,3,237,,,,,,,,CNY,holdout,",
                "2026-11-02,case,young,3,237,,,,,,,,CNY,holdout,",
            )
        ),
        "actuals.csv:4: customers: expected the number of customers beside a holdout, got a blank or 0 (and on 3 more rows); write into the column customers of how many customers each row speaks, treated and holdout alike",
    ),
    "holdout-with-a-gap": (
        text_of((*(r + "1900" for r in ROWS), "2026-11-01,case,young,3,237,,,,,,,,CNY,holdout,100")).replace(
            "coupon-20,2000", "coupon-20,200"
        ),
        "actuals.csv:1: rows: expected a row of case, young, holdout for every day from 2026-11-01 to 2026-11-02, got none on 2026-11-02; add the missing rows, with 0 units where nothing was sold; where sales are not known yet, leave all rows from 2026-11-02 on out",
    ),
}
