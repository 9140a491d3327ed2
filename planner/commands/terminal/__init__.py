"""Between a command and its terminal: the streams, what is printed on them, signals, and the exit code.

Read `answering.py` first, which wraps every command, then `printing.py`, the only place that prints, over `output.py`
(streams that are closed or full) and `unsteered.py` (nothing in a text may steer a terminal); `live.py` shows progress.
`usage.py` answers command lines that cannot be read. `ending.py` runs a whole process to its end, with `heard.py` for
signals that arrive inside a library.
"""
