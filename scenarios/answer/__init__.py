"""The answer: the account in integers, ranked plans, and their files."""
