"""Clauses -> grounded drafts: windows, the analysts (a language model or the offline one), grounding and validation."""
