"""Why an effect is what it is: what it comes from, what it rests on, and how far it may be trusted."""
