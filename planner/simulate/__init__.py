"""The whole loop in a simulated market: plan, run, watch, adjust, evaluate, learn, again."""
