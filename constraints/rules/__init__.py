"""Business rules: one file of `kinds` a rule, the forms that they compile to and what several share beside it."""
