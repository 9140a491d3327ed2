"""Tables beside a scenario: baseline, baskets, effects."""
