"""The tables beside the purchases: products, mailings, the shelf by day, customers, signals, past offers."""
