"""``python -m planner`` is ``campaign``."""

from planner.cli import main

main()
