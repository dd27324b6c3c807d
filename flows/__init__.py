"""Prefect orchestration: which documents are captured and analyzed, in what order; no rules of its own."""
