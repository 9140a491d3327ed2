"""What chance told: customers who were left out of an offer, beside those who were sent it."""
