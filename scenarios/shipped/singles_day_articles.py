"""The products of the shipped scenario singles-day: what a planner knows of them, and their appeal."""

from __future__ import annotations

from dataclasses import dataclass


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


ARTICLES = {
    "hx-phone": Article(
        name="华星旗舰手机", category="digital", price=2999, cost_share=0.80, vendor="huaxing", cover=1.12, late=0.3
    ),
    "hx-phone-lite": Article(
        name="华星青春手机", category="digital", price=1599, cost_share=0.79, vendor="huaxing", cover=1.25
    ),
    "hx-tablet": Article(name="华星平板", category="digital", price=1999, cost_share=0.78, vendor="huaxing", cover=1.2),
    "own-charger": Article(name="自营快充套装", category="digital", price=199, cost_share=0.52, vendor=""),
    "old-phone": Article(
        name="上代手机（清仓）", category="digital", price=1299, cost_share=0.45, vendor="", cover=1.35
    ),
    "hx-fryer": Article(
        name="华星空气炸锅", category="appliance", price=399, cost_share=0.70, vendor="huaxing", cover=1.3
    ),
    "hx-vacuum": Article(
        name="华星吸尘器", category="appliance", price=899, cost_share=0.72, vendor="huaxing", cover=1.2, late=0.25
    ),
    "hx-kettle": Article(name="华星电热水壶", category="appliance", price=169, cost_share=0.68, vendor="huaxing"),
    "own-lamp": Article(name="自营护眼灯", category="appliance", price=139, cost_share=0.51, vendor=""),
    "old-oven": Article(name="小烤箱（清仓）", category="appliance", price=299, cost_share=0.40, vendor="", cover=1.4),
    "yr-lipstick": Article(name="云容口红", category="makeup", price=189, cost_share=0.60, vendor="yunrong", cover=1.3),
    "yr-foundation": Article(
        name="云容粉底液", category="makeup", price=269, cost_share=0.62, vendor="yunrong", cover=1.2
    ),
    "yr-palette": Article(name="云容眼影盘", category="makeup", price=229, cost_share=0.61, vendor="yunrong"),
    "own-brush": Article(name="自营化妆刷", category="makeup", price=69, cost_share=0.50, vendor=""),
    "old-gloss": Article(name="唇釉（清仓）", category="makeup", price=99, cost_share=0.32, vendor="", cover=1.4),
    "yr-serum": Article(
        name="云容精华", category="skincare", price=459, cost_share=0.60, vendor="yunrong", cover=1.18, late=0.3
    ),
    "yr-cream": Article(name="云容面霜", category="skincare", price=329, cost_share=0.61, vendor="yunrong", cover=1.25),
    "yr-mask": Article(name="云容面膜", category="skincare", price=129, cost_share=0.63, vendor="yunrong"),
    "own-cotton": Article(name="自营洁面巾", category="skincare", price=39, cost_share=0.53, vendor=""),
    "old-toner": Article(name="爽肤水（清仓）", category="skincare", price=149, cost_share=0.35, vendor="", cover=1.4),
    "jg-nuts": Article(name="百佳每日坚果", category="snacks", price=99, cost_share=0.72, vendor="baijia", cover=1.25),
    "jg-crisps": Article(name="百佳薯片礼包", category="snacks", price=49, cost_share=0.70, vendor="baijia"),
    "jg-biscuits": Article(name="百佳曲奇", category="snacks", price=39, cost_share=0.71, vendor="baijia"),
    "own-candy": Article(name="自营糖果", category="snacks", price=25, cost_share=0.53, vendor=""),
    "old-mooncake": Article(
        name="月饼礼盒（清仓）", category="snacks", price=88, cost_share=0.30, vendor="", cover=1.4
    ),
    "jg-tea": Article(name="百佳花草茶", category="drinks", price=79, cost_share=0.70, vendor="baijia"),
    "jg-coffee": Article(
        name="百佳速溶咖啡", category="drinks", price=109, cost_share=0.71, vendor="baijia", cover=1.2
    ),
    "jg-juice": Article(name="百佳果汁整箱", category="drinks", price=69, cost_share=0.73, vendor="baijia"),
    "own-water": Article(name="自营矿泉水整箱", category="drinks", price=35, cost_share=0.57, vendor=""),
    "old-soda": Article(name="汽水整箱（清仓）", category="drinks", price=59, cost_share=0.38, vendor="", cover=1.35),
    "jy-detergent": Article(
        name="百佳洗衣液", category="household", price=89, cost_share=0.71, vendor="baijia", cover=1.3
    ),
    "jy-tissue": Article(name="百佳抽纸整箱", category="household", price=69, cost_share=0.74, vendor="baijia"),
    "jy-cleaner": Article(name="百佳清洁剂", category="household", price=49, cost_share=0.69, vendor="baijia"),
    "own-bags": Article(name="自营垃圾袋", category="household", price=29, cost_share=0.52, vendor=""),
    "old-softener": Article(
        name="柔顺剂（清仓）", category="household", price=59, cost_share=0.36, vendor="", cover=1.4
    ),
    "jy-diapers": Article(
        name="百佳纸尿裤", category="baby", price=159, cost_share=0.74, vendor="baijia", cover=1.15, late=0.3
    ),
    "jy-wipes": Article(name="百佳湿巾", category="baby", price=59, cost_share=0.70, vendor="baijia"),
    "jy-formula": Article(name="百佳奶粉", category="baby", price=268, cost_share=0.75, vendor="baijia", cover=1.2),
    "own-bib": Article(name="自营围兜", category="baby", price=45, cost_share=0.50, vendor=""),
    "old-stroller": Article(name="婴儿车（清仓）", category="baby", price=399, cost_share=0.42, vendor="", cover=1.35),
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
