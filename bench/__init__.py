"""Benchmarks and load scripts: speed, memory and quality on real documents, printed as tables. Not shipped."""
