"""What a campaign caused, and what of it teaches the next training."""
