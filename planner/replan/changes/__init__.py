"""Changes of the plan that runs: what each must earn, what it gains, and why it is made now."""
