"""What a reader must know of an answer beside its figures."""
