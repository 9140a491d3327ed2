"""Commands are built once a process: typer's runner would read every command's signature again each time it runs one.

That takes as long as most of what the commands do here, and gives the same commands.
"""

from __future__ import annotations

from functools import cache

import typer.testing

typer.testing._get_command = cache(typer.testing._get_command)
