"""Why plans and effects are as they are, in figures and sentences."""
