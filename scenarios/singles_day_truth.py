"""What is really so in the market of the shipped scenario singles-day: its products, segments and days.

The numbers are made up; they follow what is known of retail: price elasticities around 3.6 in the mean, margins of 15 to
45 %, a third or so of a bump taken from rivals, a peak on 11 November.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from scenarios.market import MarketTruth
from scenarios.market_customers import CategoryTraits, MarketParams, SegmentTraits

SEED = 20261111
START, PERIODS = dt.date(2026, 10, 15), 28
PEAK = dt.date(2026, 11, 11)


@dataclass(frozen=True, kw_only=True)
class Article:
    """One product: price with tax, net unit cost as a share of the net price, stock as a multiple of the baseline.

    ``late`` is the share of the stock that arrives on 8 November; ``cover`` None leaves the stock unlimited.
    """

    name: str
    category: str
    price: float
    cost_share: float
    vendor: str
    cover: float | None = None
    late: float = 0.0


CATEGORIES = {
    "digital": CategoryTraits(
        need=0.0042, expansion=0.42, competitor_share=0.60, keep_days=90, satiation=2.0, stockpile=0.0, bulk=0.0
    ),
    "appliance": CategoryTraits(
        need=0.0060, expansion=0.42, competitor_share=0.60, keep_days=75, satiation=2.0, stockpile=0.0, bulk=0.0
    ),
    "makeup": CategoryTraits(
        need=0.012, expansion=0.40, competitor_share=0.60, keep_days=30, satiation=1.0, stockpile=0.5, bulk=0.2
    ),
    "skincare": CategoryTraits(
        need=0.012, expansion=0.38, competitor_share=0.60, keep_days=30, satiation=1.0, stockpile=0.7, bulk=0.3
    ),
    "snacks": CategoryTraits(
        need=0.030, expansion=0.45, competitor_share=0.60, keep_days=9, satiation=0.8, stockpile=1.2, bulk=1.0
    ),
    "drinks": CategoryTraits(
        need=0.020, expansion=0.40, competitor_share=0.60, keep_days=14, satiation=0.9, stockpile=1.2, bulk=1.0
    ),
    "household": CategoryTraits(
        need=0.025, expansion=0.34, competitor_share=0.60, keep_days=20, satiation=1.0, stockpile=1.6, bulk=1.2
    ),
    "baby": CategoryTraits(
        need=0.012, expansion=0.34, competitor_share=0.60, keep_days=18, satiation=1.0, stockpile=1.4, bulk=1.1
    ),
}

ARTICLES = {
    "hx-phone": Article(
        name="华星旗舰手机", category="digital", price=2999, cost_share=0.80, vendor="huaxing", cover=1.35, late=0.3
    ),
    "hx-phone-lite": Article(
        name="华星青春手机", category="digital", price=1599, cost_share=0.79, vendor="huaxing", cover=1.5
    ),
    "hx-tablet": Article(name="华星平板", category="digital", price=1999, cost_share=0.78, vendor="huaxing", cover=1.4),
    "own-charger": Article(name="自营快充套装", category="digital", price=199, cost_share=0.57, vendor=""),
    "old-phone": Article(
        name="上代手机（清仓）", category="digital", price=1299, cost_share=0.45, vendor="", cover=1.8
    ),
    "hx-fryer": Article(
        name="华星空气炸锅", category="appliance", price=399, cost_share=0.70, vendor="huaxing", cover=1.6
    ),
    "hx-vacuum": Article(
        name="华星吸尘器", category="appliance", price=899, cost_share=0.72, vendor="huaxing", cover=1.4, late=0.25
    ),
    "hx-kettle": Article(name="华星电热水壶", category="appliance", price=169, cost_share=0.68, vendor="huaxing"),
    "own-lamp": Article(name="自营护眼灯", category="appliance", price=139, cost_share=0.56, vendor=""),
    "old-oven": Article(name="小烤箱（清仓）", category="appliance", price=299, cost_share=0.40, vendor="", cover=1.9),
    "yr-lipstick": Article(name="云容口红", category="makeup", price=189, cost_share=0.60, vendor="yunrong", cover=1.7),
    "yr-foundation": Article(
        name="云容粉底液", category="makeup", price=269, cost_share=0.62, vendor="yunrong", cover=1.5
    ),
    "yr-palette": Article(name="云容眼影盘", category="makeup", price=229, cost_share=0.61, vendor="yunrong"),
    "own-brush": Article(name="自营化妆刷", category="makeup", price=69, cost_share=0.55, vendor=""),
    "old-gloss": Article(name="唇釉（清仓）", category="makeup", price=99, cost_share=0.32, vendor="", cover=2.0),
    "yr-serum": Article(
        name="云容精华", category="skincare", price=459, cost_share=0.60, vendor="yunrong", cover=1.4, late=0.3
    ),
    "yr-cream": Article(name="云容面霜", category="skincare", price=329, cost_share=0.61, vendor="yunrong", cover=1.6),
    "yr-mask": Article(name="云容面膜", category="skincare", price=129, cost_share=0.63, vendor="yunrong"),
    "own-cotton": Article(name="自营洁面巾", category="skincare", price=39, cost_share=0.58, vendor=""),
    "old-toner": Article(name="爽肤水（清仓）", category="skincare", price=149, cost_share=0.35, vendor="", cover=1.9),
    "jg-nuts": Article(name="金果每日坚果", category="snacks", price=99, cost_share=0.72, vendor="jinguo", cover=1.6),
    "jg-crisps": Article(name="金果薯片礼包", category="snacks", price=49, cost_share=0.70, vendor="jinguo"),
    "jg-biscuits": Article(name="金果曲奇", category="snacks", price=39, cost_share=0.71, vendor="jinguo"),
    "own-candy": Article(name="自营糖果", category="snacks", price=25, cost_share=0.58, vendor=""),
    "old-mooncake": Article(
        name="月饼礼盒（清仓）", category="snacks", price=88, cost_share=0.30, vendor="", cover=2.0
    ),
    "jg-tea": Article(name="金果花草茶", category="drinks", price=79, cost_share=0.70, vendor="jinguo"),
    "jg-coffee": Article(
        name="金果速溶咖啡", category="drinks", price=109, cost_share=0.71, vendor="jinguo", cover=1.5
    ),
    "jg-juice": Article(name="金果果汁整箱", category="drinks", price=69, cost_share=0.73, vendor="jinguo"),
    "own-water": Article(name="自营矿泉水整箱", category="drinks", price=35, cost_share=0.62, vendor=""),
    "old-soda": Article(name="汽水整箱（清仓）", category="drinks", price=59, cost_share=0.38, vendor="", cover=1.8),
    "jy-detergent": Article(
        name="洁雅洗衣液", category="household", price=89, cost_share=0.71, vendor="jieya", cover=1.7
    ),
    "jy-tissue": Article(name="洁雅抽纸整箱", category="household", price=69, cost_share=0.74, vendor="jieya"),
    "jy-cleaner": Article(name="洁雅清洁剂", category="household", price=49, cost_share=0.69, vendor="jieya"),
    "own-bags": Article(name="自营垃圾袋", category="household", price=29, cost_share=0.57, vendor=""),
    "old-softener": Article(
        name="柔顺剂（清仓）", category="household", price=59, cost_share=0.36, vendor="", cover=1.9
    ),
    "jy-diapers": Article(
        name="洁雅纸尿裤", category="baby", price=159, cost_share=0.74, vendor="jieya", cover=1.4, late=0.3
    ),
    "jy-wipes": Article(name="洁雅湿巾", category="baby", price=59, cost_share=0.70, vendor="jieya"),
    "jy-formula": Article(name="洁雅奶粉", category="baby", price=268, cost_share=0.75, vendor="jieya", cover=1.5),
    "own-bib": Article(name="自营围兜", category="baby", price=45, cost_share=0.55, vendor=""),
    "old-stroller": Article(name="婴儿车（清仓）", category="baby", price=399, cost_share=0.42, vendor="", cover=1.8),
}
APPEAL = {
    "hx-phone": -0.5,
    "hx-phone-lite": 0.0,
    "hx-tablet": -0.3,
    "own-charger": 0.5,
    "old-phone": -0.3,
    "hx-vacuum": -0.3,
    "yr-serum": -0.1,
    "old-stroller": -0.8,
    "jy-formula": 0.1,
    "jy-diapers": 0.3,
}
"""Utility of a product for everybody, beside the segments' own tastes; 0 where none is named."""


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """One segment: size, profile, and how it shops."""

    name: str
    customers: int
    age: float
    orders_90d: float
    browse_minutes: float
    discount_share: float
    price_sensitivity: float
    notice: float
    gift_taste: float
    bulk: float
    habit: float
    affinity: dict[str, float]
    likes: dict[str, float]
    """Utility by the first letters of a product's id (its brand)."""


