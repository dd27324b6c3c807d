"""From a file or an address to a snapshot: bytes as fetched, named by their SHA-256, with time and headers."""
