"""Reads of the platform schema."""
