"""The tenant side."""
