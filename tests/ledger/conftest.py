"""A program with a sender, for tests of the one door."""

from tests.places import place

__all__ = ["place"]
