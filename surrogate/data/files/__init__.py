"""Files and their columns, read in batches; ids become pseudonyms here."""
