"""What is allowed: limits, rules, ledger; prices, repair, polish and conflicts (OR-Tools lives here)."""
