"""Recalibration: what the sales so far say of baselines and lifts, weighed against what was believed."""
