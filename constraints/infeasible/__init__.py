"""Why there is no plan: what conflicts, proven, and what mends it."""
