"""Reads of a client's schema: one module for each family of pages."""
