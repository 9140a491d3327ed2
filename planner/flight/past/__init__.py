"""The days of a campaign that are over: what they teach, and their one account, whoever asks for it."""
