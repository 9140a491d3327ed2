"""The command line: options in, one answer out.

`line.py` lists every command by the heading under which ``campaign --help`` shows it; each heading has a room, and in
it one file a command or a few that belong together: `planning/`, `plans_made/`, `running/`, `data/`. They stand on four
rooms that hold no command, from the ground up: `terminal/` (what prints, hears Ctrl-C and ends the process),
`options/`, `given/` (plans that are read) and `suggested/` (what to type next). `lived.py` is a door of its own, for
practice.
"""