PORTRAITS = {
    "campus": Portrait(
        name="大学生",
        customers=210_000,
        age=20,
        orders_90d=6.1,
        browse_minutes=58,
        discount_share=0.47,
        price_sensitivity=3.59,
        notice=0.46,
        gift_taste=0.75,
        bulk=0.06,
        habit=0.4,
        affinity={"digital": 1.1, "makeup": 1.4, "snacks": 1.5, "drinks": 1.2, "household": 0.5, "baby": 0.05},
        likes={"own": 0.2, "old": 0.2},
    ),
    "first-job": Portrait(
        name="初入职场",
        customers=230_000,
        age=25,
        orders_90d=7.0,
        browse_minutes=41,
        discount_share=0.36,
        price_sensitivity=3.20,
        notice=0.38,
        gift_taste=0.6,
        bulk=0.10,
        habit=0.5,
        affinity={"digital": 1.2, "makeup": 1.2, "skincare": 1.2, "snacks": 1.1, "baby": 0.1},
        likes={},
    ),
    "urban-couples": Portrait(
        name="都市情侣",
        customers=190_000,
        age=29,
        orders_90d=8.2,
        browse_minutes=33,
        discount_share=0.28,
        price_sensitivity=2.89,
        notice=0.33,
        gift_taste=0.6,
        bulk=0.15,
        habit=0.6,
        affinity={"appliance": 1.3, "skincare": 1.2, "drinks": 1.2, "baby": 0.2},
        likes={"hx": 0.2, "yr": 0.2},
    ),
    "new-parents": Portrait(
        name="新手父母",
        customers=150_000,
        age=31,
        orders_90d=9.8,
        browse_minutes=29,
        discount_share=0.31,
        price_sensitivity=2.89,
        notice=0.40,
        gift_taste=0.7,
        bulk=0.30,
        habit=0.8,
        affinity={"baby": 3.6, "household": 1.4, "digital": 0.8, "makeup": 0.6},
        likes={"jy": 0.4},
    ),
    "school-parents": Portrait(
        name="学龄家长",
        customers=220_000,
        age=39,
        orders_90d=8.4,
        browse_minutes=24,
        discount_share=0.34,
        price_sensitivity=3.12,
        notice=0.30,
        gift_taste=0.65,
        bulk=0.28,
        habit=0.6,
        affinity={"snacks": 1.4, "digital": 1.1, "household": 1.3, "baby": 0.5},
        likes={"jg": 0.2},
    ),
    "big-families": Portrait(
        name="大家庭",
        customers=160_000,
        age=44,
        orders_90d=9.1,
        browse_minutes=19,
        discount_share=0.41,
        price_sensitivity=3.35,
        notice=0.26,
        gift_taste=0.6,
        bulk=0.45,
        habit=0.5,
        affinity={"household": 1.8, "snacks": 1.3, "drinks": 1.4, "baby": 1.2, "makeup": 0.5},
        likes={"jg": 0.1, "jy": 0.2},
    ),
    "bargain-hunters": Portrait(
        name="精打细算",
        customers=200_000,
        age=36,
        orders_90d=10.6,
        browse_minutes=66,
        discount_share=0.69,
        price_sensitivity=4.21,
        notice=0.52,
        gift_taste=0.5,
        bulk=0.32,
        habit=0.2,
        affinity={"household": 1.3, "snacks": 1.2, "digital": 0.8},
        likes={"own": 0.3, "old": 0.5},
    ),
    "beauty-lovers": Portrait(
        name="美妆达人",
        customers=140_000,
        age=27,
        orders_90d=9.4,
        browse_minutes=52,
        discount_share=0.33,
        price_sensitivity=2.81,
        notice=0.48,
        gift_taste=1.0,
        bulk=0.12,
        habit=0.6,
        affinity={"makeup": 3.0, "skincare": 2.6, "digital": 0.6, "baby": 0.3},
        likes={"yr": 0.5},
    ),
    "tech-fans": Portrait(
        name="数码发烧友",
        customers=110_000,
        age=30,
        orders_90d=7.7,
        browse_minutes=49,
        discount_share=0.25,
        price_sensitivity=2.73,
        notice=0.44,
        gift_taste=0.8,
        bulk=0.08,
        habit=0.5,
        affinity={"digital": 3.0, "appliance": 1.6, "makeup": 0.3, "skincare": 0.5, "baby": 0.2},
        likes={"hx": 0.6},
    ),
    "premium": Portrait(
        name="高端会员",
        customers=90_000,
        age=37,
        orders_90d=11.2,
        browse_minutes=27,
        discount_share=0.12,
        price_sensitivity=1.95,
        notice=0.35,
        gift_taste=0.9,
        bulk=0.15,
        habit=0.9,
        affinity={"skincare": 2.0, "makeup": 1.4, "digital": 1.5, "appliance": 1.4},
        likes={"hx": 0.3, "yr": 0.4, "old": -0.8, "own": -0.3},
    ),
    "small-town": Portrait(
        name="县城青年",
        customers=240_000,
        age=28,
        orders_90d=5.2,
        browse_minutes=44,
        discount_share=0.44,
        price_sensitivity=3.51,
        notice=0.34,
        gift_taste=0.7,
        bulk=0.15,
        habit=0.4,
        affinity={"digital": 0.9, "snacks": 1.1, "skincare": 0.8},
        likes={"own": 0.1, "old": 0.3},
    ),
    "silver": Portrait(
        name="银发族",
        customers=130_000,
        age=64,
        orders_90d=3.9,
        browse_minutes=14,
        discount_share=0.29,
        price_sensitivity=2.96,
        notice=0.18,
        gift_taste=0.5,
        bulk=0.25,
        habit=0.8,
        affinity={"digital": 0.5, "makeup": 0.2, "skincare": 0.5, "appliance": 1.1, "household": 1.3, "baby": 0.3},
        likes={"jy": 0.2},
    ),
}


