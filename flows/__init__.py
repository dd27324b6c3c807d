"""Prefect orchestration: which documents are captured and analyzed, in what order, with what saved; no rules of its own."""
