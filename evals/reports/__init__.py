"""A scored run as others want it: Markdown for a pull request, JUnit for CI, one HTML page for people."""
