"""File or address -> snapshot: the bytes as fetched, named by their SHA-256, with time and headers."""
