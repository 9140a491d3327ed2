"""How people and other systems write things, and what was meant by them: the remedies."""
