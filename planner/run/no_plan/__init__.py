"""Why a search found no plan, and the least that mends it, each way out tried."""
