"""The operators of the evolution, the moves that they try, and how the evolution chooses among them."""
