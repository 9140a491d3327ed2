"""Business rules: one file a rule, the solver-free check and the compiled form side by side."""
