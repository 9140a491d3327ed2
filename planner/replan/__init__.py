"""A campaign that runs is planned again: past locked, effects recalibrated, changes only where they pay."""
