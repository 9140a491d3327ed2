"""What offers are and do: in words, as effect scores, and what they need to pay for themselves."""
