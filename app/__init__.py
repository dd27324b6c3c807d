"""The doors: the command line and the review desk."""
