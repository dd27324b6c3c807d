"""Benchmarks over public documents that are not part of the repository; hostile clauses are the exception."""
