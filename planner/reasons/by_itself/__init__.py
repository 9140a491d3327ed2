"""Lines as the only ones of a plan: what they bring, and what they need to pay."""
