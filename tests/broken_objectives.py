# ruff: noqa: E501 - messages stand as people read them
"""Broken shops, by name: mistakes in what the plan is to bring: the objective, and how careful it is."""

OBJECTIVES = {
    "objective-empty": (
        {"shop": {"objective: profit": "objective: {weights: {}}"}},
        [
            "shop.yaml:5: objective: expected at least one measure with a weight that is not 0, got none; write objective: profit, or weights: {profit: 1}"
        ],
    ),
    "objective-measure": (
        {"shop": {"objective: profit": "objective: revenue"}},
        [
            'shop.yaml:5: objective: expected profit, or one of the keys weights, risk and pareto, got "revenue"; write {weights: {revenue: 1}}'
        ],
    ),
    "objective-ratio": (
        {"shop": {"objective: profit": "objective: roi"}},
        [
            'shop.yaml:5: objective: expected profit, or one of the keys weights, risk and pareto, got "roi"; write profit, and keep roi up by a limit with min:'
        ],
    ),
    "objective-risk-word": (
        {"shop": {"objective: profit": "objective: {risk: cvar}"}},
        [
            'shop.yaml:5: objective.risk: expected mean, or one of the keys mean_minus_sd and cvar with its number, got "cvar"; write {cvar: 10%}, {mean_minus_sd: 0.5}, or mean'
        ],
    ),
    "objective-unknown": (
        {"shop": {"objective: profit": "objective: {weights: {profitt: 1}}"}},
        ["shop.yaml:5: objective.weights: expected a known key, got profitt; did you mean profit?"],
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
        [
            'shop.yaml:5: objective.risk: expected mean, or one of the keys mean_minus_sd and cvar with its number, got "median"; write {cvar: 10%}, {mean_minus_sd: 0.5}, or mean'
        ],
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
    "common-above-the-whole": (
        {"shop": {"objective: profit": "objective: profit\nrisk: {baseline_common: 15%}"}},
        ["shop.yaml:6: risk: expected baseline_common, a part of baseline_cv, of at most 10%, got 15%"],
    ),
    "margin-rate-objective": (
        {"shop": {"objective: profit": "objective: {weights: {margin_rate: 1}}"}},
        [
            "shop.yaml:5: objective.weights.margin_rate: expected measures that add up over lines, got margin_rate, a ratio; set a limit on margin_rate instead"
        ],
    ),
}
"""By name: replacements by file, and every line that must be answered."""
