"""What the monitor reads off series: what a forecast says of them, tests that are looked at daily, foresight."""
