"""Options that several commands take, and what their values mean.

`declared.py` lists them; the others read or refuse what is given: days, how long to search, keys, and options that
only mean something beside another one.
"""
