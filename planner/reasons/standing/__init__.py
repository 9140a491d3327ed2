"""Why the lines of a plan stand: what each brings, what holds it, which belong together."""
