"""The doors: the command line, the review desk and the archive."""
