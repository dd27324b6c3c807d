"""Measuring our own labels: gold cases, scorers, statistics, the gate, and benchmarks of the text pipeline."""
