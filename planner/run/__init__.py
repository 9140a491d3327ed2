"""One planning run from top to bottom: `search` shows it on one page, the files beside it are its stages."""
