"""The archive: approved records as a static site that one can read, cite, compare and verify."""
