"""An actuals file read: rows, figures and names, what cannot be right in them, and what is odd."""
