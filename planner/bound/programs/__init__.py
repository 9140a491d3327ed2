"""Dynamic programs along the series of one product in one segment: what they keep in mind, and the best history.

Read `ladder.py` first: how tired customers are, as states. Then `series.py`, the program over them; `paths.py`, what
small questions also remember of rules and of lines; and `dips.py`, how much may be bought ahead by what is remembered.
Nothing here knows of prices.
"""
