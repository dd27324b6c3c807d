"""The language model: what it is asked, how it is called and paid, how its answers are read."""
