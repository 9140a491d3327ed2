"""A plan explained: what holds its lines, what it leaves out, what loses, and why none may be best."""
