"""Cross-checks: what fits its own record and not the rest of the scenario."""
