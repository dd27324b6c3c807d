"""The kernel: the nouns and rules of Smallprint; it imports no other package of ours."""

__version__ = "0.1.0"
