"""The question, the answer, and the arithmetic between them: records and pure array functions, NumPy only."""
