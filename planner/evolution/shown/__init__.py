"""From plans that were found to plans that are shown: last changes, plans that differ, yardsticks, the choice."""
