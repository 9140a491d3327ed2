"""The experiment's files: what is declared, and the rows as checked arrays. Customer ids end here.

`spec.py` reads the declaration, `table.py` the rows: over `columns.py` (texts), `numbers.py` (as numbers, one problem a
column), `overlap.py` (whether arms can be compared) and `row_order.py` (the same rows in another order are the same
experiment). `fingerprint.py` tells files apart.
"""
