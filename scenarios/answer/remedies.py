"""What mends a plan folder, or a file of one, that is not as it was written."""

from __future__ import annotations

RESTORE_FOLDER = "restore the folder from where it was written, or plan again"
RESTORE_FILE = "restore the file from where it was written, or plan again"
