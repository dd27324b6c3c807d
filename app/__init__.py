"""The doors: the command line, and later the review desk and the archive."""
