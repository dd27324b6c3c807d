"""Our workshop, not shipped: how fast, how much and how well, on real documents; every benchmark prints a table."""
