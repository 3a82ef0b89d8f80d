"""Alongside: open software that a harm reduction program runs on."""

__version__ = "0.1.0"
