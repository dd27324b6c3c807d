"""Fictional documents of our own writing: what ``smallprint demo`` reads, and what the tests trust."""

from pathlib import Path


def folder() -> Path:
    """The folder that holds ``manifest.yml`` and the documents."""
    return Path(__file__).resolve().parent
