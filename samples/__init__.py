"""Fictional documents of our own writing: ``smallprint demo`` and the tests read them."""

from pathlib import Path


def folder() -> Path:
    """The folder that holds ``manifest.yml`` and the documents."""
    return Path(__file__).resolve().parent