def _traffic() -> dict[dt.date, float]:
    """Visits of each day: weekends, the lull while everybody waits, the opening on 1 November, the peak."""
    special = {
        dt.date(2026, 10, 31): 1.35,
        dt.date(2026, 11, 1): 1.9,
        dt.date(2026, 11, 2): 1.25,
        dt.date(2026, 11, 8): 1.05,
        dt.date(2026, 11, 9): 1.1,
        dt.date(2026, 11, 10): 1.7,
        PEAK: 3.2,
    }
    traffic = {}
    for offset in range(-60, PERIODS):
        day = START + dt.timedelta(days=offset)
        weekend = 1.15 if day.weekday() >= 5 else 0.96
        waiting = 0.84 if dt.date(2026, 11, 3) <= day <= dt.date(2026, 11, 8) else 1.0
        traffic[day] = special.get(day, weekend * waiting)
    return traffic


def truth(customers_per_segment: int = 2000) -> MarketTruth:
    """Return the market behind singles-day, with so many simulated customers per segment."""
    segments = {}
    for segment, portrait in PORTRAITS.items():
        taste = {
            product: APPEAL.get(product, 0.0) + portrait.likes.get(product.split("-")[0], 0.0) for product in ARTICLES
        }
        segments[segment] = SegmentTraits(
            price_sensitivity=portrait.price_sensitivity,
            notice=portrait.notice,
            gift_taste=portrait.gift_taste,
            bulk=portrait.bulk,
            habit=portrait.habit,
            affinity=portrait.affinity,
            taste=taste,
        )
    events = {dt.date(2026, 10, 31): 0.10, dt.date(2026, 11, 1): 0.14, dt.date(2026, 11, 10): 0.12, PEAK: 0.18}
    return MarketTruth(
        segments=segments,
        categories=CATEGORIES,
        traffic=_traffic(),
        competitor_events=events,
        params=MarketParams(seed=SEED, urgency=0.15, customers_per_segment=customers_per_segment),
    )
