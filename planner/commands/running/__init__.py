"""Commands under the heading Running campaign: monitor and report (`flight.py`), replan, simulate, assign and decide.

`report_files.py` says which files a report reads, and which it may replace.
"""
