"""One file a rule: its plain function, which the ledger runs, beside the rows that it compiles to."""
