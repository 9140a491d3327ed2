"""The segments of the shipped scenario singles-day: what a planner knows of them, and how they really shop."""

from __future__ import annotations

from dataclasses import dataclass


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
        habit=0.20,
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
        habit=0.25,
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
        habit=0.30,
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
        habit=0.40,
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
        habit=0.30,
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
        habit=0.25,
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
        habit=0.10,
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
        habit=0.30,
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
        habit=0.25,
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
        habit=0.45,
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
        habit=0.20,
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
        habit=0.40,
        affinity={"digital": 0.5, "makeup": 0.2, "skincare": 0.5, "appliance": 1.1, "household": 1.3, "baby": 0.3},
        likes={"jy": 0.2},
    ),
}
