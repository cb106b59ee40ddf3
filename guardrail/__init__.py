"""Keeps sensitive data off the clouds that may not hold it."""

__version__ = "0.1.0"
